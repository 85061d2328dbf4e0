"""The same store in PostgreSQL, where several services share it, or others keep the backups.

One transaction writes what waits together, under a lock that all services take: events are numbered
in the order in which they are committed, so that who reads on behind a number misses none.
"""

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from queue import Empty, LifoQueue
from types import TracebackType
from typing import Any, Self, TypeVar, cast

import polars as pl

from penchant.core import MissingExtra, StorageError, UsageError
from penchant.serve.events.segments import SCHEMA
from penchant.serve.events.words import (
    MOST_AT_ONCE,
    Appended,
    Busy,
    Erased,
    Event,
    fresh_of,
    user_hash,
)
from penchant.serve.events.writer import Writer

try:
    import psycopg
except ImportError as error:
    raise MissingExtra("psycopg", extra="postgres") from error

FORMAT = 1
CONNECT_S = 5
ANSWER_S = 20
READERS = 8
"""Connections that are kept for those who read."""
_LOCK = 0x70656E6368616E74
_COLUMNS = 'seq, id, "user", item, time, kind, value, recommendation, received'
_TABLES = """
CREATE TABLE IF NOT EXISTS penchant_events (
    seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id text COLLATE "C" NOT NULL UNIQUE,
    "user" text COLLATE "C" NOT NULL,
    item text NOT NULL,
    time bigint NOT NULL,
    kind text NOT NULL,
    value double precision,
    recommendation text,
    received bigint NOT NULL,
    digest bytea NOT NULL
);
CREATE INDEX IF NOT EXISTS penchant_events_user ON penchant_events ("user", seq);
CREATE TABLE IF NOT EXISTS penchant_erased (
    user_sha256 text NOT NULL, at bigint NOT NULL, events bigint NOT NULL
);
CREATE TABLE IF NOT EXISTS penchant_format (format integer PRIMARY KEY);
INSERT INTO penchant_format SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM penchant_format);
"""
_LOG = logging.getLogger(__name__)
Connection = psycopg.Connection[tuple[Any, ...]]  # Any: a row has columns of many types
Answer = TypeVar("Answer")


