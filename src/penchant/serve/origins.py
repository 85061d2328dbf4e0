"""Where models come from, and what they can know."""

from dataclasses import dataclass
from pathlib import Path

import polars as pl

from penchant.models import Version


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a model comes from."""

    path: Path | None = None
    as_of: int = 0
    """Microseconds since 1970; who was erased before that is not in its data"""
    seq: int = 0
    """The last event that it learned from"""


def origin_of(version: Version) -> Origin:
    """From what was written down when it was published."""
    told = version.about()
    as_of, seq = told.get("as_of"), told.get("seq")
    known = (told if isinstance(told, int) else 0 for told in (as_of, seq))
    return Origin(version.path, *known)


def knows_person(path: Path, user: str) -> bool:
    """Whether a model on the disk has a row for a person; one that cannot be read may have."""
    try:
        people = pl.scan_parquet(path / "people.parquet")
        return bool(len(people.filter(pl.col("id") == user).head(1).collect()))
    except (OSError, pl.exceptions.PolarsError):
        return True
