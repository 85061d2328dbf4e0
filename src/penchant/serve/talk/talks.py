"""Who searches and answers in words: one adviser for each model, a bounded number at work."""

import asyncio
import logging
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TypeVar

from penchant.core import Deadline, DeadlinePassed, PenchantError, Run
from penchant.language import Attended, Budget, Ledger, LedgerMode
from penchant.models import Advisor, Model, read_language_model
from penchant.serve.events import Busy
from penchant.serve.meters import Meters
from penchant.serve.settings import Settings
from penchant.serve.talk.conversations import NAME, Conversations
from penchant.serve.tuning import settle

_LOG = logging.getLogger(__name__)
AT_ONCE = 8
"""Threads that search and ask language models."""
WAITING = 64
"""Requests that may wait for one of them."""
LONGEST_S = 60.0
"""The most time that a conversation's answer may take."""
TOKENS_EACH = 60_000
"""Tokens that one request may spend."""

Made = TypeVar("Made")


@dataclass(eq=False)
class Notes:
    """A watcher that keeps what it is told."""

    notes: list[str] = field(default_factory=list)

    def progress(self, stage: str, done: int, total: int | None, **figures: float) -> None:
        """Nobody looks."""

    def note(self, text: str) -> None:
        """Keeps a line."""
        if len(self.notes) < 20:
            self.notes.append(text)


class Talks:
    """What a service needs for words."""

    def __init__(self, settings: Settings, meters: Meters) -> None:
        """Reads which language model there is; it is opened when it is first asked.

        Raises:
            UsageError: There is no such language model.
        """
        lm = None if settings.lm is None else Attended(read_language_model(settings.lm))
        self.lm, self._books, self._meters = lm, settings.books, meters
        self.kept = Conversations(settings.folder / NAME)
        self._advisors: dict[str, Advisor] = {}
        self._making = threading.Lock()
        self._workers = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="talk")
        self._free = threading.Semaphore(AT_ONCE + WAITING)

    def advisor(self, name: str, model: Model) -> Advisor:
        """The adviser of a model; its catalogue is indexed when it is first needed."""
        with self._making:
            known = self._advisors.get(name)
            if known is None or known.model.catalog is not model.catalog:
                known = Advisor.of(model, lm=self.lm, speaks=self.lm is not None)
            elif known.model is not model:
                known = known.onto(model)
            self._advisors[name] = known
            return known

    def warm(self, name: str, model: Model) -> None:
        """Begins to open the language model and to index a catalogue, before anybody asks.

        Without a language model this waits for the first question.
        """
        lm = self.lm
        if lm is None:
            return

        def work() -> None:
            self.advisor(name, model)
            try:
                lm.open(Run(threads=model.run.threads))
            except PenchantError as error:
                _LOG.warning("the language model: %s", error)
            settle()

        self.start(work)

    @contextmanager
    def asking(self, deadline_s: float, *, live: bool = False) -> Iterator[tuple[Run, Ledger]]:
        """A run with books of its own figures, on the account of the service.

        Args:
            deadline_s: Seconds from now.
            live: Nothing is answered from the books.
        """
        mode: LedgerMode = "live" if live or self._books is None else "cache"
        budget = Budget(tokens=TOKENS_EACH)
        with Ledger.open(self._books, mode=mode, budget=budget, redact="always") as books:
            yield Run(watch=Notes(), deadline=Deadline.after(deadline_s), books=books), books
            told = books.figures()
        for kind in ("prompt_tokens", "completion_tokens"):
            self._meters.tokens.labels(kind.removesuffix("_tokens")).inc(told[kind])

    def start(self, work: Callable[[], None]) -> None:
        """Lets one of the threads do work whose end nobody waits for here.

        Raises:
            Busy: Too many wait.
        """
        self._submit(work)

    def _submit(self, work: Callable[[], Made]) -> "Future[Made]":
        if not self._free.acquire(blocking=False):
            raise Busy(f"{WAITING} requests wait for an answer in words; try again")
        done = self._workers.submit(work)
        done.add_done_callback(lambda _: self._free.release())
        return done

    async def do(self, work: Callable[[], Made], deadline_s: float) -> Made:
        """Does work on one of the threads.

        Raises:
            Busy: Too many wait.
            DeadlinePassed: It was not done in time; the thread goes on until it notices.
        """
        done = self._submit(work)
        try:
            return await asyncio.wait_for(asyncio.wrap_future(done), deadline_s)
        except TimeoutError:
            raise DeadlinePassed("the time given ran out; give more, or ask for less") from None

    def notes_of(self, run: Run) -> list[str]:
        """What a run of :meth:`asking` was told."""
        return list(run.watch.notes) if isinstance(run.watch, Notes) else []

    def erase(self, user: str) -> int:
        """Forgets a person's conversations."""
        return self.kept.erase(user)

    def close(self) -> None:
        """Ends when nobody is at work any more. May be called again."""
        self._workers.shutdown(wait=False, cancel_futures=True)
        self.kept.close()
