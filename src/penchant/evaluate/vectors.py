"""Full ranking from vectors: one tile of scores at a time, counted and forgotten."""

from collections.abc import Callable
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
    *,
    limit: int | None = None,
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
        limit: Only the first so many ranks matter, as for metrics ``@limit``. An item with that
            many above it stands nowhere (-1), ``open`` is not told (-1), and a row is left as soon
            as that is certain, which is mostly after the few items with the longest vectors.
    """
    if queries.candidates is not None:
        raise UsageError("ranks_of_vectors ranks the whole catalogue: leave candidates out")
    if not len(user_vectors) == len(queries) == len(relevant):
        counts = f"{len(user_vectors)}, {len(queries)} and {len(relevant)}"
        raise UsageError(f"vectors, queries and relevant have {counts} rows: need the same")
    users = np.ascontiguousarray(user_vectors, np.float32)
    items = np.ascontiguousarray(item_vectors, np.float32)
    excluded = _distinct(queries.excluded, queries.allowed, len(users), len(items))
    allowed = np.ones(len(items), np.bool_) if queries.allowed is None else queries.allowed
    rows = np.flatnonzero(relevant.lengths)
    if limit is not None:
        rows = _still_in(users, items, rows, relevant, excluded, allowed, limit)
    threads = run.threads if run else 1
    above = np.full(len(relevant.values), -1, np.int64)
    tied = np.zeros(len(relevant.values), np.int64)
    at = relevant.positions(rows)
    above[at], tied[at] = _count(
        users[rows], items, relevant.take(rows), excluded.take(rows), allowed, threads
    )
    if limit is None:
        return Ranks(above, tied, allowed.sum() - excluded.lengths)
    beyond = above >= limit
    above[beyond], tied[beyond] = -1, 0
    return Ranks(above, tied, np.full(len(users), -1, np.int64))


def _count(
    users: NDArray[np.float32],
    items: NDArray[np.float32],
    relevant: Ragged,
    excluded: Ragged,
    allowed: NDArray[np.bool_],
    threads: int,
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Higher and equal scores of each relevant item, tile by tile."""
    above = np.empty(len(relevant.values), np.int64)
    tied = np.empty(len(relevant.values), np.int64)
    closed, columns = np.flatnonzero(~allowed), np.ascontiguousarray(items.T)
    step = max(1, TILE_VALUES // max(1, len(items)))

    def count(start: int) -> None:
        stop = min(start + step, len(users))
        scores = users[start:stop] @ columns
        scores[:, closed] = -np.inf
        at = slice(relevant.offsets[start], relevant.offsets[stop])
        out = slice(excluded.offsets[start], excluded.offsets[stop])
        rows = np.repeat(np.arange(stop - start), relevant.lengths[start:stop])
        out_rows = np.repeat(np.arange(stop - start), excluded.lengths[start:stop])
        above[at], tied[at] = _count_tile(
            scores, rows, relevant.values[at], out_rows, excluded.values[out]
        )

    _each(count, range(0, len(users), step), threads)
    return above, tied


def _still_in(
    users: NDArray[np.float32],
    items: NDArray[np.float32],
    rows: NDArray[np.int64],
    relevant: Ragged,
    excluded: Ragged,
    allowed: NDArray[np.bool_],
    limit: int,
) -> NDArray[np.int64]:
    """The rows in which a relevant item may be among the first ``limit``.

    The others have ``limit`` open items that score higher than every relevant one by more than the
    rounding of both products (d * 2 ** -23 of the product of lengths, taken twice).
    """
    lengths = np.linalg.norm(items, axis=1)
    order = np.argsort(-np.where(allowed, lengths, -1.0), kind="stable")[: allowed.sum()]
    of = relevant.rows()
    scores = np.einsum("ij,ij->i", users[of], items[relevant.values])
    best = np.full(len(users), -np.inf, np.float32)
    np.maximum.at(best, of, scores)
    slack = users.shape[1] * 2.0**-22 * lengths.max(initial=0.0)
    best += slack * np.linalg.norm(users, axis=1)
    size = max(256, 8 * limit)
    while size * 2 < len(order) and len(rows):
        head, place = items[order[:size]].T, np.full(len(items), -1)
        place[order[:size]] = np.arange(size)
        step = max(1, TILE_VALUES // size)
        blocks = [rows[start : start + step] for start in range(0, len(rows), step)]
        rows = np.concatenate(
            [
                block[
                    _certainly_above(users[block] @ head, best[block], excluded.take(block), place)
                    < limit
                ]
                for block in blocks
            ]
        )
        size *= 4
    return rows


def _certainly_above(
    scores: NDArray[np.float32],
    best: NDArray[np.float32],
    excluded: Ragged,
    place: NDArray[np.int64],
) -> NDArray[np.int64]:
    """(n,) items of the head that score higher than ``best`` and are not excluded."""
    higher = scores > best[:, None]
    at = place[excluded.values]
    higher[excluded.rows()[at >= 0], at[at >= 0]] = False
    return _count_true(higher)


def _each(work: Callable[[int], None], starts: range, threads: int) -> None:
    if threads == 1:
        for start in starts:
            work(start)
        return
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(work, starts))


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
