"""Vectors kept by the content they were made of."""

import hashlib
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from penchant.core import Silent, StorageError, Watcher, cache_folder

if TYPE_CHECKING:
    from penchant.backbones.encoders import Encoder

KEYS_AT_ONCE = 500
"""SQLite takes at least 999 parameters in a statement."""
SILENT = Silent()
TEXTS_AT_ONCE = 1_024
"""In a transaction."""


@dataclass(frozen=True, slots=True)
class CachedEncoder:
    """An encoder that embeds only texts it has not seen on this machine.

    One SQLite file; each batch of new vectors is one transaction, so a kill loses no more than the
    batch, and several processes may use it at once.
    """

    encoder: "Encoder"
    folder: Path | None = None
    """``None``: the cache folder."""
    keeps: bool = True
    """Whether new vectors are kept; they are not where they only stand for some, as in a dry
    run."""
    watch: Watcher = SILENT

    @property
    def fingerprint(self) -> str:
        """That of the encoder."""
        return self.encoder.fingerprint

    @property
    def dimension(self) -> int:
        """That of the encoder."""
        return self.encoder.dimension

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """(n, dimension) unit rows, from the cache where they are there."""
        keys = [_key(self.fingerprint, text) for text in texts]
        with self._open() as database:
            found = _read(database, keys)
            new = {key: text for key, text in zip(keys, texts, strict=True) if key not in found}
            for start in range(0, len(new), TEXTS_AT_ONCE):
                part = list(new.items())[start : start + TEXTS_AT_ONCE]
                self.watch.progress("embed texts", start, len(new))
                vectors = np.asarray(self.encoder.embed([text for _, text in part]), "<f4")
                rows = [(key, row.tobytes()) for (key, _), row in zip(part, vectors, strict=True)]
                if self.keeps:
                    with database:
                        database.executemany("INSERT OR REPLACE INTO vectors VALUES (?, ?)", rows)
                found.update(rows)
        if not keys:
            return np.zeros((0, self.dimension), np.float32)
        return np.stack([np.frombuffer(found[key], "<f4") for key in keys]).astype(np.float32)

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        path = (self.folder or cache_folder()) / "vectors.sqlite"
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            database = sqlite3.connect(path, timeout=60.0)
        except (OSError, sqlite3.Error) as error:
            raise StorageError(f"could not open {path} ({error}); set PENCHANT_CACHE") from error
        try:
            database.execute("PRAGMA journal_mode = WAL")
            database.execute(
                "CREATE TABLE IF NOT EXISTS vectors (key BLOB PRIMARY KEY, vector BLOB NOT NULL)"
                " WITHOUT ROWID"
            )
            yield database
        except sqlite3.Error as error:
            raise StorageError(
                f"{path}: {error}; it holds only what can be computed again: remove it"
            ) from error
        finally:
            database.close()


def _key(fingerprint: str, text: str) -> bytes:
    return hashlib.sha256(f"{fingerprint}\0{text}".encode(errors="surrogatepass")).digest()


def _read(database: sqlite3.Connection, keys: Sequence[bytes]) -> dict[bytes, bytes]:
    found: dict[bytes, bytes] = {}
    wanted = list(dict.fromkeys(keys))
    for start in range(0, len(wanted), KEYS_AT_ONCE):
        part = wanted[start : start + KEYS_AT_ONCE]
        marks = ", ".join("?" * len(part))
        rows = database.execute(f"SELECT key, vector FROM vectors WHERE key IN ({marks})", part)
        found.update(rows)
    return found
