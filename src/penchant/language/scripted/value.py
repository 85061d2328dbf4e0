"""A language model that follows a script: for tests, documentation and rehearsals.

It computes nothing and asks nobody, and says the same to the same prompt every time. It can be
well-behaved, obey any instruction that stands anywhere in what it reads, be hostile, or fail in
each way in which a provider fails.
"""

import hashlib
import json
import re
import time
from collections.abc import Generator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from penchant.core import PenchantError, Run, UnknownName, UsageError, offsets_of
from penchant.language.scripted.answers import (
    ANSWERS,
    by_liking,
    draw,
    obeying,
    shape_in,
    shaped,
    text_of,
)
from penchant.language.scripted.reading import overlap, read_candidates, read_orders
from penchant.language.words import (
    GREEDY,
    Failure,
    JsonShape,
    Likelihoods,
    Prompt,
    Reply,
    Sampling,
    Usage,
)

Behaviour = Literal[
    "orderly",
    "obedient",
    "copying",
    "prose",
    "foreign",
    "declining",
    "duplicating",
    "inventing",
    "repeating",
    "hostile",
    "silent",
    "slow",
    "down",
    "limited",
    "refused",
    "garbled",
    "cut",
    "wrong-key",
    "no-model",
]
"""How a scripted model behaves.

*orderly*: orders candidates by the words that they share with the rest of the prompt, each once;
says yes or no, stars, or a sentence where that is asked. *obedient*: the same, and follows every
instruction in any text that it reads. *copying*: the order in which candidates are given. *prose*,
*foreign*, *declining*: words, no order. *duplicating*: items twice, half of them left out.
*inventing*: items that do not exist. *repeating*: what the person has had already. *hostile*:
numbers out of range, markup, control characters, broken brackets. *silent*: an empty answer.
*slow*: only after ``latency_s``. *down*, *limited*, *refused*, *garbled*, *cut*: the failure of
that name. *wrong-key*, *no-model*: what is raised when a person can mend it.
"""
Form = Literal["auto", "numbers", "titles"]
_FAILURES: dict[str, tuple[Failure, str]] = {
    "down": ("down", "nothing listens there; start the server, or name another base_url"),
    "limited": ("limited", "the provider limits the rate; ask later, or with less concurrency"),
    "refused": ("refused", "the provider declined to answer"),
    "garbled": ("garbled", "the reply is not what the protocol says"),
    "cut": ("cut", "the reply ended in the middle"),
}
_RAISED = {
    "wrong-key": "the key was refused (401); set the environment variable that key_env names",
    "no-model": "the endpoint has no such model (404); name one that it lists",
}


@dataclass(frozen=True, kw_only=True)
class ScriptedLM:
    """A model that follows a script.

    >>> from penchant.core import Run
    >>> model = ScriptedLM(answers=("2, 1",)).open(Run())
    >>> model.write([Prompt.chat("1. Alien 2. Heat")], max_tokens=9, run=Run())[0].text
    '2, 1'
    """

    behaviour: Behaviour = "orderly"
    answers: tuple[str, ...] = ()
    """Given one after the other, from the first again after the last, whatever is asked; they
    take the place of the behaviour's own."""
    replies: tuple[tuple[str, str], ...] = ()
    """Pairs: the answer to any prompt in which the first text stands. The first that fits counts,
    and comes before :attr:`answers`."""
    form: Form = "auto"
    """How it writes an order; *auto* goes by the words of the prompt."""
    share: float = 1.0
    """Of prompts to which it behaves so; to the others it is orderly."""
    latency_s: float = 0.0
    """Of each call; *slow* without it takes 30."""
    window: int | None = None
    """Most tokens; a longer prompt fails as ``too-long``."""
    heard: str = ""
    """A file to which each prompt is appended, as a line of JSON."""
    seed: int = 0

    def __post_init__(self) -> None:
        if self.behaviour not in get_args(Behaviour):
            raise UnknownName("behaviour", self.behaviour, get_args(Behaviour))
        if not 0 <= self.share <= 1:
            raise UsageError(f"share={self.share}: need a share from 0 to 1")

    def open(self, run: Run) -> "OpenScript":
        """Ready at once; the failures that a person can mend come with the first call."""
        return OpenScript(self)


