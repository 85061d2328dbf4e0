"""Is all there that was acknowledged? Looks without changing anything."""

import sqlite3
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from penchant.core import StorageError, hash_file
from penchant.serve.events import segments as sealed
from penchant.serve.events.tables import NAME, explained, open_for_reading


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is not as it should be."""

    place: str
    problem: str
    hint: str


def check_events(folder: Path) -> list[Finding]:
    """What is wrong with an event store; nothing, if all is well.

    Raises:
        StorageError: There is no store.
    """
    if not (folder / NAME).exists():
        raise StorageError(f"{folder} holds no {NAME}: name the data folder of a service")
    try:
        with explained(folder):
            connection = open_for_reading(folder)
            try:
                return _findings(folder, connection)
            finally:
                connection.close()
    except StorageError as error:
        return [Finding(NAME, str(error), "put the folder back from a backup")]


def _findings(folder: Path, connection: sqlite3.Connection) -> list[Finding]:
    found = [
        Finding(NAME, str(row[0]), "put the folder back from a backup")
        for row in connection.execute("PRAGMA integrity_check")
        if row[0] != "ok"
    ]
    known = sealed.segments(connection)
    for segment in known:
        found += _of_segment(folder, segment)
    for path in sealed.orphans(folder, known):
        found.append(
            Finding(
                path.name,
                "no table names this file",
                "what a crash left goes when the service starts; else move it away",
            )
        )
    first = connection.execute("SELECT min(seq) FROM events").fetchone()[0]
    ends = [segment.last for segment in known]
    if first is not None and ends and first <= max(ends):
        found.append(Finding(NAME, f"event {first} is also sealed", "restore a backup"))
    events = connection.execute("SELECT count(*) FROM events").fetchone()[0]
    seen = connection.execute("SELECT count(*) FROM seen").fetchone()[0]
    if seen != events + sum(segment.rows for segment in known):
        found.append(
            Finding(
                NAME,
                f"{seen:,} ids were seen, but there are "
                f"{events + sum(s.rows for s in known):,} events",
                "events are missing: put the folder back from a backup",
            )
        )
    return found


def _of_segment(folder: Path, segment: sealed.Segment) -> list[Finding]:
    restore = "put this file back from a backup; the others can be read"
    path = folder / sealed.FOLDER / segment.name
    if not path.exists():
        return [Finding(segment.name, "it is gone", restore)]
    if hash_file(path) != segment.sha256:
        return [Finding(segment.name, "it was changed since it was sealed (sha256)", restore)]
    rows = pl.scan_parquet(path).select(pl.len()).collect().item()
    if rows != segment.rows:
        return [Finding(segment.name, f"{rows:,} events, not {segment.rows:,}", restore)]
    return []
