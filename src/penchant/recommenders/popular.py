"""Popular: what most people chose, whoever asks.

The unigram model of items and the least that any method must beat. An old favourite may be out of
fashion, so events can count less with age.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from penchant.core import DataError, Ragged, Run, State, UsageError
from penchant.data import (
    Cases,
    Catalog,
    Dataset,
    Queries,
    Rankings,
    Ranks,
    positive_events,
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

    def __post_init__(self) -> None:
        if self.half_life_days is not None and self.half_life_days <= 0:
            raise UsageError(f"half_life_days={self.half_life_days:g}: must be above 0; try 30")

    def fit(self, data: Dataset, run: Run, *, valid: Cases | None = None) -> "PopularRecommender":
        """Counts; ``valid`` is not used.

        Raises:
            DataError: ``half_life_days`` is set and an event has no time.
        """
        events = positive_events(data)
        weights = events["weight"].to_numpy()
        if self.half_life_days is not None and len(events):
            if not data.has_times:
                raise DataError(
                    f"half_life_days={self.half_life_days:g} needs a time for every event",
                    column="time",
                    hint="read the log with its time column, or leave half_life_days out",
                )
            times = events["time"].to_numpy()
            age_days = (times.max() - times) / MICROSECONDS_PER_DAY
            weights = weights * np.exp2(-age_days / self.half_life_days)
        counts = np.bincount(events["item"].to_numpy(), weights, minlength=len(data.catalog))
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
