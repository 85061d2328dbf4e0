"""Items in two dimensions: what a model, or the codes, hold to be alike stands close."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from penchant.codes import ItemIndex
from penchant.core import Run, UsageError
from penchant.data import HasVectors, with_parts
from penchant.indexing.holding import index_of

MOST = 2_000
"""Items on a map."""
_ROUNDS = 8
"""Of power iteration; each makes the axes sharper."""


@dataclass(frozen=True, slots=True, eq=False)
class Positions:
    """Items on a map."""

    items: NDArray[np.int64]
    """(m,) rows of the catalogue, ascending"""
    places: NDArray[np.float32]
    """(m, 2) mean 0"""
    explained: tuple[float, float]
    """Share of the variance that each axis shows"""
    made_of: str
    """``vectors`` of the model, or ``codes``"""


def place_items(recommender: object, n_items: int, run: Run, *, most: int = MOST) -> Positions:
    """The first two principal components of a model's item vectors; of codes where it has none.

    Args:
        recommender: Has vectors, or an index.
        n_items: Of its catalogue.
        run: Its seed draws the items, where there are more than ``most``.
        most: Items on the map, 2,000 at most.

    Raises:
        UsageError: It has neither, or ``most`` cannot be.
    """
    if not 1 <= most <= MOST:
        raise UsageError(f"most={most}: need 1 to {MOST:,} items on a map")
    rng = run.rng("indexing.positions")
    items = np.sort(rng.choice(n_items, min(most, n_items), replace=False))
    learned = [part for part in with_parts(recommender) if isinstance(part, HasVectors)]
    if learned:
        vectors, made_of = learned[0].vectors(items).astype(np.float64), "vectors"
    elif (index := index_of(recommender)) is not None:
        vectors, made_of = _of_codes(index, items), "codes"
    else:
        name = type(getattr(recommender, "method", recommender)).__name__
        raise UsageError(f"{name} has no vectors of items and no codes; ask tiger or sasrec")
    places, explained = principal(vectors, rng)
    return Positions(items, places.astype(np.float32), explained, made_of)


def principal(
    vectors: NDArray[np.float64], rng: np.random.Generator
) -> tuple[NDArray[np.float64], tuple[float, float]]:
    """(n, 2) the first two principal components, and the share of the variance of each.

    By randomised subspace iteration (Halko, Martinsson and Tropp, SIAM Review 53(2), 2011). Signs
    are such that the largest weight of an axis is positive.
    """
    centred = vectors - vectors.mean(0) if len(vectors) else vectors
    basis = rng.standard_normal((centred.shape[1], min(10, *centred.shape)))
    for _ in range(_ROUNDS):
        basis = np.linalg.qr(centred.T @ (centred @ basis))[0]
    left, sizes, right = np.linalg.svd(centred @ basis, full_matrices=False)
    axes = (right @ basis.T)[:2]
    signs = np.sign(axes[np.arange(len(axes)), np.abs(axes).argmax(1)])
    places = np.zeros((len(vectors), 2))
    places[:, : len(axes)] = left[:, :2] * sizes[:2] * signs
    total = float((centred**2).sum())
    shares = [float(size**2 / total) if total else 0.0 for size in sizes[:2]]
    first, second = [*shares, 0.0, 0.0][:2]
    return places, (first, second)


def _of_codes(index: ItemIndex, items: NDArray[np.int64]) -> NDArray[np.float64]:
    """(m, codes in use) 1 where an item has a code, earlier codes counting more."""
    codes = index.codes.take(items)
    level = np.arange(len(codes.values)) - codes.offsets[:-1][codes.rows()]
    used, column = np.unique(codes.values, return_inverse=True)
    shape = (len(items), len(used))
    found = csr_array((0.5**level, (codes.rows(), column)), shape=shape)
    return np.asarray(found.toarray(), np.float64)
