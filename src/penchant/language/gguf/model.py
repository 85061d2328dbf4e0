"""An open GGUF model: it writes, streams, scores and embeds."""

import hashlib
import json
import re
import time
from collections.abc import Generator, Sequence
from concurrent.futures import Future
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from queue import SimpleQueue
from threading import Event, Thread

import numpy as np
from numpy.typing import NDArray

from penchant.core import PenchantError, Run, UsageError, offsets_of
from penchant.language.gguf.server import Json, LlamaServer
from penchant.language.gguf.value import GGUF
from penchant.language.json_bounds import bounded, checked
from penchant.language.words import (
    GREEDY,
    JsonShape,
    Likelihoods,
    Message,
    Prompt,
    Reply,
    Sampling,
    Usage,
)

RECIPE = "1"
"""Of how prompts are laid out; changes whenever answers may."""
SIGNS = re.compile(r"<\|[^<>|]{1,40}\|>|</?s>|<(?:start|end)_of_turn>|\[/?INST\]|<(?:bos|eos)>")
"""Signs that models are taught, none of which may stand in a text of others."""
ALL_WORDS = 1_000_000
"""More than any vocabulary: every next token is listed with its probability."""


class OpenGGUF:
    """An open :class:`GGUF`."""

    def __init__(self, options: GGUF, file: Path, weights: str, run: Run) -> None:
        self.options, self._file, self._run = options, file, run
        parts = [RECIPE, weights, str(options.window)]
        self.fingerprint = hashlib.sha256("\0".join(parts).encode()).hexdigest()
        self._server = LlamaServer(file, window=options.window, run=run)

    @property
    def name(self) -> str:
        """As it stands in the books."""
        return Path(self.options.path).name

    @property
    def window(self) -> int:
        """Most tokens of prompt and answer together."""
        return self.options.window

    @property
    def at_once(self) -> int:
        """Prompts are answered one after another."""
        return 1

    def count(self, text: str) -> int:
        """Tokens of a text, without any chat form."""
        return len(self._server.tokens(text, signs=False))

    def write(
        self,
        prompts: Sequence[Prompt],
        *,
        max_tokens: int,
        shape: JsonShape | None = None,
        sampling: Sampling = GREEDY,
        run: Run,
    ) -> list[Reply]:
        """One reply to each prompt, one after another; see :class:`penchant.language.Writer`."""
        if max_tokens < 1:
            raise UsageError(f"max_tokens={max_tokens}: need at least 1")
        asked = _asked(max_tokens, shape, sampling)
        replies = []
        for done, prompt in enumerate(prompts):
            run.watch.progress("write", done, len(prompts))
            reply = self._write(prompt, asked, run, Event(), SimpleQueue())
            replies.append(reply if shape is None else checked(reply, shape))
        return replies

    def stream(self, prompt: Prompt, *, max_tokens: int, run: Run) -> Generator[str, None, Reply]:
        """Pieces of the likeliest answer; the generator returns what :meth:`write` would."""
        pieces: SimpleQueue[str | None] = SimpleQueue()
        left, written = Event(), Future[Reply]()

        def write() -> None:
            try:
                asked = _asked(max_tokens, None, GREEDY)
                written.set_result(self._write(prompt, asked, run, left, pieces))
            except Exception as error:  # raised again where the pieces are heard
                written.set_exception(error)
            finally:
                pieces.put(None)

        writing = Thread(target=write, daemon=True)
        writing.start()
        try:
            while (piece := pieces.get()) is not None:
                yield piece
        finally:
            left.set()
            writing.join()
        return written.result()

    def score(
        self, prompts: Sequence[Prompt], answers: Sequence[Sequence[str]], *, run: Run
    ) -> Likelihoods:
        """See :class:`penchant.language.Scorer`.

        llama.cpp says the probabilities of what may come next, and nothing else: each different
        beginning of an answer is a call, which lists the whole vocabulary. That is right for yes
        and no or for numbers, and slow for titles: use :class:`penchant.language.LocalLM`.
        """
        if len(prompts) != len(answers):
            raise UsageError(
                f"{len(prompts)} prompts and {len(answers)} lists of answers: need a list for each"
            )
        started = time.perf_counter()
        told = [[self._server.tokens(_unsigned(t), signs=False) for t in mine] for mine in answers]
        found: list[float] = []
        failures: dict[str, int] = {}
        usage = Usage()
        for prompt, mine in zip(prompts, told, strict=True):
            scored, failure, took = self._score(prompt, mine, run)
            found += scored
            usage += took
            if failure:
                failures[failure] = failures.get(failure, 0) + 1
        lengths = np.array([len(mine) for mine in told], np.int64)
        n_tokens = np.array([len(tokens) for mine in told for tokens in mine], np.int32)
        usage = replace(usage, seconds=time.perf_counter() - started)
        log_probs = np.array(found, np.float32)
        return Likelihoods(log_probs, n_tokens, offsets_of(lengths), usage, failures)

    def embed(self, texts: Sequence[str], *, run: Run) -> NDArray[np.float32]:
        """(n, d) unit rows: the mean of the last states of each text's tokens."""
        tokens = [self._server.tokens(_unsigned(text) or " ", signs=False) for text in texts]
        if not tokens:
            return np.zeros((0, self._size), np.float32)
        vectors = np.array(self._embedder.embed([t[: self._widest] for t in tokens]), np.float32)
        norms = np.linalg.norm(vectors, axis=1, keepdims=True)
        return np.asarray(vectors / np.maximum(norms, 1e-12), np.float32)

    @cached_property
    def _embedder(self) -> LlamaServer:
        """The same file once more: llama.cpp either writes or embeds."""
        return LlamaServer(self._file, window=self._widest, run=self._run, embeds=True)

    @property
    def _widest(self) -> int:
        return min(512, self.window)

    @cached_property
    def _size(self) -> int:
        return len(self._embedder.embed([[1]])[0])

    def _tokens(self, prompt: Prompt) -> list[int]:
        if not prompt.messages:
            return self._server.tokens(_unsigned(prompt.begun), signs=True) or [0]
        turns = [Message(turn.role, _unsigned(turn.content)) for turn in prompt.messages]
        told = [{"role": turn.role, "content": turn.content} for turn in turns]
        text = self._server.template(told) + _unsigned(prompt.begun)
        return self._server.tokens(text, signs=True)

    def _too_long(self, tokens: Sequence[int], answer: int) -> str:
        over = len(tokens) + answer - self.window
        if over <= 0:
            return ""
        return (
            f"the prompt has {len(tokens):,} tokens and its answer up to {answer:,}, the window of"
            f" {self.name} holds {self.window:,}: shorten the prompt by {over:,} tokens"
        )

    def _write(
        self,
        prompt: Prompt,
        asked: Json,
        run: Run,
        left: Event,
        pieces: "SimpleQueue[str | None]",
    ) -> Reply:
        started = time.perf_counter()
        tokens = self._tokens(prompt)
        if why := self._too_long(tokens, asked["max_tokens"]):
            return Reply.failed("too-long", why)
        said: list[str] = []
        slow = False

        def each(piece: Json) -> bool:
            nonlocal slow
            for choice in piece.get("choices", []):
                if choice.get("text"):
                    said.append(choice["text"])
                    pieces.put(choice["text"])
            slow = _late(run)
            return slow or left.is_set()

        if _late(run):
            return Reply.failed("slow", "the time ran out before this prompt was read")
        try:
            last = self._server.complete({**asked, "prompt": tokens}, each)
        except PenchantError as error:
            return Reply.failed("garbled", str(error))
        usage = replace(_usage(last, len(tokens), len(said)), seconds=time.perf_counter() - started)
        text = "".join(said)
        if slow:
            detail = "the time ran out; give more, or ask for fewer tokens"
            return Reply(text, usage, "failed", False, "slow", detail)
        ended = [choice.get("finish_reason") for choice in last.get("choices", [])]
        return Reply(text, usage, "stop" if "stop" in ended else "length")

    def _score(
        self, prompt: Prompt, answers: Sequence[Sequence[int]], run: Run
    ) -> tuple[list[float], str, Usage]:
        tokens = self._tokens(prompt)
        none = [float("nan")] * len(answers)
        if self._too_long(tokens, max(map(len, answers), default=0)):
            return none, "too-long", Usage()
        next_of: dict[tuple[int, ...], dict[int, float]] = {}
        usage = Usage()
        beginnings = {tuple(told[:i]) for told in answers for i in range(len(told))}
        for begun in sorted(beginnings):
            if _late(run):
                return none, "slow", usage
            said = self._server.complete_once(
                {
                    **_asked(1, None, GREEDY),
                    "prompt": [*tokens, *begun],
                    "n_probs": ALL_WORDS,
                    "logprobs": ALL_WORDS,
                }
            )
            usage += replace(_usage(said, len(tokens) + len(begun), 0), completion_tokens=0)
            listed = said["choices"][0]["logprobs"]["content"][0]["top_logprobs"]
            next_of[begun] = {one["id"]: one["logprob"] for one in listed}
        found = [
            sum(next_of[tuple(told[:i])].get(token, -np.inf) for i, token in enumerate(told))
            for told in answers
        ]
        return found, "", usage


def _asked(max_tokens: int, shape: JsonShape | None, sampling: Sampling) -> Json:
    asked: Json = {
        "max_tokens": max_tokens,
        "temperature": sampling.temperature,
        "top_p": sampling.top_p,
        "top_k": 0,
        "min_p": 0.0,
        "seed": sampling.seed,
    }
    if shape is not None:
        asked["json_schema"] = bounded(json.loads(shape.schema))
    return asked


def _usage(said: Json, n_prompt: int, n_said: int) -> Usage:
    counted = said.get("usage", {})
    return Usage(
        prompt_tokens=counted.get("prompt_tokens", n_prompt),
        completion_tokens=counted.get("completion_tokens", n_said),
        reused_tokens=counted.get("prompt_tokens_details", {}).get("cached_tokens", 0),
        estimated=not counted,
    )


def _unsigned(text: str) -> str:
    while True:
        text, found = SIGNS.subn("", text)
        if not found:
            return text


def _late(run: Run) -> bool:
    return run.deadline is not None and time.monotonic() > run.deadline.at
