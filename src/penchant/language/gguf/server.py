"""llama.cpp inside of this process: what it is asked and what it says."""

import json
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from xllamacpp import CommonParams, Server

from penchant.core import AssetError, PenchantError, Run

Json = dict[str, Any]  # Any: what llama.cpp says is of many shapes
SILENT = -1
"""Of the messages of llama.cpp; ours say what a person needs."""
TIMEOUT_S = 60.0


class LlamaServer:
    """A loaded model; one question at a time, and what questions begin with is read once."""

    def __init__(self, file: Path, *, window: int, run: Run, embeds: bool = False) -> None:
        given = CommonParams()
        given.model.path = str(file)
        given.n_ctx, given.n_parallel = window, 1
        given.cpuparams.n_threads = given.cpuparams_batch.n_threads = run.threads
        given.verbosity = SILENT
        given.n_gpu_layers = 0 if run.device == "cpu" else -1
        if embeds:
            from xllamacpp import llama_pooling_type

            given.embedding = True
            given.pooling_type = llama_pooling_type.LLAMA_POOLING_TYPE_MEAN
            # All tokens of a text are read in one go, since their states are averaged.
            given.n_batch = given.n_ubatch = window
        try:
            self._server = Server(given)
        except RuntimeError as error:
            raise AssetError(f"llama.cpp cannot read {file}: {error}") from error
        # No proxy stands between this process and itself.
        self._direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    def template(self, turns: Sequence[Mapping[str, str]]) -> str:
        """Turns of a chat in the model's own form, ready for its answer."""
        return str(self._ask("/apply-template", {"messages": list(turns)})["prompt"])

    def tokens(self, text: str, *, signs: bool) -> list[int]:
        """The tokens of a text; ``signs``: what looks like a sign of the model is one."""
        asked = {"content": text, "add_special": signs, "parse_special": signs}
        return [int(token) for token in self._ask("/tokenize", asked)["tokens"]]

    def complete(self, asked: Json, each: Callable[[Json], bool]) -> Json:
        """Goes on with tokens; returns the last thing that was said.

        Args:
            asked: As llama.cpp names it.
            each: Is given every piece, and says whether to stop.

        Raises:
            PenchantError: llama.cpp refuses the question.
        """
        last: Json = {}

        def hear(said: Json) -> bool:
            nonlocal last
            last = said
            return "error" in said or each(said)

        self._server.handle_completions({**asked, "stream": True, "cache_prompt": True}, hear)
        return _checked(last)

    def complete_once(self, asked: Json) -> Json:
        """Goes on with tokens, and says all at once."""
        return _checked(self._server.handle_completions({**asked, "cache_prompt": True}))

    def embed(self, texts: Sequence[Sequence[int]]) -> list[list[float]]:
        """A vector for each text, given as tokens."""
        said = _checked(self._server.handle_embeddings({"input": [list(text) for text in texts]}))
        return [one["embedding"] for one in sorted(said["data"], key=lambda one: one["index"])]

    def _ask(self, path: str, asked: Json) -> Json:
        request = urllib.request.Request(
            f"{self._server.listening_address}{path}",
            data=json.dumps(asked).encode(),
            headers={"Content-Type": "application/json"},
        )
        try:
            with self._direct.open(request, timeout=TIMEOUT_S) as answer:
                said: Json = json.load(answer)
        except urllib.error.HTTPError as error:
            raise PenchantError(f"llama.cpp refused {path}: {error.read(500)!r}") from error
        return said


def _checked(said: Json) -> Json:
    if "error" in said:
        raise PenchantError(f"llama.cpp: {said['error'].get('message', said['error'])}")
    return said
