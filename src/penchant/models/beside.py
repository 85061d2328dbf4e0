"""New items beside those that they resemble: any recommender can recommend what it never learned.

A new item stands right behind the known item whose texts are most like its own, in every answer.
This is a stopgap until the next fit: nobody has chosen the item yet, so nothing better is known.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from penchant.core import Ragged, Run, State, UsageError, offsets_of
from penchant.data import (
    CanExplain,
    CanFindSimilar,
    CanForget,
    CanScore,
    Flag,
    HasVectors,
    History,
    Queries,
    Rankings,
    Recommender,
    chunks,
    joined,
    open_items,
    with_parts,
)
from penchant.retrieve import LexicalIndex


@dataclass(frozen=True, slots=True, eq=False)
class Beside:
    """A recommender for the items that it knows, and for new ones after them."""

    inner: Recommender
    n_known: int
    nearest: NDArray[np.int32]
    """(n_new,) the known item that each new one is most like, -1: none"""
    words: LexicalIndex
    """Of the known items, as they were when the first new one came"""

    @property
    def method(self) -> Any:  # Any: as Recommender has it
        """Of what was fitted."""
        return self.inner.method

    @property
    def speakers(self) -> Sequence[Any]:  # Any: what can only explain is no Recommender
        """What finds similar items, explains, or has vectors, as far as the inner one does."""
        parts = list(with_parts(self.inner))
        near = [_Near(self, part) for part in parts if isinstance(part, CanFindSimilar)]
        why = [_Why(self, part) for part in parts if isinstance(part, CanExplain)]
        placed = [_Placed(self, part) for part in parts if isinstance(part, HasVectors)]
        return [*near[:1], *why[:1], *placed[:1]]

    def recommend(self, queries: Queries, k: int, run: Run) -> Rankings:
        """The best of both; a new item scores a hair less than the known one it is like."""
        n_items = self.n_known + len(self.nearest)
        return joined([self._merged(part, k, run) for part in chunks(queries, n_items)], k)

    def _merged(self, queries: Queries, k: int, run: Run) -> Rankings:
        answered = self.inner.recommend(self.known(queries), k, run)
        scores = self._new_scores(queries, answered, run)
        n_new = len(self.nearest)
        fresh = np.arange(self.n_known, self.n_known + n_new, dtype=np.int32)
        items = np.concatenate([answered.items, np.tile(fresh, (len(queries), 1))], 1)
        both = np.concatenate([answered.scores, scores], 1)
        both = np.where((items < 0) | np.isnan(both), -np.inf, both)
        order = np.argsort(-both, axis=1, kind="stable")[:, :k]
        items = np.take_along_axis(items, order, 1)
        both = np.take_along_axis(both, order, 1)
        closed = np.isneginf(both)
        items, both = np.where(closed, -1, items), np.where(closed, np.nan, both)
        before = answered.flags if answered.flags is not None else np.zeros(len(items), np.uint8)
        short = np.where((items < 0).any(1), np.uint8(Flag.SHORT), np.uint8(0))
        kept = before & np.uint8(0xFF ^ Flag.SHORT)
        return Rankings(items.astype(np.int32), both.astype(np.float32), kept | short)

    def forget(self, people: NDArray[np.integer]) -> "Beside":
        """Without what these people wrote, if the inner one keeps any of it."""
        inner = self.inner
        return replace(self, inner=inner.forget(people)) if isinstance(inner, CanForget) else self

    def state(self) -> State:
        """Refused: what was fitted can be saved, this is made anew from it."""
        raise UsageError("a model with new items beside its own is not saved; fit it again")

    def known(self, queries: Queries) -> Queries:
        """The queries in the words of the inner recommender."""
        histories = queries.histories
        keep = histories.items.values < self.n_known
        times = None if histories.times is None else histories.times[keep]
        ratings = None if histories.ratings is None else histories.ratings[keep]
        return replace(
            queries,
            histories=History(self._within(histories.items), times, ratings),
            allowed=None if queries.allowed is None else queries.allowed[: self.n_known],
            candidates=None if queries.candidates is None else self._within(queries.candidates),
            excluded=None if queries.excluded is None else self._within(queries.excluded),
        )

    def _within(self, items: Ragged) -> Ragged:
        keep = items.values < self.n_known
        lengths = np.bincount(items.rows()[keep], minlength=len(items))
        return Ragged(items.values[keep], offsets_of(lengths))

    def _new_scores(self, queries: Queries, answered: Rankings, run: Run) -> NDArray[np.float32]:
        """(n, n_new) of new items; -inf where one is not open."""
        n, n_items = len(queries), self.n_known + len(self.nearest)
        told = self._anchor_scores(queries, run)
        has_any = ~np.isnan(answered.scores).all(1)
        lowest = np.zeros(n, np.float32)
        lowest[has_any] = np.nanmin(answered.scores[has_any], axis=1)
        _, places = np.unique(self.nearest, return_inverse=True)
        scores = told[:, places]
        scores = np.where(np.isnan(scores), lowest[:, None], scores)
        scores = np.nextafter(scores, np.float32(-np.inf))
        opened = open_items(queries, n_items)[:, self.n_known :]
        return np.where(opened, scores, np.float32(-np.inf))

    def _anchor_scores(self, queries: Queries, run: Run) -> NDArray[np.float32]:
        """(n, n_anchors) of the known items that new ones are like, in order; nan: not known."""
        anchors = np.unique(self.nearest)
        told = np.full((len(queries), len(anchors)), np.nan, np.float32)
        real = anchors >= 0
        if not real.any():
            return told
        asked = replace(self.known(queries), allowed=None, excluded=None, candidates=None)
        if isinstance(self.inner, CanScore):
            told[:, real] = self.inner.score(asked, run)[:, anchors[real]]
            return told
        asked = replace(asked, candidates=Ragged.of([anchors[real]] * len(queries)))
        found = self.inner.recommend(asked, int(real.sum()), run)
        rows, places = np.nonzero(found.items >= 0)
        columns = np.searchsorted(anchors, found.items[rows, places])
        told[rows, columns] = found.scores[rows, places]
        return told


@dataclass(frozen=True, slots=True, eq=False)
class _Placed:
    """Where items stand: a new one, where the one does that it is like."""

    beside: Beside
    able: HasVectors

    def vectors(self, items: NDArray[np.integer]) -> NDArray[np.float32]:
        anchors = _anchors(self.beside, np.asarray(items, np.int32))
        found = self.able.vectors(np.maximum(anchors, 0))
        return np.where(anchors[:, None] >= 0, found, np.float32(0))


@dataclass(frozen=True, slots=True, eq=False)
class _Near:
    beside: Beside
    able: CanFindSimilar

    def similar(self, items: NDArray[np.int32], k: int, run: Run) -> Rankings:
        """The list of the known item, or of the one that a new item is like, new ones put in."""
        known = self.beside.n_known
        anchors = _anchors(self.beside, items)
        found = self.able.similar(np.maximum(anchors, 0), min(k, known), run)
        rows = [
            self._row(int(item), int(anchor), found.items[row], found.scores[row], k)
            for row, (item, anchor) in enumerate(zip(items, anchors, strict=True))
        ]
        return Rankings(np.stack([row[0] for row in rows]), np.stack([row[1] for row in rows]))

    def _row(
        self,
        item: int,
        anchor: int,
        near: NDArray[np.int32],
        scores: NDArray[np.float32],
        k: int,
    ) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
        listed = [(int(i), float(s)) for i, s in zip(near, scores, strict=True) if i >= 0]
        top = listed[0][1] if listed else 0.0
        start = [(anchor, top)] if anchor >= 0 else []
        if anchor < 0:
            listed = []
        told: list[tuple[int, float]] = []
        for known, score in [*start, *listed]:
            fresh = np.flatnonzero(self.beside.nearest == known) + self.beside.n_known
            told += [(known, score), *((int(new), score) for new in fresh)]
        kept = [pair for pair in told if pair[0] != item][:k]
        items = np.full(k, -1, np.int32)
        values = np.full(k, np.nan, np.float32)
        for place, (found, score) in enumerate(kept):
            items[place], values[place] = found, score
        return items, values


@dataclass(frozen=True, slots=True, eq=False)
class _Why:
    beside: Beside
    able: CanExplain

    def evidence(self, queries: Queries, items: NDArray[np.int32], run: Run) -> NDArray[np.float32]:
        """For a new item what speaks for the known one that it is like."""
        anchors = _anchors(self.beside, items)
        said = self.able.evidence(self.beside.known(queries), np.maximum(anchors, 0), run)
        events = queries.histories.items
        added = np.zeros(len(events.values), np.float32)
        added[events.values < self.beside.n_known] = said
        added[np.repeat(anchors < 0, events.lengths)] = 0.0
        return added


def _anchors(beside: Beside, items: NDArray[np.int32]) -> NDArray[np.int32]:
    """(n,) known items: each itself, or what it is like; -1: like none."""
    new = items >= beside.n_known
    at = np.where(new, items - beside.n_known, 0)
    return np.where(new, beside.nearest[at], items).astype(np.int32)
