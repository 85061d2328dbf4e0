"""Metrics of ranks, in expectation over the order of equal scores.

A recommender that gives two items the same score has not said which comes first. The value here is
the mean over all orders of such items, exactly: hits and gains are linear in the items, the chance
of a hit, the first relevant item and the precision at a relevant item follow from drawing without
replacement (hypergeometric). So no metric can be won by the order of rows in a file.

A relevant item that is not ranked (excluded, or below the end of a list) is never found.
A query with nothing relevant has no value: nan.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from penchant.core import Ragged, UsageError
from penchant.data import Rankings, Ranks
from penchant.evaluate.arithmetic import ratio
from penchant.evaluate.names import Metric

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Standing:
    """The relevant items that are ranked, by query and then by rank.

    Items of one query with equal scores form a group; they have the same ``above`` and ``tied``.
    """

    rows: Ints
    """(m,) the query, non-decreasing"""
    above: Ints
    """(m,) open items that score higher"""
    tied: Ints
    """(m,) open items with the same score, itself counted"""
    group: Ints
    """(m,) relevant items in the group, itself counted"""
    before: Ints
    """(m,) relevant items that score higher"""
    n_relevant: Ints
    """(n,) relevant items, ranked or not"""
    open: Ints
    """(n,) items that were ranked; -1 where that is not known"""

    @classmethod
    def of(cls, ranks: Ranks, relevant: Ragged) -> "Standing":
        """Groups ranks; ``relevant`` has no item twice in a row."""
        found = ranks.above >= 0
        rows = relevant.rows().astype(np.int64)[found]
        above, tied = ranks.above[found], ranks.tied[found]
        if not (relevant.lengths <= 1).all():
            order = np.lexsort((above, rows))
            rows, above, tied = rows[order], above[order], tied[order]
        first, first_of_row = _starts(rows, above)
        group_of = np.cumsum(first) - 1
        group = np.bincount(group_of)[group_of] if len(rows) else np.zeros(0, np.int64)
        starts = np.flatnonzero(first)[group_of]
        before = starts - np.flatnonzero(first_of_row)[np.cumsum(first_of_row) - 1]
        return cls(rows, above, tied, group, before, relevant.lengths, ranks.open)

    def per_query(self, values: Floats) -> Floats:
        """(n,) sums over each query's items; nan where nothing is relevant."""
        sums = np.bincount(self.rows, values, minlength=len(self.n_relevant))
        return np.where(self.n_relevant > 0, sums, np.nan)

    def reached(self, k: int | None) -> Ints:
        """(m,) how many places of the item's group lie within the first k."""
        return self.tied if k is None else np.clip(k - self.above, 0, self.tied)

    def leads(self) -> NDArray[np.bool_]:
        """(m,) whether an item is the first of its group in this table."""
        return _starts(self.rows, self.above)[0]


def rank_metrics(ranks: Ranks, relevant: Ragged, metrics: list[Metric]) -> Mapping[Metric, Floats]:
    """Metrics of ranks, one value a query.

    Args:
        ranks: Where each value of ``relevant`` stands.
        relevant: n rows, no item twice in a row.
        metrics: All with source ``ranks``.

    Returns:
        (n,) for each metric.
    """
    standing = Standing.of(ranks, relevant)
    return {metric: RANK_METRICS[metric.name](standing, metric.k) for metric in metrics}


