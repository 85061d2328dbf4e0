"""Metrics of lists: what people are shown, whether or not they wanted it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from penchant.core import Ragged, UsageError
from penchant.data import Dataset, Rankings
from penchant.evaluate.arithmetic import ratio
from penchant.evaluate.names import Metric

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Background:
    """What metrics of lists must know of the training data."""

    people_of_item: NDArray[np.int64]
    """(n_items,) distinct people with a training event on the item"""
    n_people: int
    """distinct people with a training event"""
    vectors: NDArray[np.float32] | None = None
    """(n_items, d) unit rows, or zeros where nothing is known; distance is 1 - cosine"""
    table: pl.DataFrame | None = None
    """The catalogue, for slices by item column"""

    @classmethod
    def of(cls, train: Dataset, *, vectors: NDArray[np.float32] | None = None) -> "Background":
        """Counts people per item.

        Args:
            train: What the models learned from.
            vectors: (n_items, d) what makes items alike; rows need not have length 1. ``None``:
                the catalogue's categories, where there are any.
        """
        pairs = train.events.select("user", "item").unique()
        counts = np.bincount(pairs["item"].to_numpy(), minlength=len(train.catalog))
        if vectors is None:
            vectors = _category_vectors(train.catalog.table)
        unit = None if vectors is None else _unit_rows(vectors)
        n_people = pairs["user"].n_unique() if len(pairs) else 0
        return cls(counts.astype(np.int64), n_people, unit, train.catalog.table)

    def __len__(self) -> int:
        return len(self.people_of_item)


def list_metrics(
    rankings: Rankings, histories: Ragged, metrics: list[Metric], background: Background
) -> Mapping[Metric, Floats]:
    """Metrics of the first k answers, one value a query.

    Args:
        rankings: n rows, at least as wide as the largest k.
        histories: n rows, what each person chose before.
        metrics: All with source ``lists``.
        background: Popularity, and vectors for ``ild``.

    Returns:
        (n,) for each metric; nan where a list is too short to say.
    """
    return {
        metric: LIST_METRICS[metric.name](rankings.items[:, : metric.k], histories, background)
        for metric in metrics
    }


def novelty(items: NDArray[np.int32], histories: Ragged, background: Background) -> Floats:
    """Novelty@k: mean of -log2(share of people who know the item), bits; nan for an empty list.

    An item that nobody knows counts as known to one person.
    """
    people = np.maximum(background.people_of_item, 1) / max(background.n_people, 1)
    return _mean_of_rows(-np.log2(people)[items], items >= 0)


def popularity_lift(items: NDArray[np.int32], histories: Ragged, background: Background) -> Floats:
    """Popularity lift@k: mean popularity of what is shown over that of the history, minus 1.

    nan where the list or the history is empty, or nobody knows anything in the history.
    """
    popularity = background.people_of_item.astype(np.float64)
    shown = _mean_of_rows(popularity[items], items >= 0)
    rows, weights = histories.rows(), popularity[histories.values]
    past = np.bincount(rows, weights, minlength=len(histories)) / np.maximum(histories.lengths, 1)
    return ratio(shown, past) - 1.0


def intra_list_diversity(
    items: NDArray[np.int32], histories: Ragged, background: Background
) -> Floats:
    """ILD@k: mean of 1 - cosine over the pairs in a list; nan with fewer than two items.

    The cosines of all pairs of m unit vectors sum to (|sum|² - sum of |v|²) / 2: no pair is formed.
    """
    if background.vectors is None:
        raise UsageError(
            "ild needs item vectors, or categories in the catalogue: pass "
            "train=Background.of(train, vectors=…)"
        )
    vectors = background.vectors
    out = np.empty(len(items))
    step = max(1, 4_000_000 // max(1, items.shape[1] * vectors.shape[1]))
    for start in range(0, len(items), step):
        block = items[start : start + step]
        real = block >= 0
        shown = np.where(real[:, :, None], vectors[block], 0.0)
        total = (shown.sum(1, dtype=np.float64) ** 2).sum(1)
        cosines = (total - (shown.astype(np.float64) ** 2).sum((1, 2))) / 2
        m = real.sum(1)
        out[start : start + step] = 1.0 - ratio(cosines, m * (m - 1) / 2)
    return out


LIST_METRICS: Mapping[str, Callable[[NDArray[np.int32], Ragged, Background], Floats]] = {
    "ild": intra_list_diversity,
    "novelty": novelty,
    "popularity_lift": popularity_lift,
}
"""The metrics whose source is ``lists``."""


def shown_counts(rankings: Rankings, k: int, n_items: int) -> NDArray[np.int64]:
    """(n_items,) how often each item is in the first k."""
    items = rankings.items[:, :k]
    return np.bincount(items[items >= 0], minlength=n_items).astype(np.int64)


def coverage(counts: NDArray[np.int64]) -> float:
    """Coverage@k: share of the catalogue shown to anybody; nan for an empty catalogue."""
    return float((counts > 0).mean()) if len(counts) else float("nan")


def gini(counts: NDArray[np.int64]) -> float:
    """Gini@k over the whole catalogue: 0 when all are shown alike, (n - 1) / n when only one is.

    nan when nothing is shown.
    """
    n, total = len(counts), counts.sum()
    if total == 0:
        return float("nan")
    order = 2 * np.arange(1, n + 1) - n - 1
    return float((order * np.sort(counts)).sum() / (n * total))


TOTALS: Mapping[str, Callable[[NDArray[np.int64]], float]] = {"coverage": coverage, "gini": gini}
"""The metrics whose source is ``totals``, from how often each item is shown."""


def _mean_of_rows(values: Floats, real: NDArray[np.bool_]) -> Floats:
    return ratio(np.where(real, values, 0.0).sum(1), real.sum(1))


def _unit_rows(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.where(lengths > 0, lengths, 1.0), np.float32)


def _category_vectors(table: pl.DataFrame) -> NDArray[np.float32] | None:
    if "categories" not in table.columns:
        return None
    pairs = table.select(row=pl.int_range(pl.len()), name=pl.col("categories")).explode("name")
    pairs = pairs.drop_nulls().unique(maintain_order=True)
    names = pairs["name"].unique(maintain_order=True)
    column = pairs.join(
        pl.DataFrame({"name": names}).with_row_index("column"), on="name", maintain_order="left"
    )
    vectors = np.zeros((len(table), len(names)), np.float32)
    vectors[column["row"].to_numpy(), column["column"].to_numpy()] = 1.0
    return vectors if len(names) else None
