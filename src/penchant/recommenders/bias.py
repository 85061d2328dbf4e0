"""RatingBias: a rating is what everybody gives, more or less for this item and this person.

Koren, "Factor in the Neighbors: Scalable and Accurate Collaborative Filtering", ACM TKDD 4 (2010),
section 2.1: baseline estimates. The least that a method must beat that foretells ratings. The mean
absolute error rewards whoever says the most likely rating rather than the expected one:
``answer="median"`` and ``"mode"`` are what it must be compared with.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray

from penchant.core import DataError, Ragged, Run, State, UsageError
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

Floats = NDArray[np.float64]
MOST_STEPS = 200
"""Different ratings among which a median is chosen."""
Rows = NDArray[np.integer]


@dataclass(frozen=True, kw_only=True)
class RatingBias:
    """The mean of all ratings, plus what an item and a person deviate from it.

    >>> import penchant as pn
    >>> data = pn.data.mini_world()
    >>> split = pn.data.split_time(data)
    >>> fitted = pn.RatingBias().fit(split.train, pn.Run())
    >>> report = pn.evaluate(fitted, pn.data.rated_cases(split.test, data))
    >>> report.metrics
    ('rmse', 'mae', 'unreadable')
    """

    items: bool = True
    """Whether items deviate."""
    people: bool = True
    """Whether people deviate."""
    answer: Literal["mean", "median", "mode"] = "mean"
    """``mean``: the expected rating, for small squared errors. ``median``: the step of the scale
    that made absolute errors smallest where the same was expected. ``mode``: the most common
    rating, for everybody and everything."""
    item_regularization: float = 10.0
    """As many ratings of an item at the mean are imagined."""
    people_regularization: float = 15.0
    """Likewise of a person."""
    rounds: int = 10
    """How often both deviations are found again, each given the other."""

    def __post_init__(self) -> None:
        if self.answer == "mode" and (self.items or self.people):
            raise UsageError("answer='mode' knows no deviations: set items=False and people=False")
        if min(self.item_regularization, self.people_regularization) < 0 or self.rounds < 1:
            raise UsageError(
                f"item_regularization={self.item_regularization:g}, people_regularization="
                f"{self.people_regularization:g}, rounds={self.rounds}: need 0 or more, and a round"
            )

    def fit(self, data: Dataset, run: Run, *, valid: Cases | None = None) -> "BiasRecommender":
        """Means of the ratings; ``valid`` is not used.

        Raises:
            DataError: No event has a rating; or ``median`` is to choose among too many.
        """
        rated = data.events.filter(pl.col("rating").is_finite())
        if rated.is_empty():
            raise DataError(
                f"no event of {data.name} has a rating",
                column="rating",
                hint="read the log with its column of ratings",
            )
        users, items = rated["user"].to_numpy(), rated["item"].to_numpy()
        given = rated["rating"].to_numpy().astype(np.float64)
        middle = float(given.mean())
        of_item, of_person = np.zeros(len(data.catalog)), np.zeros(len(data.people))
        for _ in range(self.rounds):
            if self.items:
                left = given - middle - of_person[users]
                of_item = _deviations(left, items, len(of_item), self.item_regularization)
            if self.people:
                left = given - middle - of_item[items]
                of_person = _deviations(left, users, len(of_person), self.people_regularization)
        expected = middle + of_item[items] + of_person[users]
        steps, cuts = self._answers(expected, given)
        ends = np.array([given.min(), given.max()])
        return BiasRecommender(self, middle, of_item, of_person, ends, steps, cuts)

    def _answers(self, expected: Floats, given: Floats) -> tuple[Floats, Floats]:
        """The ratings that can be answered, and the expected ratings between which to change."""
        steps, counts = np.unique(given, return_counts=True)
        if self.answer == "mean":
            return np.zeros(0), np.zeros(0)
        if self.answer == "mode":
            return steps[[np.argmax(counts)]], np.zeros(0)
        if len(steps) > MOST_STEPS:
            raise DataError(
                f"{len(steps):,} different ratings: answer='median' chooses among steps",
                column="rating",
                hint=f"round the ratings to at most {MOST_STEPS} steps, or set answer='mean'",
            )
        return steps, _best_cuts(expected, given, steps)

    def restore(self, state: State, catalog: Catalog, run: Run) -> "BiasRecommender":
        """The recommender that gave this state."""
        arrays = state.arrays
        return BiasRecommender(
            self,
            float(arrays["middle"][0]),
            arrays["of_item"],
            arrays["of_person"],
            arrays["ends"],
            arrays["steps"],
            arrays["cuts"],
        )


@dataclass(frozen=True, eq=False)
class BiasRecommender:
    """A fitted :class:`RatingBias`; scores are ratings, in stars."""

    method: RatingBias
    middle: float
    of_item: Floats
    """(n_items,) 0 where nobody rated it"""
    of_person: Floats
    """(n_people,) 0 where they rated nothing"""
    ends: Floats
    """(2,) the lowest and the highest rating given"""
    steps: Floats
    """(n_steps,) the ratings that can be answered, increasing; empty: any"""
    cuts: Floats
    """(n_steps - 1,) expected ratings above which the next step is answered"""

    def rate(self, queries: Queries, items: NDArray[np.int32], run: Run) -> NDArray[np.float32]:
        """(n,) ratings between the lowest and the highest one given; never nan.

        A person's deviation is that of the ratings in the history of the query, where it has any.
        """
        known = (items >= 0) & (items < len(self.of_item))
        of_item = np.where(known, self.of_item[np.where(known, items, 0)], 0.0)
        expected = self.middle + of_item + self._of_people(queries)
        if len(self.steps):
            return self.steps[np.searchsorted(self.cuts, expected)].astype(np.float32)
        return np.clip(expected, self.ends[0], self.ends[1]).astype(np.float32)

    def score(self, queries: Queries, run: Run) -> NDArray[np.float32]:
        """(n, n_items) expected ratings, not cut at the ends of the scale."""
        people = self._of_people(queries)
        return (self.middle + self.of_item[None, :] + people[:, None]).astype(np.float32)

    def recommend(self, queries: Queries, k: int, run: Run) -> Rankings:
        """The open items that are rated best."""
        return recommend_by_score(self, queries, k, run, len(self.of_item))

    def ranks(self, queries: Queries, relevant: Ragged, run: Run) -> Ranks:
        """Where each relevant item stands."""
        return ranks_by_score(self, queries, relevant, run, len(self.of_item))

    def state(self) -> State:
        """The mean, the deviations and the answers."""
        return State(
            arrays={
                "middle": np.array([self.middle]),
                "of_item": self.of_item,
                "of_person": self.of_person,
                "ends": self.ends,
                "steps": self.steps,
                "cuts": self.cuts,
            }
        )

    def _of_people(self, queries: Queries) -> Floats:
        n, method = len(queries), self.method
        if not method.people:
            return np.zeros(n)
        users = np.full(n, -1) if queries.users is None else queries.users
        known = (users >= 0) & (users < len(self.of_person))
        learned = np.zeros(n)
        learned[known] = self.of_person[users[known]]
        past = queries.histories
        if past.ratings is None:
            return learned
        of_items, rows = past.items.values, past.items.rows()
        usable = np.isfinite(past.ratings) & (of_items >= 0) & (of_items < len(self.of_item))
        left = past.ratings[usable] - self.middle - self.of_item[of_items[usable]]
        told = _deviations(left, rows[usable], n, method.people_regularization)
        return np.where(np.bincount(rows[usable], minlength=n) > 0, told, learned)


def _deviations(left: Floats, groups: Rows, n: int, imagined: float) -> Floats:
    """(n,) the mean of each group, drawn to 0 by ``imagined`` zeros.

    Args:
        left: (m,) what is left to explain.
        groups: (m,) whose it is.
        n: Groups.
        imagined: How many zeros.
    """
    counts = np.bincount(groups, minlength=n) + imagined
    return np.asarray(np.bincount(groups, left, minlength=n) / np.maximum(counts, 1e-12))


def _best_cuts(expected: Floats, given: Floats, steps: Floats) -> Floats:
    """(n_steps - 1,) where to go from one step to the next, for the smallest absolute error.

    The error of answers that are steps is, for each gap between two steps, its width times how many
    answers and ratings lie on different sides of it: so each cut is found by itself, exactly.
    """
    order = np.argsort(expected, kind="stable")
    at, ratings = expected[order], given[order]
    between = np.flatnonzero(np.diff(at) > 0) + 1
    places = np.concatenate([[0], between, [len(at)]])
    ends = np.concatenate([[-np.inf], (at[between - 1] + at[between]) / 2, [np.inf]])
    cuts = []
    for step in steps[:-1]:
        above = np.concatenate([[0], np.cumsum(ratings > step)])
        wrong = above[places] + (len(at) - places) - (above[-1] - above[places])
        cuts.append(ends[np.argmin(wrong)])
    return np.maximum.accumulate(np.array(cuts, np.float64))
