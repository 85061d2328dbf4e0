"""Histories as packed windows in which every item teaches what came next."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from penchant.backbones.packed import Packed
from penchant.core import Ragged, Run


@dataclass(frozen=True, slots=True, eq=False)
class NextItems:
    """A batch of packed windows: at every token the item seen, and the one that came next."""

    packed: Packed
    sequences: NDArray[np.int64]
    """(n_windows,) which sequence each window is of."""
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
        tokens: In a batch, about; never fewer than the longest window has.
        run: Its seed.
        purpose: The name of the stream.

    Returns:
        A function from the step to its batch, and the number of batches in one pass.
    """
    steps = np.maximum(sequences.lengths - 1, 0)
    # A window longer than the budget, or one sequence more, must not leave a batch empty.
    budget = max(tokens, min(width, int(steps.max(initial=1))))
    per_pass = max(1, min(int(steps.sum()) // budget, int((steps > 0).sum()) // 2))

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
        of = np.searchsorted(sequences.offsets, starts[rows], side="right") - 1
        seen, wanted = (sequences.values[at + ahead].astype(np.int64) for ahead in (0, 1))
        return NextItems(packed, of, seen, wanted)

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
