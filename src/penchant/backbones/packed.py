"""Sequences of many lengths in one row of tokens, without padding.

All that works token by token (products, norms, losses) runs over the real tokens only. Attention
runs over groups of sequences of similar length, since padding to the longest of all would cost
several times the work: on Amazon Beauty, histories padded to 50 are nine tenths padding.
"""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from penchant.core import offsets_of


@dataclass(frozen=True, slots=True, eq=False)
class Packed:
    """Sequences laid end to end, longest first."""

    lengths: NDArray[np.int64]
    """(n,) at least 1, non-increasing"""
    groups: tuple[tuple[Tensor, Tensor], ...]
    """For each group of similar lengths: (b, w) int64, the token at each place (a place after the
    end of its sequence repeats the last token), and which of the b·w places are real."""

    @classmethod
    def of(cls, lengths: NDArray[np.integer]) -> "Packed":
        """The layout of sequences of these lengths, longest first."""
        offsets = offsets_of(lengths)
        groups, first = [], 0
        while first < len(lengths):
            width = int(lengths[first])
            # Halving bounds the padding; below 4 another group costs more than it saves.
            shorter = lengths <= width // 2 if width > 4 else np.zeros(len(lengths), np.bool_)
            last = int(np.argmax(shorter)) if shorter.any() else len(lengths)
            places = np.arange(width)
            mine = lengths[first:last, None]
            tokens = offsets[first:last, None] + np.minimum(places, mine - 1)
            real = np.flatnonzero(places < mine)
            groups.append((torch.from_numpy(tokens), torch.from_numpy(real)))
            first = last
        return cls(np.asarray(lengths, np.int64), tuple(groups))

    def places(self) -> NDArray[np.int64]:
        """(n_tokens,) where each token stands in its sequence, from 0."""
        return np.arange(self.lengths.sum()) - np.repeat(
            self.ends() + 1 - self.lengths, self.lengths
        )

    def ends(self) -> NDArray[np.int64]:
        """(n,) the last token of each sequence."""
        return np.cumsum(self.lengths) - 1

    def to(self, device: str) -> "Packed":
        """The same layout with its indices on a device."""
        moved = tuple((tokens.to(device), real.to(device)) for tokens, real in self.groups)
        return Packed(self.lengths, moved)
