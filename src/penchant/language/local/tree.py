"""Sequences of tokens with common beginnings, each beginning read once.

Sequences in alphabetical order differ from their neighbours as late as they can, so a tree grows by
adding to each what its neighbour does not have. All nodes of a tree are read in one go; a mask lets
each see its ancestors only.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

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
    filling = Filling(sequences, floors, known)
    now = Filled()
    for _, group in groupby(order, key=lambda i: sequences[i][: floors[i]].tobytes()):
        rows = list(group)
        more = now
        for i in rows:
            more = filling.grown(more, i)
        # Where a prompt is divided between packs it is read twice.
        if now.rows and not more.fits(most_nodes):
            yield now.pack()
            now = Filled()
        for i in rows:
            more = filling.grown(now, i)
            if now.rows and not more.fits(most_nodes):
                yield now.pack()
                more = filling.grown(Filled(), i)
            now = more
    if now.rows:
        yield now.pack()


@dataclass(frozen=True, slots=True)
class Filled:
    """A pack that is being filled."""

    rows: tuple[int, ...] = ()
    new: tuple[int, ...] = ()
    shared: int = 0
    """Tokens that all have in common, before anything is asked for"""
    nodes: int = 0
    read: int = 0
    """Most tokens of any of them that were read for an earlier call"""

    def fits(self, most_nodes: int) -> bool:
        """Whether it is of use: what was read before is so as a common beginning only."""
        small = self.nodes - self.shared <= most_nodes
        return small and self.read - self.shared <= MOST_READ_AGAIN

    def pack(self) -> Pack:
        """As it is."""
        return Pack(self.rows, self.shared if self.shared >= LEAST_PREFIX else 0, self.new)


@dataclass(frozen=True, slots=True, eq=False)
class Filling:
    """What packs are filled with; see :func:`packs`."""

    sequences: Sequence[Tokens]
    floors: Sequence[int]
    known: Sequence[int]

    def grown(self, now: Filled, i: int) -> Filled:
        """With one more sequence, the next in alphabetical order."""
        length, floor = len(self.sequences[i]), self.floors[i]
        same = common(self.sequences[now.rows[-1]], self.sequences[i]) if now.rows else 0
        return Filled(
            (*now.rows, i),
            (*now.new, length - same),
            min(now.shared, same, floor) if now.rows else min(length, floor),
            now.nodes + length - same,
            max(now.read, min(self.known[i], floor)),
        )
