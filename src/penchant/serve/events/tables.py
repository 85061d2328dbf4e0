"""The SQLite file: its tables, and how it is opened."""

import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from penchant.core import StorageError
from penchant.serve.events.words import Appended, Event, fresh_of

NAME = "events.sqlite"
FORMAT = 1
BUSY_S = 10.0
COLUMNS = ("seq", "id", "user", "item", "time", "kind", "value", "recommendation", "received")
"""Of an event, in this order wherever rows are made."""
AT_ONCE = 500
"""Ids of one question to SQLite."""

_TABLES = """
CREATE TABLE IF NOT EXISTS events (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL,
    user TEXT NOT NULL,
    item TEXT NOT NULL,
    time INTEGER NOT NULL,
    kind TEXT NOT NULL,
    value REAL,
    recommendation TEXT,
    received INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS events_user ON events (user, seq);
CREATE TABLE IF NOT EXISTS seen (id TEXT PRIMARY KEY, digest BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS segments (
    name TEXT PRIMARY KEY,
    first INTEGER NOT NULL,
    last INTEGER NOT NULL,
    rows INTEGER NOT NULL,
    bytes INTEGER NOT NULL,
    sha256 TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS erasing (user TEXT PRIMARY KEY);
CREATE TABLE IF NOT EXISTS erased (user_sha256 TEXT NOT NULL, at INTEGER NOT NULL, events INTEGER);
"""


def open_for_writing(folder: Path) -> sqlite3.Connection:
    """The one connection that writes.

    A commit returns when the disk has it; what is deleted is overwritten with zeros.

    Raises:
        StorageError: The folder cannot be written, or was written by a newer version.
    """
    with explained(folder):
        folder.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(
            folder / NAME, timeout=BUSY_S, isolation_level=None, check_same_thread=False
        )
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA secure_delete = ON")
        version = int(connection.execute("PRAGMA user_version").fetchone()[0])
        if version > FORMAT:
            raise StorageError(
                f"{folder / NAME} has format {version}, this version knows {FORMAT}: install a "
                "newer penchant"
            )
        connection.executescript(_TABLES)
        connection.execute(f"PRAGMA user_version = {FORMAT}")
    return connection


def open_for_reading(folder: Path) -> sqlite3.Connection:
    """A connection that sees all that was committed, and writes nothing."""
    with explained(folder):
        connection = sqlite3.connect(
            f"{(folder / NAME).absolute().as_uri()}?mode=ro",
            uri=True,
            timeout=BUSY_S,
            isolation_level=None,
            check_same_thread=False,
        )
        connection.execute("PRAGMA query_only = ON")
    return connection


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """All of it or nothing."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


@contextmanager
def explained(folder: Path, name: str = NAME) -> Iterator[None]:
    """Faults of SQLite as what a person can do about them."""
    hints = {
        sqlite3.SQLITE_FULL: "the disk is full; nothing was lost: free some space and try again",
        sqlite3.SQLITE_READONLY: "it is read-only; nothing was lost: mend its permissions",
        sqlite3.SQLITE_CANTOPEN: "it cannot be opened; mend its permissions, or name another",
        sqlite3.SQLITE_IOERR: "the disk failed; nothing acknowledged was lost: check the disk",
        sqlite3.SQLITE_CORRUPT: "it is damaged: penchant fsck tells what can be read",
        sqlite3.SQLITE_NOTADB: "it is no event store: name another folder",
        sqlite3.SQLITE_BUSY: "another process writes to it: stop the other one",
        sqlite3.SQLITE_LOCKED: "another process writes to it: stop the other one",
    }
    try:
        yield
    except sqlite3.DatabaseError as error:
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        raise StorageError(f"{folder / name}: {hints.get(code, error)}") from error
    except PermissionError as error:
        raise StorageError(f"{folder}: no permission; mend it, or name another folder") from error


def write_events(events: Sequence[Event], connection: sqlite3.Connection) -> Appended:
    """Writes those that are new; inside a transaction."""
    known = _digests([event.id for event in events], connection)
    fresh, answer = fresh_of(events, known)
    received = time.time_ns() // 1_000
    connection.executemany(
        "INSERT INTO events (id, user, item, time, kind, value, recommendation, received)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (e.id, e.user, e.item, e.time, e.kind, e.value, e.recommendation, received)
            for e in fresh
        ],
    )
    connection.executemany(
        "INSERT INTO seen (id, digest) VALUES (?, ?)", [(e.id, known[e.id]) for e in fresh]
    )
    return answer


def _digests(ids: list[str], connection: sqlite3.Connection) -> dict[str, bytes]:
    """Of those ids that were seen before."""
    known: dict[str, bytes] = {}
    for first in range(0, len(ids), AT_ONCE):
        some = ids[first : first + AT_ONCE]
        marks = ",".join("?" * len(some))
        known.update(connection.execute(f"SELECT id, digest FROM seen WHERE id IN ({marks})", some))
    return known
