"""Items drawn without replacement, as the model would draw them if it stayed on open items.

Kool, van Hoof and Welling, "Stochastic Beams and Where to Find Them", ICML 2019, arXiv:1903.06059.

Each item's log probability is perturbed by Gumbel noise, and the k largest are k draws without
replacement, in that order. Beams find them without looking at all items, since the noise of a
prefix is the largest of what is below it (section 4.1). At each code the model's probabilities are
those of the codes that lead to open items, made to sum to one.
"""

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from penchant.backbones.beams import nothing, ranked
from penchant.backbones.trie_tensors import Beams, Children, Opened, TrieTensors
from penchant.backbones.writing import CodeWriter
from penchant.core import Run, UsageError
from penchant.data import Queries, Rankings


@torch.no_grad()
def sample(
    writer: CodeWriter,
    trie: TrieTensors,
    queries: Queries,
    k: int,
    *,
    run: Run,
    rows: Sequence[int] | None = None,
    temperature: float = 1.0,
) -> Rankings:
    """``k`` different open items of each row, drawn one after another.

    Args:
        writer: Has read the n histories.
        trie: All items.
        queries: n rows: what is allowed, a candidate, excluded.
        k: Draws per row.
        run: Its seed decides the draws.
        rows: (n,) the stream of each row, so that draws do not depend on what else is asked;
            ``None``: its number.
        temperature: Log probabilities of codes are divided by it; above 1 draws are more even.

    Returns:
        In the order in which they were drawn; scores are perturbed log probabilities.
    """
    if not temperature > 0:
        raise UsageError(f"temperature={temperature}: need more than 0")
    n = len(queries)
    if trie.source.n_leaves == 0 or n == 0 or k == 0:
        return nothing(n, k)
    streams = [run.rng("backbones.sampling", row) for row in (range(n) if rows is None else rows)]
    opened = Opened.of(trie, queries)
    root = Beams.at_root(trie, opened, n)
    log_prob = root.scores
    now = Beams(root.nodes, log_prob + _noise(streams, log_prob))
    for _ in range(trie.depth):
        log_probs, start = writer.write(now.parents, now.tokens)
        children = Children.of(now, log_probs, start, trie, opened)
        likely = (children.gained / temperature).log_softmax(2) + log_prob[..., None]
        likely = torch.where(torch.isfinite(children.scores), likely, -torch.inf)
        keys = _keys(now.scores, likely, _noise(streams, likely)).flatten(1)
        best, places = keys.topk(min(k, keys.shape[1]), dim=1)
        found = children.chosen(places)
        log_prob = likely.flatten(1).gather(1, places)
        now = Beams(found.nodes, best, found.parents, found.tokens)
    return ranked(now, trie, k, run)


def _noise(streams: Sequence[np.random.Generator], likely: Tensor) -> Tensor:
    """Gumbel draws for the children that are there; a row's do not depend on the others'."""
    there = torch.isfinite(likely).flatten(1).cpu().numpy()
    noise = np.zeros(there.shape, np.float32)
    for row, stream in enumerate(streams):
        noise[row, there[row]] = stream.gumbel(size=int(there[row].sum()))
    return torch.from_numpy(noise).to(likely.device).view(likely.shape)


def _keys(parents: Tensor, likely: Tensor, noise: Tensor) -> Tensor:
    """Perturbed log probabilities of children, the largest of which is that of the parent.

    Equation 23 of the paper's appendix B.3, which loses no digits.

    Args:
        parents: (n, beams) perturbed log probabilities.
        likely: (n, beams, children) log probabilities; -inf where there is none.
        noise: Gumbel draws.
    """
    drawn = likely + noise
    largest = drawn.amax(2, keepdim=True)
    top = parents[..., None]
    v = top - drawn + _log1mexp(drawn - largest)
    keys = top - v.clamp(min=0) - (-v.abs()).exp().log1p()
    return torch.where(torch.isfinite(drawn), keys, -torch.inf)


def _log1mexp(x: Tensor) -> Tensor:
    """Log of 1 - exp(x) for x <= 0."""
    return torch.where(x > -0.693, (-x.expm1()).log(), (-x.exp()).log1p())
