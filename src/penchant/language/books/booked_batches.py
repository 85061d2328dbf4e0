"""Many calls, some at a time: answers are there for the books as soon as they came."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from time import monotonic
from typing import Protocol, runtime_checkable
from uuid import uuid4

from penchant.core import Run
from penchant.core.threads import begin, first_done
from penchant.language.books.budget import Amount
from penchant.language.books.calls import Kept
from penchant.language.books.ledger import Ledger
from penchant.language.books.rows import Place
from penchant.language.words import Failure, OpenModel, Reply

AT_ONCE = 16
"""Calls handed to a model together, unless it says otherwise: no more are in flight, and so no
more are asked again after a kill."""

TEXTS_AT_ONCE = 128
"""Texts whose vectors are asked for together: endpoints take many in one call."""

Ask = Callable[[Sequence[int]], Iterable[tuple[int, Kept]]]
"""Asks the calls with these numbers."""


Answers = list[tuple[int, Kept]]
"""Those that came together, by number"""


@runtime_checkable
class Paced(Protocol):
    """An open model that computes several calls together, and says how many."""

    @property
    def at_once(self) -> int:
        """As many as it is best handed."""


@runtime_checkable
class Concurrent(Protocol):
    """An open model elsewhere, that may be asked from several threads."""

    @property
    def concurrency(self) -> int:
        """Most calls at once."""


@dataclass(frozen=True, slots=True, eq=False)
class Batch:
    """Calls that the books do not hold."""

    model: OpenModel
    books: Ledger
    places: Sequence[Place]
    ask: Ask
    most: Mapping[int, Amount]
    """What each call takes at most"""
    run: Run
    unasked: dict[int, Kept] = field(default_factory=dict)
    """What stands for calls that were not made: another process was faster, the budget is spent,
    or the deadline passed"""

    def ask_all(self, numbers: Sequence[int]) -> Iterator[Answers]:
        """Answers as they come; what is not asked goes to :attr:`unasked`."""
        if self.places and self.places[0].call.verb == "embed":
            return self._in_chunks(list(numbers), TEXTS_AT_ONCE)
        if isinstance(self.model, Concurrent):
            return self._in_threads(list(numbers), max(1, self.model.concurrency))
        at_once = self.model.at_once if isinstance(self.model, Paced) else AT_ONCE
        return self._in_chunks(list(numbers), max(1, at_once))

    def _in_chunks(self, left: list[int], at_once: int) -> Iterator[Answers]:
        while left and not self._is_late(left):
            chunk = left[:at_once]
            if known := self._known(chunk):
                self.unasked.update(known)
                left = [number for number in left if number not in known]
                continue
            amounts = [self.most[number] for number in chunk]
            admitted = self.books.admit(amounts)
            if not admitted:
                self._refuse(left)
                return
            try:
                came = list(self.ask(chunk[:admitted]))
                left = self._apart(left[admitted:], came)
                yield came
            finally:
                self.books.land(amounts[:admitted])

    def _in_threads(self, left: list[int], at_once: int) -> Iterator[Answers]:
        flying: dict[Future[Answers], int] = {}
        problem: Exception | None = None
        try:
            while flying or left:
                while left and len(flying) < at_once and not self._is_late(left):
                    if known := self._known(left[:1]):
                        self.unasked.update(known)
                        left = left[1:]
                        continue
                    if not self.books.admit([self.most[left[0]]], waits=not flying):
                        break
                    number = left.pop(0)
                    flying[begin(lambda one: list(self.ask([one])), number)] = number
                if not flying:
                    # Nothing will land any more that could make room.
                    if left:
                        self._refuse(left)
                    break
                landed = first_done(flying)
                came: Answers = []
                for future in landed:
                    try:
                        came += future.result()
                    except Exception as error:  # the other answers are paid for: they are kept
                        problem, left = problem or error, []
                left = self._apart(left, came)
                yield came
                self.books.land([self.most[flying.pop(future)] for future in landed])
        finally:
            # Whoever stopped waiting leaves the budget to others.
            self.books.land([self.most[number] for number in flying.values()])
        if problem is not None:
            raise problem

    def _known(self, numbers: Sequence[int]) -> dict[int, Kept]:
        """What another process has put on the books since the batch began."""
        found = self.books.look_again([self.places[number] for number in numbers])
        return {number: kept for number, kept in zip(numbers, found, strict=True) if kept}

    def _apart(self, left: list[int], came: Answers) -> list[int]:
        """What is left, from its end if another process has asked what came here as well.

        So two that do the same batch come from both ends and share it.
        """
        # By chance: if both turned around, they would go on in step.
        turns = bool(uuid4().int % 2) and bool(self._known([number for number, _ in came]))
        return left[::-1] if turns else left

    def _is_late(self, left: list[int]) -> bool:
        if self.run.deadline is None or monotonic() <= self.run.deadline.at:
            return False
        self._leave(left, "slow", "the deadline passed before it was asked; give more time")
        return True

    def _refuse(self, left: list[int]) -> None:
        said = self.books.budget.describe(self.books.spent(), self.most[left[0]])
        self.run.watch.note(f"{len(left):,} calls of {self.model.name} were not made: {said}")
        self._leave(left, "budget", said)

    def _leave(self, left: list[int], failure: Failure, detail: str) -> None:
        self.unasked.update((number, Kept(Reply.failed(failure, detail))) for number in left)
        left.clear()
