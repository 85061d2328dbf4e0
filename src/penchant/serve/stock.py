"""The journal of items: what came, changed and left, kept beside the events."""

import json
import sqlite3
import threading
from collections.abc import Sequence
from pathlib import Path

from penchant.models.stocking import Change
from penchant.serve.events.tables import explained, transaction

NAME = "items.sqlite"
_TABLE = """
CREATE TABLE IF NOT EXISTS items (
    seq INTEGER PRIMARY KEY, item TEXT NOT NULL UNIQUE,
    columns TEXT NOT NULL, whole INTEGER NOT NULL, gone INTEGER NOT NULL
)
"""
_WRITE = """
INSERT INTO items (item, columns, whole, gone) VALUES (?, ?, ?, ?)
ON CONFLICT (item) DO UPDATE
SET columns = excluded.columns, whole = excluded.whole, gone = excluded.gone
"""
_READ = "SELECT item, columns, whole, gone FROM items ORDER BY seq"


class Stock:
    """The last word on every item that was changed; what was acknowledged is on the disk."""

    def __init__(self, folder: Path) -> None:
        """Opens the journal of a folder, or begins it.

        Raises:
            StorageError: It cannot be written, or is damaged.
        """
        self._folder, self._lock = folder, threading.Lock()
        with explained(folder, NAME):
            folder.mkdir(parents=True, exist_ok=True)
            self._connection = sqlite3.connect(
                folder / NAME, isolation_level=None, check_same_thread=False
            )
            self._connection.execute("PRAGMA journal_mode = WAL")
            self._connection.execute("PRAGMA synchronous = FULL")
            self._connection.execute(_TABLE)
            rows = self._connection.execute(_READ).fetchall()
        self._changes = {
            item: Change(item, json.loads(columns), bool(whole), bool(gone))
            for item, columns, whole, gone in rows
        }

    def all(self) -> list[Change]:
        """The last change of each item, in the order in which they were first heard of."""
        with self._lock:
            return list(self._changes.values())

    def __len__(self) -> int:
        """How many items were changed."""
        return len(self._changes)

    def get(self, item: str) -> Change | None:
        """The last change of an item."""
        return self._changes.get(item)

    def write(self, changes: Sequence[Change]) -> None:
        """Returns when the disk has all of them.

        Raises:
            StorageError: The disk did not take them; none was written.
        """
        rows = [(c.item, json.dumps(dict(c.columns)), c.whole, c.gone) for c in changes]
        with self._lock, explained(self._folder, NAME):
            with transaction(self._connection):
                self._connection.executemany(_WRITE, rows)
            self._changes.update({change.item: change for change in changes})

    def close(self) -> None:
        """May be called again."""
        self._connection.close()


def merged(before: Change | None, after: Change) -> Change:
    """What is known after a change of some columns, if it is one."""
    if after.whole or after.gone or before is None or before.gone:
        return after
    return Change(after.item, {**before.columns, **after.columns}, before.whole)
