"""What a language model can do, found out by asking it a little."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter

import numpy as np

from penchant.core import PenchantError, Run
from penchant.language.opening import Booked
from penchant.language.words import (
    Embedder,
    JsonShape,
    Prompt,
    Reply,
    Reranker,
    Scorer,
    Streamer,
    Writer,
)

_ASKED = Prompt.chat("Name one colour of the rainbow. Answer with one word.")
_SHAPE = JsonShape.of(
    "colour",
    {
        "type": "object",
        "properties": {"colour": {"enum": ["red", "green", "blue"]}},
        "required": ["colour"],
        "additionalProperties": False,
    },
)
_COLOURS = ["red", "green", "granite"]


@dataclass(frozen=True, slots=True)
class Probe:
    """One thing that a model was asked to do."""

    verb: str
    can: bool
    seconds: float
    found: str
    """What came, or why nothing did"""


def probe(model: Booked, run: Run) -> list[Probe]:
    """Tries every verb once: about 200 tokens.

    Raises:
        PenchantError: It cannot even write: nothing answers, the key is refused, or there is no
            such model; the message says what to do.
    """
    probes = []
    for verb, attempt in _ATTEMPTS.items():
        began = perf_counter()
        try:
            can, found = attempt(model, run)
        except PenchantError as error:
            if verb == "write":
                raise
            can, found = False, str(error)
        probes.append(Probe(verb, can, perf_counter() - began, found))
    return probes


def _write(model: Booked, run: Run) -> tuple[bool, str]:
    if not isinstance(model, Writer):
        return _NO_VERB
    return _said(model.write([_ASKED], max_tokens=16, run=run)[0])


def _write_json(model: Booked, run: Run) -> tuple[bool, str]:
    if not isinstance(model, Writer):
        return _NO_VERB
    asked = Prompt.chat("Name one colour of the rainbow as JSON.")
    reply = model.write([asked], max_tokens=32, shape=_SHAPE, run=run)[0]
    try:
        fits = json.loads(reply.text)["colour"] in ("red", "green", "blue")
    except (ValueError, TypeError, KeyError):
        fits = False
    return fits, _said(reply)[1]


def _stream(model: Booked, run: Run) -> tuple[bool, str]:
    if not isinstance(model, Streamer):
        return _NO_VERB
    pieces = list(model.stream(_ASKED, max_tokens=16, run=run))
    return bool(pieces), f"{len(pieces)} pieces: {_short(''.join(pieces))}"


def _score(model: Booked, run: Run) -> tuple[bool, str]:
    if not isinstance(model, Scorer):
        return _NO_VERB
    found = model.score([_ASKED], [_COLOURS], run=run)
    told = zip(_COLOURS, found.log_probs, strict=True)
    said = ", ".join(f"{colour} {value:.2f}" for colour, value in told)
    failed = ", ".join(found.failures)
    return not np.isnan(found.log_probs).any(), failed or f"log-probabilities: {said}"


def _embed(model: Booked, run: Run) -> tuple[bool, str]:
    if not isinstance(model, Embedder):
        return _NO_VERB
    vectors = model.embed(_COLOURS, run=run)
    return bool(vectors.size) and not np.isnan(vectors).any(), f"{vectors.shape[1]} dimensions"


def _rerank(model: Booked, run: Run) -> tuple[bool, str]:
    if not isinstance(model, Reranker):
        return _NO_VERB
    (found,) = model.rerank(["Which of these is a stone?"], [_COLOURS], run=run)
    told = zip(_COLOURS, found, strict=True)
    return not np.isnan(found).any(), ", ".join(f"{colour} {value:.2f}" for colour, value in told)


def _said(reply: Reply) -> tuple[bool, str]:
    if reply.failure:
        return False, f"{reply.failure}: {reply.detail}"
    tokens = f"{reply.usage.prompt_tokens}+{reply.usage.completion_tokens} tokens"
    counted = ", estimated" if reply.usage.estimated else ""
    return bool(reply.text.strip()), f"{_short(reply.text)} ({tokens}{counted})"


def _short(text: str) -> str:
    shown = " ".join(text.split())
    return repr(shown if len(shown) <= 60 else f"{shown[:59]}…")


_NO_VERB = (False, "a model of this kind has no such verb")
_ATTEMPTS: dict[str, Callable[[Booked, Run], tuple[bool, str]]] = {
    "write": _write,
    "json": _write_json,
    "stream": _stream,
    "score": _score,
    "embed": _embed,
    "rerank": _rerank,
}
