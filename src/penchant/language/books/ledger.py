"""The books: every call of a language model, what came back, and what it cost.

A call is answered from the books, or asked and written down before anybody sees the answer. So a
batch that is killed goes on where it was, a recorded run comes out the same without a network, and
what was spent is known.
"""

import sqlite3
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from threading import Condition, RLock
from time import monotonic
from typing import Literal
from uuid import uuid4

import numpy as np
from numpy.typing import NDArray

from penchant.core import Run, UnknownName, VectorModel
from penchant.core.threads import TURN_S
from penchant.language.books.budget import Amount, Budget
from penchant.language.books.calls import Call, Kept
from penchant.language.books.file import connect, explained, transaction
from penchant.language.books.misses import explain_miss
from penchant.language.books.rows import LedgerMode, Place, find_answer, insert_answer

Redact = Literal["always", "elsewhere", "never"]
"""*elsewhere*: of models that this machine does not run."""
MODES: tuple[LedgerMode, ...] = ("live", "cache", "record", "replay", "estimate")
_FIGURES = (
    "calls",
    "from_books",
    "failed",
    "prompt_tokens",
    "completion_tokens",
    "reused_tokens",
    "seconds",
    "cost",
    "spent_tokens",
    "spent_cost",
    "redacted",
    "estimated_tokens",
    "estimated_cost",
)


PATIENCE_S = 60.0
"""How long a call waits for another one to land, so that it fits into a budget; a stream that
nobody reads on may never do."""


