"""The store: append, read what was appended, seal, erase."""

import sqlite3
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar, cast

import polars as pl

from penchant.core import StorageError, UsageError, sweep
from penchant.serve.events import segments as sealed
from penchant.serve.events.lock import locked
from penchant.serve.events.marks import Marks
from penchant.serve.events.readers import Readers
from penchant.serve.events.tables import (
    COLUMNS,
    NAME,
    explained,
    open_for_writing,
    transaction,
    write_events,
)
from penchant.serve.events.words import MOST_AT_ONCE, Appended, Erased, Event, user_hash
from penchant.serve.events.writer import Writer

SEAL_AFTER = 1_000_000
"""Live events; the older half of them is sealed."""
TRIES_S = 10.0

Answer = TypeVar("Answer")


class EventStore:
    """What people did, in a folder that one process writes to.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder, EventStore(Path(folder)) as store:
    ...     answer = store.append([Event("u1", "i4", time=1_700_000_000_000_000)])
    ...     answer.accepted, store.of_user("u1")["item"].to_list()
    (1, ['i4'])
    """

    def __init__(self, folder: Path, *, seal_after: int = SEAL_AFTER) -> None:
        """Opens the folder, or makes it; mends what a crash left.

        Raises:
            StorageError: It cannot be written, is damaged, or another process has it.
        """
        if seal_after < 2:
            raise UsageError(f"seal_after={seal_after}: need 2 events at least")
        self.folder, self._seal_after = folder, seal_after
        self._readers, self._marks = Readers(folder), Marks()
        with ExitStack() as undone, explained(folder):
            folder.mkdir(parents=True, exist_ok=True)
            self._lock = undone.enter_context(locked(folder))
            self._connection = open_for_writing(folder)
            undone.callback(self._connection.close)
            self._mend(self._connection)
            undone.pop_all()
        self._writer = Writer(self._write, lambda: self._seal_when_many(self._connection))

    def append(self, events: Sequence[Event]) -> Appended:
        """Returns when the disk has all that it says was accepted.

        An event whose id was seen before is told as a duplicate if it says the same, else refused.

        Raises:
            UsageError: Too many at once.
            Busy: Too much waits to be written.
            StorageError: The disk did not take them; nothing of them was written.
        """
        if len(events) > MOST_AT_ONCE:
            raise UsageError(f"{len(events):,} events at once: send {MOST_AT_ONCE:,} at most")
        with explained(self.folder):
            answer = self._writer.append(events)
        self._marks.touch(event.user for event in events)
        return answer

    def items_of(self, user: str, *, after: int = 0) -> list[str]:
        """What a person chose, oldest first, of what came behind a ``seq``."""
        with explained(self.folder), self._readers.one() as reader:
            known = reader.execute("SELECT 1 FROM segments WHERE last > ?", (after,)).fetchone()
            question = "SELECT item FROM events WHERE user = ? AND seq > ? ORDER BY time, seq"
            live = [item for (item,) in reader.execute(question, (user, after))]
        if known is None:
            return live
        events = self.of_user(user)
        return events.filter(events["seq"] > after)["item"].to_list()

    def mark(self, user: str) -> int:
        """A number that is another one once something became known of a person, or forgotten."""
        return self._marks.of(user)

    def of_user(self, user: str) -> pl.DataFrame:
        """All events of a person, oldest first; what was answered is there."""
        events = self._read("SELECT {} FROM events WHERE user = ?", (user,), pl.col("user") == user)
        return events.sort("time", "seq")

    def frame(self, *, after: int = 0) -> pl.DataFrame:
        """All events behind a ``seq``, in the order in which they came."""
        return self._read(
            "SELECT {} FROM events WHERE seq > ? ORDER BY seq", (after,), pl.col("seq") > after
        )

    def __len__(self) -> int:
        """How many events there are."""
        with explained(self.folder), self._readers.one() as reader:
            told = reader.execute(
                "SELECT (SELECT count(*) FROM events) + coalesce(sum(rows), 0) FROM segments"
            )
            return int(told.fetchone()[0])

    def erased(self) -> dict[str, int]:
        """Hash of each person who was erased -> when that was last done, µs since 1970."""
        with explained(self.folder), self._readers.one() as reader:
            told = reader.execute("SELECT user_sha256, max(at) FROM erased GROUP BY 1")
            return dict(told.fetchall())

    def seal(self, most: int | None = None) -> int:
        """Moves the oldest live events into a segment; returns how many."""
        return self._alone(lambda connection: self._seal(connection, -1 if most is None else most))

    def erase(self, user: str) -> Erased:
        """Removes all that is known of a person, from the write-ahead log and free pages, too.

        A crash in between is made good when the store is opened again.
        """
        receipt = self._alone(lambda connection: self._erase(connection, user))
        self._marks.touch([user])
        return receipt

    def close(self) -> None:
        """Writes what waits, and lets go of the folder. May be called again."""
        self._writer.close()
        self._readers.close()
        self._connection.close()
        self._lock.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def _alone(self, work: Callable[[sqlite3.Connection], Answer]) -> Answer:
        with explained(self.folder):
            # cast: the thread gives back what the work returned
            return cast(Answer, self._writer.alone(lambda: work(self._connection)))

    def _write(self, batches: list[Sequence[Event]]) -> list[Appended]:
        with transaction(self._connection):
            return [write_events(events, self._connection) for events in batches]

    def _read(self, question: str, told: tuple[object, ...], wanted: pl.Expr) -> pl.DataFrame:
        columns = ", ".join(COLUMNS)
        until, known = time.monotonic() + TRIES_S, list[sealed.Segment]()
        while True:
            try:
                with explained(self.folder), self._readers.one() as reader:
                    known = sealed.segments(reader)
                    rows = reader.execute(question.format(columns), told).fetchall()
                parts = [sealed.read(self.folder, one).filter(wanted) for one in known]
                older = pl.concat(parts).collect() if parts else None
                break
            except (StorageError, pl.exceptions.ComputeError, FileNotFoundError):
                # A segment may be written anew without a person between the two looks.
                with self._readers.one() as reader:
                    moved = known != sealed.segments(reader)
                if time.monotonic() > until or not moved:
                    raise
        live = pl.DataFrame(rows, schema=sealed.SCHEMA, orient="row")
        return live if older is None else pl.concat([older.sort("seq"), live])

    def _seal_when_many(self, connection: sqlite3.Connection) -> None:
        span = "SELECT coalesce(max(seq) - min(seq) + 1, 0) FROM events"  # counting takes longer
        live = int(connection.execute(span).fetchone()[0])
        if live >= self._seal_after:
            self._seal(connection, live // 2)

    def _seal(self, connection: sqlite3.Connection, most: int) -> int:
        segment = sealed.seal(self.folder, connection, most=most)
        return 0 if segment is None else segment.rows

    def _erase(self, connection: sqlite3.Connection, user: str) -> Erased:
        with transaction(connection):
            connection.execute("INSERT OR IGNORE INTO erasing VALUES (?)", (user,))
        anew = [gone for _, gone in sealed.without(self.folder, connection, user)]
        at = time.time_ns() // 1_000
        with transaction(connection):
            connection.execute(
                "DELETE FROM seen WHERE id IN (SELECT id FROM events WHERE user = ?)", (user,)
            )
            live = connection.execute("DELETE FROM events WHERE user = ?", (user,)).rowcount
            receipt = Erased(user_hash(user), live + sum(anew), len(anew), at)
            connection.execute(
                "INSERT INTO erased VALUES (?, ?, ?)", (receipt.user_sha256, at, receipt.events)
            )
            connection.execute("DELETE FROM erasing WHERE user = ?", (user,))
        _empty_log(connection, self.folder)
        return receipt

    def _mend(self, connection: sqlite3.Connection) -> None:
        sweep(self.folder / sealed.FOLDER)
        for path in sealed.orphans(self.folder, sealed.segments(connection)):
            if sealed.left_by_a_crash(path, connection):
                sealed.erase_file(path)
        for (user,) in connection.execute("SELECT user FROM erasing").fetchall():
            self._erase(connection, user)


def _empty_log(connection: sqlite3.Connection, folder: Path) -> None:
    """Moves the write-ahead log into the file and cuts it; waits for those who still read it."""
    until = time.monotonic() + TRIES_S
    while connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]:
        if time.monotonic() > until:
            raise StorageError(
                f"{folder / NAME}: somebody reads an old state of it, so the log still holds what "
                "was erased; it is emptied when the store is opened again"
            )
        time.sleep(0.02)
