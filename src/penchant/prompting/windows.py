"""Long lists before a model with a short view: a window slides from the end to the beginning.

Sun et al., "Is ChatGPT Good at Search? Investigating Large Language Models as Re-Ranking Agents",
EMNLP 2023, section 3.2. What is good anywhere in the list is carried to the front.
"""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from penchant.core import UsageError

Lists = Sequence[NDArray[np.int32]]


def window_starts(n: int, window: int, stride: int) -> list[int]:
    """Where the windows over ``n`` candidates begin, the last one first.

    >>> window_starts(10, 4, 2), window_starts(3, 4, 2), window_starts(9, 4, 2)
    ([6, 4, 2, 0], [0], [5, 3, 1, 0])
    """
    if not 1 <= stride <= window:
        raise UsageError(f"window={window}, stride={stride}: need 1 <= stride <= window")
    starts = list(range(max(n - window, 0), 0, -stride))
    return [*starts, 0]


def slide(
    lists: Lists,
    order: Callable[[list[int], Lists], Sequence[NDArray[np.float32]]],
    *,
    window: int,
    stride: int,
) -> list[NDArray[np.int32] | None]:
    """Each list as it stands after the window has passed; ``None`` where no answer was read.

    What was in no window whose answer was read keeps its place among the candidates as proposed;
    what no answer names follows in the order of proposal.

    Args:
        lists: Candidates of each question by their places in the order of proposal, in the order in
            which they are first shown.
        order: Given which lists are asked about and a part of each, the place of every candidate
            of the part from 0, nan where the answer leaves it out. All lists move on together, so
            that their prompts make one batch.
        window: Candidates that are shown at once.
        stride: How far the window moves; what is below it stays in view for window - stride.
    """
    now = [np.array(one, np.int32) for one in lists]
    starts = [window_starts(len(one), window, stride) for one in lists]
    seen = [np.zeros(0, np.int32) for _ in now]
    named = [np.zeros(0, np.int32) for _ in now]
    for step in range(max(map(len, starts), default=0)):
        asked = [at for at in range(len(now)) if step < len(starts[at]) and len(now[at])]
        parts = [now[at][starts[at][step] : starts[at][step] + window] for at in asked]
        for at, part, places in zip(asked, parts, order(asked, parts), strict=True):
            known = np.isfinite(places)
            seen[at] = np.union1d(seen[at], part if known.any() else part[:0])
            named[at] = np.union1d(named[at], part[known])
            moved = np.argsort(np.where(known, places, np.inf), kind="stable")
            start = starts[at][step]
            now[at][start : start + len(part)] = part[moved]
    return [
        _settled(one, read, said) if len(read) else None
        for one, read, said in zip(now, seen, named, strict=True)
    ]


def _settled(
    ended: NDArray[np.int32], seen: NDArray[np.int32], named: NDArray[np.int32]
) -> NDArray[np.int32]:
    """A list in which answers alone move anything, and not the order in which it was shown."""
    kept = ended[np.isin(ended, seen)]
    # Between two that were named, those that no answer names stand as they were shuffled.
    told = np.isin(kept, named)
    group = np.cumsum(told)
    kept = kept[np.lexsort((np.where(told, -1, kept), group))]
    settled = np.sort(ended)
    settled[np.isin(settled, seen)] = kept
    return settled