def ranks_in(rankings: Rankings, relevant: Ragged) -> Ranks:
    """Where relevant items stand in lists; below the end of a list nothing is known."""
    rows, wanted = relevant.rows(), relevant.values
    above = np.full(len(wanted), -1, np.int64)
    step = max(1, 8_000_000 // max(1, rankings.items.shape[1]))
    for start in range(0, len(wanted), step):
        block = slice(start, start + step)
        same = rankings.items[rows[block]] == wanted[block, None]
        above[block] = np.where(same.any(1), same.argmax(1), -1) if same.shape[1] else -1
    tied = (above >= 0).astype(np.int64)
    return Ranks(above, tied, np.full(len(relevant), -1, np.int64))


def recall(standing: Standing, k: int | None) -> Floats:
    """Recall@k: share of the relevant items that is in the first k."""
    return ratio(_hits(standing, k), standing.n_relevant)


def precision(standing: Standing, k: int | None) -> Floats:
    """Precision@k: share of the first k that is relevant; a short list counts as k long."""
    if k is None:
        raise UsageError("precision needs a cutoff")
    return _hits(standing, k) / k


def hit_rate(standing: Standing, k: int | None) -> Floats:
    """HR@k: the chance that at least one relevant item is in the first k.

    Within a group of t places, of which the first J lie within k, r relevant items all miss with
    chance C(t - J, r) / C(t, r).
    """
    lead = standing.leads()
    tied, relevant = standing.tied[lead], standing.group[lead]
    outside = tied - standing.reached(k)[lead]
    missed = np.ones(len(tied))
    for drawn in range(int(relevant.max(initial=0))):
        more = drawn < relevant
        missed[more] *= np.maximum(outside[more] - drawn, 0) / (tied[more] - drawn)
    chance = np.ones(len(standing.n_relevant))
    np.multiply.at(chance, standing.rows[lead], missed)
    return np.where(standing.n_relevant > 0, 1.0 - chance, np.nan)


def ndcg(standing: Standing, k: int | None) -> Floats:
    """NDCG@k with gain 1 and discount 1 / log2(rank + 1).

    Divided by the gain of the best possible order, which has min(k, relevant) items in front.
    """
    best = standing.n_relevant if k is None else np.minimum(standing.n_relevant, k)
    gains = _span(_discount, standing.above, standing.reached(k))
    ideal = _span(_discount, np.zeros_like(best), best)
    return ratio(standing.per_query(gains / np.maximum(standing.tied, 1)), ideal)


def reciprocal_rank(standing: Standing, k: int | None) -> Floats:
    """MRR@k: 1 / rank of the first relevant item, 0 when it is beyond k.

    Only the best group that holds a relevant item matters. The first of its r relevant items has
    place j of t with chance C(t - j, r - 1) / C(t, r).
    """
    lead = np.ones(len(standing.rows), np.bool_)
    lead[1:] = standing.rows[1:] != standing.rows[:-1]
    above, tied, group = standing.above[lead], standing.tied[lead], standing.group[lead]
    reached = standing.reached(k)[lead]
    expected = _span(_reciprocal, above, reached) / np.maximum(tied, 1)
    several = np.flatnonzero((group > 1) & (reached > 0))
    cases = np.stack([above, tied, group, reached], axis=1)[several]
    distinct, which = np.unique(cases, axis=0, return_inverse=True)
    first = np.array([_expected_first(*case) for case in distinct.tolist()])
    expected[several] = first[which.ravel()] if len(several) else 0.0
    values = np.zeros(len(standing.n_relevant))
    values[standing.rows[lead]] = expected
    return np.where(standing.n_relevant > 0, values, np.nan)


def average_precision(standing: Standing, k: int | None) -> Floats:
    """MAP@k: the mean, over all relevant items, of the precision at their ranks within k.

    An item at place j of its group has, beside itself and those before the group, on average
    (j - 1)(r - 1) / (t - 1) relevant items above it.
    """
    above, tied, reached = standing.above, standing.tied, standing.reached(k)
    span = _span(_reciprocal, above, reached)
    others = (standing.group - 1) / np.maximum(tied - 1, 1)
    places = np.where(reached > 0, reached - (above + 1) * span, 0.0)
    expected = (standing.before + 1) * span + others * places
    return ratio(standing.per_query(expected / np.maximum(tied, 1)), standing.n_relevant)


def auc(standing: Standing, k: int | None) -> Floats:
    """AUC: share of pairs (relevant, other open item) in the right order; equal scores count half.

    nan when every open item is relevant, or when it is not known what was open.
    """
    n_ranked = np.bincount(standing.rows, minlength=len(standing.n_relevant))
    others = (standing.open - n_ranked)[standing.rows]
    worse = (standing.above - standing.before) + 0.5 * (standing.tied - standing.group)
    right = standing.per_query(np.asarray(others - worse, np.float64))
    known = (standing.open >= 0) & (standing.open > n_ranked)
    return np.where(known, ratio(right, standing.n_relevant * (standing.open - n_ranked)), np.nan)


RANK_METRICS: Mapping[str, Callable[[Standing, int | None], Floats]] = {
    "auc": auc,
    "hr": hit_rate,
    "map": average_precision,
    "mrr": reciprocal_rank,
    "ndcg": ndcg,
    "precision": precision,
    "recall": recall,
}
"""The metrics whose source is ``ranks``."""


def _hits(standing: Standing, k: int | None) -> Floats:
    return standing.per_query(standing.reached(k) / np.maximum(standing.tied, 1))


def _discount(ranks: Floats) -> Floats:
    return 1.0 / np.log2(ranks + 1.0)


def _reciprocal(ranks: Floats) -> Floats:
    return 1.0 / ranks


def _span(weight: Callable[[Floats], Floats], above: Ints, reached: Ints) -> Floats:
    """Sums of ``weight(rank)`` over ranks above + 1 … above + reached."""
    end = np.where(reached > 0, above + reached, 0)
    start = np.where(reached > 0, above, 0)
    ranks = np.arange(1, int(end.max(initial=0)) + 1, dtype=np.float64)
    running = np.concatenate([[0.0], np.cumsum(weight(ranks))])
    return np.asarray(running[end] - running[start], np.float64)


def _expected_first(above: int, tied: int, relevant: int, reached: int) -> float:
    """Mean of 1 / rank of the first of ``relevant`` items among ``tied`` places, 0 past reach."""
    places = np.arange(1, min(reached, tied - relevant + 1) + 1)
    still_none = np.cumprod((tied - relevant - places + 1) / (tied - places + 1))
    none_before = np.concatenate([[1.0], still_none[:-1]])
    chance = none_before * relevant / (tied - places + 1)
    return float((chance / (above + places)).sum())


def _starts(rows: Ints, above: Ints) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    new_row = np.ones(len(rows), np.bool_)
    new_row[1:] = rows[1:] != rows[:-1]
    new_group = new_row.copy()
    new_group[1:] |= above[1:] != above[:-1]
    return new_group, new_row
