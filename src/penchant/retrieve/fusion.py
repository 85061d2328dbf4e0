"""Signals of different methods made comparable, and the weights that mix them best."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import permutations

import numpy as np
from numpy.typing import NDArray

from penchant.core import Ragged, Run
from penchant.data import Cases, Queries, Rankings, chunks, open_items

SMOOTHING = 60
"""Of a reciprocal rank: Cormack, Clarke and Büttcher, "Reciprocal Rank Fusion", SIGIR 2009."""
CUTOFF = 10
"""Weights are chosen by ndcg at this rank."""
MOST_QUERIES = 20_000
"""Validation queries that weights are chosen on."""
STEPS = (0.5, 0.25, 0.1, 0.05, 0.02)
"""Weight moved at once from one part to another."""


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """What every part says of the items that could be among the best, for each query."""

    pool: NDArray[np.float32]
    """(n, width, parts)"""
    open: NDArray[np.bool_]
    """(n, width) False where an item stands twice or is not open"""
    items: NDArray[np.int32]
    """(n, width)"""
    relevant: Ragged
    """n sequences of items"""
    wanted: NDArray[np.float32]
    """(n_relevant, parts)"""
    reachable: NDArray[np.bool_]
    """(n_relevant,) False where the relevant item is not open"""


def standardised(scores: NDArray[np.float32]) -> NDArray[np.float32]:
    """Rows with mean 0 and deviation 1; a constant row becomes 0. Overwrites ``scores``."""
    if not scores.size:
        return scores
    scores -= scores.mean(1, keepdims=True)
    deviation = np.sqrt(np.einsum("ij,ij->i", scores, scores) / scores.shape[1])
    scores /= np.where(deviation > 0, deviation, 1)[:, None].astype(np.float32)
    return scores


def listed_signal(rankings: Rankings, n_items: int) -> NDArray[np.float32]:
    """(n, n_items) reciprocal ranks of what is listed, 0 elsewhere."""
    signal = np.zeros((len(rankings), n_items), np.float32)
    rows, ranks = np.nonzero(rankings.items >= 0)
    signal[rows, rankings.items[rows, ranks]] = 1 / (SMOOTHING + 1 + ranks)
    return signal


def beyond(queries: Queries, answered: Rankings) -> Queries:
    """The same queries without what was answered already."""
    done = answered.as_ragged()
    return replace(queries, excluded=queries.excluded.joined(done) if queries.excluded else done)


def filled(answered: Rankings, added: Rankings) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
    """(n, k) items and scores: what was answered, then what was added.

    What was added keeps its score, but never one above the item before it.
    """
    k = answered.items.shape[1]
    items = np.concatenate([answered.items, added.items], 1)
    scores = np.concatenate([answered.scores, added.scores], 1)
    order = np.argsort(items < 0, axis=1, kind="stable")[:, :k]
    items = np.take_along_axis(items, order, 1)
    falling = np.fmin.accumulate(np.take_along_axis(scores, order, 1), axis=1)
    return items, np.where(items >= 0, falling, np.nan).astype(np.float32)


def sample_signals(
    signals: Callable[[Queries, Run], Sequence[NDArray[np.float32]]],
    valid: Cases,
    n_items: int,
    depth: int,
    run: Run,
) -> Sample:
    """Asks the parts about validation queries, and keeps what could matter.

    Args:
        signals: One (n, n_items) array a part.
        valid: At most :data:`MOST_QUERIES` of its queries are drawn.
        n_items: Size of the catalogue.
        depth: Items kept of each part's best.
        run: Seeds the draw.
    """
    chosen = np.arange(len(valid))
    if len(chosen) > MOST_QUERIES:
        drawn = run.rng("blend.weights").choice(chosen, MOST_QUERIES, replace=False)
        chosen = np.sort(drawn)
    cases = valid.take(chosen)
    parts, start = [], 0
    for queries in chunks(cases.queries, n_items):
        relevant = cases.relevant.take(np.arange(start, start + len(queries)))
        parts.append(_sampled(signals(queries, run), queries, relevant, min(depth, n_items)))
        start += len(queries)
    return Sample(
        np.concatenate([part.pool for part in parts]),
        np.concatenate([part.open for part in parts]),
        np.concatenate([part.items for part in parts]),
        cases.relevant,
        np.concatenate([part.wanted for part in parts]),
        np.concatenate([part.reachable for part in parts]),
    )


def _sampled(
    signals: Sequence[NDArray[np.float32]], queries: Queries, relevant: Ragged, depth: int
) -> Sample:
    mask = open_items(queries, signals[0].shape[1])
    closed = ~mask
    best = []
    for signal in signals:
        seen = np.where(closed, -np.inf, signal)
        best.append(np.argpartition(seen, seen.shape[1] - depth, axis=1)[:, -depth:])
    items = np.sort(np.concatenate(best, 1), axis=1).astype(np.int32)
    rows = np.arange(len(items))[:, None]
    opened = mask[rows, items]
    opened[:, 1:] &= items[:, 1:] != items[:, :-1]
    pool = np.stack([signal[rows, items] for signal in signals], 2)
    asked, values = relevant.rows(), relevant.values
    wanted = np.stack([signal[asked, values] for signal in signals], 1)
    return Sample(pool, opened, items, relevant, wanted, mask[asked, values])


def ndcg_of(sample: Sample, weights: NDArray[np.float64]) -> float:
    """Mean ndcg@10 of a mix; an item that ties stands in the middle of its equals."""
    mix = weights.astype(np.float32)
    scores = np.where(sample.open, sample.pool @ mix, -np.inf)
    rows = sample.relevant.rows()
    mine = (sample.wanted @ mix)[:, None]
    others = sample.items[rows] != sample.relevant.values[:, None]
    # One product over many rows and one over a few differ in the last bits; equal is near.
    margin = np.float32(1e-5)
    above = ((scores[rows] > mine + margin) & others).sum(1)
    near = ((np.abs(scores[rows] - mine) <= margin) & others).sum(1)
    rank = above + near / 2
    counted = sample.reachable & (rank < CUTOFF)
    gains = np.where(counted, 1 / np.log2(rank + 2), 0.0)
    lengths = sample.relevant.lengths
    ideal = np.cumsum(1 / np.log2(np.arange(CUTOFF) + 2))
    at_most = ideal[np.clip(lengths, 1, CUTOFF) - 1]
    found = np.bincount(rows, gains, minlength=len(lengths)) / at_most
    return float(found[lengths > 0].mean()) if (lengths > 0).any() else 0.0


def best_weights(sample: Sample, n_parts: int) -> NDArray[np.float64]:
    """(n_parts,) non-negative, sum 1: found by moving ever less weight between two parts.

    Starts from the best single part or equal weights, whichever is better, so that the mix is
    never worse on the sample than its best part.
    """
    even = np.full(n_parts, 1 / n_parts)
    starts: list[NDArray[np.float64]] = [*np.eye(n_parts), even]
    values = [ndcg_of(sample, start) for start in starts]
    weights, value = starts[int(np.argmax(values))], max(values)
    for step in STEPS:
        improved = True
        while improved:
            moves = [_moved(weights, pair, step) for pair in permutations(range(n_parts), 2)]
            found = [ndcg_of(sample, move) for move in moves]
            improved = max(found) > value + 1e-7
            if improved:
                weights, value = moves[int(np.argmax(found))], max(found)
    return weights


def _moved(weights: NDArray[np.float64], pair: tuple[int, int], step: float) -> NDArray[np.float64]:
    giver, taker = pair
    amount = min(step, float(weights[giver]))
    moved = weights.copy()
    moved[giver] -= amount
    moved[taker] += amount
    return moved
