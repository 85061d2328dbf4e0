"""Sequences of tokens with common beginnings, each beginning read once.

Sequences in alphabetical order differ from their neighbours as late as they can, so a tree grows by
adding to each what its neighbour does not have. All nodes of a tree are read in one go; a mask lets
each see its ancestors only.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Tokens = NDArray[np.int64]
LEAST_PREFIX = 16
"""A shorter common beginning is not worth a pass of its own."""
MOST_READ_AGAIN = 32
"""So many tokens are rather read again than read in a pass of their own."""


@dataclass(frozen=True, slots=True)
class Pack:
    """Sequences that are read together."""

    rows: tuple[int, ...]
    """Which ones, in alphabetical order"""
    prefix: int
    """So many tokens of all of them are the same, and are read before"""
    new: tuple[int, ...]
    """For each, how many of its tokens the one before does not have"""


@dataclass(frozen=True, slots=True, eq=False)
class Tree:
    """Sequences as a tree of tokens."""

    tokens: Tokens
    """(n_nodes,)"""
    depths: NDArray[np.int64]
    """(n_nodes,) place in its sequence, from 0"""
    paths: tuple[NDArray[np.int64], ...]
    """For each sequence, its nodes, from the first after what was read before"""
    prefix: int
    """Tokens that were read before, and that all nodes see"""

    @classmethod
    def of(cls, sequences: Sequence[Tokens], prefix: int) -> "Tree":
        """The tree of sequences in alphabetical order."""
        paths: list[NDArray[np.int64]] = []
        tokens: list[Tokens] = []
        before, n = np.zeros(0, np.int64), 0
        for sequence in sequences:
            rest = sequence[prefix:]
            shared = common(before, rest)
            added = np.arange(n, n + len(rest) - shared)
            paths.append(np.concatenate([paths[-1][:shared] if paths else added[:0], added]))
            tokens.append(rest[shared:])
            before, n = rest, n + len(added)
        depths = np.zeros(n, np.int64)
        for path in paths:
            depths[path] = prefix + np.arange(len(path))
        return cls(np.concatenate(tokens), depths, tuple(paths), prefix)

    def seen(self) -> NDArray[np.bool_]:
        """(n_nodes, prefix + n_nodes) whether the first sees the second."""
        n = len(self.tokens)
        seen = np.zeros((n, n), np.bool_)
        for path in self.paths:
            new = np.flatnonzero(~seen[path, path])
            for place in new:
                seen[path[place], path[: place + 1]] = True
        return np.concatenate([np.ones((n, self.prefix), np.bool_), seen], axis=1)


def common(first: Tokens, second: Tokens) -> int:
    """How many tokens two sequences have in common from the beginning."""
    n = min(len(first), len(second))
    differ = np.flatnonzero(first[:n] != second[:n])
    return int(differ[0]) if len(differ) else n


def packs(
    sequences: Sequence[Tokens], floors: Sequence[int], known: Sequence[int], *, most_nodes: int
) -> Iterator[Pack]:
    """All sequences, in packs.

    Args:
        sequences: n of any length.
        floors: (n,) before this token of a sequence, nothing of what is read is asked for.
        known: (n,) tokens of each that were read for an earlier call.
        most_nodes: Of a tree, where it has more than one sequence.
    """
    order = sorted(range(len(sequences)), key=lambda i: sequences[i].astype(">u4").tobytes())
    rows: list[int] = []
    new: list[int] = []
    shared = nodes = read = 0
    for i in order:
        length, floor = len(sequences[i]), floors[i]
        if rows:
            same = common(sequences[rows[-1]], sequences[i])
            fewer = min(shared, same, floor)
            most_read = max(read, min(known[i], floor))
            # What was read before is of use as a common beginning only.
            few = nodes + length - same - fewer <= most_nodes
            if few and most_read - fewer <= MOST_READ_AGAIN:
                rows, new = [*rows, i], [*new, length - same]
                shared, nodes, read = fewer, nodes + length - same, most_read
                continue
            yield _packed(rows, new, shared)
        rows, new, shared, nodes = [i], [length], min(length, floor), length
        read = min(known[i], floor)
    if rows:
        yield _packed(rows, new, shared)


def _packed(rows: list[int], new: list[int], shared: int) -> Pack:
    return Pack(tuple(rows), shared if shared >= LEAST_PREFIX else 0, tuple(new))
