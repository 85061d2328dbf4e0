"""Beam search in the trie of real items: only what is there, and only what is open."""

import numpy as np
import torch
from numpy.typing import NDArray

from penchant.backbones.trie_tensors import Beams, Children, Opened, TrieTensors
from penchant.backbones.writing import CodeWriter
from penchant.core import Run
from penchant.data import Flag, Queries, Rankings, tie_order

__all__ = ["TrieTensors", "ranked", "search"]


@torch.no_grad()
def search(
    writer: CodeWriter, trie: TrieTensors, queries: Queries, k: int, *, beams: int, run: Run
) -> Rankings:
    """The ``k`` open items whose codes are most probable, as far as the beams see.

    Each beam has at least one open leaf below it, since children without any are never taken up.
    Beams never become fewer, so ``max(beams, k)`` of them end at ``k`` items whenever ``k`` are
    open. With as many beams as there are items the order is exact.

    Args:
        writer: Has read the n histories.
        trie: All items.
        queries: n rows: what is allowed, a candidate, excluded.
        k: Answers per row.
        beams: Ways followed at once.
        run: Its seed orders equal scores.

    Returns:
        Scores are natural logs of the probability that the model writes all codes of the item.
    """
    if trie.source.n_leaves == 0 or len(queries) == 0:
        return nothing(len(queries), k)
    opened = Opened.of(trie, queries)
    now = Beams.at_root(trie, opened, len(queries))
    for _ in range(trie.depth):
        log_probs, start = writer.write(now.parents, now.tokens)
        children = Children.of(now, log_probs, start, trie, opened)
        scores = children.scores.flatten(1)
        now = children.chosen(scores.topk(min(max(beams, k), scores.shape[1]), dim=1).indices)
    return ranked(now, trie, k, run)


def ranked(now: Beams, trie: TrieTensors, k: int, run: Run) -> Rankings:
    """The best ``k`` beams of each row, all at leaves; equal scores in the seeded order."""
    leaves = trie.leaf_items[trie.first[now.nodes].long()]
    found = torch.where(torch.isfinite(now.scores), leaves, -1)
    items: NDArray[np.int32] = found.cpu().numpy()
    scores: NDArray[np.float32] = now.scores.float().cpu().numpy()
    best = _best(items, scores, k, trie, run)
    answers = nothing(len(items), k)
    answers.items[:, : best.shape[1]] = np.take_along_axis(items, best, 1)
    answers.scores[:, : best.shape[1]] = np.take_along_axis(scores, best, 1)
    answers.scores[answers.items < 0] = np.nan
    short = (answers.items < 0).any(1)
    flags = np.where(short, np.uint8(Flag.SHORT), np.uint8(0))
    return Rankings(answers.items, answers.scores, flags)


def _best(
    items: NDArray[np.int32], scores: NDArray[np.float32], k: int, trie: TrieTensors, run: Run
) -> NDArray[np.int64]:
    """(n, at most k) the places of the best; the order of all items is drawn only for ties."""
    best = np.argsort(-scores, axis=1, kind="stable")
    ranked_scores = np.take_along_axis(scores, best, 1)
    tied = (ranked_scores[:, 1:] == ranked_scores[:, :-1]) & np.isfinite(ranked_scores[:, 1:])
    if tied.any():
        order = tie_order(len(trie.source.leaf_of_item), run)
        best = np.lexsort((order[items], -scores), axis=1)
    return best[:, :k]


def nothing(n: int, k: int) -> Rankings:
    """No answer for any of ``n`` rows."""
    return Rankings(
        np.full((n, k), -1, np.int32),
        np.full((n, k), np.nan, np.float32),
        np.full(n, np.uint8(Flag.SHORT) if k else 0, np.uint8),
    )
