"""A language model with a circuit breaker before it, and a tape of what it is asked."""

from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, field
from threading import Lock

from penchant.core import Breaker, PenchantError, Run
from penchant.language.books.booked_batches import Concurrent
from penchant.language.books.heard import listened
from penchant.language.books.prices import Priced
from penchant.language.words import (
    GREEDY,
    JsonShape,
    LanguageModel,
    OpenModel,
    Prompt,
    Reply,
    Reranker,
    Sampling,
    Scorer,
    Streamer,
    Writer,
)

RESTS = "it failed again and again, so it is left alone for some seconds"
MOST_TAPED = 20
"""Calls of a tape; later ones are not kept."""


@dataclass(frozen=True, slots=True)
class Taped:
    """A call, word for word."""

    prompt: str
    reply: str
    template: str
    failure: str = ""


@dataclass(eq=False)
class Attended:
    """A language model that is left alone while it fails.

    >>> from penchant.language import Prompt, ScriptedLM, opened
    >>> lm = Attended(ScriptedLM(answers=("Heat",)))
    >>> opened(lm, Run()).write([Prompt.chat("Which film?")], max_tokens=5, run=Run())[0].text
    'Heat'
    """

    lm: LanguageModel
    breaker: Breaker = field(default_factory=Breaker)
    tape: list[Taped] | None = None
    """Where calls are written down word for word; those that the books answer are no calls."""
    known: dict[str, OpenModel] = field(default_factory=dict)
    """The model, once it is open"""
    opening: Lock = field(default_factory=Lock)

    def taping(self) -> "Attended":
        """The same model, with a tape of its own."""
        return Attended(self.lm, self.breaker, [], self.known, self.opening)

    @property
    def name(self) -> str:
        """The model's, once it is open."""
        model = self.known.get("model")
        return type(self.lm).__name__ if model is None else model.name

    def open(self, run: Run) -> "OpenAttended":
        """Opens the model once.

        Raises:
            PenchantError: It cannot be used, or is left alone now.
        """
        with self.opening:
            if "model" not in self.known:
                self.known["model"] = self._opened(run)
        return OpenAttended(self.known["model"], self)

    def _opened(self, run: Run) -> OpenModel:
        if not self.breaker.admits():
            raise PenchantError(f"the language model could not be opened: {RESTS}")
        try:
            model = self.lm.open(run)
        except PenchantError:
            self.breaker.note(well=False)
            raise
        self.breaker.note(well=True)
        return model


class OpenAttended:
    """An open :class:`Attended`; it has the verbs that its model has."""

    def __init__(self, model: OpenModel, attended: Attended) -> None:
        self._model, self._attended = model, attended
        # A protocol is told by what attributes there are: only these verbs, and no others.
        if isinstance(model, Writer):
            self.write = _Writing(model, attended).write
        if isinstance(model, Streamer):
            self.stream = _Streaming(model, attended).stream
        if isinstance(model, Scorer):
            self.score = model.score
        if isinstance(model, Reranker):
            self.rerank = model.rerank
        if isinstance(model, Priced):
            self.prices = model.prices
        if isinstance(model, Concurrent):
            self.concurrency = model.concurrency

    @property
    def name(self) -> str:
        """As it stands in the books and in messages."""
        return self._model.name

    @property
    def fingerprint(self) -> str:
        """Changes whenever answers may."""
        return self._model.fingerprint

    @property
    def window(self) -> int | None:
        """Most tokens of prompt and answer together."""
        return self._model.window

    def count(self, text: str) -> int:
        """Tokens of a text."""
        return self._model.count(text)


@dataclass(frozen=True, slots=True)
class _Writing:
    model: Writer
    attended: Attended

    def write(
        self,
        prompts: Sequence[Prompt],
        *,
        max_tokens: int,
        shape: JsonShape | None = None,
        sampling: Sampling = GREEDY,
        run: Run,
    ) -> list[Reply]:
        """As :meth:`Writer.write`; failures at once while the model is left alone."""
        if not self.attended.breaker.admits():
            return [Reply.failed("down", RESTS) for _ in prompts]
        with _Noted(self.attended.breaker) as note:
            replies = self.model.write(
                prompts, max_tokens=max_tokens, shape=shape, sampling=sampling, run=run
            )
            note(any(_is_well(reply) for reply in replies) or not replies)
        for prompt, reply in zip(prompts, replies, strict=True):
            _tape(self.attended, prompt, reply.text, reply.failure)
        return replies


@dataclass(frozen=True, slots=True)
class _Streaming:
    model: Streamer
    attended: Attended

    def stream(
        self, prompt: Prompt, *, max_tokens: int, run: Run
    ) -> Generator[str, None, Reply | None]:
        """As :meth:`Streamer.stream`; a failure at once while the model is left alone."""
        if not self.attended.breaker.admits():
            return Reply.failed("down", RESTS)
        came: list[str] = []
        told: Reply | None = None
        ended = False
        try:
            told = yield from listened(
                self.model.stream(prompt, max_tokens=max_tokens, run=run), came
            )
            ended = True
        finally:
            # Who stops listening in the middle has heard an answer that was coming.
            well = bool(came) if told is None else _is_well(told)
            self.attended.breaker.note(well=well)
            failure = told.failure if told is not None else "" if ended else "cut"
            _tape(self.attended, prompt, "".join(came), failure)
        return told


class _Noted:
    """Tells a breaker what came of asking, also when that is an exception."""

    def __init__(self, breaker: Breaker) -> None:
        self._breaker, self._well = breaker, False

    def __enter__(self) -> Callable[[bool], None]:
        return self._note

    def __exit__(self, *_: object) -> None:
        self._breaker.note(well=self._well)

    def _note(self, well: bool) -> None:
        self._well = well


def _is_well(reply: Reply) -> bool:
    """Whether it works; that one prompt is refused, or a budget spent, says nothing."""
    return reply.failure not in ("down", "slow", "limited", "garbled", "cut")


def _tape(attended: Attended, prompt: Prompt, reply: str, failure: str) -> None:
    if attended.tape is not None and len(attended.tape) < MOST_TAPED:
        attended.tape.append(Taped(prompt.text(), reply, prompt.template, failure))
