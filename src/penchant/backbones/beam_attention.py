"""Attention of beams that stand side by side, as if they were one sequence.

A mask lets each beam see its own ancestors only. So nothing is copied or put in another order from
code to code, and what all beams of a row read is there once.
"""

import torch
from torch import Tensor

SCORES_AT_ONCE = 1 << 18
"""Attention scores held together. Small enough for caches: larger buffers are fresh from the system
each time, which costs more than the products."""


class Ancestry:
    """Which of the beams before each beam is its ancestor."""

    def __init__(self) -> None:
        self.ancestors: list[Tensor] = []
        """For each code so far, (n, beams): the beam that wrote it."""
        self.widths: list[int] = []
        """How many beams there were at each code."""

    def grow(self, parents: Tensor | None, n: int, device: torch.device) -> Tensor:
        """(n, beams, all beams so far) true where a beam sees itself or an ancestor."""
        if parents is not None:
            self.ancestors = [before.gather(1, parents) for before in self.ancestors]
        beams = 1 if parents is None else parents.shape[1]
        self.ancestors.append(torch.arange(beams, device=device).expand(n, beams))
        self.widths.append(beams)
        levels = zip(self.ancestors, self.widths, strict=True)
        seen = [mine[..., None] == torch.arange(width, device=device) for mine, width in levels]
        return torch.cat(seen, 2)


def additive(seen: Tensor, dtype: torch.dtype) -> Tensor:
    """0 where something is seen, the smallest number there is elsewhere."""
    mask = torch.zeros(seen.shape, dtype=dtype, device=seen.device)
    return mask.masked_fill(~seen, torch.finfo(dtype).min)


def attend(q: Tensor, keys: Tensor, values: Tensor, bias: Tensor | None) -> Tensor:
    """(n, b, heads * d) what queries see.

    Plain products: on CPUs torch's fused attention is three times slower for bfloat16.

    Args:
        q: (n, heads, b, d), scaled as the model wants it.
        keys: (n, heads, s, d)
        values: Likewise.
        bias: Added to scores, if any; broadcasts to (n, heads, b, s).
    """
    n, heads, beams, size = q.shape
    length = keys.shape[2]
    at_once = max(1, SCORES_AT_ONCE // (heads * beams * length))
    if at_once < n:
        parts = [slice(first, first + at_once) for first in range(0, n, at_once)]
        biases = None if bias is None else bias.expand(n, -1, -1, -1)
        of_parts = [
            (q[p], keys[p], values[p], None if biases is None else biases[p]) for p in parts
        ]
        return torch.cat([attend(*part) for part in of_parts])
    scores = torch.bmm(q.reshape(n * heads, beams, size), keys.flatten(0, 1).transpose(1, 2))
    scores = scores.view(n, heads, beams, length)
    if bias is not None:
        scores += bias
    weights = scores.softmax(-1, dtype=torch.float32).to(values.dtype)
    seen = torch.bmm(weights.view(n * heads, beams, length), values.flatten(0, 1))
    return seen.view(n, heads, beams, size).transpose(1, 2).reshape(n, beams, heads * size)
