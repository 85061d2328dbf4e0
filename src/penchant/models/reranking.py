"""What a model proposes, or people name themselves, ordered anew by another method."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from penchant.core import Ragged, UsageError
from penchant.data import EVENT_SCHEMA, Dataset, Method, Queries, Rankings
from penchant.evaluate import Fallbacks, degraded_rows
from penchant.models.asking import (
    Asked,
    answer_frame,
    check_k,
    notes_of,
    read_ids,
    with_degraded,
)
from penchant.models.model import Model
from penchant.models.where import allowed_items

AT_ONCE = 8
"""People whose answers are waited for together."""


@dataclass(frozen=True, slots=True)
class Pool:
    """What is put in order."""

    size: int = 20
    """Items that the model proposes"""
    candidates: Sequence[str] | None = None
    """Item ids instead, the same for everybody; those of the history stay in"""
    where: str | None = None
    """A filter on the catalogue"""


def rerank(
    model: Model, asked: Asked, method: Method, *, k: int = 10, pool: Pool | None = None
) -> Iterator[pl.DataFrame]:
    """Frames of a few people each, as soon as they are there.

    Args:
        model: Proposes, and tells what everybody chose before.
        asked: Who asks; see :meth:`Model.ask`.
        method: Orders; fitted here on the histories that the model holds.
        k: Items of each person at most.
        pool: What is put in order; 20 proposed items if not said.

    Yields:
        ``user``, ``rank`` (from 1), ``item``, ``title``, ``score`` (unit: the method's), ``before``
        (rank at which it was proposed), ``degraded`` (the method did not answer, or not all of it;
        where nobody watches the run, a Python warning says why).

    Raises:
        UsageError: A bad ``k``, a pool of nothing, an unreadable filter, or no such candidate.
    """
    width, told = check_k(k), pool or Pool()
    if told.size < 1:
        raise UsageError(f"pool={told.size}: need at least 1 item to order")
    for note in notes_of(asked.unknown_users, asked.unknown_items):
        model.run.watch.note(note)
    queries, proposed = _proposed(model, asked.queries, told, width)
    second = method.fit(known_data(model), model.run)
    for start in range(0, len(queries), AT_ONCE):
        rows = np.arange(start, min(start + AT_ONCE, len(queries)))
        heard = Fallbacks.over(model.run.watch)
        rankings = second.recommend(
            queries.take(rows), width, replace(model.run, watch=heard.watch)
        )
        heard.count(rankings)
        heard.warn(type(method).__name__, model.run.watch)
        frame = answer_frame([asked.names[int(row)] for row in rows], rankings, model.catalog)
        placed = frame.with_columns(_places(rankings, proposed.take(rows)))
        yield with_degraded(placed, rankings)


@dataclass(frozen=True, slots=True, eq=False)
class Reordered:
    """Items that were named, in another order."""

    frame: pl.DataFrame
    """``user``, ``rank`` (from 1), ``item``, ``title``, ``score``, ``before``"""
    degraded: bool
    """The method did not answer: they are as they were given"""


def reorder(
    model: Model, asked: Asked, method: Method, items: Sequence[str], *, k: int = 10
) -> Reordered:
    """Given items for one person, ordered by a method such as ``LLMRank``.

    >>> import penchant as pn
    >>> from penchant.language import ScriptedLM
    >>> model = pn.fit(pn.CoVisit(), pn.data.mini_world())
    >>> lm = pn.LLMRank(lm=ScriptedLM(answers=("2, 1",)), shuffled=False)
    >>> told = reorder(model, model.ask(history=["b36501"]), lm, ["b14104", "b65782"])
    >>> told.frame["before"].to_list(), told.degraded
    ([2, 1], False)

    Args:
        model: Tells what everybody chose before.
        asked: Who asks: one row of :meth:`Model.ask`.
        method: Orders; fitted here on the histories that the model holds.
        items: Ids, in the order in which they were proposed; those of the history stay in.
        k: Items at most.

    Raises:
        UsageError: A bad ``k``, or an unknown item.
    """
    width = check_k(k)
    queries, proposed = _proposed(model, asked.queries, Pool(candidates=items), width)
    second = method.fit(known_data(model), model.run)
    rankings = second.recommend(queries, width, model.run)
    frame = answer_frame(asked.names, rankings, model.catalog)
    failed = bool(degraded_rows(rankings)[0])
    return Reordered(frame.with_columns(_places(rankings, proposed)), failed)


def known_data(model: Model) -> Dataset:
    """What a model knows of its people, as data to learn from."""
    histories = model.histories
    n = len(histories.items.values)
    columns = {
        "user": histories.items.rows(),
        "item": histories.items.values,
        "time": pl.Series([None] * n if histories.times is None else histories.times),
        "rating": pl.Series([None] * n if histories.ratings is None else histories.ratings),
        "kind": pl.Series([None] * n, dtype=pl.String),
    }
    events = pl.DataFrame(columns, schema_overrides=dict(EVENT_SCHEMA))
    return Dataset(model.catalog, model.people, events, "histories")


def _proposed(model: Model, queries: Queries, pool: Pool, k: int) -> tuple[Queries, Ragged]:
    """The queries with candidates, and these in the order of their proposal."""
    if pool.where is not None:
        queries = replace(queries, allowed=allowed_items(model.catalog, pool.where))
    if pool.candidates is not None:
        ids = read_ids(pool.candidates, "candidates")
        rows = np.array([model.catalog.ids.row(name) for name in ids], np.int32)
        given = Ragged.of([rows] * len(queries))
    else:
        queries = queries.unseen()
        if pool.size < k:
            model.run.watch.note(f"pool={pool.size}: {k:,} items are asked for, and so proposed")
        width = min(max(pool.size, k), max(1, len(model.catalog)))
        given = model.recommender.recommend(queries, width, model.run).as_ragged()
    return replace(queries, candidates=given), given


def _places(rankings: Rankings, proposed: Ragged) -> pl.Series:
    """(n_answers,) rank of each answer among what was proposed."""
    before = []
    for row, items in enumerate(rankings.items):
        place = {item: at + 1 for at, item in reversed(list(enumerate(proposed[row].tolist())))}
        before += [place[item] for item in items.tolist() if item >= 0]
    return pl.Series("before", before, dtype=pl.Int32)
