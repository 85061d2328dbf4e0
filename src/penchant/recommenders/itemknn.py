"""ItemKNN: items whose choosers are the same people as those of the items in the history.

Deshpande and Karypis, "Item-Based Top-N Recommendation Algorithms", ACM TOIS 2004; the shrinkage of
small supports is that of Bell and Koren, "Improved Neighborhood-based Collaborative Filtering", KDD
Cup 2007.

The similarity of two items is the cosine of their columns in the person x item matrix, times
n / (n + shrink) for n people in common; each item keeps its nearest ``neighbours``. A score is the
sum over the history of the similarities.
Differs from the first paper: rows of the similarity matrix are not rescaled to unit length.
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

BLOCK = 2_048
"""Items whose similarities to all others are held at once."""


@dataclass(frozen=True, kw_only=True)
class ItemKNN:
    """Cosine neighbours of items.

    >>> import penchant as pn
    >>> model = pn.fit(pn.ItemKNN(), pn.data.mini_world())
    >>> len(model.recommend(history=[], k=3))
    3
    """

    neighbours: int = 200
    """Nearest items that each item keeps."""
    shrink: float = 2.0
    """People in common at which a similarity counts half."""
    recency: float = 0.0
    """The n-th newest event of the history weighs n to the power of minus this; 0: all alike."""
    prior: float = 1e-7
    """What each person of an item adds to its score, so that an empty history gets the popular."""

    def __post_init__(self) -> None:
        if self.neighbours < 1:
            raise UsageError(f"neighbours={self.neighbours}: need at least 1")

    def fit(self, data: Dataset, run: Run, *, valid: Cases | None = None) -> "ItemKNNRecommender":
        """Finds neighbours; ``valid`` is not used."""
        from scipy import sparse

        items, _ = positives(data)
        people = history_matrix(items, len(data.catalog))
        by_item = people.T.tocsr()
        counts = np.asarray(by_item.sum(1), np.float32)
        blocks = [
            self._nearest(by_item[start : start + BLOCK] @ people, counts, start)
            for start in range(0, max(len(counts), 1), BLOCK)
        ]
        return ItemKNNRecommender(self, sparse.csr_array(sparse.vstack(blocks)), counts)

    def _nearest(
        self, common: "sparse.csr_array[np.float32]", counts: NDArray[np.float32], start: int
    ) -> "sparse.csr_array[np.float32]":
        """The strongest similarities of a block of items.

        Args:
            common: (block, n_items) people in common.
            counts: (n_items,) people of each item.
            start: The first item of the block.
        """
        from scipy import sparse

        pairs = common.tocoo()
        rows, columns, shared = pairs.row, pairs.col, pairs.data
        others = rows + start != columns
        rows, columns, shared = rows[others], columns[others], shared[others]
        cosine = shared / np.sqrt(counts[rows + start] * counts[columns])
        similarity = (cosine * (shared / (shared + self.shrink))).astype(np.float32)
        # Among equals the item with more people stays, so that the cut is no accident of row order.
        order = np.lexsort((columns, -counts[columns], -similarity, rows))
        rank = np.arange(len(order)) - np.searchsorted(rows[order], rows[order])
        kept = order[rank < self.neighbours]
        cells = (similarity[kept], (rows[kept], columns[kept]))
        return sparse.coo_array(cells, shape=common.shape).tocsr()

    def restore(self, state: State, catalog: Catalog, run: Run) -> "ItemKNNRecommender":
        """The recommender that gave this state."""
        from scipy import sparse

        arrays = state.arrays
        cells = (arrays["values"], arrays["columns"], arrays["offsets"])
        similarities = sparse.csr_array(cells, shape=(len(catalog), len(catalog)))
        return ItemKNNRecommender(self, similarities, arrays["counts"])


@dataclass(frozen=True, eq=False)
class ItemKNNRecommender:
    """A fitted :class:`ItemKNN`; scores are sums of shrunk cosines."""

    method: ItemKNN
    similarities: "sparse.csr_array[np.float32]"
    """(n_items, n_items) at most ``neighbours`` a row"""
    counts: NDArray[np.float32]
    """(n_items,) people of each item"""

    def score(self, queries: Queries, run: Run) -> NDArray[np.float32]:
        """(n, n_items) the history's similarities, added up."""
        items = queries.histories.items
        asked = history_matrix(items, len(self.counts), recency(items, self.method.recency))
        scores: NDArray[np.float32] = (asked @ self.similarities).toarray()
        scores += self.counts * np.float32(self.method.prior)
        return scores

    def recommend(self, queries: Queries, k: int, run: Run) -> Rankings:
        """The open items most like the history."""
        return recommend_by_score(self, queries, k, run, len(self.counts))

    def ranks(self, queries: Queries, relevant: Ragged, run: Run) -> Ranks:
        """Where each relevant item stands."""
        return ranks_by_score(self, queries, relevant, run, len(self.counts))

    def similar(self, items: NDArray[np.int32], k: int, run: Run) -> Rankings:
        """The nearest neighbours of each item."""
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
            added[known] *= self.similarities[past.values[known], targets[known]]
        return added

    def state(self) -> State:
        """The similarities and the counts."""
        return State(
            arrays={
                "values": self.similarities.data,
                "columns": self.similarities.indices,
                "offsets": self.similarities.indptr,
                "counts": self.counts,
            }
        )
