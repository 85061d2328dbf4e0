"""Many short examples in few long rows: nothing is cut, and hardly a place is left empty."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from penchant.core import Ragged, UsageError


@dataclass(frozen=True, slots=True, eq=False)
class Packs:
    """Examples laid end to end in rows."""

    tokens: Ragged
    """One sequence a row"""
    examples: NDArray[np.int32]
    """(n_tokens,) the example that each token is of: attention stays inside one"""
    places: NDArray[np.int32]
    """(n_tokens,) where it stands in its example, from 0"""


def pack(tokens: Ragged, most: int) -> Packs:
    """Rows of at most ``most`` tokens; the same examples give the same rows.

    The longest first, each into the fullest row that still takes it (best fit decreasing: at most
    11/9 of the fewest rows possible, and 4 more; Johnson, 1973).

    >>> packs = pack(Ragged.of([[1, 2, 3], [4], [5, 6]]), 4)
    >>> packs.tokens[0].tolist(), packs.tokens[1].tolist()
    ([1, 2, 3, 4], [5, 6])

    Args:
        tokens: One sequence an example; empty ones are left out.
        most: Tokens of a row.

    Raises:
        UsageError: An example is longer than a row.
    """
    lengths = tokens.lengths
    longest = int(lengths.max(initial=0))
    if longest > most:
        raise UsageError(
            f"example {int(np.argmax(lengths))} has {longest} tokens, a row takes {most}: "
            "shorten it, or give longer rows"
        )
    row_of = _best_fit(lengths, most)
    kept = np.flatnonzero(lengths)
    order = kept[np.lexsort((kept, -lengths[kept], row_of[kept]))]
    laid = tokens.take(order)
    n_rows = int(row_of.max(initial=-1)) + 1
    filled = np.bincount(row_of[kept], lengths[kept], minlength=n_rows).astype(np.int64)
    offsets = np.concatenate([np.zeros(1, np.int64), np.cumsum(filled)])
    starts = np.repeat(laid.offsets[:-1], laid.lengths)
    return Packs(
        Ragged(laid.values, offsets),
        order[laid.rows()].astype(np.int32),
        (np.arange(len(laid.values)) - starts).astype(np.int32),
    )


def _best_fit(lengths: NDArray[np.int64], most: int) -> NDArray[np.int64]:
    """(n,) the row of each example, -1 for empty ones."""
    row_of = np.full(len(lengths), -1, np.int64)
    rows_with: list[list[int]] = [[] for _ in range(most + 1)]
    n_rows = 0
    for example in np.argsort(-lengths, kind="stable").tolist():
        length = int(lengths[example])
        if length == 0:
            break
        room = next((room for room in range(length, most + 1) if rows_with[room]), None)
        if room is None:
            row, room, n_rows = n_rows, most, n_rows + 1
        else:
            row = rows_with[room].pop()
        row_of[example] = row
        rows_with[room - length].append(row)
    return row_of
