"""Why an item is not among the answers, and what would bring it there."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from penchant.core import Ragged, UsageError
from penchant.data import (
    CanFindSimilar,
    CanRank,
    CanScore,
    History,
    Queries,
    open_items,
    ranks_by_score,
)
from penchant.indexing import index_of
from penchant.models.asking import Asked, check_k, titles_of
from penchant.models.barriers import Barrier, KeptOut, Reason, Terms, barriers
from penchant.models.model import Model
from penchant.models.narrowing import narrowed
from penchant.models.where import read_where

DEEPEST = 200
"""How long a list is looked through where a method cannot tell ranks."""
TRIED, SHOWN = 20, 3
"""Items that are tried as one more of the history, and told."""


@dataclass(frozen=True, slots=True, eq=False)
class WhyNot:
    """Why an item is not there."""

    reason: Reason
    told: str
    """The same in a sentence"""
    clauses: tuple[KeptOut, ...] = ()
    rank: int | None = None
    """From 1, among what is open; ``None``: the method cannot tell, or it is not that far"""
    open_items: int | None = None
    score: float | None = None
    needed: float | None = None
    """The score of the last item of the list"""
    instead: pl.DataFrame | None = None
    """``item``, ``title``, ``rank``: had this been the last of the history, the item stood there"""
    change: tuple[str, ...] = ()
    """What would have to change; each is enough by itself"""


def why_not(model: Model, asked: Asked, item: str, terms: Terms) -> WhyNot:
    """Why an item is not among the best ``k``.

    >>> import penchant as pn
    >>> model = pn.fit(pn.Popular(), pn.data.mini_world())
    >>> first = model.recommend(history=[], k=1)["item"][0]
    >>> why_not(model, model.ask(history=[first]), first, Terms()).reason
    'seen'

    Args:
        model: Who recommends.
        asked: One row of :meth:`Model.ask`.
        item: The id of the item that is missed.
        terms: All else that was asked.

    Raises:
        UsageError: Several rows, a bad ``k``, or an unreadable filter.
    """
    if len(asked.queries) != 1:
        raise UsageError(f"{len(asked.queries)} rows: ask why-not for one at a time")
    k = check_k(terms.k)
    if terms.where is not None:
        read_where(terms.where, dict(model.catalog.table.schema))
    if item not in model.catalog.ids:
        told = f"{item!r} is not in the catalogue, so it can never be recommended"
        return WhyNot("unknown", told, change=("add the item to the catalogue, and fit again",))
    row = model.catalog.ids.row(item)
    shut = barriers(model, asked.queries, row, terms)
    queries = _queries(model, asked.queries, row, terms)
    placed = _place(model, queries, row, k)
    index = index_of(model.recommender)
    if index is not None and not index.codes.lengths[row]:
        told = "it has no codes, and the method writes items code by code"
        return WhyNot("no-codes", told, change=("penchant ids append, and serve the new model",))
    if shut:
        return _shut(model, asked.queries, row, shut, placed)
    if placed.rank is not None and placed.rank <= k:
        told = f"it is: rank {placed.rank} of {k}"
        return replace(placed, reason="recommended", told=told)
    return _beyond(model, asked.queries, queries, row, placed, k)


def _shut(model: Model, queries: Queries, row: int, found: list[Barrier], placed: WhyNot) -> WhyNot:
    """What keeps the item out, and what brings it in: what else opens then may stand before it."""
    first, terms = found[0], found[-1].terms
    rank = rank_of(model, _queries(model, queries, row, terms), row, deepest=max(terms.k, DEEPEST))
    change = " and ".join(one.lifted for one in found)
    if rank is not None and rank > terms.k:
        change += f", and ask for k={rank}"
    return replace(
        placed,
        reason=first.reason,
        told=first.told,
        clauses=first.clauses,
        change=() if rank is None else (change,),
    )


def _queries(model: Model, queries: Queries, row: int, terms: Terms) -> Queries:
    """What was asked, with the item open whatever keeps it out."""
    queries, _ = narrowed(
        model.catalog, queries, where=terms.where, exclude=terms.exclude, again=terms.again
    )
    if queries.excluded is not None:
        kept = queries.excluded.values
        queries = replace(queries, excluded=Ragged.of([kept[kept != row]]))
    if queries.allowed is not None:
        allowed = queries.allowed.copy()
        allowed[row] = True
        queries = replace(queries, allowed=allowed)
    return queries


def _place(model: Model, queries: Queries, row: int, k: int) -> WhyNot:
    """Rank and score of the item, and the score that would have been enough."""
    known, run = model.recommender, model.run
    n_items = len(model.catalog)
    opened = int(open_items(queries, n_items).sum())
    listed = known.recommend(queries, min(k, n_items), run)
    real = listed.items[0] >= 0
    needed = float(listed.scores[0][real][-1]) if real.any() else None
    ranks = rank_of(model, queries, row, deepest=max(k, DEEPEST))
    score = None
    if isinstance(known, CanScore):
        score = float(known.score(queries, run)[0, row])
    else:
        alone = replace(queries, candidates=Ragged.of([[row]]))
        answer = known.recommend(alone, 1, run)
        if answer.items[0, 0] == row:
            score = float(answer.scores[0, 0])
    return WhyNot("ranked", "", rank=ranks, open_items=opened, score=score, needed=needed)


def rank_of(model: Model, queries: Queries, row: int, *, deepest: int = DEEPEST) -> int | None:
    """Where an item stands for one row, from 1; ``None`` where the method cannot tell.

    Equal scores count as better, by half of them.
    """
    return ranks_of(model, queries, [row] * len(queries), deepest=deepest)[0]


def ranks_of(
    model: Model, queries: Queries, rows: Sequence[int], *, deepest: int = DEEPEST
) -> list[int | None]:
    """(n,) where the row's item stands, from 1; ``None`` where the method cannot tell."""
    known, run = model.recommender, model.run
    wanted = Ragged.of([[row] for row in rows])
    if isinstance(known, CanRank):
        ranks = known.ranks(queries, wanted, run)
    elif isinstance(known, CanScore):
        ranks = ranks_by_score(known, queries, wanted, run, len(model.catalog))
    else:
        listed = known.recommend(queries, min(deepest, len(model.catalog)), run).items
        places = [np.flatnonzero(listed[at] == row) for at, row in enumerate(rows)]
        return [int(place[0]) + 1 if len(place) else None for place in places]
    return [
        None if above < 0 else int(above + 1 + (tied - 1) // 2)
        for above, tied in zip(ranks.above.tolist(), ranks.tied.tolist(), strict=True)
    ]


def _beyond(
    model: Model, asked: Queries, queries: Queries, row: int, placed: WhyNot, k: int
) -> WhyNot:
    instead = _instead(model, asked, queries, row, placed.rank)
    where = f"rank {placed.rank:,}" if placed.rank else f"beyond rank {max(k, DEEPEST):,}"
    better = k if placed.rank is None else placed.rank - 1
    suit = f"{better:,} item{'s suit' if better > 1 else ' suits'} better"
    told = f"{suit}: it is at {where} of {placed.open_items:,} open items"
    change = []
    if placed.rank is not None:
        change.append(f"ask for k={placed.rank}")
    if placed.score is not None and placed.needed is not None:
        missing = placed.needed - placed.score
        change.append(
            f"a score higher by {missing:.4g} ({placed.score:.4g} to {placed.needed:.4g})"
        )
    change += [
        f"had the person chosen {title!r}, it would be at rank {rank}"
        for title, rank in instead.filter(pl.col("rank") <= k).select("title", "rank").iter_rows()
    ]
    return replace(placed, told=told, instead=instead, change=tuple(change))


def _instead(
    model: Model, asked: Queries, queries: Queries, row: int, placed: int | None
) -> pl.DataFrame:
    """Items that, as the last of the history, would bring the item further up."""
    schema = {"item": pl.String, "title": pl.String, "rank": pl.Int64}
    near = _near(model, row)
    history = asked.histories
    near = near[~np.isin(near, [*history.items.values.tolist(), row])][:TRIED]
    if not len(near):
        return pl.DataFrame(schema=schema)
    longer = Ragged.of([[*history.items.values.tolist(), one] for one in near.tolist()])
    many = queries.take(np.zeros(len(near), np.int64))
    times = None
    if history.times is not None:
        now = int(history.times[-1]) if len(history.times) else 0
        now = now if queries.now is None else int(queries.now[0])
        times = np.concatenate([np.append(history.times, now) for _ in near])
    many = replace(many, histories=History(longer, times), users=None)
    found = ranks_of(model, many, [row] * len(near))
    kept = [
        (rank, at, one)
        for at, (one, rank) in enumerate(zip(near.tolist(), found, strict=True))
        if rank is not None and (placed is None or rank < placed)
    ]
    kept = sorted(kept)[:SHOWN]
    rows = np.array([one for _, _, one in kept], np.int64)
    return pl.DataFrame(
        {
            "item": model.catalog.ids.names(rows),
            "title": titles_of(model.catalog, rows),
            "rank": [rank for rank, _, _ in kept],
        },
        schema=schema,
    )


def _near(model: Model, row: int) -> NDArray[np.int32]:
    """Items that may speak for the item: those most like it, as the method or its data see it."""
    known = model.recommender
    if isinstance(known, CanFindSimilar):
        found = known.similar(np.array([row], np.int32), min(TRIED, len(model.catalog)), model.run)
        near: NDArray[np.int32] = found.items[0][found.items[0] >= 0]
        return near
    histories = model.histories.items
    together = np.isin(histories.rows(), histories.rows()[histories.values == row])
    counts = np.bincount(histories.values[together], minlength=len(model.catalog))
    counts[row] = 0
    best = np.argsort(-counts, kind="stable")[:TRIED]
    return best[counts[best] > 0].astype(np.int32)
