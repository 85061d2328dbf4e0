"""Markov: what followed the last item, backed off to what is chosen anyway.

The n-gram view of a sequence of items: P(next) as a unigram, or P(next | last) as a bigram that is
smoothed with the unigram as a Dirichlet prior (MacKay and Peto, "A Hierarchical Dirichlet Language
Model", Natural Language Engineering 1995). The least that a sequence model must beat, and an oracle
for tests: its probabilities can be worked out by hand.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from penchant.core import Ragged, Run, State
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
    recommend_by_score,
)

if TYPE_CHECKING:
    from scipy import sparse  # scipy takes 0.1 s to import


@dataclass(frozen=True, kw_only=True)
class Markov:
    """A chain over items.

    >>> import penchant as pn
    >>> model = pn.fit(pn.Markov(), pn.data.mini_world())
    >>> len(model.recommend(history=[], k=3))
    3
    """

    order: Literal[1, 2] = 2
    """1: unigram, whoever asks; 2: bigram, given the last item."""
    smoothing: float = 1.0
    """Events that the unigram adds to what was seen after an item."""
    unseen: float = 0.01
    """Events that each item of the catalogue gets before any is counted."""

    def fit(self, data: Dataset, run: Run, *, valid: Cases | None = None) -> "MarkovRecommender":
        """Counts steps; ``valid`` is not used."""
        items, weights = positives(data)
        n_items = len(data.catalog)
        counts = np.bincount(items.values, weights, minlength=n_items) + self.unseen
        unigram = (counts / max(counts.sum(), 1e-12)).astype(np.float32)
        return MarkovRecommender(self, unigram, self._steps(items, weights, n_items))

    def _steps(
        self, items: Ragged, weights: NDArray[np.float32], n_items: int
    ) -> "sparse.csr_array[np.float32]":
        """(n_items, n_items) how often each item was followed by each other."""
        from scipy import sparse

        rows, values = items.rows(), items.values
        first = np.flatnonzero(rows[:-1] == rows[1:]) if self.order == 2 else np.zeros(0, np.int64)
        cells = (weights[first + 1], (values[first], values[first + 1]))
        steps = sparse.coo_array(cells, shape=(n_items, n_items), dtype=np.float32)
        return steps.tocsr()

    def restore(self, state: State, catalog: Catalog, run: Run) -> "MarkovRecommender":
        """The recommender that gave this state."""
        from scipy import sparse

        arrays = state.arrays
        cells = (arrays["values"], arrays["columns"], arrays["offsets"])
        steps = sparse.csr_array(cells, shape=(len(catalog), len(catalog)))
        return MarkovRecommender(self, arrays["unigram"], steps)


@dataclass(frozen=True, eq=False)
class MarkovRecommender:
    """A fitted :class:`Markov`; scores are probabilities of being next."""

    method: Markov
    unigram: NDArray[np.float32]
    """(n_items,) probabilities"""
    steps: "sparse.csr_array[np.float32]"
    """(n_items, n_items) how often the row's item was followed by the column's"""

    def score(self, queries: Queries, run: Run) -> NDArray[np.float32]:
        """(n, n_items) probabilities of the next item; each row sums to 1."""
        past = queries.histories.items
        known = past.values >= 0
        last = Ragged.from_rows(past.rows()[known], past.values[known], len(past)).tail(1)
        followed = history_matrix(last, len(self.unigram)) @ self.steps
        smoothing = np.float32(max(self.method.smoothing, 1e-12))
        scores: NDArray[np.float32] = followed.toarray()
        scores += smoothing * self.unigram
        scores /= np.asarray(followed.sum(1))[:, None] + smoothing
        return scores

    def recommend(self, queries: Queries, k: int, run: Run) -> Rankings:
        """The most probable open items."""
        return recommend_by_score(self, queries, k, run, len(self.unigram))

    def ranks(self, queries: Queries, relevant: Ragged, run: Run) -> Ranks:
        """Where each relevant item stands."""
        return ranks_by_score(self, queries, relevant, run, len(self.unigram))

    def similar(self, items: NDArray[np.int32], k: int, run: Run) -> Rankings:
        """What most probably follows each item."""
        alone = Ragged(items.astype(np.int32), np.arange(len(items) + 1))
        return self.recommend(Queries(History(alone)).unseen(), k, run)

    def state(self) -> State:
        """The unigram and the counts of steps."""
        return State(
            arrays={
                "unigram": self.unigram,
                "values": self.steps.data,
                "columns": self.steps.indices,
                "offsets": self.steps.indptr,
            }
        )
