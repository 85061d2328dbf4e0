"""Cascade, Blend, Fallback: recommenders made of recommenders.

A part is a method as a value: a whole pipeline is one record. Two stages are as in
Covington, Adams and Sargin, "Deep Neural Networks for YouTube Recommendations", RecSys 2016; a
weighted sum of standardised scores is as in Fox and Shaw, "Combination of Multiple Searches",
TREC-2 1994, with weights chosen on validation.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from penchant.core import Ragged, Run, State, UsageError, read_options, write_options
from penchant.data import (
    CanScore,
    Cases,
    Catalog,
    Dataset,
    Flag,
    Method,
    Queries,
    Rankings,
    Ranks,
    Recommender,
    answered_in_time,
    fit_parts,
    fit_stages,
    forgetting,
    grown,
    ranks_by_score,
    recommend_by_score,
    restore_parts,
    state_of,
)
from penchant.recommenders import KINDS, METHOD
from penchant.retrieve import (
    best_weights,
    beyond,
    filled,
    listed_signal,
    sample_signals,
    standardised,
)


@dataclass(frozen=True, kw_only=True)
class Cascade:
    """One method proposes, another orders what was proposed."""

    first: Method
    """Proposes ``pool`` items from the whole catalogue."""
    second: Method
    """Orders them; anything that takes candidates."""
    pool: int = 100
    """Items proposed to each row; never fewer than are asked for."""

    def __post_init__(self) -> None:
        if self.pool < 1:
            raise UsageError(f"pool={self.pool}: need at least 1 item to order")

    def fit(self, data: Dataset, run: Run, *, valid: Cases | None = None) -> "CascadeRecommender":
        """Fits both, the second on what the first proposes if it wants that."""
        parts = fit_stages((self.first, self.second), self.pool, data, run, valid)
        fitted = replace(self, first=parts[0].method, second=parts[1].method)
        return CascadeRecommender(fitted, *parts)

    def restore(self, state: State, catalog: Catalog, run: Run) -> "CascadeRecommender":
        """The recommender that gave this state."""
        fitted: Cascade = read_options(state.json["method"], METHOD, KINDS, where="saved state")
        parts = restore_parts((fitted.first, fitted.second), state, catalog, run)
        return CascadeRecommender(fitted, *parts)


@dataclass(frozen=True, eq=False)
class CascadeRecommender:
    """A fitted :class:`Cascade`; scores are the second part's."""

    method: Cascade
    first: Recommender
    second: Recommender

    def recommend(self, queries: Queries, k: int, run: Run) -> Rankings:
        """The best of the pool, as the second part sees them."""
        proposed = self.first.recommend(queries, max(k, self.method.pool), run)
        narrowed = replace(queries, candidates=proposed.as_ragged())
        answered = self.second.recommend(narrowed, k, run)
        none = np.zeros(len(queries), np.uint8)
        before = none if proposed.flags is None else proposed.flags & np.uint8(Flag.DEGRADED)
        flags = none if answered.flags is None else answered.flags
        return replace(answered, flags=flags | before)

    @property
    def speakers(self) -> tuple[Recommender, ...]:
        """The second part, which has the last word, and the first."""
        return (self.second, self.first)

    def forget(self, people: NDArray[np.integer]) -> "CascadeRecommender":
        """The same without what these people wrote."""
        kept = forgetting(self.first, people), forgetting(self.second, people)
        return CascadeRecommender(self.method, *kept)

    def with_items(self, catalog: Catalog, run: Run) -> "CascadeRecommender":
        """The same for a larger catalogue, if both parts can grow."""
        larger = grown(self.first, catalog, run), grown(self.second, catalog, run)
        return CascadeRecommender(self.method, *larger)

    def state(self) -> State:
        """Both parts."""
        return state_of(write_options(self.method, KINDS), (self.first, self.second))


