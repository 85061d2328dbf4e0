"""The words of the library: what is known, what is asked, what is answered.

Inside the library an item is its row in the catalogue and a user a row in the people table (int32).
Everything asked or answered is a batch: one row, one query.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import IntFlag

import numpy as np
import polars as pl
from numpy.typing import NDArray

from penchant.core import Ragged, UsageError, offsets_of
from penchant.data.ids import Ids

EVENT_SCHEMA: Mapping[str, pl.DataType] = {
    "user": pl.Int32(),
    "item": pl.Int32(),
    "time": pl.Int64(),
    "rating": pl.Float32(),
    "kind": pl.String(),
}
"""Columns of every events frame; ``time`` (µs since 1970), ``rating``, ``kind`` may be null."""

ROLES = ("title", "description", "categories", "image", "price", "year")
"""What a catalogue column can mean; a column with the role's name plays it."""


@dataclass(frozen=True, slots=True, eq=False)
class Catalog:
    """What can be recommended; row number = item.

    ``table`` has one row an item, with the external id in column ``id`` and, where known, the
    columns of
    :data:`ROLES` (``categories``: list of strings).
    """

    ids: Ids
    table: pl.DataFrame

    def __len__(self) -> int:
        return len(self.ids)

    def titles(self, items: NDArray[np.integer] | None = None) -> list[str]:
        """A title for each item, or for each of ``items`` (rows): its own, else its id."""
        ids = self.ids.series()
        own = self.table["title"] if "title" in self.table.columns else ids
        if items is not None:  # lists are answered with these: without a query engine, in µs
            rows = np.asarray(items, np.int64)
            ids, own = ids[rows], own[rows]
        if own.null_count():
            own = own.zip_with(own.is_not_null(), ids)
        titles: list[str] = own.to_list()
        return titles


@dataclass(frozen=True, slots=True, eq=False)
class People:
    """Who is recommended to; ``table`` has the external id in column ``id`` and any attributes."""

    ids: Ids
    table: pl.DataFrame

    def __len__(self) -> int:
        return len(self.ids)


@dataclass(frozen=True, slots=True, eq=False)
class Dataset:
    """Training interactions and what is known about items and people.

    ``events`` has the columns of :data:`EVENT_SCHEMA`, perhaps more (``review`` …), sorted by user,
    then time, then input order.
    """

    catalog: Catalog
    people: People
    events: pl.DataFrame
    name: str = "data"
    tables: Mapping[str, pl.DataFrame] = field(default_factory=dict)
    """More that is known: knowledge triples, social ties, dialogues …"""

    @property
    def has_times(self) -> bool:
        """Whether every event has a time."""
        return len(self.events) > 0 and self.events["time"].null_count() == 0

    def histories(self) -> "History":
        """Each person's events, oldest first; one row for each of :attr:`people`."""
        events = self.events
        lengths = np.bincount(events["user"].to_numpy(), minlength=len(self.people))
        items = Ragged(events["item"].to_numpy().astype(np.int32), offsets_of(lengths))
        times = events["time"].to_numpy().astype(np.int64) if self.has_times else None
        rated = events["rating"].null_count() < len(events)
        return History(
            items, times, events["rating"].to_numpy().astype(np.float32) if rated else None
        )


@dataclass(frozen=True, slots=True, eq=False)
class History:
    """Aligned columns over one :class:`Ragged`, oldest first."""

    items: Ragged
    times: NDArray[np.int64] | None = None
    """(n_values,) µs"""
    ratings: NDArray[np.float32] | None = None
    """(n_values,) nan where there is none"""

    def __len__(self) -> int:
        return len(self.items)

    def take(self, rows: NDArray[np.integer]) -> "History":
        """The given histories, in the given order."""
        return self._at(self.items.positions(rows), self.items.lengths[rows])

    def tail(self, n: int) -> "History":
        """The newest ``n`` events of each."""
        return self._at(self.items.tail_positions(n), np.minimum(self.items.lengths, n))

    def _at(self, positions: NDArray[np.int64], lengths: NDArray[np.int64]) -> "History":
        times = None if self.times is None else self.times[positions]
        ratings = None if self.ratings is None else self.ratings[positions]
        return History(Ragged(self.items.values[positions], offsets_of(lengths)), times, ratings)


