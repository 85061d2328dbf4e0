"""Several searches merged by the ranks that they give, so that their scores need no common unit.

Cormack, Clarke and Büttcher, "Reciprocal Rank Fusion Outperforms Condorcet and Individual Rank
Learning Methods", SIGIR 2009.
"""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from penchant.core import Run, UsageError
from penchant.data import Queries, Rankings, top_k
from penchant.retrieve.fusion import listed_signal

DEPTH = 100
"""Items of each search that count."""


def best_found(
    scores: NDArray[np.float32],
    queries: Queries,
    k: int,
    run: Run,
    *,
    above: float | None = None,
) -> Rankings:
    """The best ``k`` open items of a search; fewer where fewer score above a number.

    Args:
        scores: (n, n_items) finite; overwritten.
        queries: n rows: what is open.
        k: At least 1.
        run: Its seed orders equal scores.
        above: What an item must surpass to be found at all; ``None``: nothing.
    """
    found = top_k(scores, queries, k, run)
    if above is None:
        return found
    far = ~(found.scores > above)
    return Rankings(
        np.where(far, np.int32(-1), found.items),
        np.where(far, np.float32(np.nan), found.scores),
        found.flags,
    )


def fused_scores(
    found: Mapping[str, Rankings], n_items: int, *, weights: Mapping[str, float] | None = None
) -> NDArray[np.float32]:
    """(n, n_items) weighted sums of reciprocal ranks; 0 where no search found the item.

    >>> one = Rankings(np.array([[2, 0]], np.int32), np.zeros((1, 2), np.float32))
    >>> two = Rankings(np.array([[0, -1]], np.int32), np.zeros((1, 2), np.float32))
    >>> fused_scores({"words": one, "vectors": two}, 3).argmax()
    np.int64(0)

    Args:
        found: The answers of each search, all to the same rows.
        n_items: Size of the catalogue.
        weights: Of searches by name; 1 where none is given.
    """
    if not found:
        raise UsageError("nothing to merge: need the answers of at least one search")
    unknown = sorted(set(weights or {}) - set(found))
    if unknown:
        raise UsageError(f"weights for {', '.join(unknown)}: known are {', '.join(sorted(found))}")
    parts = [
        np.float32((weights or {}).get(name, 1.0)) * listed_signal(one, n_items)
        for name, one in found.items()
    ]
    return np.asarray(sum(parts[1:], parts[0]), np.float32)


def found_by(found: Mapping[str, Rankings], row: int, item: int) -> tuple[str, ...]:
    """Which searches found an item for a row, by name."""
    return tuple(name for name, one in found.items() if (one.items[row] == item).any())
