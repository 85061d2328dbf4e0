"""Answers to the same question, asked several times, made into one order.

Borda: de Borda, "Mémoire sur les élections au scrutin", 1781. Reciprocal ranks: Cormack, Clarke and
Büttcher, "Reciprocal Rank Fusion Outperforms Condorcet and Individual Rank Learning Methods", SIGIR
2009. On answers that list all candidates Borda and mean-rank give the same order; they differ where
an answer leaves candidates out.
"""

from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from penchant.core import UsageError

Merge = Literal["borda", "mean-rank", "rrf"]
MERGES: tuple[Merge, ...] = get_args(Merge)
SMOOTHING = 60
"""Of a reciprocal rank, as in the paper."""


def merge_ranks(ranks: NDArray[np.float32], how: Merge) -> NDArray[np.float32]:
    """(n,) a score from 0 (last everywhere) to 1 (first everywhere); nan: no answer at all.

    >>> merge_ranks(np.array([[0, 1, 2], [0, 2, 1]], np.float32), "borda").tolist()
    [1.0, 0.25, 0.25]

    Args:
        ranks: (answers, n) place of each candidate in each answer, from 0; nan where an answer
            leaves it out; a row of nan is no answer and is not counted.
        how: borda: share of candidates below it, nothing for those left out. mean-rank: mean
            place, those left out share the places that remain. rrf: 61 / (61 + place), nothing
            for those left out.
    """
    if how not in MERGES:
        raise UsageError(f"merge={how!r}: know {', '.join(MERGES)}")
    n = ranks.shape[1]
    listed = np.isfinite(ranks)
    read = ranks[listed.any(1)]
    if not len(read):
        return np.full(n, np.nan, np.float32)
    listed = np.isfinite(read)
    places = np.where(listed, read, 0).astype(np.float64)
    last = max(n - 1, 1)
    if how == "borda":
        points = np.where(listed, n - 1 - places, 0.0) / last
    elif how == "mean-rank":
        remaining = (listed.sum(1, keepdims=True) + n - 1) / 2
        points = 1 - np.where(listed, places, remaining) / last
    else:
        points = np.where(listed, (SMOOTHING + 1) / (SMOOTHING + 1 + places), 0.0)
    return points.mean(0).astype(np.float32) if n > 1 else np.ones(n, np.float32)


def ranks_of(order: NDArray[np.integer], n: int) -> NDArray[np.float32]:
    """(n,) the place of each of ``n`` candidates in an answer that lists some of them, best first.

    >>> ranks_of(np.array([2, 0]), 3).tolist()
    [1.0, nan, 0.0]
    """
    ranks = np.full(n, np.nan, np.float32)
    ranks[order] = np.arange(len(order), dtype=np.float32)
    return ranks


def ranks_by_scores(scores: NDArray[np.float32]) -> NDArray[np.float32]:
    """(n,) places by falling score, equal ones in the middle of their places; all nan if any is.

    >>> ranks_by_scores(np.array([0.5, 2.0, 0.5], np.float32)).tolist()
    [1.5, 0.0, 1.5]
    """
    if not np.isfinite(scores).all():
        return np.full(len(scores), np.nan, np.float32)
    above = (scores[None] > scores[:, None]).sum(1)
    tied = (scores[None] == scores[:, None]).sum(1)
    places: NDArray[np.float32] = (above + (tied - 1) / 2).astype(np.float32)
    return places


def pair_scores(
    n: int, pairs: NDArray[np.int32], log_odds: NDArray[np.float32]
) -> NDArray[np.float32]:
    """(n,) the mean chance with which each candidate was preferred in its comparisons, 0 to 1.

    Who was in no readable comparison gets 0.5; all nan where no comparison could be read.

    Args:
        n: Candidates.
        pairs: (m, 2) who was compared; the first is preferred where ``log_odds`` is positive.
        log_odds: (m,) natural log; nan: unreadable.
    """
    read = np.isfinite(log_odds)
    if not read.any():
        return np.full(n, np.nan, np.float32)
    chance = 1 / (1 + np.exp(-np.clip(log_odds[read].astype(np.float64), -50, 50)))
    first, second = pairs[read].T
    won = np.bincount(first, chance, minlength=n) + np.bincount(second, 1 - chance, minlength=n)
    met = np.bincount(first, minlength=n) + np.bincount(second, minlength=n)
    return np.where(met > 0, won / np.maximum(met, 1), 0.5).astype(np.float32)
