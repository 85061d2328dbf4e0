"""One thread that writes, and commits together what waits together."""

import logging
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from queue import Empty, Full, Queue

from penchant.core import StorageError
from penchant.serve.events.words import Appended, Busy, Event

TOGETHER = 1_000
"""Events of one commit, about."""
WAITING = 1_024
"""Batches that may wait; more are refused."""

_LOG = logging.getLogger(__name__)
Work = Callable[[], object]
Write = Callable[[list[Sequence[Event]]], list[Appended]]


@dataclass(frozen=True, slots=True)
class _Batch:
    events: Sequence[Event]
    done: "Future[Appended]" = field(default_factory=Future)


@dataclass(frozen=True, slots=True)
class _Alone:
    """Other work, between commits."""

    work: Work
    done: "Future[object]" = field(default_factory=Future)


class Writer:
    """The only thread that changes what is kept."""

    def __init__(self, write: Write, upkeep: Work) -> None:
        """Starts the thread.

        Args:
            write: Batches of events in one transaction: all of them, or it raises.
            upkeep: Done after each commit.
        """
        self._write, self._upkeep = write, upkeep
        self._queue: Queue[_Batch | _Alone | None] = Queue(WAITING)
        self._thread = threading.Thread(target=self._work, name="events", daemon=True)
        self._closed = False
        self._thread.start()

    def append(self, events: Sequence[Event]) -> Appended:
        """Returns when the disk has them.

        Raises:
            Busy: Too much waits.
            StorageError: They could not be written; nothing of the batch was.
        """
        batch = _Batch(events)
        self._put(batch)
        return batch.done.result()

    def alone(self, work: Work) -> object:
        """What ``work`` returns, done by the thread that writes."""
        asked = _Alone(work)
        self._put(asked)
        return asked.done.result()

    def close(self) -> None:
        """Writes what waits, then ends."""
        if not self._closed:
            self._closed = True
            self._queue.put(None)
            self._thread.join()

    def _put(self, asked: _Batch | _Alone) -> None:
        if self._closed:
            raise StorageError("the event store is closed")
        try:
            self._queue.put_nowait(asked)
        except Full:
            raise Busy(f"{WAITING} batches of events wait to be written; try again") from None

    def _work(self) -> None:
        while True:
            asked = self._queue.get()
            if asked is None:
                return
            if isinstance(asked, _Alone):
                self._settle_alone(asked)
                continue
            batches, after = self._waiting(asked)
            self._settle(batches)
            if isinstance(after, _Alone):
                self._settle_alone(after)
            elif after is not None:
                return

    def _waiting(self, first: _Batch) -> tuple[list[_Batch], "_Alone | str | None"]:
        """The first batch, those that wait behind it, and what stopped the collecting."""
        batches, n_events = [first], len(first.events)
        while n_events < TOGETHER:
            try:
                asked = self._queue.get_nowait()
            except Empty:
                return batches, None
            if asked is None:
                return batches, "closed"
            if isinstance(asked, _Alone):
                return batches, asked
            batches.append(asked)
            n_events += len(asked.events)
        return batches, None

    def _settle(self, batches: list[_Batch]) -> None:
        try:
            answers = self._write([batch.events for batch in batches])
        except Exception as error:
            for batch in batches:
                batch.done.set_exception(error)
            return
        for batch, answer in zip(batches, answers, strict=True):
            batch.done.set_result(answer)
        try:
            self._upkeep()
        except Exception:
            # What was answered stays true; the same upkeep is tried again after the next commit.
            _LOG.exception("upkeep of the event store failed")

    def _settle_alone(self, asked: _Alone) -> None:
        try:
            asked.done.set_result(asked.work())
        except Exception as error:
            asked.done.set_exception(error)
