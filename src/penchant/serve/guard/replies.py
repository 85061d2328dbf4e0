"""Answers that were given, for a day, so that they can be given again."""

import json
import sqlite3
import threading
import time
from dataclasses import dataclass
from pathlib import Path

from penchant.core import StorageError
from penchant.serve.problems import Problem

NAME = "replies.sqlite"
KEPT_S = 86_400.0
MOST_KEPT = 100_000
LONGEST_REPLY = 64 << 10
"""Bytes; a longer answer is not kept, and its request is done again."""
_SWEPT_EVERY = 1_000
_TABLE = """
CREATE TABLE IF NOT EXISTS replies (
    place BLOB PRIMARY KEY,
    asked BLOB NOT NULL,
    status INTEGER NOT NULL,
    type TEXT NOT NULL,
    body BLOB NOT NULL,
    at REAL NOT NULL
);
CREATE INDEX IF NOT EXISTS replies_at ON replies (at);
"""


@dataclass(frozen=True, slots=True)
class Reply:
    """What was answered."""

    status: int
    type: str
    body: bytes


class Replies:
    """Answers by place: 32 bytes of who asked what under which key. Used by many threads."""

    def __init__(self, folder: Path, *, kept_s: float = KEPT_S, most: int = MOST_KEPT) -> None:
        """Opens what is kept in a folder, or begins it.

        Raises:
            StorageError: The file cannot be read or written.
        """
        self._kept_s, self._most = kept_s, most
        self._lock = threading.Lock()
        self._under_way: set[bytes] = set()
        self._kept = 0
        folder.mkdir(parents=True, exist_ok=True)
        try:
            self._connection = sqlite3.connect(
                folder / NAME, isolation_level=None, check_same_thread=False
            )
            self._connection.execute("PRAGMA journal_mode = WAL")
            self._connection.execute("PRAGMA synchronous = NORMAL")
            self._connection.execute("PRAGMA secure_delete = ON")
            self._connection.executescript(_TABLE)
        except sqlite3.DatabaseError as error:
            raise StorageError(
                f"{folder / NAME}: {error}; mend the folder, or remove this file: it holds nothing "
                "but answers to requests that may be sent again"
            ) from error
        self._sweep()

    def begin(self, place: bytes, asked: bytes) -> Reply | None:
        """The answer that was given at a place; without one, the place is taken until released.

        Raises:
            Problem: Something else was asked there, or the answer is not there yet.
        """
        with self._lock:
            row = self._connection.execute(
                "SELECT asked, status, type, body FROM replies WHERE place = ? AND at > ?",
                (place, time.time() - self._kept_s),
            ).fetchone()
            if row is None and place not in self._under_way:
                self._under_way.add(place)
                return None
        if row is None:
            raise Problem(
                409,
                "a request under this Idempotency-Key is under way",
                code="under-way",
                pointer="#/Idempotency-Key",
                headers={"Retry-After": "1"},
            )
        if row[0] != asked:
            raise Problem(
                422,
                "another body was sent under this Idempotency-Key",
                code="idempotency",
                pointer="#/Idempotency-Key",
                hint="a new request needs a new key",
            )
        return Reply(int(row[1]), str(row[2]), bytes(row[3]))

    def keep(self, place: bytes, asked: bytes, reply: Reply) -> None:
        """From now on this is the answer; a kill of the process does not change it."""
        row = (place, asked, reply.status, reply.type, reply.body, time.time())
        with self._lock:
            self._connection.execute(
                "INSERT OR REPLACE INTO replies VALUES (?, ?, ?, ?, ?, ?)", row
            )
            self._kept += 1
            if self._kept % _SWEPT_EVERY == 0:
                self._sweep()

    def release(self, place: bytes) -> None:
        """The request at a place is over."""
        with self._lock:
            self._under_way.discard(place)

    def forget(self, text: str) -> int:
        """Removes answers in which a text stands, from the log of the file, too."""
        spelled = {
            json.dumps(text, ensure_ascii=plain)[1:-1].encode() for plain in (True, False)
        } | {text.encode()}
        with self._lock:
            gone = sum(
                self._connection.execute(
                    "DELETE FROM replies WHERE instr(body, ?)", (one,)
                ).rowcount
                for one in spelled
            )
            self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return gone

    def __len__(self) -> int:
        """How many are kept."""
        with self._lock:
            return int(self._connection.execute("SELECT count(*) FROM replies").fetchone()[0])

    def close(self) -> None:
        """May be called again."""
        with self._lock:
            self._connection.close()

    def _sweep(self) -> None:
        self._connection.execute("DELETE FROM replies WHERE at <= ?", (time.time() - self._kept_s,))
        self._connection.execute(
            "DELETE FROM replies WHERE place IN"
            " (SELECT place FROM replies ORDER BY at DESC LIMIT -1 OFFSET ?)",
            (self._most,),
        )