class PostgresStore:
    """What people did, in tables ``penchant_…`` of a database."""

    def __init__(self, address: str) -> None:
        """Connects, and makes the tables where there are none.

        Args:
            address: ``postgresql://user@host/database``. A password belongs into ``PGPASSWORD`` or
                ``~/.pgpass``: an address can be seen by who lists processes.

        Raises:
            StorageError: There is no such database, or it was written by a newer version.
        """
        self._address = address
        self._idle: LifoQueue[Connection] = LifoQueue(READERS)
        self._closed = False
        try:
            self._connection = self._connected()
            with self._closing_if_it_fails():
                self._make_tables()
        except psycopg.Error as error:
            raise StorageError(
                f"PostgreSQL: {_said(error)}; check the address, and that the role may make tables"
            ) from error
        self._writer = Writer(self._write, lambda: None)

    def append(self, events: Sequence[Event]) -> Appended:
        """Returns when the database has committed all that it says was accepted.

        Raises:
            UsageError: Too many at once.
            Busy: Too much waits to be written, or the database cannot be reached; whether events
                were written is then known when they are sent again.
        """
        if len(events) > MOST_AT_ONCE:
            raise UsageError(f"{len(events):,} events at once: send {MOST_AT_ONCE:,} at most")
        with _explained():
            return self._writer.append(events)

    def of_user(self, user: str) -> pl.DataFrame:
        """All events of a person, oldest first; what was answered is there."""
        return self._read('"user" = %s', user).sort("time", "seq")

    def items_of(self, user: str, *, after: int = 0) -> list[str]:
        """What a person chose, oldest first, of what came behind a ``seq``."""
        return self.of_user(user).filter(pl.col("seq") > after)["item"].to_list()

    def mark(self, user: str) -> None:
        """Unknown: other services write to the database, too."""

    def frame(self, *, after: int = 0) -> pl.DataFrame:
        """All events behind a ``seq``, in the order in which they came."""
        return self._read("seq > %s", after)

    def __len__(self) -> int:
        """How many events there are."""
        with _explained():
            rows = self._asked(
                lambda connection: connection.execute("SELECT count(*) FROM penchant_events")
            )
        return int(rows[0][0])

    def erase(self, user: str) -> Erased:
        """Removes all that is known of a person from the tables, and lets their space be reused.

        The database's own log and backups keep what was written until they are recycled.
        """
        with _explained():
            # cast: the thread gives back what the work returned
            return cast(Erased, self._writer.alone(lambda: self._erase(user)))

    def erased(self) -> dict[str, int]:
        """Hash of each person who was erased -> when that was last done, µs since 1970."""
        question = "SELECT user_sha256, max(at) FROM penchant_erased GROUP BY 1"
        with _explained():
            return dict(self._asked(lambda connection: connection.execute(question)))

    def close(self) -> None:
        """Writes what waits, and leaves the database. May be called again."""
        self._closed = True
        self._writer.close()
        self._connection.close()
        with suppress(Empty):
            while True:
                self._idle.get_nowait().close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def _connected(self) -> Connection:
        connection = psycopg.connect(
            self._address,
            autocommit=True,
            connect_timeout=CONNECT_S,
            application_name="penchant",
            options=f"-c synchronous_commit=on -c statement_timeout={ANSWER_S}s",
        )
        connection.prepare_threshold = 2
        return connection

    @contextmanager
    def _closing_if_it_fails(self) -> Iterator[None]:
        try:
            yield
        except BaseException:
            self._connection.close()
            raise

    def _make_tables(self) -> None:
        connection = self._connection
        with connection.transaction():
            connection.execute("SELECT pg_advisory_xact_lock(%s)", (_LOCK,))
            connection.execute(_TABLES)
            row = connection.execute("SELECT max(format) FROM penchant_format").fetchone()
        if row is not None and row[0] > FORMAT:
            raise StorageError(
                f"PostgreSQL: the tables have format {row[0]}, this version knows {FORMAT}: "
                "install a newer penchant"
            )

    def _writing(self) -> Connection:
        if self._connection.closed:
            self._connection = self._connected()
        return self._connection

    def _write(self, batches: list[Sequence[Event]]) -> list[Appended]:
        connection = self._writing()
        with connection.transaction():
            connection.execute("SELECT pg_advisory_xact_lock(%s)", (_LOCK,))
            asked = list({event.id for events in batches for event in events})
            known: dict[str, bytes] = dict(
                connection.execute(
                    "SELECT id, digest FROM penchant_events WHERE id = ANY(%s)", (asked,)
                ).fetchall()
            )
            settled = [fresh_of(events, known) for events in batches]
            fresh = [event for some, _ in settled for event in some]
            if fresh:
                _insert(fresh, known, connection)
        return [answer for _, answer in settled]

    def _erase(self, user: str) -> Erased:
        connection, at = self._writing(), time.time_ns() // 1_000
        with connection.transaction():
            found = connection.execute('DELETE FROM penchant_events WHERE "user" = %s', (user,))
            receipt = Erased(user_hash(user), found.rowcount, 0, at)
            connection.execute(
                "INSERT INTO penchant_erased VALUES (%s, %s, %s)",
                (receipt.user_sha256, at, receipt.events),
            )
        try:
            connection.execute("VACUUM penchant_events")
        except psycopg.Error:
            _LOG.exception("the table could not be vacuumed; the database does so by itself later")
        return receipt

    def _read(self, wanted: str, told: str | int) -> pl.DataFrame:
        question = f"SELECT {_COLUMNS} FROM penchant_events WHERE {wanted} ORDER BY seq"
        with _explained():
            rows = self._asked(lambda connection: connection.execute(question, (told,)))
        return pl.DataFrame(rows, schema=SCHEMA, orient="row")

    def _asked(
        self, ask: Callable[[Connection], psycopg.Cursor[tuple[Any, ...]]]
    ) -> list[tuple[Any, ...]]:
        """All rows; asked once more if the connection was gone."""
        if self._closed:
            raise StorageError("the event store is closed")
        for last in (False, True):
            with self._borrowed() as connection:
                try:
                    return ask(connection).fetchall()
                except psycopg.OperationalError:
                    if last or not connection.closed:
                        raise
        raise AssertionError("unreachable")

    @contextmanager
    def _borrowed(self) -> Iterator[Connection]:
        try:
            connection = self._idle.get_nowait()
        except Empty:
            connection = self._connected()
        try:
            yield connection
        finally:
            if connection.closed or self._closed or self._idle.full():
                connection.close()
            else:
                self._idle.put(connection)


def _insert(fresh: Sequence[Event], known: dict[str, bytes], connection: Connection) -> None:
    received = time.time_ns() // 1_000
    columns = [
        [event.id for event in fresh],
        [event.user for event in fresh],
        [event.item for event in fresh],
        [event.time for event in fresh],
        [event.kind for event in fresh],
        [event.value for event in fresh],
        [event.recommendation for event in fresh],
        [known[event.id] for event in fresh],
    ]
    connection.execute(
        'INSERT INTO penchant_events (id, "user", item, time, kind, value, recommendation, digest,'
        " received) SELECT *, %s::bigint FROM unnest(%s::text[], %s::text[], %s::text[],"
        " %s::bigint[], %s::text[], %s::float8[], %s::text[], %s::bytea[])",
        [received, *columns],
    )


@contextmanager
def _explained() -> Iterator[None]:
    """Faults of the database as what a person can do about them."""
    try:
        yield
    except psycopg.OperationalError as error:
        raise Busy(f"PostgreSQL cannot be asked now: {_said(error)}") from error
    except psycopg.Error as error:
        raise StorageError(f"PostgreSQL: {_said(error)}") from error


def _said(error: psycopg.Error) -> str:
    """The first line of what the database says: no values, no password."""
    return (error.diag.message_primary or str(error)).splitlines()[0]
