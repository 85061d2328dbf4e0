"""EASE: the best linear item-to-item model that may not copy an item to itself, in closed form.

Harald Steck, "Embarrassingly Shallow Autoencoders for Sparse Data", WWW 2019, arXiv:1905.03375.

With X the person x item matrix and P = (X'X + l2 I)^-1, the weights are B = I - P / diag(P)
(equation 8): they minimise |X - XB|^2 + l2 |B|^2 with a zero diagonal. A score is the sum over the
history of the rows of B.
Differs from the paper: the inverse is made in place from a Cholesky factor in float32, with half
the memory of a general inverse; ``recency`` can weigh the newest events of a history more when it
is asked about, which the paper does not do and sequential data rewards.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from penchant.core import Ragged, Run, State, UsageError
from penchant.data import (
    Cases,
    Catalog,
    Dataset,
    History,
    Queries,
    Rankings,
    Ranks,
    history_matrix,
    positives,
    ranks_by_score,
    recency,
    recommend_by_score,
)

if TYPE_CHECKING:
    from scipy import sparse  # scipy takes 0.1 s to import

BLOCK = 1_024
"""Columns that are filled or mirrored at once."""
GIGABYTE = 1_000_000_000


@dataclass(frozen=True, kw_only=True)
class EASE:
    """A shallow autoencoder over items.

    >>> import penchant as pn
    >>> model = pn.fit(pn.EASE(), pn.data.mini_world())
    >>> len(model.recommend(history=[], k=3))
    3
    """

    l2: float = 100.0
    """Weight of the squared weights; more for denser data (the paper finds 200 to 1,000)."""
    recency: float = 0.0
    """The n-th newest event of the history weighs n to the power of minus this; 0: all alike."""
    prior: float = 1e-7
    """What each person of an item adds to its score, so that an empty history gets the popular."""
    memory_gb: float = 8.0
    """Largest item x item matrix that is made, 10^9 bytes."""

    def __post_init__(self) -> None:
        if self.l2 <= 0:
            raise UsageError(f"l2={self.l2}: must be above 0, or there is no inverse; try 100")

    def fit(self, data: Dataset, run: Run, *, valid: Cases | None = None) -> "EASERecommender":
        """Solves for the weights; ``valid`` is not used.

        Raises:
            UsageError: The item x item matrix is larger than ``memory_gb``.
        """
        from threadpoolctl import threadpool_limits

        n_items = len(data.catalog)
        needed = 4 * n_items * n_items
        if needed > self.memory_gb * GIGABYTE:
            raise UsageError(
                f"EASE on {n_items:,} items needs {needed:,} bytes for its item x item matrix, and "
                f"memory_gb={self.memory_gb:g} allows {self.memory_gb * GIGABYTE:,.0f}: raise "
                "memory_gb, leave out rare items, or use ItemKNN or CoVisit"
            )
        items, _ = positives(data)
        people = history_matrix(items, n_items)
        counts = np.asarray(people.sum(0), np.float32)
        with threadpool_limits(run.threads):
            weights = _solved(_gram(people), self.l2)
        return EASERecommender(self, weights, counts)

    def restore(self, state: State, catalog: Catalog, run: Run) -> "EASERecommender":
        """The recommender that gave this state."""
        return EASERecommender(self, state.arrays["weights"], state.arrays["counts"])


@dataclass(frozen=True, eq=False)
class EASERecommender:
    """A fitted :class:`EASE`; scores are reconstructed cells of the person x item matrix."""

    method: EASE
    weights: NDArray[np.float32]
    """(n_items, n_items) what an event of the row's item adds to the column's score"""
    counts: NDArray[np.float32]
    """(n_items,) people of each item"""

    def score(self, queries: Queries, run: Run) -> NDArray[np.float32]:
        """(n, n_items) the weights of the history, added up."""
        items = queries.histories.items
        power = self.method.recency
        weighing = recency(items, power) if power else None
        asked = history_matrix(items, len(self.counts), weighing)
        scores: NDArray[np.float32] = asked @ self.weights
        scores += self.counts * np.float32(self.method.prior)
        return scores

    def recommend(self, queries: Queries, k: int, run: Run) -> Rankings:
        """The open items with the highest sums."""
        return recommend_by_score(self, queries, k, run, len(self.counts))

    def ranks(self, queries: Queries, relevant: Ragged, run: Run) -> Ranks:
        """Where each relevant item stands."""
        return ranks_by_score(self, queries, relevant, run, len(self.counts))

    def similar(self, items: NDArray[np.int32], k: int, run: Run) -> Rankings:
        """What somebody who chose only this item would be shown."""
        alone = Ragged(items.astype(np.int32), np.arange(len(items) + 1))
        return self.recommend(Queries(History(alone)).unseen(), k, run)

    def evidence(self, queries: Queries, items: NDArray[np.int32], run: Run) -> NDArray[np.float32]:
        """(n_values of the histories,) what each event adds to the score of the row's item.

        Without ``recency`` an item counts once, however often it occurs: its events share.
        """
        past = queries.histories.items
        known = past.values >= 0
        rows, targets = past.rows()[known], items[past.rows()][known]
        added = recency(past, self.method.recency)
        added[~known] = 0
        if not self.method.recency and known.any():
            pair = np.stack([rows, past.values[known]])
            _, which, times = np.unique(pair, axis=1, return_inverse=True, return_counts=True)
            added[known] /= times[which.ravel()]
        added[known] *= self.weights[past.values[known], targets]
        return added

    def state(self) -> State:
        """The weights and the counts."""
        return State(arrays={"weights": self.weights, "counts": self.counts})


def _gram(people: "sparse.csr_array[np.float32]") -> NDArray[np.float32]:
    """(n_items, n_items) people in common; column-major, as the solver wants it."""
    n_items = people.shape[1]
    gram = np.empty((n_items, n_items), np.float32, order="F")
    by_item, by_person = people.T.tocsr(), people.tocsc()
    for start in range(0, n_items, BLOCK):
        block = slice(start, start + BLOCK)
        gram[:, block] = (by_item @ by_person[:, block]).toarray()
    return gram


def _solved(gram: NDArray[np.float32], l2: float) -> NDArray[np.float32]:
    """(n_items, n_items) the weights, in the memory of ``gram``, row-major."""
    from scipy.linalg.lapack import spotrf, spotri

    n_items = len(gram)
    if not n_items:
        return gram
    diagonal = np.arange(n_items)
    gram[diagonal, diagonal] += np.float32(l2)
    factor, failed = spotrf(gram, lower=1, overwrite_a=1, clean=0)
    if failed:
        raise UsageError(f"l2={l2:g} is too small for float32 on this data; try {10 * l2:g}")
    inverse, _ = spotri(factor, lower=1, overwrite_c=1)
    for start in range(0, n_items, BLOCK):
        stop = min(start + BLOCK, n_items)
        inverse[start:stop, stop:] = inverse[stop:, start:stop].T
        square = np.tril(inverse[start:stop, start:stop])
        inverse[start:stop, start:stop] = square + np.tril(square, -1).T
    own = inverse[diagonal, diagonal].copy()
    # The inverse is symmetric, so that its transpose is the same matrix, row-major.
    weights: NDArray[np.float32] = inverse.T
    weights /= -own
    weights[diagonal, diagonal] = 0
    return weights
