"""Popular: what most people chose, whoever asks.

The unigram model of items and the least that any method must beat. An old favourite may be out of
fashion,
so counts can be limited to the newest events or decay with age.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from penchant.core import Ragged, Run, State
from penchant.data import (
    Cases,
    Catalog,
    Dataset,
    Queries,
    Rankings,
    Ranks,
    ranks_by_score,
    recommend_by_score,
)

MICROSECONDS_PER_DAY = 86_400_000_000


@dataclass(frozen=True, kw_only=True)
class Popular:
    """Counts of events per item.

    >>> import penchant as pn
    >>> model = pn.fit(pn.Popular(), pn.data.mini_world())
    >>> len(model.recommend(history=[], k=3))
    3
    """

    half_life_days: float | None = None
    """An event this much older than the newest counts half.

    ``None``: all count alike. Needs times.
    """

    def fit(self, data: Dataset, run: Run, *, valid: Cases | None = None) -> "PopularRecommender":
        """Counts; ``valid`` is not used."""
        weights = np.ones(len(data.events), np.float32)
        if self.half_life_days is not None and data.has_times:
            times = data.events["time"].to_numpy()
            age_days = (times.max(initial=0) - times) / MICROSECONDS_PER_DAY
            weights = np.exp2(-age_days / self.half_life_days).astype(np.float32)
        counts = np.bincount(data.events["item"].to_numpy(), weights, minlength=len(data.catalog))
        return PopularRecommender(self, counts.astype(np.float32))

    def restore(self, state: State, catalog: Catalog, run: Run) -> "PopularRecommender":
        """The recommender that gave this state."""
        return PopularRecommender(self, state.arrays["counts"])


@dataclass(frozen=True, eq=False)
class PopularRecommender:
    """A fitted :class:`Popular`; scores are (decayed) counts."""

    method: Popular
    counts: NDArray[np.float32]
    """(n_items,)"""

    def score(self, queries: Queries, run: Run) -> NDArray[np.float32]:
        """(n, n_items) the same counts in every row."""
        return np.tile(self.counts, (len(queries), 1))

    def recommend(self, queries: Queries, k: int, run: Run) -> Rankings:
        """The most counted open items."""
        return recommend_by_score(self, queries, k, run, len(self.counts))

    def ranks(self, queries: Queries, relevant: Ragged, run: Run) -> Ranks:
        """Where each relevant item stands."""
        return ranks_by_score(self, queries, relevant, run, len(self.counts))

    def state(self) -> State:
        """The counts."""
        return State(arrays={"counts": self.counts})
