"""From scores to answers.

Open items, the best k, ranks. The one place where ties and filters are decided.
"""

from collections.abc import Iterator
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from penchant.core import Ragged, Run
from penchant.data.verbs import CanScore, Ranks
from penchant.data.words import Flag, Queries, Rankings

CHUNK_VALUES = 16_000_000
"""Scores held at once: 64 MB of float32."""


def open_items(queries: Queries, n_items: int) -> NDArray[np.bool_]:
    """(n, n_items) what may be answered: allowed, a candidate where there are any, not excluded."""
    n = len(queries)
    if queries.candidates is None:
        mask = np.ones((n, n_items), np.bool_)
    else:
        mask = np.zeros((n, n_items), np.bool_)
        mask[_cells(queries.candidates)] = True
    if queries.allowed is not None:
        mask &= queries.allowed
    if queries.excluded is not None:
        mask[_cells(queries.excluded)] = False
    return mask


def _cells(items: Ragged) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Rows and columns of the items; an unknown one (-1) is nowhere, and not the last column."""
    known = items.values >= 0
    return items.rows()[known], items.values[known]


def close(scores: NDArray[np.float32], queries: Queries) -> None:
    """Overwrites with -inf, in place, the scores (n, n_items) of what is not open."""
    if queries.candidates is not None:
        scores[~open_items(queries, scores.shape[1])] = -np.inf
        return
    if queries.allowed is not None:
        scores[:, ~queries.allowed] = -np.inf
    if queries.excluded is not None:
        scores[_cells(queries.excluded)] = -np.inf


def tie_order(n_items: int, run: Run) -> NDArray[np.int64]:
    """(n_items,) the order in which items of equal score stand.

    A seeded shuffle, the same in every query.
    """
    return _tie_order(n_items, run.seed)


@lru_cache(maxsize=8)
def _tie_order(n_items: int, seed: int) -> NDArray[np.int64]:
    order = Run(seed=seed).rng("ties").permutation(n_items)
    order.flags.writeable = False  # everybody has the same one
    return order


def top_k(scores: NDArray[np.float32], queries: Queries, k: int, run: Run) -> Rankings:
    """The best ``k`` open items of each row.

    Args:
        scores: (n, n_items) finite; overwritten with -inf where not open.
        queries: n rows.
        k: At least 1; rows with fewer open items are padded and flagged SHORT.
        run: Its seed orders equal scores.
    """
    n, n_items = scores.shape
    close(scores, queries)
    width = min(k, n_items)
    order = tie_order(n_items, run)
    items = np.full((n, k), -1, np.int32)
    best = np.full((n, k), np.nan, np.float32)
    if width:
        threshold = np.partition(scores, n_items - width, axis=1)[:, n_items - width]
        rows, columns = np.divmod(np.flatnonzero(scores >= threshold[:, None]), n_items)
        values = scores[rows, columns]
        rows, columns, values = (part[values > -np.inf] for part in (rows, columns, values))
        sorting = np.lexsort((order[columns], -values, rows))
        rows, columns, values = rows[sorting], columns[sorting], values[sorting]
        starts = np.searchsorted(rows, np.arange(n))
        rank = np.arange(len(rows)) - starts[rows]
        kept = rank < width
        items[rows[kept], rank[kept]] = columns[kept]
        best[rows[kept], rank[kept]] = values[kept]
    flags = np.where((items < 0).any(1), np.uint8(Flag.SHORT), np.uint8(0))
    return Rankings(items, best, flags)


def recommend_by_score(
    recommender: CanScore, queries: Queries, k: int, run: Run, n_items: int
) -> Rankings:
    """:meth:`Recommender.recommend` for whatever can score, chunk by chunk."""
    parts = [top_k(recommender.score(part, run), part, k, run) for part in chunks(queries, n_items)]
    return joined(parts, k)


def ranks_by_score(
    recommender: CanScore, queries: Queries, relevant: Ragged, run: Run, n_items: int
) -> Ranks:
    """Where each relevant item stands, by counting.

    No sort, and never more than a chunk of scores.
    """
    above, tied, opened, start = [], [], [], 0
    for part in chunks(queries, n_items):
        wanted = relevant.take(np.arange(start, start + len(part)))
        counted = count_ranks(recommender.score(part, run), part, wanted)
        above.append(counted.above)
        tied.append(counted.tied)
        opened.append(counted.open)
        start += len(part)
    none = [np.zeros(0, np.int64)]
    return Ranks(*(np.concatenate(part or none) for part in (above, tied, opened)))


def count_ranks(scores: NDArray[np.float32], queries: Queries, relevant: Ragged) -> Ranks:
    """Where each relevant item stands in rows of scores; what is not open stands nowhere (-1)."""
    close(scores, queries)
    rows, items = relevant.rows(), relevant.values
    one_each = bool((relevant.lengths == 1).all())
    mine = scores[rows, items]
    above = np.empty(len(items), np.int64)
    tied = np.empty(len(items), np.int64)
    step = max(1, CHUNK_VALUES // max(1, scores.shape[1]))
    for start in range(0, len(items), step):
        block = slice(start, start + step)
        theirs = scores[block] if one_each else scores[rows[block]]
        above[block] = _count(theirs > mine[block, None])
        tied[block] = _count(theirs == mine[block, None])
    closed = np.isneginf(mine)
    above[closed], tied[closed] = -1, 0
    return Ranks(above, tied, _count(scores > -np.inf))


def _count(truths: NDArray[np.bool_]) -> NDArray[np.int64]:
    """(n,) how many are true in each row; twice as fast as ``truths.sum(1)``."""
    counts: NDArray[np.uint32] = np.add.reduce(truths.view(np.uint8), axis=1, dtype=np.uint32)
    return counts.astype(np.int64)


def chunks(queries: Queries, n_items: int) -> Iterator[Queries]:
    """The rows in order, as many at a time as scores for them fit in memory."""
    step = max(1, min(1024, CHUNK_VALUES // max(1, n_items)))
    for start in range(0, len(queries), step):
        yield queries.take(np.arange(start, min(start + step, len(queries))))


def joined(parts: list[Rankings], k: int) -> Rankings:
    """Answers of chunks, one after another."""
    if not parts:
        return Rankings(
            np.zeros((0, k), np.int32), np.zeros((0, k), np.float32), np.zeros(0, np.uint8)
        )
    flags = [np.zeros(len(p), np.uint8) if p.flags is None else p.flags for p in parts]
    return Rankings(
        np.concatenate([p.items for p in parts]),
        np.concatenate([p.scores for p in parts]),
        np.concatenate(flags),
    )
