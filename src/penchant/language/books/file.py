"""The file of the books: SQLite, written ahead, on disk before a reply is handed on."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import quote

from penchant.core import StorageError

FORMAT = 1
"""Raised when an older Penchant could not read what this one writes."""
APPLICATION = 0x504E4348
"""Tells books from any other SQLite file: PNCH."""

_SCHEMA = """
CREATE TABLE calls (
    id INTEGER PRIMARY KEY,
    key TEXT NOT NULL, nth INTEGER NOT NULL, kept INTEGER NOT NULL,
    account TEXT NOT NULL, at REAL NOT NULL,
    verb TEXT NOT NULL, model TEXT NOT NULL, fingerprint TEXT NOT NULL,
    template TEXT NOT NULL, asked TEXT NOT NULL, how TEXT NOT NULL,
    text TEXT NOT NULL, numbers BLOB NOT NULL,
    finish TEXT NOT NULL, failure TEXT NOT NULL, detail TEXT NOT NULL,
    prompt_tokens INTEGER NOT NULL, completion_tokens INTEGER NOT NULL,
    reused_tokens INTEGER NOT NULL, seconds REAL NOT NULL, cost REAL NOT NULL,
    estimated INTEGER NOT NULL
);
CREATE UNIQUE INDEX kept_calls ON calls (key, nth) WHERE kept;
CREATE INDEX asked_calls ON calls (asked);
CREATE TABLE accounts (
    name TEXT PRIMARY KEY, calls INTEGER NOT NULL, tokens INTEGER NOT NULL, cost REAL NOT NULL
) WITHOUT ROWID;
"""


def connect(file: Path | None, *, must_exist: bool = False) -> sqlite3.Connection:
    """Opens or creates the books; ``None``: in memory.

    Raises:
        StorageError: The file is something else, of a newer Penchant, or cannot be written.
    """
    if file is None:
        connection = sqlite3.connect(":memory:", check_same_thread=False, isolation_level=None)
        connection.executescript(f"PRAGMA application_id={APPLICATION};{_SCHEMA}")
        return connection
    if must_exist and not file.is_file():
        raise StorageError(
            f"{file}: no such books; name a file that calls were kept in (--books FILE), or, for a "
            "replay, recorded in (--calls record)"
        )
    with explained(file):
        if must_exist:
            return _open_to_read(file)
        file.parent.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(
            file, timeout=60, check_same_thread=False, isolation_level=None
        )
        try:
            _prepare(connection, file)
        except BaseException:
            connection.close()
            raise
        return connection


@contextmanager
def explained(file: Path | None) -> Iterator[None]:
    """Turns what SQLite says into what to do."""
    where = file or "the books in memory"
    try:
        yield
    except sqlite3.DatabaseError as error:
        said = str(error)
        if "not a database" in said or "malformed" in said:
            raise StorageError(
                f"{where} holds no books, or torn ones ({said}); name another file"
            ) from error
        if "locked" in said:
            raise StorageError(
                f"{where} is held by another process for over a minute; end that one first"
            ) from error
        raise StorageError(f"{where} could not be written: {_mended(said, file)}") from error
    except OSError as error:
        if isinstance(error, StorageError):
            raise
        raise StorageError(f"{where} could not be written ({error}); name another file") from error


def _mended(said: str, file: Path | None) -> str:
    """Why it could not be written, and what to do."""
    if "readonly" in said:
        return f"{said}; change its rights, name another file, or only read from it: --calls replay"
    if "unable to open" in said:
        with suppress(OSError):
            if file is not None and file.is_dir():
                return "it is a folder; name a file in it"
        return f"{said}; change the rights of its folder, or name another file"
    return f"{said}; free some space, or name another file"


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[sqlite3.Connection]:
    """Everything in it, or nothing."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield connection
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def _prepare(connection: sqlite3.Connection, file: Path) -> None:
    connection.execute("PRAGMA busy_timeout=60000")
    (tables,) = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    if tables:
        _check(connection, file)
    connection.execute("PRAGMA journal_mode=WAL")
    # A reply may have been paid for: it is on disk before it is handed on.
    connection.execute("PRAGMA synchronous=FULL")
    if tables:
        return
    with transaction(connection):
        # Another process may have made them since.
        (tables,) = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
        if not tables:
            for statement in _SCHEMA.split(";"):
                connection.execute(statement)
            connection.execute(f"PRAGMA application_id={APPLICATION}")
            connection.execute(f"PRAGMA user_version={FORMAT}")


def _open_to_read(file: Path) -> sqlite3.Connection:
    """Read-only; books that nobody has open are read without a trace beside them."""
    being_written = file.with_name(f"{file.name}-wal").exists()
    address = f"file:{quote(str(file.resolve()))}?mode=ro"
    connection = sqlite3.connect(
        address if being_written else f"{address}&immutable=1",
        uri=True,
        timeout=60,
        check_same_thread=False,
        isolation_level=None,
    )
    try:
        _check(connection, file)
    except BaseException:
        connection.close()
        raise
    return connection


def _check(connection: sqlite3.Connection, file: Path) -> None:
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if application != APPLICATION:
        raise StorageError(f"{file} is another program's SQLite file; name another file")
    if version > FORMAT:
        raise StorageError(
            f"{file} was written by a newer Penchant (format {version}, this one reads {FORMAT}): "
            "upgrade, or name another file"
        )
