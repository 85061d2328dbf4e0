"""The codes of several data sets in one index."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from penchant.codes.index import ItemIndex
from penchant.core import Ragged, UsageError, offsets_of


def join_indexes(
    indexes: Sequence[ItemIndex], items: Sequence[NDArray[np.int64]], fingerprint: str
) -> ItemIndex:
    """One index in which no two parts share a code, level by level.

    >>> one, two = (ItemIndex(Ragged.of([[0, 2], [1, 3]]), (2, 2), "", "test") for _ in range(2))
    >>> both = join_indexes([one, two], [np.array([0, 2]), np.array([1, 3])], "")
    >>> both.codes[0].tolist(), both.codes[1].tolist(), both.widths
    ([0, 4], [2, 6], (4, 4))

    Args:
        indexes: At least one.
        items: The rows of each index's items in the catalogue; together, all rows.
        fingerprint: Of the catalogue.

    Raises:
        UsageError: The rows are not those of one catalogue.
    """
    owners = np.concatenate(list(items))
    n = len(owners)
    if [len(rows) for rows in items] != [len(index) for index in indexes] or len(
        np.unique(owners)
    ) != n:
        raise UsageError("every item of every index needs a row of its own")
    depth = max(len(index.widths) for index in indexes)
    widths = np.array([[*index.widths, *[0] * (depth - len(index.widths))] for index in indexes])
    starts = np.cumsum([0, *widths.sum(0)[:-1]]) + np.cumsum(widths, 0) - widths
    lengths = np.zeros(n, np.int64)
    moved = []
    for index, rows, mine in zip(indexes, items, starts, strict=True):
        lengths[rows] = index.codes.lengths
        level = np.searchsorted(index.starts, index.codes.values, "right") - 1
        shift = mine[: len(index.starts)] - np.asarray(index.starts)
        moved.append(index.codes.values + shift[level])
    offsets = offsets_of(lengths)
    values = np.zeros(int(offsets[-1]), np.int32)
    for index, rows, codes in zip(indexes, items, moved, strict=True):
        places = np.repeat(offsets[rows] - index.codes.offsets[:-1], index.codes.lengths)
        values[places + np.arange(len(codes))] = codes
    schemes = "+".join(dict.fromkeys(index.scheme for index in indexes))
    return ItemIndex(
        Ragged(values, offsets), tuple(int(width) for width in widths.sum(0)), fingerprint, schemes
    )
