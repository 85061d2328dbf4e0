"""Older events as Parquet files: sealed, read, and written anew without a person."""

import os
import re
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from penchant.core import StorageError, hash_file, sync, write_file
from penchant.serve.events.tables import COLUMNS, transaction

GROUP = 8_192
"""Events of a file that are read together; they stand by person, so that few have to be."""
FOLDER = "segments"
SCHEMA = {
    "seq": pl.Int64,
    "id": pl.String,
    "user": pl.String,
    "item": pl.String,
    "time": pl.Int64,
    "kind": pl.String,
    "value": pl.Float64,
    "recommendation": pl.String,
    "received": pl.Int64,
}


@dataclass(frozen=True, slots=True)
class Segment:
    """A Parquet file of events, as the tables know it."""

    name: str
    first: int
    """The least ``seq`` that it was made of."""
    last: int
    rows: int
    bytes: int
    sha256: str


def segments(connection: sqlite3.Connection) -> list[Segment]:
    """All, the oldest first."""
    rows = connection.execute("SELECT * FROM segments ORDER BY first")
    return [Segment(*row) for row in rows]


def read(folder: Path, segment: Segment) -> pl.LazyFrame:
    """Its events.

    Raises:
        StorageError: It is gone, or has another size than when it was sealed.
    """
    path = folder / FOLDER / segment.name
    size = path.stat().st_size if path.exists() else None
    if size != segment.bytes:
        seen = "gone" if size is None else f"{size:,} bytes long"
        raise StorageError(
            f"{path} is {seen}, not {segment.bytes:,} bytes: put it back from a backup "
            "(penchant fsck tells what else is wrong)"
        )
    return pl.scan_parquet(path)


def seal(folder: Path, connection: sqlite3.Connection, *, most: int) -> Segment | None:
    """The oldest live events, at most so many (-1: all), as a segment; ``None`` if there are none.

    The file is whole on the disk before one transaction names it and takes its rows out: a crash
    leaves either a file that nothing names, or rows in one place only.
    """
    rows = connection.execute(
        f"SELECT {', '.join(COLUMNS)} FROM events ORDER BY seq LIMIT ?", (most,)
    ).fetchall()
    if not rows:
        return None
    frame = pl.DataFrame(rows, schema=SCHEMA, orient="row")
    sealed = _write(folder, frame, int(frame["seq"][0]), int(frame["seq"][-1]), version=0)
    with transaction(connection):
        _insert(connection, sealed)
        connection.execute("DELETE FROM events WHERE seq <= ?", (sealed.last,))
    return sealed


def without(
    folder: Path, connection: sqlite3.Connection, user: str
) -> Iterator[tuple[Segment, int]]:
    """Writes each segment that knows a person anew, and gives how many events it loses."""
    for segment in segments(connection):
        frame = read(folder, segment).collect()
        kept = frame.filter(pl.col("user") != user)
        if len(kept) == len(frame):
            continue
        version = int(Path(segment.name).stem.rpartition("-")[2]) + 1
        new = _write(folder, kept, segment.first, segment.last, version=version)
        gone = frame.filter(pl.col("user") == user)["id"].to_list()
        with transaction(connection):
            connection.execute("DELETE FROM segments WHERE name = ?", (segment.name,))
            if len(kept):
                _insert(connection, new)
            connection.executemany("DELETE FROM seen WHERE id = ?", [(one,) for one in gone])
        erase_file(folder / FOLDER / segment.name)
        if not len(kept):
            erase_file(folder / FOLDER / new.name)
        yield new, len(gone)


def orphans(folder: Path, known: Sequence[Segment]) -> list[Path]:
    """Files that no table names: what a crash left, or what was put there."""
    names = {segment.name for segment in known}
    there = (folder / FOLDER).glob("*.parquet*")
    return sorted(path for path in there if path.name not in names)


def left_by_a_crash(path: Path, connection: sqlite3.Connection) -> bool:
    """Whether all that a nameless file holds is also in the tables, so that it can go."""
    numbers = re.fullmatch(r"(\d+)-(\d+)-\d+\.parquet", path.name)
    if numbers is None:
        return False
    first, last = int(numbers[1]), int(numbers[2])
    covered = any(s.first <= first and last <= s.last for s in segments(connection))
    rows = connection.execute("SELECT min(seq), max(seq) FROM events").fetchone()
    return covered or (rows[0] is not None and rows[0] <= first and last <= rows[1])


def erase_file(path: Path) -> None:
    """Overwrites a file with zeros, then removes it."""
    with path.open("r+b") as file:
        file.write(bytes(path.stat().st_size))
        file.flush()
        os.fsync(file.fileno())
    path.unlink()
    sync(path.parent)


def _write(folder: Path, frame: pl.DataFrame, first: int, last: int, *, version: int) -> Segment:
    path = folder / FOLDER / f"{first:012d}-{last:012d}-{version}.parquet"
    with write_file(path) as temporary:
        frame.sort("user", "seq").write_parquet(temporary, row_group_size=GROUP)
    size = path.stat().st_size
    return Segment(path.name, first, last, len(frame), size, hash_file(path))


def _insert(connection: sqlite3.Connection, segment: Segment) -> None:
    connection.execute(
        "INSERT INTO segments VALUES (?, ?, ?, ?, ?, ?)",
        (
            segment.name,
            segment.first,
            segment.last,
            segment.rows,
            segment.bytes,
            segment.sha256,
        ),
    )
