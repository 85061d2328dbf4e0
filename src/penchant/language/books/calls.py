"""What decides an answer, hashed: the key of a call in the books."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from penchant.language.words import (
    GREEDY,
    JsonShape,
    OpenModel,
    Prompt,
    Reply,
    Sampling,
    text_hash,
)

Verb = Literal["write", "score", "stream", "rerank", "embed"]


@dataclass(frozen=True, slots=True)
class Call:
    """A question to a model. Its text is not kept: only what tells it from another one."""

    verb: Verb
    model: str
    """Its name, for people; not part of the key"""
    fingerprint: str
    """Of the model"""
    template: str
    """``name@version#sha256``, or empty"""
    asked: str
    """sha256 of what was asked"""
    how: str
    """JSON: most tokens, sampling, shape; whatever else the verb takes"""

    @property
    def key(self) -> str:
        """sha256 of all that decides the answer: 64 hexadecimal digits."""
        parts = [self.verb, self.fingerprint, self.template, self.asked, self.how]
        return text_hash(json.dumps(parts))


@dataclass(frozen=True, slots=True)
class Kept:
    """What came back: an answer in words, or numbers."""

    reply: Reply
    """With usage, and why there is no answer; its text is empty where numbers came"""
    numbers: bytes = b""
    """Likelihoods, relevances or a vector, as little-endian arrays"""
    is_whole: bool = True
    """Whether it is known not to have broken off"""


def call_to_write(
    model: OpenModel,
    prompt: Prompt,
    *,
    max_tokens: int,
    shape: JsonShape | None = None,
    sampling: Sampling = GREEDY,
    verb: Verb = "write",
) -> Call:
    """A question that is answered in words."""
    # The likeliest token is the same whatever the seed is.
    drawn = [sampling.temperature, sampling.top_p, sampling.seed] if sampling.temperature else [0]
    how = {"max_tokens": max_tokens, "sampling": drawn, "shape": shape.schema if shape else ""}
    return _call(verb, model, _hash_prompt(prompt), how, prompt.template)


def call_to_score(model: OpenModel, prompt: Prompt, answers: Sequence[str]) -> Call:
    """A question how likely answers are."""
    how = {"answers": text_hash(json.dumps(list(answers)))}
    return _call("score", model, _hash_prompt(prompt), how, prompt.template)


def call_to_rerank(model: OpenModel, question: str, documents: Sequence[str]) -> Call:
    """A question how well texts answer another question."""
    how = {"documents": text_hash(json.dumps(list(documents)))}
    return _call("rerank", model, text_hash(json.dumps(question)), how)


def call_to_embed(model: OpenModel, text: str) -> Call:
    """A text whose vector is wanted."""
    return _call("embed", model, text_hash(json.dumps(text)), {})


def _call(
    verb: Verb, model: OpenModel, asked: str, how: Mapping[str, object], template: str = ""
) -> Call:
    told = json.dumps(how, sort_keys=True)
    return Call(verb, model.name, model.fingerprint, template, asked, told)


def _hash_prompt(prompt: Prompt) -> str:
    said = [[message.role, message.content] for message in prompt.messages]
    return text_hash(json.dumps([said, prompt.begun]))
