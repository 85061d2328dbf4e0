"""Rules of a list as a whole: how different its items are, and how many of a kind it may hold.

Maximal marginal relevance: Carbonell and Goldstein, "The Use of MMR, Diversity-Based Reranking for
Reordering Documents and Producing Summaries", SIGIR 1998. Items are chosen one by one, each time
the one with the best ``(1 - diversity) * relevance - diversity * likeness``, where relevance is the
score between the worst and the best of those that are looked at, and likeness the largest cosine
with what was chosen before.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
import polars as pl
from numpy.typing import NDArray

from penchant.core import Ragged, Run, UnknownName, UsageError
from penchant.data import Catalog, Flag, Queries, Rankings, Recommender, item_vectors

LOOKED_AT = 5
"""Times as many items as are asked for are looked at for a list of different ones …"""
FEWEST = 50
"""… and never fewer than these."""
MOST_QUOTAS = 20


@dataclass(frozen=True, slots=True)
class Quota:
    """At most so many items of each value of a column; of a list, each value counts."""

    column: str
    most: int
    value: str | int | float | bool | None = None
    """Only this value is counted; ``None``: every value, each for itself"""

    def __post_init__(self) -> None:
        if isinstance(self.most, bool) or self.most < 1:
            raise UsageError(
                f"at most {self.most} of {self.column!r}: need 1 or more; a filter leaves out all"
            )


@dataclass(frozen=True, slots=True)
class Rules:
    """What a list as a whole has to be."""

    diversity: float = 0.0
    """0: the best items; 1: the most different ones, beginning with the best"""
    quotas: tuple[Quota, ...] = ()

    def __post_init__(self) -> None:
        if not 0.0 <= self.diversity <= 1.0:
            raise UsageError(f"diversity={self.diversity}: need 0 to 1")
        if len(self.quotas) > MOST_QUOTAS:
            raise UsageError(f"{len(self.quotas)} quotas: at most {MOST_QUOTAS} can be kept")

    @property
    def plain(self) -> bool:
        """Whether they rule nothing."""
        return not self.diversity and not self.quotas

    @classmethod
    def read(cls, diversity: float, at_most: Sequence[str]) -> "Rules":
        """From a command line.

        Args:
            diversity: As it is.
            at_most: ``COLUMN=N``, or ``COLUMN:VALUE=N``.

        Raises:
            UsageError: One of them cannot be read.
        """
        quotas = []
        for told in at_most:
            name, equals, count = told.rpartition("=")
            column, colon, value = name.partition(":")
            if not equals or not column or not count.isdigit():
                raise UsageError(
                    f"--at-most {told}: wanted COLUMN=N or COLUMN:VALUE=N, such as categories=2"
                )
            quotas.append(Quota(column, int(count), value if colon else None))
        return cls(diversity, tuple(quotas))


class Asks(Protocol):
    """What of a model is asked."""

    @property
    def recommender(self) -> Recommender: ...
    @property
    def catalog(self) -> Catalog: ...
    @property
    def run(self) -> Run: ...


def ruled(model: Asks, queries: Queries, k: int, rules: Rules) -> Rankings:
    """Lists that keep the rules, with ``k`` items as long as open items that fit can be found.

    What a full quota closes is left out of the next question, so nothing is asked for in vain.

    Args:
        model: Its recommender proposes; its vectors tell items apart, where it has some.
        queries: n rows.
        k: Items a list.
        rules: Of each list.

    Returns:
        The recommender's scores, in the order of the rules: with diversity they need not fall.

    Raises:
        UnknownName: A quota of a column that the catalogue has not.
    """
    recommender, catalog, run = model.recommender, model.catalog, model.run
    if rules.plain:
        return recommender.recommend(queries, k, run)
    kinds = [_Kinds.of(quota, catalog) for quota in rules.quotas]
    lists = [_List(rules, kinds) for _ in range(len(queries))]
    flags = np.zeros(len(queries), np.uint8)
    waiting = np.arange(len(queries))
    width = min(len(catalog), max(FEWEST, LOOKED_AT * k) if rules.diversity else 2 * k)
    while len(waiting):
        left = _without(queries.take(waiting), lists, waiting)
        found = recommender.recommend(left, width, run)
        if found.flags is not None:
            flags[waiting] |= found.flags & np.uint8(Flag.DEGRADED)
        going = []
        for place, row in enumerate(waiting.tolist()):
            real = found.items[place] >= 0
            items, scores = found.items[place][real], found.scores[place][real]
            vectors = item_vectors(recommender, catalog, items) if rules.diversity else None
            lists[row].take(items, scores, vectors, k)
            if len(lists[row].items) < k and real.all() and len(items):
                going.append(row)
        waiting = np.array(going, np.int64)
    return _rankings(lists, k, flags)


@dataclass(slots=True, eq=False)
class _Kinds:
    """Which values an item has in the column of a quota."""

    quota: Quota
    column: pl.Series

    @classmethod
    def of(cls, quota: Quota, catalog: Catalog) -> "_Kinds":
        if quota.column not in catalog.table.columns:
            raise UnknownName("column", quota.column, catalog.table.columns, where="quotas")
        return cls(quota, catalog.table[quota.column])

    def of_item(self, item: int) -> list[object]:
        """The values that count; an item without any fills no quota."""
        told = self.column[item]
        values = told.to_list() if isinstance(told, pl.Series) else [told]
        known = [value for value in dict.fromkeys(values) if value is not None]
        if self.quota.value is None:
            return known
        return [value for value in known if str(value) == str(self.quota.value)]

    def items_of(self, values: list[object]) -> NDArray[np.int32]:
        """Rows of all items with one of the values."""
        if isinstance(self.column.dtype, pl.List):
            wanted = pl.Series(values, dtype=self.column.dtype.inner)
            has = pl.col(self.column.name).list.set_intersection(wanted.implode()).list.len() > 0
        else:
            has = pl.col(self.column.name).is_in(values)
        kept = self.column.to_frame().select(kept=has.fill_null(value=False))["kept"]
        return np.flatnonzero(kept.to_numpy()).astype(np.int32)


class _List:
    """One list while it grows."""

    def __init__(self, rules: Rules, kinds: list[_Kinds]) -> None:
        self.rules, self.kinds = rules, kinds
        self.items: list[int] = []
        self.scores: list[float] = []
        self.counts = [Counter[object]() for _ in kinds]
        self.chosen: NDArray[np.float32] | None = None

    def take(
        self,
        items: NDArray[np.int32],
        scores: NDArray[np.float32],
        vectors: NDArray[np.float32] | None,
        k: int,
    ) -> None:
        """Takes from proposed items, best first, until there are ``k`` or none fits."""
        gain = scores.astype(np.float64)
        if vectors is not None and len(gain):
            low, high = float(gain.min()), float(gain.max())
            gain = (gain - low) / (high - low) if high > low else np.ones(len(gain))
        likeness = np.zeros(len(items))
        if vectors is not None and self.chosen is not None:
            likeness = np.maximum(0.0, (vectors @ self.chosen.T).max(1))
        open_ = np.ones(len(items), np.bool_)
        while len(self.items) < k and open_.any():
            worth = gain
            if vectors is not None:
                d = self.rules.diversity
                worth = (1 - d) * gain - d * likeness
            best = int(np.where(open_, worth, -np.inf).argmax())
            open_[best] = False
            if not self._fits(int(items[best])):
                continue
            self._add(int(items[best]), float(scores[best]))
            if vectors is not None:
                likeness = np.maximum(likeness, vectors @ vectors[best])
                mine = vectors[best][None]
                before = self.chosen
                self.chosen = mine if before is None else np.concatenate([before, mine])

    def closed(self) -> NDArray[np.int32]:
        """What must not be proposed again: what it has, and what full quotas close."""
        closed = [np.array(self.items, np.int32)]
        for kind, counts in zip(self.kinds, self.counts, strict=True):
            full = [value for value, count in counts.items() if count >= kind.quota.most]
            if full:
                closed.append(kind.items_of(full))
        return np.unique(np.concatenate(closed))

    def _fits(self, item: int) -> bool:
        return all(
            counts[value] < kind.quota.most
            for kind, counts in zip(self.kinds, self.counts, strict=True)
            for value in kind.of_item(item)
        )

    def _add(self, item: int, score: float) -> None:
        self.items.append(item)
        self.scores.append(score)
        for kind, counts in zip(self.kinds, self.counts, strict=True):
            counts.update(kind.of_item(item))


def _without(queries: Queries, lists: list[_List], rows: NDArray[np.int64]) -> Queries:
    closed = Ragged.of([lists[row].closed() for row in rows.tolist()])
    before = queries.excluded
    return replace(queries, excluded=closed if before is None else before.joined(closed))


def _rankings(lists: list[_List], k: int, flags: NDArray[np.uint8]) -> Rankings:
    items = np.full((len(lists), k), -1, np.int32)
    scores = np.full((len(lists), k), np.nan, np.float32)
    for row, made in enumerate(lists):
        items[row, : len(made.items)] = made.items
        scores[row, : len(made.items)] = made.scores
    short = np.where((items < 0).any(1), np.uint8(Flag.SHORT), np.uint8(0))
    return Rankings(items, scores, flags | short)
