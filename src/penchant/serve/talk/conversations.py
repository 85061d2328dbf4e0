"""What was said, in a file of its own, until somebody forgets it or it is old."""

import json
import secrets
import sqlite3
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from penchant.core import StorageError, UsageError

NAME = "conversations.sqlite"
MOST_SAID = 100
"""Messages of a conversation; 50 turns of both."""
MOST_KEPT = 10_000
"""Conversations; the one that was quiet longest makes room."""
KEPT_US = 30 * 86_400_000_000
"""A conversation that was quiet for so long is forgotten: 30 days."""
_TABLES = """
CREATE TABLE IF NOT EXISTS conversations (
    id TEXT PRIMARY KEY, owner TEXT NOT NULL, user TEXT, created INTEGER NOT NULL,
    touched INTEGER NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS by_user ON conversations (user);
CREATE INDEX IF NOT EXISTS by_touch ON conversations (touched);
CREATE TABLE IF NOT EXISTS said (
    conversation TEXT NOT NULL REFERENCES conversations ON DELETE CASCADE, place INTEGER NOT NULL,
    role TEXT NOT NULL, content TEXT NOT NULL, items TEXT NOT NULL, at INTEGER NOT NULL,
    PRIMARY KEY (conversation, place)
) STRICT;
"""


@dataclass(frozen=True, slots=True)
class Said:
    """A message."""

    role: str
    content: str
    items: tuple[str, ...] = ()
    """Ids of what was retrieved for an answer"""
    at: int = 0
    """Microseconds since 1970"""


@dataclass(frozen=True, slots=True)
class Kept:
    """A conversation."""

    id: str
    owner: str
    """The name of the key that began it; nobody else is told that it exists"""
    user: str | None
    created: int
    said: tuple[Said, ...]


class Conversations:
    """Conversations on the disk; what is forgotten is overwritten.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     kept = Conversations(Path(folder) / NAME)
    ...     name = kept.begin("", user="u1")
    ...     kept.add(name, [Said("user", "a detective")])
    ...     said, gone = len(kept.of(name, "").said), kept.erase("u1")
    ...     kept.close()
    >>> said, gone
    (1, 1)
    """

    def __init__(self, file: Path) -> None:
        """Opens the file, or makes it.

        Raises:
            StorageError: It cannot be read or written.
        """
        self.file, self._lock = file, threading.Lock()
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            self._books = sqlite3.connect(file, check_same_thread=False, isolation_level=None)
            # Without a log beside it, what is deleted is nowhere else.
            for pragma in ("journal_mode = DELETE", "secure_delete = ON", "foreign_keys = ON"):
                self._books.execute(f"PRAGMA {pragma}")
            self._books.executescript(_TABLES)
        except (OSError, sqlite3.Error) as error:
            raise StorageError(f"{file}: conversations cannot be kept: {error}") from error

    def begin(self, owner: str, *, user: str | None = None) -> str:
        """A new conversation's id, which cannot be guessed."""
        name, now = f"c-{secrets.token_urlsafe(24)}", _now()
        with self._explained() as books:
            books.execute("DELETE FROM conversations WHERE touched < ?", (now - KEPT_US,))
            books.execute(
                "DELETE FROM conversations WHERE id IN "
                "(SELECT id FROM conversations ORDER BY touched DESC LIMIT -1 OFFSET ?)",
                (MOST_KEPT - 1,),
            )
            told = (name, owner, user, now, now)
            books.execute("INSERT INTO conversations VALUES (?, ?, ?, ?, ?)", told)
        return name

    def of(self, name: str, owner: str) -> Kept | None:
        """A conversation, if it is there and this owner began it."""
        with self._explained() as books:
            asked = "SELECT user, created FROM conversations WHERE id = ? AND owner = ?"
            row = books.execute(asked, (name, owner)).fetchone()
            if row is None:
                return None
            asked = (
                "SELECT role, content, items, at FROM said WHERE conversation = ? ORDER BY place"
            )
            said = [
                Said(role, content, tuple(json.loads(items)), at)
                for role, content, items, at in books.execute(asked, (name,))
            ]
        return Kept(name, owner, row[0], row[1], tuple(said))

    def add(self, name: str, said: Sequence[Said], *, user: str | None = None) -> None:
        """What was said now; nothing, if the conversation was forgotten meanwhile.

        Args:
            name: The conversation's id.
            said: In the order in which it was said.
            user: Who says it; a conversation of nobody is theirs from now on.

        Raises:
            UsageError: The conversation is full.
        """
        now = _now()
        with self._explained() as books:
            there = books.execute("SELECT 1 FROM conversations WHERE id = ?", (name,)).fetchone()
            if there is None:
                return
            asked = "SELECT count(*) FROM said WHERE conversation = ?"
            (place,) = books.execute(asked, (name,)).fetchone()
            if place + len(said) > MOST_SAID:
                raise UsageError(
                    f"the conversation has {place} messages of {MOST_SAID} at most: begin another"
                )
            rows = [
                (name, place + n, one.role, one.content, json.dumps(one.items), one.at or now)
                for n, one in enumerate(said)
            ]
            books.executemany("INSERT INTO said VALUES (?, ?, ?, ?, ?, ?)", rows)
            told = "UPDATE conversations SET touched = ?, user = coalesce(user, ?) WHERE id = ?"
            books.execute(told, (now, user, name))

    def forget(self, name: str, owner: str) -> int | None:
        """Takes a conversation away; how many messages it had, ``None``: there is none."""
        with self._explained() as books:
            asked = "SELECT count(*) FROM said WHERE conversation = ?"
            (messages,) = books.execute(asked, (name,)).fetchone()
            asked = "DELETE FROM conversations WHERE id = ? AND owner = ?"
            gone = books.execute(asked, (name, owner)).rowcount
        return messages if gone else None

    def erase(self, user: str) -> int:
        """Forgets all conversations of a person; returns how many."""
        with self._explained() as books:
            return books.execute("DELETE FROM conversations WHERE user = ?", (user,)).rowcount

    def close(self) -> None:
        """Lets the file go. May be called again."""
        with self._lock:
            self._books.close()

    @contextmanager
    def _explained(self) -> Iterator[sqlite3.Connection]:
        """One transaction at a time; what the disk refuses is told with the file's name."""
        with self._lock:
            try:
                self._books.execute("BEGIN IMMEDIATE")
                try:
                    yield self._books
                    self._books.execute("COMMIT")
                except BaseException:
                    self._books.execute("ROLLBACK")
                    raise
            except sqlite3.Error as error:
                raise StorageError(f"{self.file}: conversations cannot be kept: {error}") from error


def _now() -> int:
    return time.time_ns() // 1_000
