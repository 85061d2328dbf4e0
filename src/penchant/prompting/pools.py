"""What a language model is to order: a few open items a row, proposed by somebody else.

And the way back: from numbers for those few items to an answer.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from penchant.core import Ragged, Run
from penchant.data import Flag, Queries, Rankings, chunks, open_items, recommend_by_score


@dataclass(frozen=True, slots=True, eq=False)
class _Chosen:
    """Scores items by how often they were chosen."""

    counts: NDArray[np.float32]

    def score(self, queries: Queries, run: Run) -> NDArray[np.float32]:
        return np.tile(self.counts, (len(queries), 1))


def proposed(queries: Queries, counts: NDArray[np.float32], n: int, run: Run) -> Ragged:
    """The open items of each row in the order of their proposal.

    Args:
        queries: With candidates: those that are open, each once, as they stand. Without: the ``n``
            most chosen open items.
        counts: (n_items,) how often each item was chosen in training.
        n: Items of a row without candidates.
        run: Its seed orders equally chosen items.
    """
    given = queries.candidates
    if given is None:
        return recommend_by_score(_Chosen(counts), queries, n, run, len(counts)).as_ragged()
    rows, start = [], 0
    for part in chunks(queries, len(counts)):
        mask = open_items(part, len(counts))
        for row, opened in enumerate(mask):
            known = given[start + row][given[start + row] >= 0]
            firsts = known[np.sort(np.unique(known, return_index=True)[1])]
            rows.append(firsts[opened[firsts]])
        start += len(part)
    return Ragged.of(rows)


def first_of(pools: Ragged, most: int, who: str, run: Run) -> Ragged:
    """The first ``most`` items of each pool; the run is told where there are more."""
    longest = int(pools.lengths.max(initial=0))
    if longest > most:
        run.watch.note(
            f"{who} shows the model {most:,} of up to {longest:,} candidates; the others keep "
            f"their order behind them\n  hint: raise its pool (pool={longest}; in a cascade "
            f"second.pool={longest})"
        )
    return Ragged.of([pools[row][:most] for row in range(len(pools))])


def answered(pools: Ragged, values: Sequence[NDArray[np.float32]], k: int) -> Rankings:
    """The first ``k`` of each pool, those that a model saw ordered by what it said of them.

    Args:
        pools: Items in the order of their proposal.
        values: For each row, a number for each of its first items, higher is better. Of nan, the
            item gets the mean of the row's other numbers; where all are nan, the order of
            proposal stays. The row is DEGRADED then.
        k: At least 1; shorter rows are padded and flagged SHORT.

    Returns:
        Equal numbers stand in the order of proposal. Items that the model did not see follow it,
        each 1 below the one before. A row without any number falls from 0 by 1.
    """
    n = len(pools)
    items = np.full((n, k), -1, np.int32)
    scores = np.full((n, k), np.nan, np.float32)
    flags = np.zeros(n, np.uint8)
    for row in range(n):
        pool, said = pools[row], values[row]
        read = np.isfinite(said)
        if len(said) and not read.all():
            flags[row] |= np.uint8(Flag.DEGRADED)
        told = np.where(read, said, said[read].mean() if read.any() else 0).astype(np.float64)
        if not read.any():
            told = 0.0 - np.arange(len(said), dtype=np.float64)
        order = np.argsort(-told, kind="stable")
        last = told[order[-1]] if len(order) else 1.0
        rest = np.arange(len(said), len(pool))
        ordered = np.concatenate([order, rest])[:k]
        falling = np.concatenate([told[order], last - 1 - np.arange(len(rest))])[:k]
        items[row, : len(ordered)] = pool[ordered]
        scores[row, : len(ordered)] = falling
        if len(ordered) < k:
            flags[row] |= np.uint8(Flag.SHORT)
    return Rankings(items, scores, flags)
