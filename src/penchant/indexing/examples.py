"""Histories as examples for a model that writes the next item."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from penchant.core import Ragged, Run
from penchant.train import next_item_batches, shuffled_rows, steps_per_pass

Examples = list[tuple[NDArray[np.int64], NDArray[np.int64]]]
"""Groups of (b, t) items seen and (b, t') items to be written; left-aligned, -1 where none is."""


def every_position(
    sequences: Ragged, width: int, size: int, run: Run, purpose: str
) -> tuple[Callable[[int], Examples], int]:
    """Each window of a history teaches what comes after nothing, after its first item, and so on.

    Args:
        sequences: Oldest first.
        width: Most items seen.
        size: Items to be written in a batch, about.
        run: Its seed.
        purpose: The name of the stream.

    Returns:
        A function from the step to its batch, where t' is t + 1, and the batches in one pass.
    """
    windows, per_pass = next_item_batches(sequences, width, size, run, purpose)

    def batch(step: int) -> Examples:
        drawn = windows(step)
        groups = []
        for tokens, real in drawn.packed.groups:
            seen, wanted = drawn.items[tokens.numpy()], drawn.targets[tokens.numpy()]
            padding = np.ones(seen.size, np.bool_)
            padding[real.numpy()] = False
            seen[padding.reshape(seen.shape)] = wanted[padding.reshape(seen.shape)] = -1
            groups.append((seen, np.concatenate([seen[:, :1], wanted], 1)))
        return groups

    return batch, per_pass


def last_position(
    sequences: Ragged, width: int, size: int, run: Run, purpose: str
) -> tuple[Callable[[int], Examples], int]:
    """Each event but the first of a history is an example of its own: what came after all before.

    Arguments and answer are those of :func:`every_position`, but t' is 1.
    """
    begins = sequences.offsets[:-1][sequences.rows()]
    ends = np.flatnonzero(np.arange(len(sequences.values)) > begins)
    starts = np.maximum(begins[ends], ends - width)
    rows_of = shuffled_rows(len(ends), size, run, purpose)

    def batch(step: int) -> Examples:
        rows = rows_of(step)
        at = starts[rows, None] + np.arange(int((ends - starts)[rows].max()))
        inside = at < ends[rows, None]
        seen = np.where(inside, sequences.values[np.where(inside, at, 0)], -1).astype(np.int64)
        return [(seen, sequences.values[ends[rows], None].astype(np.int64))]

    return batch, steps_per_pass(len(ends), size)
