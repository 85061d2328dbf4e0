"""Connections that read: as many as there ever were questions at once, whichever thread asks."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import Empty, LifoQueue

from penchant.serve.events.tables import open_for_reading


class Readers:
    """Connections of a folder, lent for a question each."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._closed = folder, False
        self._idle: LifoQueue[sqlite3.Connection] = LifoQueue()

    @contextmanager
    def one(self) -> Iterator[sqlite3.Connection]:
        """A connection that sees one moment until it is given back.

        Raises:
            StorageError: The folder cannot be read.
        """
        try:
            reader = self._idle.get_nowait()
        except Empty:
            reader = open_for_reading(self._folder)
        try:
            reader.execute("BEGIN")
            yield reader
        finally:
            if reader.in_transaction:
                reader.execute("ROLLBACK")
            if self._closed:
                reader.close()
            else:
                self._idle.put(reader)

    def close(self) -> None:
        """What is lent is closed when it is given back. May be called again."""
        self._closed = True
        while not self._idle.empty():
            self._idle.get_nowait().close()