@dataclass(frozen=True, kw_only=True)
class Blend:
    """A weighted sum of what several methods say."""

    parts: tuple[Method, ...]
    """At least one."""
    weights: tuple[float, ...] | None = None
    """One for each part, none negative. ``None``: those with the best ndcg@10 on validation; the
    fitted recommender's method names them. Equal if there is no validation."""
    pool: int = 200
    """Length of the list asked of a part that cannot score the whole catalogue; its n-th item gets
    1 / (60 + n). Also how deep lists are looked at when weights are chosen."""
    signal: Literal["standard", "rank"] = "standard"
    """standard: scores less their mean, by their deviation, row by row; rank: 1 / (60 + n)."""

    def __post_init__(self) -> None:
        if not self.parts:
            raise UsageError("parts=(): a blend needs at least one method")
        if self.weights is None:
            return
        if len(self.weights) != len(self.parts):
            raise UsageError(
                f"{len(self.weights)} weights for {len(self.parts)} parts: need one each"
            )
        if min(self.weights) < 0 or not 0 < sum(self.weights) < float("inf"):
            raise UsageError(f"weights={self.weights}: need numbers from 0 up, one above 0")

    def fit(self, data: Dataset, run: Run, *, valid: Cases | None = None) -> "BlendRecommender":
        """Fits the parts on ``data``; chooses weights on ``valid``."""
        return self.mix(fit_parts(self.parts, data, run, valid), len(data.catalog), run, valid)

    def mix(
        self, parts: Sequence[Recommender], n_items: int, run: Run, valid: Cases | None = None
    ) -> "BlendRecommender":
        """The blend of parts that are fitted already; chooses weights on ``valid``."""
        fitted = replace(self, parts=tuple(part.method for part in parts))
        even = (1.0 / len(parts),) * len(parts)
        blend = BlendRecommender(
            replace(fitted, weights=self.weights or even), tuple(parts), n_items
        )
        if self.weights is not None or len(parts) == 1:
            return blend
        if valid is None or not len(valid):
            run.watch.note("blend: no validation, so all parts weigh the same")
            return blend
        sample = sample_signals(blend.signals, valid, n_items, self.pool, run)
        weights = tuple(round(float(w), 4) for w in best_weights(sample, len(parts)))
        run.watch.note(f"blend: weights {weights}")
        return replace(blend, method=replace(blend.method, weights=weights))

    def restore(self, state: State, catalog: Catalog, run: Run) -> "BlendRecommender":
        """The recommender that gave this state."""
        fitted: Blend = read_options(state.json["method"], METHOD, KINDS, where="saved state")
        restored = restore_parts(fitted.parts, state, catalog, run)
        return BlendRecommender(fitted, restored, len(catalog))


@dataclass(frozen=True, eq=False)
class BlendRecommender:
    """A fitted :class:`Blend`; scores are weighted sums of signals."""

    method: Blend
    parts: tuple[Recommender, ...]
    n_items: int

    def signals(self, queries: Queries, run: Run) -> list[NDArray[np.float32]]:
        """What each part says: one (n, n_items) array a part, comparable between parts."""
        return [self._signal(part, queries, run) for part in self.parts]

    def _signal(self, part: Recommender, queries: Queries, run: Run) -> NDArray[np.float32]:
        standard = self.method.signal == "standard"
        if standard and isinstance(part, CanScore):
            return standardised(part.score(queries, run))
        rankings = part.recommend(queries, max(1, min(self.method.pool, self.n_items)), run)
        listed = listed_signal(rankings, self.n_items)
        return standardised(listed) if standard else listed

    def score(self, queries: Queries, run: Run) -> NDArray[np.float32]:
        """(n, n_items) weighted sums; parts of weight 0 are not asked."""
        total = np.zeros((len(queries), self.n_items), np.float32)
        for part, weight in zip(self.parts, self.method.weights or (), strict=True):
            if weight > 0:
                total += np.float32(weight) * self._signal(part, queries, run)
        return total

    def recommend(self, queries: Queries, k: int, run: Run) -> Rankings:
        """The open items with the highest sums."""
        return recommend_by_score(self, queries, k, run, self.n_items)

    def ranks(self, queries: Queries, relevant: Ragged, run: Run) -> Ranks:
        """Where each relevant item stands."""
        return ranks_by_score(self, queries, relevant, run, self.n_items)

    @property
    def speakers(self) -> tuple[Recommender, ...]:
        """The parts that weigh anything, the heaviest first."""
        weighed = zip(self.method.weights or (), self.parts, strict=True)
        ordered = sorted(weighed, key=lambda one: -one[0])
        return tuple(part for weight, part in ordered if weight > 0)

    def forget(self, people: NDArray[np.integer]) -> "BlendRecommender":
        """The same without what these people wrote."""
        return replace(self, parts=tuple(forgetting(part, people) for part in self.parts))

    def with_items(self, catalog: Catalog, run: Run) -> "BlendRecommender":
        """The same for a larger catalogue, if all parts can grow."""
        larger = tuple(grown(part, catalog, run) for part in self.parts)
        return BlendRecommender(self.method, larger, len(catalog))

    def state(self) -> State:
        """The parts; the weights are options of the fitted method."""
        return state_of(write_options(self.method, KINDS), self.parts)


