"""One thread that asks a model, for all who wait together; when it is late, what most choose."""

import asyncio
import itertools
import logging
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from queue import Empty, Full, Queue
from typing import TYPE_CHECKING

import numpy as np

from penchant.core import Breaker, Ragged
from penchant.data import Flag
from penchant.models import Answer, Model, Rules
from penchant.serve.events import Busy
from penchant.serve.problems import places_of

if TYPE_CHECKING:
    import polars as pl

_LOG = logging.getLogger(__name__)
TOGETHER = 32
"""Requests that a model answers at once."""
PATIENT_S = 1.0
"""Who waits for less may be too hasty: it says nothing of the model."""
FAILED = "the model failed"
RESTS = "the model fails again and again, so it is left alone for some seconds"
_MARKS = itertools.count(1)
"""No two models at any desks have the same."""


@dataclass(frozen=True, slots=True)
class Request:
    """What one caller wants to know."""

    user: str | None
    """Somebody whose history the model has; else ``history`` counts."""
    history: tuple[str, ...]
    k: int
    where: str | None = None
    exclude: tuple[str, ...] = ()
    again: bool = False
    only: tuple[str, ...] | None = None
    """Nothing but these items."""
    rules: Rules | None = None
    """Of the list as a whole."""

    def like(self) -> tuple[object, ...]:
        """Requests of which this is the same are answered together."""
        terms = (self.k, self.where, self.exclude, self.again, self.only, self.rules)
        return (self.user is None, *terms)


@dataclass(frozen=True, slots=True)
class Served:
    """The answer to one request."""

    frame: "pl.DataFrame"
    notes: tuple[str, ...]
    degraded: bool


@dataclass(frozen=True, slots=True)
class _Waiting:
    request: Request
    until: float
    loop: asyncio.AbstractEventLoop
    done: "asyncio.Future[Served]"


class Desk:
    """A model and its standby, with a bounded queue before them."""

    def __init__(self, model: Model, standby: Model, *, waiting: int) -> None:
        """Starts the thread that asks.

        Args:
            model: Answers as long as it does so in time.
            standby: Answers at once, from the same catalogue.
            waiting: Requests that may wait; more are refused.
        """
        self.standby, self.model = standby, model
        self.breaker = Breaker()
        self._queue: Queue[_Waiting | None] = Queue(waiting)
        self._thread = threading.Thread(target=self._work, name="desk", daemon=True)
        self._thread.start()

    async def ask(self, request: Request, deadline_s: float) -> Served:
        """The model's answer, or the standby's: the model is late, or fails again and again.

        Raises:
            Busy: Too many wait.
            UsageError: The request cannot be; the message says why.
        """
        if not self.breaker.admits():
            return served([request], self.standby, degraded=RESTS)[0]
        loop = asyncio.get_running_loop()
        done: asyncio.Future[Served] = loop.create_future()
        waiting = _Waiting(request, time.monotonic() + deadline_s, loop, done)
        try:
            self._queue.put_nowait(waiting)
        except Full:
            raise Busy(f"{self._queue.maxsize} requests wait for the model; try again") from None
        try:
            return await asyncio.wait_for(asyncio.shield(done), deadline_s)
        except TimeoutError:
            if deadline_s >= PATIENT_S:
                self.breaker.note(well=False)
            return served([request], self.standby, degraded="the model did not answer in time")[0]

    @property
    def model(self) -> Model:
        """Who answers from now on."""
        return self._model

    @model.setter
    def model(self, model: Model) -> None:
        self._model, self.mark = model, next(_MARKS)

    @property
    def waiting(self) -> int:
        """How many wait now."""
        return self._queue.qsize()

    def close(self) -> None:
        """Answers those who wait, then ends. May be called again."""
        if self._thread.is_alive():
            self._queue.put(None)
            self._thread.join()

    def _work(self) -> None:
        ended = False
        while not ended:
            taken = [self._queue.get()]
            while len(taken) < TOGETHER:
                try:
                    taken.append(self._queue.get_nowait())
                except Empty:
                    break
            ended = None in taken
            groups: dict[tuple[object, ...], list[_Waiting]] = {}
            for one in taken:
                if one is not None and time.monotonic() < one.until:
                    groups.setdefault(one.request.like(), []).append(one)
            for group in groups.values():
                self._answer(group)

    def _answer(self, group: list[_Waiting]) -> None:
        requests = [one.request for one in group]
        try:
            answers: Sequence[Served | Exception] = self._served(requests)
        except Exception as error:
            answers = [error] * len(group)
        now, first = time.monotonic(), answers[0]
        failed = isinstance(first, Served) and FAILED in first.notes
        if not failed and any(now < one.until for one in group):
            self.breaker.note(well=True)
        for one, answer in zip(group, answers, strict=True):
            one.loop.call_soon_threadsafe(_settle, one.done, answer)

    def _served(self, requests: list[Request]) -> list[Served]:
        try:
            return served(requests, self.model)
        except Exception as error:
            # If the standby cannot answer either, it is the request that cannot be answered.
            answers = served(requests, self.standby, degraded=FAILED)
            self.breaker.note(well=False)
            _LOG.error("the model failed; the standby answered: %s", places_of(error))
            return answers


def served(requests: Sequence[Request], model: Model, *, degraded: str = "") -> list[Served]:
    """What a model answers to requests that are alike."""
    first = requests[0]
    if first.user is not None:
        asked = model.ask([request.user or "" for request in requests])
    else:
        asked = model.ask(histories=[request.history for request in requests])
    if first.only is not None:
        rows = np.array([model.catalog.ids.row(item) for item in first.only], np.int32)
        among = Ragged.of([rows] * len(requests))
        asked = replace(asked, queries=replace(asked.queries, candidates=among))
    answer = model.answer(
        asked,
        k=first.k,
        where=first.where,
        exclude=first.exclude or None,
        again=first.again,
        rules=first.rules,
    )
    return _apart(answer, len(requests), degraded)


def _apart(answer: Answer, n: int, degraded: str) -> list[Served]:
    counts = (answer.rankings.items >= 0).sum(1)
    ends = np.cumsum(counts)
    flags = answer.rankings.flags
    notes = (*answer.notes, degraded) if degraded else answer.notes
    return [
        Served(
            answer.frame.slice(int(ends[row] - counts[row]), int(counts[row])),
            notes if n == 1 or degraded else (),
            bool(degraded) or (flags is not None and bool(flags[row] & Flag.DEGRADED)),
        )
        for row in range(n)
    ]


def _settle(done: "asyncio.Future[Served]", answer: Served | Exception) -> None:
    if done.done():
        return
    if isinstance(answer, Exception):
        done.set_exception(answer)
    else:
        done.set_result(answer)