@dataclass(slots=True, eq=False)
class Ledger:
    """Calls on the books.

    >>> books = Ledger.open(None, budget=Budget(tokens=10_000))
    >>> books.figures()["calls"]
    0.0

    The modes:

    * ``live``: everything is asked and written down; nothing is answered from the books.
    * ``cache``: what the books hold is not asked again; what failed is.
    * ``record``: everything is asked once for each time it is asked for, and failures are kept as
      well, so that a replay comes out the same. A recording that was stopped goes on.
    * ``replay``: nothing is asked; what the books do not hold is a failure ``missing``.
    * ``estimate``: nothing is asked; what would be is counted. For dry runs.
    """

    file: Path | None
    mode: LedgerMode
    budget: Budget
    account: str
    """Whose budget it is; those who share it share what is spent."""
    redact: Redact
    """Where what names a person is taken out of prompts before they are asked or hashed"""
    _connection: sqlite3.Connection
    _lock: RLock = field(default_factory=RLock)
    _landed: Condition = field(init=False)
    """Told whenever calls are no longer in flight"""
    _asked: Counter[str] = field(default_factory=Counter)
    """key -> how often it was asked for since the books were opened"""
    _figures: dict[str, float] = field(default_factory=lambda: dict.fromkeys(_FIGURES, 0.0))
    _in_flight: Amount = field(default_factory=Amount)

    def __post_init__(self) -> None:
        self._landed = Condition(self._lock)

    @classmethod
    def open(
        cls,
        file: Path | str | None = None,
        *,
        mode: LedgerMode = "cache",
        budget: Budget | None = None,
        account: str = "",
        redact: Redact = "elsewhere",
    ) -> "Ledger":
        """Opens books, or begins them.

        Args:
            file: SQLite; ``None`` keeps them in memory.
            mode: What is asked, and what is answered from the books.
            budget: The most that may be spent; default: no limit.
            account: Runs that share a budget name the same one, also after they were stopped.
                Default: a fresh one.
            redact: Of which models' prompts what names a person is taken out.

        Raises:
            StorageError: The file holds something else, cannot be written, or, for a replay, is
                not there.
        """
        if mode not in MODES:
            raise UnknownName("mode of the books", mode, MODES)
        path = None if file is None else Path(file)
        connection = connect(path, must_exist=mode == "replay")
        named = account or uuid4().hex
        return cls(path, mode, budget or Budget(), named, redact, connection)

    def close(self) -> None:
        """Lets the file go; what was stored is stored already."""
        with self._lock:
            self._connection.close()

    def __enter__(self) -> "Ledger":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def asks_all(self) -> bool:
        """Whether every call must stand in the books, so that no other cache may answer it."""
        return self.mode in ("record", "replay")

    @property
    def asks_nothing(self) -> bool:
        """Whether calls are only counted; what comes back for them means nothing."""
        return self.mode == "estimate"

    def vectors(self, model: VectorModel, texts: Sequence[str], *, run: Run) -> NDArray[np.float32]:
        """(n, d) vectors of an encoder elsewhere; nan where there is none."""
        # It writes into these books, so it imports this module.
        from penchant.language.books.booked_encoder import booked_vectors

        return booked_vectors(self, model, texts, run)

    def look_up(self, calls: Sequence[Call]) -> list[Place]:
        """Where each call stands, and what the books hold of it."""
        with self._lock, explained(self.file):
            return [self._look_up(call) for call in calls]

    def look_again(self, places: Sequence[Place]) -> list[Kept | None]:
        """What other processes have put on the books since calls were looked up."""
        if self.file is None or self.mode not in ("cache", "record"):
            return [None for _ in places]
        with self._lock, explained(self.file):
            return [
                find_answer(self._connection, place.call.key, place.nth, self.mode)
                for place in places
            ]

    def store(self, came: Sequence[tuple[Place, Kept]]) -> list[Kept]:
        """Writes down what came back; on disk when this returns.

        Returns:
            What is to be handed on: where another process recorded the same call first, its answer.
        """
        if not came:
            return []
        usage = [kept.reply.usage for _, kept in came]
        tokens = sum(one.prompt_tokens + one.completion_tokens for one in usage)
        cost = sum(one.cost for one in usage)
        # Nobody reads what was asked live from books that end with the process.
        forgets = self.mode == "live" and self.file is None
        with self._lock:
            with explained(self.file), transaction(self._connection) as books:
                handed = [
                    kept if forgets else insert_answer(books, place, kept, self.mode, self.account)
                    for place, kept in came
                ]
                books.execute(
                    "INSERT INTO accounts VALUES (?, ?, ?, ?) ON CONFLICT (name) DO UPDATE SET "
                    "calls = calls + excluded.calls, tokens = tokens + excluded.tokens, "
                    "cost = cost + excluded.cost",
                    (self.account, len(came), tokens, cost),
                )
            self._figures["spent_tokens"] += tokens
            self._figures["spent_cost"] += cost
        return handed

    def count(self, kept: Kept) -> None:
        """Adds an answer to :meth:`figures`."""
        reply, usage = kept.reply, kept.reply.usage
        with self._lock:
            self._figures["calls"] += 1
            self._figures["from_books"] += reply.cached
            if reply.failure:
                self._figures["failed"] += 1
                kind = f"failed_{reply.failure}"
                self._figures[kind] = self._figures.get(kind, 0.0) + 1
            for name in ("prompt_tokens", "completion_tokens", "reused_tokens", "seconds", "cost"):
                self._figures[name] += getattr(usage, name)

    def note_estimated(self, amount: Amount) -> None:
        """What a call that is not made would take at most."""
        with self._lock:
            self._figures["estimated_tokens"] += amount.tokens
            self._figures["estimated_cost"] += amount.cost

    def note_redacted(self, number: int) -> None:
        """So many places of prompts were redacted."""
        with self._lock:
            self._figures["redacted"] += number

    def figures(self) -> Mapping[str, float]:
        """What was called since the books were opened.

        ``calls``, ``from_books`` (answered from them), ``failed`` (and by kind, such as
        ``failed_slow``); ``prompt_tokens``, ``completion_tokens``, ``reused_tokens``, ``seconds``,
        ``cost``: of all answers, also of those from the books; ``spent_tokens``, ``spent_cost``: of
        those that were asked now; ``redacted``: places of prompts that named a person;
        ``estimated_tokens``, ``estimated_cost``: the most that a dry run would have spent.
        """
        with self._lock:
            return dict(self._figures)

    def spent(self) -> Amount:
        """What the account spent, by all who share it."""
        with self._lock, explained(self.file):
            asked = "SELECT tokens, cost FROM accounts WHERE name = ?"
            row = self._connection.execute(asked, (self.account,)).fetchone()
        return Amount(*row) if row else Amount()

    def admit(self, amounts: Sequence[Amount], *, waits: bool = True) -> int:
        """How many of some calls, from the first on, may be made; they are in flight from now on.

        Args:
            amounts: The most that each may take.
            waits: Where nothing fits beside what other threads have in flight, for them to land.
        """
        with self._landed:
            while True:
                spent = self.spent()
                admitted = self._fitting(amounts, spent + self._in_flight)
                blocked = not admitted and self._in_flight != Amount()
                if not (waits and blocked and self._fitting(amounts[:1], spent)):
                    break
                if not self._another_landed():
                    break
            for amount in amounts[:admitted]:
                self._in_flight += amount
            return admitted

    def land(self, amounts: Sequence[Amount]) -> None:
        """Those calls are no longer in flight."""
        with self._landed:
            for amount in amounts:
                self._in_flight -= amount
            if self._in_flight.tokens == 0:
                self._in_flight = Amount()  # sums of money do not come back to nought
            self._landed.notify_all()

    def _another_landed(self) -> bool:
        until = monotonic() + PATIENCE_S
        while monotonic() < until:
            if self._landed.wait(min(TURN_S, PATIENCE_S)):
                return True
        return False

    def _fitting(self, amounts: Sequence[Amount], taken: Amount) -> int:
        for number, amount in enumerate(amounts):
            taken += amount
            if not self.budget.has_room(taken) or self.budget.tokens == 0:
                return number
        return len(amounts)

    def explain_miss(self, call: Call) -> str:
        """What the books hold that is nearest to a call that they do not hold."""
        with self._lock, explained(self.file):
            return explain_miss(self._connection, call, self.file)

    def _look_up(self, call: Call) -> Place:
        key = call.key
        nth = self._asked[key]
        self._asked[key] += 1
        return Place(call, nth, find_answer(self._connection, key, nth, self.mode))
