"""Many sequences in two arrays."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, eq=False)
class Ragged:
    """Sequences of int32 in compressed-sparse-row form.

    Sequence ``i`` is ``values[offsets[i]:offsets[i + 1]]``.

    >>> histories = Ragged.of([[3, 1], [], [7]])
    >>> len(histories), histories[0].tolist(), histories.lengths.tolist()
    (3, [3, 1], [2, 0, 1])
    """

    values: NDArray[np.int32]
    """(n_values,)"""
    offsets: NDArray[np.int64]
    """(n + 1,), non-decreasing, ``offsets[0] == 0``."""

    @classmethod
    def of(cls, sequences: Sequence[Sequence[int] | NDArray[np.integer]]) -> "Ragged":
        """From a list of lists."""
        lengths = np.fromiter((len(s) for s in sequences), np.int64, len(sequences))
        values = [np.asarray(s, np.int32) for s in sequences if len(s)]
        return cls(np.concatenate(values) if values else np.zeros(0, np.int32), offsets_of(lengths))

    @classmethod
    def from_rows(cls, rows: NDArray[np.integer], values: NDArray[np.integer], n: int) -> "Ragged":
        """From values with the sequence that each belongs to; order within a sequence is kept.

        Args:
            rows: (n_values,) sequence numbers in [0, n), in any order.
            values: (n_values,)
            n: Number of sequences.
        """
        order = np.argsort(rows, kind="stable")
        lengths = np.bincount(rows, minlength=n) if len(rows) else np.zeros(n, np.int64)
        return cls(np.asarray(values, np.int32)[order], offsets_of(lengths))

    @classmethod
    def empty(cls, n: int) -> "Ragged":
        """``n`` empty sequences."""
        return cls(np.zeros(0, np.int32), np.zeros(n + 1, np.int64))

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def __getitem__(self, i: int) -> NDArray[np.int32]:
        if not -len(self) <= i < len(self):
            raise IndexError(f"sequence {i} of {len(self)}")
        i %= len(self)
        return self.values[self.offsets[i] : self.offsets[i + 1]]

    @property
    def lengths(self) -> NDArray[np.int64]:
        """(n,) the length of each sequence."""
        return np.diff(self.offsets)

    def rows(self) -> NDArray[np.int32]:
        """(n_values,) the sequence that each value belongs to."""
        return np.repeat(np.arange(len(self), dtype=np.int32), self.lengths)

    def positions(self, rows: NDArray[np.integer]) -> NDArray[np.int64]:
        """Where the values of the given sequences stand in :attr:`values`, one after another."""
        lengths = self.lengths[rows]
        starts = self.offsets[:-1][rows]
        within = np.arange(lengths.sum()) - np.repeat(np.cumsum(lengths) - lengths, lengths)
        return np.asarray(np.repeat(starts, lengths) + within, np.int64)

    def take(self, rows: NDArray[np.integer]) -> "Ragged":
        """The given sequences, in the given order."""
        return Ragged(self.values[self.positions(rows)], offsets_of(self.lengths[rows]))

    def tail_positions(self, n: int) -> NDArray[np.int64]:
        """Where the last ``n`` values of every sequence stand in :attr:`values`."""
        from_end = np.repeat(self.offsets[1:], self.lengths) - np.arange(len(self.values))
        return np.flatnonzero(from_end <= n)

    def tail(self, n: int) -> "Ragged":
        """The last ``n`` values of every sequence."""
        return Ragged(self.values[self.tail_positions(n)], offsets_of(np.minimum(self.lengths, n)))

    def padded(self, width: int, *, fill: int = -1) -> NDArray[np.int32]:
        """(n, width) the last values of each sequence, right-aligned, ``fill`` before them."""
        tail = self.tail(width)
        out = np.full((len(self), width), fill, np.int32)
        out[np.arange(width) >= width - tail.lengths[:, None]] = tail.values
        return out

    def joined(self, other: "Ragged") -> "Ragged":
        """Each sequence followed by the other's sequence of the same number."""
        rows = np.concatenate([self.rows(), other.rows()])
        return Ragged.from_rows(rows, np.concatenate([self.values, other.values]), len(self))


def offsets_of(lengths: NDArray[np.integer]) -> NDArray[np.int64]:
    """(n + 1,) where sequences of these lengths begin, and where the last one ends."""
    offsets = np.zeros(len(lengths) + 1, np.int64)
    np.cumsum(lengths, out=offsets[1:])
    return offsets
