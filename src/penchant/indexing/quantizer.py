"""Vectors to codes, level by level: each level codes what the levels before left over."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

CHUNK = 65_536
"""Vectors compared to all centres at once."""
POINTS_PER_CENTRE = 256
"""Centres are learned from at most so many vectors each; all are assigned."""


@dataclass(frozen=True, slots=True, eq=False)
class ResidualQuantizer:
    """Residual k-means: TIGER's quantizer (Rajput 2023, section 3.1) without its neural network.

    >>> vectors = np.array([[0.0, 1.0], [0.1, 1.0], [9.0, 0.0]], np.float32)
    >>> fitted = ResidualQuantizer.fit(vectors, (2, 2), np.random.default_rng(0))
    >>> codes = fitted.encode(vectors)
    >>> bool(codes[0, 0] == codes[1, 0] != codes[2, 0])
    True
    """

    codebooks: tuple[NDArray[np.float32], ...]
    """One (width, dimension) array of centres a level."""

    @classmethod
    def fit(
        cls,
        vectors: NDArray[np.float32],
        widths: tuple[int, ...],
        rng: np.random.Generator,
        *,
        iterations: int = 25,
        slack: float | None = None,
    ) -> "ResidualQuantizer":
        """Learns the levels one after another.

        Args:
            vectors: (n, dimension), n at least 1.
            widths: How many centres each level has.
            rng: Draws the first centres.
            iterations: Of Lloyd's algorithm, at most.
            slack: No centre may take more than an even share of the vectors and this much of it
                besides; ``None``: any number.
        """
        left = np.asarray(vectors, np.float32)
        codebooks = []
        for width in widths:
            centres = k_means(left, width, rng, iterations=iterations, slack=slack)
            left = left - centres[assigned(left, centres, slack)]
            codebooks.append(centres)
        return cls(tuple(codebooks))

    def encode(
        self, vectors: NDArray[np.float32], *, slack: float | None = None
    ) -> NDArray[np.int32]:
        """(n, levels) the nearest centre at each level, or the nearest one with room."""
        left = np.asarray(vectors, np.float32)
        codes = np.empty((len(left), len(self.codebooks)), np.int32)
        for level, centres in enumerate(self.codebooks):
            codes[:, level] = assigned(left, centres, slack)
            left = left - centres[codes[:, level]]
        return codes

    def decode(self, codes: NDArray[np.integer]) -> NDArray[np.float32]:
        """(n, dimension) the sum of the centres."""
        return np.asarray(
            sum(centres[codes[:, level]] for level, centres in enumerate(self.codebooks)),
            np.float32,
        )


def k_means(
    vectors: NDArray[np.float32],
    width: int,
    rng: np.random.Generator,
    *,
    iterations: int,
    slack: float | None = None,
) -> NDArray[np.float32]:
    """(width, dimension) centres by k-means++ and Lloyd's algorithm.

    A centre that nothing is near to moves to the vector that is farthest from its own. With a
    ``slack`` vectors are assigned as by :func:`assigned`.
    """
    if len(vectors) > width * POINTS_PER_CENTRE:
        sample = rng.choice(len(vectors), width * POINTS_PER_CENTRE, replace=False)
        vectors = vectors[np.sort(sample)]
    centres = _first_centres(vectors, width, rng)
    before = np.full(len(vectors), -1)
    for _ in range(iterations):
        closest, distance = nearest(vectors, centres)
        if slack is not None:
            closest = assigned(vectors, centres, slack)
        if np.array_equal(closest, before):
            break
        before = closest
        n = len(vectors)
        member = csr_array((np.ones(n, np.float32), closest, np.arange(n + 1)), (n, width))
        counts = np.bincount(closest, minlength=width)
        sums = np.asarray(member.T @ vectors, np.float32)
        centres = np.asarray(sums / np.maximum(counts, 1)[:, None], np.float32)
        dead = np.flatnonzero(counts == 0)
        farthest = np.argsort(-distance, kind="stable")[: len(dead)]
        centres[dead[: len(farthest)]] = vectors[farthest]
    return centres


def _first_centres(
    vectors: NDArray[np.float32], width: int, rng: np.random.Generator
) -> NDArray[np.float32]:
    """k-means++: each next centre is drawn by its squared distance to those there are."""
    n = len(vectors)
    chosen = np.empty(width, np.int64)
    chosen[0] = rng.integers(n)
    squares = (vectors**2).sum(1)
    distance = np.full(n, np.inf)
    for i in range(1, width):
        newest = vectors[chosen[i - 1]]
        to_newest = squares - 2 * (vectors @ newest) + newest @ newest
        distance = np.minimum(distance, np.maximum(to_newest, 0.0))
        total = distance.cumsum()
        # All vectors may be centres already: then any will do, and the level has empty codes.
        chosen[i] = min(n - 1, np.searchsorted(total, rng.random() * total[-1], side="right"))
    return vectors[chosen].copy()


def assigned(
    vectors: NDArray[np.float32], centres: NDArray[np.float32], slack: float | None
) -> NDArray[np.int64]:
    """(n,) the nearest centre of each vector, or the nearest one that has room.

    In rounds: each vector asks at the nearest centre that is not full, and each centre takes the
    nearest of those that ask. At least one centre is full after a round, so there are at most as
    many rounds as centres.
    """
    if slack is None:
        return nearest(vectors, centres)[0]
    n, width = len(vectors), len(centres)
    room = np.full(width, capacity(n, width, slack))
    out = np.full(n, -1)
    while (out < 0).any():
        asking, open_ = np.flatnonzero(out < 0), np.flatnonzero(room > 0)
        at, distance = nearest(vectors[asking], centres[open_])
        order = np.lexsort((distance, at))
        starts = np.searchsorted(at[order], np.arange(len(open_)))
        place = np.arange(len(order)) - starts[at[order]]
        taken = order[place < room[open_][at[order]]]
        out[asking[taken]] = open_[at[taken]]
        room -= np.bincount(open_[at[taken]], minlength=width)
    return out


def capacity(n: int, width: int, slack: float) -> int:
    """The most of ``n`` vectors that one of ``width`` centres takes.

    >>> capacity(10, 4, 0.0), capacity(10, 4, 0.5)
    (3, 4)
    """
    return int(-(-n // width) * (1 + slack))


def nearest(
    vectors: NDArray[np.float32], centres: NDArray[np.float32]
) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """(n,) the nearest centre of each vector, and its squared distance."""
    squares = (centres**2).sum(1)
    closest = np.empty(len(vectors), np.int64)
    distance = np.empty(len(vectors), np.float32)
    for start in range(0, len(vectors), CHUNK):
        part = vectors[start : start + CHUNK]
        away = squares - 2 * (part @ centres.T)
        best = away.argmin(1)
        closest[start : start + CHUNK] = best
        distance[start : start + CHUNK] = away[np.arange(len(part)), best] + (part**2).sum(1)
    return closest, distance