@dataclass(frozen=True, slots=True, eq=False)
class Queries:
    """What is known when recommendations are asked for, one row each."""

    histories: History
    users: NDArray[np.int32] | None = None
    """(n,) -1 unknown"""
    now: NDArray[np.int64] | None = None
    """(n,) time of asking, µs"""
    people: pl.DataFrame | None = None
    """(n rows) attributes at query time; replace them for a counterfactual"""
    allowed: NDArray[np.bool_] | None = None
    """(n_items,) one filter for all rows"""
    candidates: Ragged | None = None
    """Per row; ``None``: the whole catalogue"""
    excluded: Ragged | None = None
    """Per row"""
    texts: Sequence[str] | None = None
    """(n) what the person says"""

    def __len__(self) -> int:
        return len(self.histories)

    def take(self, rows: NDArray[np.integer]) -> "Queries":
        """The given rows, in the given order."""
        return Queries(
            self.histories.take(rows),
            None if self.users is None else self.users[rows],
            None if self.now is None else self.now[rows],
            None if self.people is None else self.people[rows],
            self.allowed,
            None if self.candidates is None else self.candidates.take(rows),
            None if self.excluded is None else self.excluded.take(rows),
            None if self.texts is None else [self.texts[row] for row in rows],
        )

    def unseen(self) -> "Queries":
        """Excludes each row's history, besides what is excluded already."""
        seen = self.histories.items
        return replace(self, excluded=seen if self.excluded is None else self.excluded.joined(seen))


class Flag(IntFlag):
    """What is worth knowing about an answer."""

    DEGRADED = 1
    """A fallback answered."""
    SHORT = 2
    """Fewer than k items were open."""
    CACHED = 4
    """Answered before."""


@dataclass(frozen=True, slots=True, eq=False)
class Rankings:
    """The answers, row for row."""

    items: NDArray[np.int32]
    """(n, k) best first, -1 pads a short row"""
    scores: NDArray[np.float32]
    """(n, k) non-increasing, nan where padded; unit stated by the method"""
    flags: NDArray[np.uint8] | None = None
    """(n,) of :class:`Flag`"""

    def __len__(self) -> int:
        return len(self.items)

    def as_ragged(self) -> Ragged:
        """The answers without padding: candidates for a second stage."""
        real = self.items >= 0
        return Ragged(self.items[real], offsets_of(real.sum(1)))


@dataclass(frozen=True, slots=True, eq=False)
class Cases:
    """What a split holds out: queries, and the items that should come back.

    ``slices`` has one row a query: ``user`` (row, -1 unknown), ``history_length``, ``warm_user``
    (the person has training events), ``cold_item`` (no relevant item has any), and any column
    to slice by.
    """

    queries: Queries
    relevant: Ragged
    slices: pl.DataFrame
    name: str = "test"

    def __post_init__(self) -> None:
        if not len(self.queries) == len(self.relevant) == len(self.slices):
            counts = f"{len(self.queries)}, {len(self.relevant)} and {len(self.slices)}"
            raise UsageError(
                f"queries, relevant and slices have {counts} rows: need one each a query"
            )

    def __len__(self) -> int:
        return len(self.queries)

    def take(self, rows: NDArray[np.integer]) -> "Cases":
        """The given rows, in the given order."""
        return Cases(
            self.queries.take(rows), self.relevant.take(rows), self.slices[rows], self.name
        )


@dataclass(frozen=True, slots=True, eq=False)
class Split:
    """Disjoint parts of one data set, on one catalogue and one people table."""

    train: Dataset
    valid: Cases
    test: Cases
    train_and_valid: Dataset
    """For a refit after choosing on ``valid``."""
    claim: str
    """What the split promises, and what it leaks."""
