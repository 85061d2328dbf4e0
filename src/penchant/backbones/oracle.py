"""The probability of every item, by walking the whole trie: what beams are measured against."""

from collections.abc import Callable

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from penchant.backbones.trie_tensors import TrieTensors
from penchant.backbones.writing import CodeWriter
from penchant.codes import Trie

LEAVES_AT_ONCE = 4_096


@torch.no_grad()
def score_all(
    read: Callable[[], CodeWriter],
    trie: TrieTensors,
    n: int,
    *,
    leaves_at_once: int = LEAVES_AT_ONCE,
) -> NDArray[np.float32]:
    """(n, items) the log probability of all codes of each item; -inf for those without codes.

    Args:
        read: Reads the n rows, anew for each part of the trie.
        trie: All items.
        n: Rows.
        leaves_at_once: Items of one part: bounds memory.
    """
    scores = np.full((n, len(trie.source.leaf_of_item)), -np.inf, np.float32)
    for first in range(0, trie.source.n_leaves, leaves_at_once):
        last = min(first + leaves_at_once, trie.source.n_leaves)
        found = _walk(read(), trie, n, first, last)
        scores[:, trie.source.leaf_items[first:last]] = found.cpu().numpy()
    return scores


def _walk(writer: CodeWriter, trie: TrieTensors, n: int, first: int, last: int) -> Tensor:
    """(n, last - first) what all beams that lead to these leaves end with."""
    device = trie.offsets.device
    nodes, scores = np.zeros(1, np.int64), torch.zeros(n, 1, device=device)
    parents, tokens = None, None
    for _ in range(trie.depth):
        log_probs, start = writer.write(parents, tokens)
        came_from, edges, nodes = _next(trie.source, nodes, first, last)
        codes = np.where(edges >= 0, trie.source.tokens[edges], start)
        rows = torch.from_numpy(came_from).to(device)
        columns = torch.from_numpy(codes.astype(np.int64)).to(device)
        at = torch.from_numpy(edges.clip(0)).to(device)
        gained = trie.gained(log_probs[:, rows, columns - start], at)
        waits = torch.from_numpy(edges < 0).to(device)
        scores = scores[:, rows] + gained.float().masked_fill(waits, 0.0)
        parents, tokens = rows.expand(n, -1), columns.expand(n, -1)
    return scores


def _next(
    trie: Trie, nodes: NDArray[np.int64], first: int, last: int
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """All children above the leaves [first, last); a leaf stays where it is, with edge -1.

    Returns:
        For each child the place of its parent in ``nodes``, its edge, itself.
    """
    counts = np.diff(trie.offsets)[nodes]
    came_from = np.repeat(np.arange(len(nodes)), np.maximum(counts, 1))
    begins = np.cumsum(np.maximum(counts, 1)) - np.maximum(counts, 1)
    edges = trie.offsets[nodes][came_from] + np.arange(len(came_from)) - begins[came_from]
    edges = np.where(counts[came_from] > 0, edges, -1).astype(np.int64)
    reached = np.where(edges >= 0, edges + 1, nodes[came_from])
    wanted = (trie.last[reached] > first) & (trie.first[reached] < last)
    return came_from[wanted], edges[wanted], reached[wanted]
