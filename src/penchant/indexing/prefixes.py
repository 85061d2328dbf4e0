"""Codes that may collide, and a last code that tells apart items whose codes do."""

import math

import numpy as np
from numpy.typing import NDArray

from penchant.codes import ItemIndex
from penchant.core import Ragged, Run, UsageError, offsets_of


def told_apart(
    prefixes: NDArray[np.integer], widths: tuple[int, ...], spare: int, run: Run
) -> tuple[Ragged, tuple[int, ...]]:
    """Codes of all items, and the widths of all levels.

    Which of the items that collide has which last code is drawn: rows of a catalogue are often in
    the order of first events, held-out ones among them.

    Args:
        prefixes: (n, levels) codes counted from 0 in each level.
        widths: Of these levels.
        spare: Last codes kept free for items that come later.
        run: Draws the last codes.
    """
    drawn = run.rng("indexing.told_apart").permutation(len(prefixes))
    order = np.empty(len(prefixes), np.int64)
    order[drawn] = order_within(prefixes[drawn])
    widths = (*widths, int(order.max(initial=0)) + 1 + spare)
    return level_codes(np.column_stack([prefixes, order]), widths), widths


def told_apart_from(index: ItemIndex, prefixes: NDArray[np.integer]) -> Ragged:
    """Codes of new items: their prefixes, and the first last code that no present item has.

    Args:
        index: Whose last level tells apart; its tombstones take up no code.
        prefixes: (n_new, levels - 1) codes counted from 0 in each level.

    Raises:
        UsageError: More items share a prefix than there are last codes.
    """
    present = index.padded()[index.codes.lengths > 0].astype(np.int64)
    present = present.reshape(len(present), len(index.widths)) - np.asarray(index.starts)
    keys = row_keys(np.concatenate([present[:, :-1], prefixes]), index.widths[:-1])
    old, new = keys[: len(present)], keys[len(present) :]
    near = np.isin(old, new)
    taken: dict[int, set[int]] = {}
    for key, last in zip(old[near].tolist(), present[near, -1].tolist(), strict=True):
        taken.setdefault(key, set()).add(last)
    free = np.empty(len(new), np.int64)
    for row, key in enumerate(new.tolist()):
        mine = taken.setdefault(key, set())
        free[row] = next(code for code in range(len(mine) + 1) if code not in mine)
        mine.add(int(free[row]))
    if free.max(initial=0) >= index.widths[-1]:
        raise UsageError(
            f"{free.max() + 1} items share their codes, the index has room for "
            f"{index.widths[-1]}: fit again, or give the scheme more spare codes"
        )
    return level_codes(np.column_stack([prefixes, free]), index.widths)


def order_within(codes: NDArray[np.integer]) -> NDArray[np.int64]:
    """(n,) how many rows before each one have the same codes."""
    n, columns = codes.shape
    if n == 0 or columns == 0:
        return np.arange(n)
    order = np.lexsort(codes.T[::-1])
    ordered = codes[order]
    fresh = np.append(True, (ordered[1:] != ordered[:-1]).any(1))
    starts = np.maximum.accumulate(np.where(fresh, np.arange(n), 0))
    within = np.empty(n, np.int64)
    within[order] = np.arange(n) - starts
    return within


def row_keys(codes: NDArray[np.integer], widths: tuple[int, ...]) -> NDArray[np.int64]:
    """(n,) a number for each row, the same for the same codes."""
    if sum(math.log2(max(2, width)) for width in widths) > 62:
        _, inverse = np.unique(codes, axis=0, return_inverse=True)
        return np.asarray(inverse, np.int64).ravel()
    keys = np.zeros(len(codes), np.int64)
    for column, width in zip(codes.T, widths, strict=True):
        keys = keys * width + column
    return keys


def level_codes(codes: NDArray[np.integer], widths: tuple[int, ...]) -> Ragged:
    """Codes counted from 0 in each level, (n, levels), as codes of one vocabulary."""
    starts = np.cumsum([0, *widths[:-1]])
    values = np.asarray(codes + starts, np.int32)
    return Ragged(values.ravel(), offsets_of(np.full(len(codes), codes.shape[1])))


def check_sizes(*, levels: int, width: int, spare: int) -> None:
    """Refuses sizes that cannot be."""
    if levels < 1:
        raise UsageError(f"levels={levels}: need at least 1 code per item")
    if width < 2:
        raise UsageError(f"width={width}: need at least 2 codes per level")
    check_spare(spare)


def check_spare(spare: int) -> None:
    """Refuses a negative number of spare codes."""
    if spare < 0:
        raise UsageError(f"spare={spare}: need 0 or more")


def fitting_width(width: int, n_items: int) -> int:
    """``width``, or a quarter of the items where that is less; at least 2."""
    return max(2, min(width, n_items // 4))
