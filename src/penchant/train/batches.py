"""Which examples stand in which batch: a function of seed and step, nothing to remember."""

from collections.abc import Callable
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from penchant.core import Run


def shuffled_rows(
    n: int, batch_size: int, run: Run, purpose: str
) -> Callable[[int], NDArray[np.int64]]:
    """Batches over ``n`` examples, in a new order in each pass.

    >>> batch_of = shuffled_rows(5, 2, Run(seed=1), "docs")
    >>> sorted(np.concatenate([batch_of(0), batch_of(1), batch_of(2)]).tolist())
    [0, 1, 2, 3, 4]

    Args:
        n: Number of examples, at least 1.
        batch_size: Examples in a batch; the last one of a pass may be smaller.
        run: Its seed.
        purpose: The name of the stream, ``"sasrec.order"``.

    Returns:
        A function from the step to the (b,) rows of its batch.
    """
    per_pass = steps_per_pass(n, batch_size)

    @lru_cache(maxsize=1)
    def order(number: int) -> NDArray[np.int64]:
        return run.rng(purpose, number).permutation(n)

    def batch(step: int) -> NDArray[np.int64]:
        number, within = divmod(step, per_pass)
        return order(number)[within * batch_size : (within + 1) * batch_size]

    return batch


def steps_per_pass(n: int, batch_size: int) -> int:
    """Batches in one pass over ``n`` examples."""
    return max(1, -(-n // batch_size))
