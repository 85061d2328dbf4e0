"""Full ranking from vectors: one tile of scores at a time, counted and forgotten."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray

from penchant.core import Ragged, Run, UsageError
from penchant.data import Queries, Ranks

TILE_VALUES = 1_500_000
"""Scores in a tile: 6 MB of float32, so that counting reads the cache and not the memory."""

_STRIP = 255 * 8
"""Bytes that may be added up eight at a time before a byte can overflow."""


def ranks_of_vectors(
    user_vectors: NDArray[np.float32],
    item_vectors: NDArray[np.float32],
    queries: Queries,
    relevant: Ragged,
    run: Run | None = None,
) -> Ranks:
    """Where relevant items stand when the score is the inner product.

    Items are counted, not sorted, and what is excluded is taken off the count afterwards: so no
    mask of users x items is made. Scores are equal when their float32 values are.

    Args:
        user_vectors: (n, d) one for each query.
        item_vectors: (n_items, d)
        queries: n rows; ``candidates`` are not taken (use ``count_ranks``).
        relevant: n rows.
        run: ``threads`` tiles are worked on at a time; give BLAS one thread then.
    """
    if queries.candidates is not None:
        raise UsageError("ranks_of_vectors ranks the whole catalogue: leave candidates out")
    if not len(user_vectors) == len(queries) == len(relevant):
        counts = f"{len(user_vectors)}, {len(queries)} and {len(relevant)}"
        raise UsageError(f"vectors, queries and relevant have {counts} rows: need the same")
    users = np.ascontiguousarray(user_vectors, np.float32)
    items = np.ascontiguousarray(item_vectors.T, np.float32)
    above = np.empty(len(relevant.values), np.int64)
    tied = np.empty(len(relevant.values), np.int64)
    opened = np.empty(len(relevant), np.int64)
    excluded = _distinct(queries.excluded, queries.allowed, len(users), len(item_vectors))
    closed = None if queries.allowed is None else np.flatnonzero(~queries.allowed)

    def count(start: int) -> None:
        stop = min(start + step, len(users))
        scores = users[start:stop] @ items
        if closed is not None:
            scores[:, closed] = -np.inf
        at = slice(relevant.offsets[start], relevant.offsets[stop])
        out = slice(excluded.offsets[start], excluded.offsets[stop])
        rows = np.repeat(np.arange(stop - start), relevant.lengths[start:stop])
        out_rows = np.repeat(np.arange(stop - start), excluded.lengths[start:stop])
        above[at], tied[at] = _count_tile(
            scores, rows, relevant.values[at], out_rows, excluded.values[out]
        )
        n_open = len(item_vectors) - (0 if closed is None else len(closed))
        opened[start:stop] = n_open - excluded.lengths[start:stop]

    step = max(1, TILE_VALUES // max(1, len(item_vectors)))
    starts = range(0, len(users), step)
    threads = run.threads if run else 1
    if threads == 1:
        for start in starts:
            count(start)
    else:
        with ThreadPoolExecutor(threads) as pool:
            list(pool.map(count, starts))
    return Ranks(above, tied, opened)


def _count_tile(
    scores: NDArray[np.float32],
    rows: NDArray[np.int64],
    items: NDArray[np.int32],
    out_rows: NDArray[np.int64],
    out_items: NDArray[np.int32],
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Higher and equal scores of each (row, item), less those of excluded (row, item) pairs."""
    mine = scores[rows, items]
    one_each = np.array_equal(rows, np.arange(len(scores)))
    theirs = scores if one_each else scores[rows]
    above = _count_true(theirs > mine[:, None])
    tied = _count_true(theirs == mine[:, None])
    # Each excluded score meets every relevant item of its row.
    first = np.searchsorted(out_rows, rows)
    lengths = np.searchsorted(out_rows, rows, side="right") - first
    which = np.repeat(np.arange(len(rows)), lengths)
    within = np.arange(lengths.sum()) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    at = np.repeat(first, lengths) + within
    lost = scores[out_rows[at], out_items[at]]
    above -= np.bincount(which, lost > mine[which], minlength=len(rows)).astype(np.int64)
    tied -= np.bincount(which, lost == mine[which], minlength=len(rows)).astype(np.int64)
    itself = np.bincount(which, out_items[at] == items[which], minlength=len(rows)) > 0
    gone = itself | (mine == -np.inf)
    above[gone], tied[gone] = -1, 0
    return above, tied


def _count_true(mask: NDArray[np.bool_]) -> NDArray[np.int64]:
    """(n,) true values in each row: bytes are added eight at a time, as one integer."""
    counts = np.zeros(len(mask), np.int64)
    whole = mask.shape[1] - mask.shape[1] % 8
    for start in range(0, whole, _STRIP):
        strip = np.ascontiguousarray(mask[:, start : min(start + _STRIP, whole)])
        sums = strip.view(np.uint64).sum(1)
        counts += sums.view(np.uint8).reshape(len(mask), 8).sum(1, dtype=np.int64)
    return np.asarray(counts + mask[:, whole:].sum(1), np.int64)


def _distinct(
    excluded: Ragged | None, allowed: NDArray[np.bool_] | None, n: int, n_items: int
) -> Ragged:
    """Excluded items, each once, without those that are not allowed anyway."""
    if excluded is None:
        return Ragged.empty(n)
    keys = np.unique(excluded.rows().astype(np.int64) * n_items + excluded.values)
    rows, items = np.divmod(keys, max(n_items, 1))
    kept = np.ones(len(items), np.bool_) if allowed is None else allowed[items]
    return Ragged.from_rows(rows[kept], items[kept], n)