@dataclass(eq=False)
class OpenScript:
    """An open :class:`ScriptedLM`."""

    options: ScriptedLM
    seen: list[Prompt] = field(default_factory=list)
    """Every prompt so far, in the order of being asked."""
    given: int = 0
    """Answers of :attr:`ScriptedLM.answers` so far."""

    @property
    def name(self) -> str:
        """The behaviour."""
        return f"scripted-{self.options.behaviour}"

    @property
    def fingerprint(self) -> str:
        """Of all options that shape answers."""
        told = repr(replace(self.options, heard="", latency_s=0.0))
        return f"scripted-1:{hashlib.sha256(told.encode()).hexdigest()[:16]}"

    @property
    def window(self) -> int | None:
        """As its options say."""
        return self.options.window

    def count(self, text: str) -> int:
        """Words and signs."""
        return len(re.findall(r"\w+|[^\w\s]", text))

    def write(
        self,
        prompts: Sequence[Prompt],
        *,
        max_tokens: int,
        shape: JsonShape | None = None,
        sampling: Sampling = GREEDY,
        run: Run,
    ) -> list[Reply]:
        """One reply to each prompt."""
        return [self._reply(prompt, max_tokens, shape, run) for prompt in prompts]

    def stream(self, prompt: Prompt, *, max_tokens: int, run: Run) -> Generator[str, None, Reply]:
        """Word by word, then the reply; *cut* ends in the middle, other failures before a word."""
        behaviour = self._behaviour(prompt)
        reply = self._reply(prompt, max_tokens, None, run)
        if behaviour == "cut":
            text = ANSWERS["orderly"](text_of(prompt), self.options.seed, self.options.form)
            yield from re.findall(r"\S+\s*", text[: len(text) // 2])
        yield from re.findall(r"\s*\S+\s*?", reply.text)
        return reply

    def score(
        self, prompts: Sequence[Prompt], answers: Sequence[Sequence[str]], *, run: Run
    ) -> Likelihoods:
        """Likelihoods that agree with what it would write: what it puts first is likeliest."""
        values: list[float] = []
        failures: dict[str, int] = {}
        for prompt, options in zip(prompts, answers, strict=True):
            reply = self._reply(prompt, 64, None, run)
            if reply.failure:
                failures[reply.failure] = failures.get(reply.failure, 0) + 1
                values += [float("nan")] * len(options)
            else:
                values += self._log_probs(prompt, options)
        tokens = [max(1, self.count(answer)) for options in answers for answer in options]
        asked = sum(self.count(prompt.text()) for prompt in prompts)
        return Likelihoods(
            np.array(values, np.float32),
            np.array(tokens, np.int32),
            offsets_of(np.array([len(options) for options in answers], np.int64)),
            Usage(prompt_tokens=asked, completion_tokens=sum(tokens)),
            failures,
        )

    def embed(self, texts: Sequence[str], *, run: Run) -> NDArray[np.float32]:
        """(n, 256) unit rows: hashed words."""
        from penchant.backbones import HashedText

        return HashedText(dimension=256).open(run).embed(texts)

    def rerank(
        self, questions: Sequence[str], documents: Sequence[Sequence[str]], *, run: Run
    ) -> list[NDArray[np.float32]]:
        """The share of a question's words that a document has; nan where it fails."""
        failing = self.options.behaviour in _FAILURES
        return [
            np.array([np.nan if failing else overlap(asked, text) for text in texts], np.float32)
            for asked, texts in zip(questions, documents, strict=True)
        ]

    def _behaviour(self, prompt: Prompt) -> Behaviour:
        options = self.options
        if options.share < 1 and draw(options.seed, "share", prompt.text()) >= options.share:
            return "orderly"
        return options.behaviour

    def _reply(self, prompt: Prompt, max_tokens: int, shape: JsonShape | None, run: Run) -> Reply:
        self._hear(prompt)
        started, behaviour = time.perf_counter(), self._behaviour(prompt)
        if behaviour in _RAISED:
            raise PenchantError(f"{self.name}: {_RAISED[behaviour]}")
        asked = self.count(prompt.text())
        if self.window is not None and asked + max_tokens > self.window:
            detail = f"{asked} tokens and {max_tokens} to write; the window is {self.window}"
            return Reply.failed("too-long", f"{detail}: shorten the prompt")
        if not self._wait(behaviour, run):
            return Reply.failed("slow", "the deadline passed; give more time, or ask for less")
        if behaviour in _FAILURES:
            taken = 0 if behaviour in ("down", "limited") else asked
            return Reply.failed(*_FAILURES[behaviour], Usage(prompt_tokens=taken))
        text, full = self._cut(self._text(prompt, behaviour, shape), max_tokens)
        usage = Usage(asked, self.count(text), seconds=time.perf_counter() - started)
        return Reply(text, usage, "stop" if full else "length")

    def _text(self, prompt: Prompt, behaviour: Behaviour, shape: JsonShape | None) -> str:
        options, text = self.options, text_of(prompt)
        for mark, answer in options.replies:
            if mark in text:
                return answer
        if options.answers:
            self.given += 1
            return options.answers[(self.given - 1) % len(options.answers)]
        shape = shape or shape_in(text)
        if shape is not None and behaviour in ("orderly", "obedient", "slow"):
            return shaped(shape, text, options.seed, obeys=behaviour == "obedient")
        behaves = "orderly" if behaviour == "slow" else behaviour
        return ANSWERS[behaves](text, options.seed, options.form)

    def _log_probs(self, prompt: Prompt, answers: Sequence[str]) -> list[float]:
        """Natural logs; a first choice has 2 more than the second, and so on."""
        text, seed = text_of(prompt), self.options.seed
        candidates = read_candidates(text)
        told = read_orders(text) if self.options.behaviour == "obedient" else None
        order = obeying(text, seed) if told else by_liking(text, seed)
        if self.options.behaviour == "copying":
            order = list(range(len(candidates)))
        place = {candidates[one].label: n for n, one in enumerate(order)}
        place |= {candidates[one].title.casefold(): n for n, one in enumerate(order)}
        points = []
        for answer in answers:
            bare = answer.strip(" .[]()\n")
            liked = place.get(bare, place.get(bare.casefold(), len(order)))
            ordered = bool(told and any(bare.casefold() == word.casefold() for word in told.words))
            told_yes = bool(told and told.first and bare.casefold() == "yes")
            noise = draw(seed, "score", text, bare)
            points.append(50.0 * (ordered or told_yes) - 2.0 * liked + noise)
        total = float(np.logaddexp.reduce(points))
        return [point - total - 0.1 for point in points]

    def _cut(self, text: str, max_tokens: int) -> tuple[str, bool]:
        tokens = list(re.finditer(r"\w+|[^\w\s]", text))
        full = len(tokens) <= max_tokens
        return (text, True) if full else (text[: tokens[max_tokens - 1].end()], False)

    def _wait(self, behaviour: Behaviour, run: Run) -> bool:
        """Whether there was an answer before the deadline."""
        takes = self.options.latency_s or (30.0 if behaviour == "slow" else 0.0)
        left = run.deadline.at - time.monotonic() if run.deadline else float("inf")
        if takes > 0:
            time.sleep(max(0.0, min(takes, left)))
        return left > takes

    def _hear(self, prompt: Prompt) -> None:
        self.seen.append(prompt)
        if self.options.heard:
            with Path(self.options.heard).open("a", encoding="utf-8") as file:
                file.write(json.dumps({"text": prompt.text(), "template": prompt.template}) + "\n")