@dataclass(frozen=True, kw_only=True)
class Fallback:
    """The first part answers; later ones fill the rows that it leaves short."""

    parts: tuple[Method, ...]
    """In the order in which they are asked. The last one is asked even past the deadline."""

    def __post_init__(self) -> None:
        if not self.parts:
            raise UsageError("parts=(): a fallback needs at least one method")

    def fit(self, data: Dataset, run: Run, *, valid: Cases | None = None) -> "FallbackRecommender":
        """Fits all parts."""
        parts = fit_parts(self.parts, data, run, valid)
        return FallbackRecommender(replace(self, parts=tuple(p.method for p in parts)), parts)

    def restore(self, state: State, catalog: Catalog, run: Run) -> "FallbackRecommender":
        """The recommender that gave this state."""
        fitted: Fallback = read_options(state.json["method"], METHOD, KINDS, where="saved state")
        return FallbackRecommender(fitted, restore_parts(fitted.parts, state, catalog, run))


@dataclass(frozen=True, eq=False)
class FallbackRecommender:
    """A fitted :class:`Fallback`.

    Scores are the first part's; what a later part adds keeps its own score, but never above the
    item before it.
    """

    method: Fallback
    parts: tuple[Recommender, ...]

    def recommend(self, queries: Queries, k: int, run: Run) -> Rankings:
        """The first part's answers, filled up; rows that a later part touched are DEGRADED."""
        n = len(queries)
        items = np.full((n, k), -1, np.int32)
        scores = np.full((n, k), np.nan, np.float32)
        flags = np.zeros(n, np.uint8)
        for place, part in enumerate(self.parts):
            rows = np.flatnonzero((items < 0).any(1))
            if not len(rows):
                break
            last = place == len(self.parts) - 1
            answered = Rankings(items[rows], scores[rows])
            added = answered_in_time(part, beyond(queries.take(rows), answered), k, run, last=last)
            if added is None:
                continue
            items[rows], scores[rows] = filled(answered, added)
            changed = (added.items >= 0).any(1) & (place > 0)
            flags[rows] |= np.where(changed, np.uint8(Flag.DEGRADED), np.uint8(0))
            if added.flags is not None:
                flags[rows] |= added.flags & np.uint8(Flag.DEGRADED)
        flags |= np.where((items < 0).any(1), np.uint8(Flag.SHORT), np.uint8(0))
        return Rankings(items, scores, flags)

    @property
    def speakers(self) -> tuple[Recommender, ...]:
        """The parts as they are asked."""
        return self.parts

    def forget(self, people: NDArray[np.integer]) -> "FallbackRecommender":
        """The same without what these people wrote."""
        return replace(self, parts=tuple(forgetting(part, people) for part in self.parts))

    def with_items(self, catalog: Catalog, run: Run) -> "FallbackRecommender":
        """The same for a larger catalogue, if all parts can grow."""
        return replace(self, parts=tuple(grown(part, catalog, run) for part in self.parts))

    def state(self) -> State:
        """The parts."""
        return state_of(write_options(self.method, KINDS), self.parts)
