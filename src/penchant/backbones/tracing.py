"""Beam search that keeps what it did: for one row, and for people who want to look."""

import numpy as np
import torch
from torch import Tensor

from penchant.backbones.trie_tensors import Beams, Children, Opened, TrieTensors
from penchant.backbones.writing import CodeWriter
from penchant.codes import Trace, TracedLevel
from penchant.core import UsageError
from penchant.data import Queries


@torch.no_grad()
def traced(
    writer: CodeWriter, trie: TrieTensors, queries: Queries, k: int, *, beams: int, died: int
) -> Trace:
    """The ways that :func:`~penchant.backbones.beams.search` follows, and the best given up.

    Args:
        writer: Has read the history of the row.
        trie: All items.
        queries: One row: what is allowed, a candidate, excluded.
        k: Answers.
        beams: Ways followed at once; never fewer than ``k``.
        died: Of each level, so many of the best ways that were given up.

    Raises:
        UsageError: There are several rows.
    """
    if len(queries) != 1:
        raise UsageError(f"{len(queries)} rows: the ways of one at a time can be told")
    width, levels = max(beams, k), []
    if trie.source.n_leaves:
        opened = Opened.of(trie, queries)
        now = Beams.at_root(trie, opened, 1)
        for _ in range(trie.depth):
            log_probs, start = writer.write(now.parents, now.tokens)
            children = Children.of(now, log_probs, start, trie, opened)
            scores = children.scores.flatten(1)
            order = scores.topk(min(width + died, scores.shape[1]), dim=1).indices
            levels.append(_level(now, children, order[0], width))
            now = children.chosen(order[:, :width])
    return Trace(levels, width)


def _level(now: Beams, children: Children, order: Tensor, width: int) -> TracedLevel:
    scores, gained, nodes = (
        of.flatten()[order].cpu().numpy()
        for of in (children.scores, children.gained, children.nodes)
    )
    parents = now.nodes[0].cpu().numpy()[order.cpu().numpy() // children.tokens.shape[2]]
    real = np.isfinite(scores)
    return TracedLevel(
        nodes[real].astype(np.int64),
        parents[real].astype(np.int64),
        scores[real].astype(np.float32),
        gained[real].astype(np.float32),
        (np.arange(len(scores)) < width)[real],
        int(torch.isfinite(children.scores).sum()),
    )
