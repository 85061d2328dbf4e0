"""Sequences of many lengths in one row of tokens, without padding.

All that works token by token (products, norms, losses) runs over the real tokens only. Attention
runs over groups of sequences of similar length, since padding to the longest of all would cost
several times the work: on Amazon Beauty, histories padded to 50 are nine tenths padding.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from penchant.core import Ragged, Run, offsets_of


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


@dataclass(frozen=True, slots=True, eq=False)
class NextItems:
    """A batch of packed windows: at every token the item seen, and the one that came next."""

    packed: Packed
    items: NDArray[np.int64]
    """(n_tokens,)"""
    targets: NDArray[np.int64]
    """(n_tokens,)"""


def next_item_batches(
    sequences: Ragged, width: int, tokens: int, run: Run, purpose: str
) -> tuple[Callable[[int], NextItems], int]:
    """Batches for learning what comes next, with about the same number of tokens each.

    A sequence with more than ``width`` steps is cut into windows at places drawn anew in each pass,
    so that every step is learned from once a pass, each time with another part of its past.

    Args:
        sequences: Oldest first; those with fewer than two items teach nothing.
        width: Most tokens of a window.
        tokens: In a batch, about.
        run: Its seed.
        purpose: The name of the stream.

    Returns:
        A function from the step to its batch, and the number of batches in one pass.
    """
    steps = np.maximum(sequences.lengths - 1, 0)
    # One sequence more than the budget must not leave a batch empty.
    per_pass = max(1, min(int(steps.sum()) // tokens, int((steps > 0).sum()) // 2))

    @lru_cache(maxsize=1)
    def windows(number: int) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
        rng = run.rng(purpose, number)
        starts, lengths = _windows(sequences, width, rng)
        order = rng.permutation(len(starts))
        before = np.cumsum(lengths[order]) - lengths[order]
        cuts = np.searchsorted(before, np.arange(per_pass + 1) * (lengths.sum() / per_pass))
        return starts[order], lengths[order], cuts

    def batch(step: int) -> NextItems:
        number, within = divmod(step, per_pass)
        starts, lengths, cuts = windows(number)
        rows = np.arange(cuts[within], cuts[within + 1])
        rows = rows[np.argsort(-lengths[rows], kind="stable")]
        packed = Packed.of(lengths[rows])
        at = np.repeat(starts[rows], lengths[rows]) + packed.places()
        values = sequences.values
        return NextItems(packed, values[at].astype(np.int64), values[at + 1].astype(np.int64))

    return batch, per_pass


def _windows(
    sequences: Ragged, width: int, rng: np.random.Generator
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """(n_windows,) where windows begin in the values, and their lengths in steps."""
    steps = np.maximum(sequences.lengths - 1, 0)
    rows = np.flatnonzero(steps)
    steps = steps[rows]
    long = steps > width
    first = np.where(long, rng.integers(1, width + 1, len(rows)), steps)
    counts = 1 + -(-(steps - first) // width)
    sequence = np.repeat(np.arange(len(rows)), counts)
    number = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
    ends = np.minimum(steps[sequence], first[sequence] + number * width)
    begins = np.where(number == 0, 0, first[sequence] + (number - 1) * width)
    return sequences.offsets[:-1][rows][sequence] + begins, ends - begins
