"""The order of events: by person, then time, then as they came."""

import numpy as np
from numpy.typing import NDArray

KEY_BITS = 63


def event_order(users: NDArray[np.int32], times: NDArray[np.int64] | None) -> NDArray[np.uint32]:
    """(n,) where each event of the sorted log stands in the log as it came.

    Least significant first: by time, then by person. Each pass sorts packed numbers, the key above
    and the position below, so that equal keys keep their order and no indirect sort is needed.
    """
    order: NDArray[np.uint32] | None = None
    if times is not None and len(times) and not (times[1:] >= times[:-1]).all():
        ticks = times - times.min()
        for unit in (1_000_000, 1_000):
            if not (ticks % unit).any():
                ticks //= unit
                break
        order = _sorted_by(ticks, None)
    return _sorted_by(users, order)


def _sorted_by(keys: NDArray[np.integer], order: NDArray[np.uint32] | None) -> NDArray[np.uint32]:
    """Sorts positions stably by keys that are not negative."""
    n = len(keys)
    low = max(1, n.bit_length())
    width = KEY_BITS - low
    for shift in range(0, max(1, int(keys.max(initial=0)).bit_length()), width):
        packed = (keys if order is None else keys[order]).astype(np.int64)
        packed >>= shift
        packed &= (1 << width) - 1
        packed <<= low
        packed |= np.arange(n)
        packed.sort()
        packed &= (1 << low) - 1
        positions = packed.astype(np.uint32)
        order = positions if order is None else order[positions]
    return order if order is not None else np.zeros(0, np.uint32)
