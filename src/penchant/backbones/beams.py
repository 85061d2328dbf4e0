"""Beam search in the trie of real items: only what is there, and only what is open."""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from penchant.backbones.writing import CodeWriter
from penchant.codes import OpenLeaves, Trie
from penchant.core import Run
from penchant.data import Flag, Queries, Rankings, tie_order


@dataclass(frozen=True, slots=True, eq=False)
class TrieTensors:
    """A trie on the device where beams are chosen."""

    offsets: Tensor
    tokens: Tensor
    first: Tensor
    last: Tensor
    leaf_items: Tensor
    depth: int
    most_children: int
    source: Trie

    @classmethod
    def of(cls, trie: Trie, device: str) -> "TrieTensors":
        """The arrays of a trie as tensors."""
        arrays = (trie.offsets, trie.tokens, trie.first, trie.last, trie.leaf_items)
        tensors = [torch.as_tensor(a.astype(np.int64), device=device) for a in arrays]
        offsets, tokens, first, last, leaf_items = tensors
        most = int(np.diff(trie.offsets).max(initial=0))
        return cls(offsets, tokens, first, last, leaf_items, trie.depth, most, trie)


@dataclass(frozen=True, slots=True, eq=False)
class _Beams:
    """(n, width) nodes and the log probability of the way to each; -inf: no beam."""

    nodes: Tensor
    scores: Tensor
    parents: Tensor | None = None
    tokens: Tensor | None = None


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
    n = len(queries)
    order = tie_order(int(trie.source.leaf_items.max(initial=-1)) + 1, run)
    if trie.source.n_leaves == 0 or n == 0:
        return _ranked(np.zeros((n, 0), np.int64), np.zeros((n, 0), np.float32), k, order)
    device = trie.offsets.device
    opened = _Opened.of(trie, queries)
    rows = torch.arange(n, device=device)[:, None]
    root = torch.zeros(n, 1, dtype=torch.long, device=device)
    any_open = opened.count(rows, trie.first[root], trie.last[root]) > 0
    now = _Beams(root, torch.where(any_open, 0.0, -torch.inf))
    for _ in range(trie.depth):
        log_probs, start = writer.write(now.parents, now.tokens)
        now = _step(now, log_probs, start, trie, opened, width=max(beams, k))
    leaves = trie.first[now.nodes]
    items = torch.where(torch.isfinite(now.scores), trie.leaf_items[leaves], -1)
    return _ranked(items.cpu().numpy(), now.scores.cpu().numpy(), k, order)


def _step(
    now: _Beams, log_probs: Tensor, start: int, trie: TrieTensors, opened: "_Opened", *, width: int
) -> _Beams:
    """Every beam's open children, and the best of all of them."""
    n, before = now.nodes.shape
    first_edge = trie.offsets[now.nodes]
    n_children = trie.offsets[now.nodes + 1] - first_edge
    ended = n_children == 0
    most = max(1, int(n_children.max()))
    steps = torch.arange(most, device=first_edge.device)
    real = steps < n_children[..., None]
    edges = torch.where(real, first_edge[..., None] + steps, 0)
    tokens, nodes = trie.tokens[edges], edges + 1
    gained = log_probs.gather(2, (tokens - start).clamp(0, log_probs.shape[2] - 1))
    scores = now.scores[..., None] + gained
    rows = torch.arange(n, device=edges.device)[:, None, None]
    live = real & (opened.count(rows, trie.first[nodes], trie.last[nodes]) > 0)
    scores = scores.masked_fill(~live, -torch.inf)
    if bool(ended.any()):  # a way that has reached its item waits for the longer ones
        stays = ended[..., None] & (steps == 0)
        nodes = torch.where(stays, now.nodes[..., None], nodes)
        scores = torch.where(stays, now.scores[..., None], scores)
    best, chosen = scores.flatten(1).topk(min(width, before * most), dim=1)
    return _Beams(
        nodes.flatten(1).gather(1, chosen),
        best,
        chosen // most,
        tokens.flatten(1).gather(1, chosen),
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Opened:
    """:class:`OpenLeaves` on the device."""

    shared: Tensor
    keys: Tensor
    sign: int

    @classmethod
    def of(cls, trie: TrieTensors, queries: Queries) -> "_Opened":
        leaves = OpenLeaves.of(trie.source, queries)
        device = trie.offsets.device
        shared = torch.as_tensor(leaves.shared, device=device)
        return cls(shared, torch.as_tensor(leaves.keys, device=device), leaves.sign)

    def count(self, rows: Tensor, first: Tensor, last: Tensor) -> Tensor:
        counted = self.shared[last] - self.shared[first]
        if len(self.keys) == 0:
            return counted
        base = rows * len(self.shared)
        own = torch.searchsorted(self.keys, base + last) - torch.searchsorted(
            self.keys, base + first
        )
        return counted + self.sign * own


def _ranked(
    items: NDArray[np.int64],
    scores: NDArray[np.float32],
    k: int,
    order: NDArray[np.int64],
) -> Rankings:
    """The best ``k`` columns of each row; equal scores in the seeded order."""
    n = len(items)
    ties = order[items] if len(order) else items
    ranked = np.lexsort((ties, -scores), axis=1)[:, :k]
    best_items = np.full((n, k), -1, np.int32)
    best_scores = np.full((n, k), np.nan, np.float32)
    width = ranked.shape[1]
    best_items[:, :width] = np.take_along_axis(items, ranked, 1)
    best_scores[:, :width] = np.take_along_axis(scores, ranked, 1)
    best_scores[best_items < 0] = np.nan
    short = (best_items < 0).any(1)
    return Rankings(best_items, best_scores, np.where(short, np.uint8(Flag.SHORT), np.uint8(0)))
