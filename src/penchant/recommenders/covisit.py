"""CoVisit: what was chosen near what this person chose lately.

The classical item-to-item idea (Linden, Smith and York, "Amazon.com Recommendations: Item-to-Item
Collaborative Filtering", IEEE Internet Computing 2003), with the distance, direction and popularity
corrections that session-based recommenders found to matter (Garg et al., "Sequence and Time Aware
Neighborhood for Session-based Recommendations: STAN", SIGIR 2019).

Two items of one history, d steps apart, add d^-distance_power to their count; the later one is
followed more than the earlier one (``back``). Counts are divided by powers of their row and
column sums.
A score is the sum over the person's history, newest first, of rank^-recency times that number.
Nothing is trained.
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


@dataclass(frozen=True, kw_only=True)
class CoVisit:
    """Decayed co-occurrence: seconds to fit, and hard to beat.

    >>> import penchant as pn
    >>> model = pn.fit(pn.CoVisit(), pn.data.mini_world())
    >>> len(model.recommend(history=[], k=3))
    3
    """

    window: int = 20
    """Largest distance, in events, at which two items of a history count as seen together."""
    distance_power: float = 0.5
    """A pair d events apart counts d to the power of minus this."""
    back: float = 0.3
    """What a pair counts in the direction against time; 1 ignores order."""
    row_power: float = 0.3
    """How far items with many neighbours are discounted as a cause."""
    column_power: float = 0.2
    """How far items with many neighbours are discounted as an answer."""
    recency: float = 0.8
    """The n-th newest event of the history weighs n to the power of minus this."""
    prior: float = 1e-7
    """What each event of an item adds to its score, so that an empty history gets the popular."""

    def __post_init__(self) -> None:
        if self.window < 1:
            raise UsageError(f"window={self.window}: need at least 1, the next event")

    def fit(self, data: Dataset, run: Run, *, valid: Cases | None = None) -> "CoVisitRecommender":
        """Counts pairs; ``valid`` is not used."""
        items, weights = positives(data)
        n_items = len(data.catalog)
        forward = self._pairs(items, weights, n_items)
        together = (forward + self.back * forward.T).tocsr().astype(np.float32)
        by_row = _power(np.asarray(together.sum(1)), self.row_power)
        by_column = _power(np.asarray(together.sum(0)), self.column_power)
        together.data *= np.repeat(by_row, np.diff(together.indptr)) * by_column[together.indices]
        counts = np.bincount(items.values, weights, minlength=n_items).astype(np.float32)
        return CoVisitRecommender(self, together, counts)

    def _pairs(
        self, items: Ragged, weights: NDArray[np.float32], n_items: int
    ) -> "sparse.csr_array[np.float32]":
        """(n_items, n_items) how much each item was followed by each other."""
        from scipy import sparse

        rows, values = items.rows(), items.values
        shape = (n_items, n_items)
        nothing = (np.zeros(0, np.float32), (values[:0], values[:0]))
        total = sparse.coo_array(nothing, shape=shape).tocsr()
        for distance in range(1, min(self.window, int(items.lengths.max(initial=1)) - 1) + 1):
            of_one_person = rows[:-distance] == rows[distance:]
            differ = values[:-distance] != values[distance:]
            first = np.flatnonzero(of_one_person & differ)
            later = first + distance
            counted = weights[first] * weights[later] * np.float32(distance**-self.distance_power)
            cells = (counted.astype(np.float32), (values[first], values[later]))
            total = total + sparse.coo_array(cells, shape=shape).tocsr()
        return total

    def restore(self, state: State, catalog: Catalog, run: Run) -> "CoVisitRecommender":
        """The recommender that gave this state."""
        from scipy import sparse

        arrays = state.arrays
        cells = (arrays["values"], arrays["columns"], arrays["offsets"])
        weights = sparse.csr_array(cells, shape=(len(catalog), len(catalog)))
        return CoVisitRecommender(self, weights, arrays["counts"])


@dataclass(frozen=True, eq=False)
class CoVisitRecommender:
    """A fitted :class:`CoVisit`; scores are sums of discounted counts."""

    method: CoVisit
    weights: "sparse.csr_array[np.float32]"
    """(n_items, n_items) what an event of the row's item adds to the column's score"""
    counts: NDArray[np.float32]
    """(n_items,) events of each item"""

    def score(self, queries: Queries, run: Run) -> NDArray[np.float32]:
        """(n, n_items) what the history's events add up to."""
        items = queries.histories.items
        asked = history_matrix(items, len(self.counts), recency(items, self.method.recency))
        scores: NDArray[np.float32] = (asked @ self.weights).toarray()
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
        """(n_values of the histories,) what each event adds to the score of the row's item."""
        past = queries.histories.items
        known = past.values >= 0
        targets = items[past.rows()]
        added = recency(past, self.method.recency)
        added[~known] = 0
        if known.any():
            added[known] *= self.weights[past.values[known], targets[known]]
        return added

    def state(self) -> State:
        """The matrix and the counts."""
        return State(
            arrays={
                "values": self.weights.data,
                "columns": self.weights.indices,
                "offsets": self.weights.indptr,
                "counts": self.counts,
            }
        )


def _power(sums: NDArray[np.float32], power: float) -> NDArray[np.float32]:
    """``sums ** -power``, and 0 where there is nothing."""
    return np.where(sums > 0, np.maximum(sums, 1e-9) ** -power, 0).astype(np.float32)
