"""People: find them, see what they did."""

from typing import Annotated

import numpy as np
import polars as pl
from fastapi import APIRouter, Query

from penchant.data import find_ids
from penchant.models import Model
from penchant.models.asking import ERASED
from penchant.serve.cursors import LONGEST, cursor_at, place_of
from penchant.serve.guard.access import Holding, read
from penchant.serve.problems import Problem
from penchant.serve.shapes.people import PastEvent, Person, PersonCard, PersonPage
from penchant.serve.shapes.values import plain
from penchant.serve.shapes.words import PathId
from penchant.serve.shop import Shop

router = APIRouter(prefix="/v1", tags=["people"], dependencies=[read])
NEWEST = 3
"""Titles that tell people apart."""


@router.get("/people")
def people(
    shop: Holding,
    contains: Annotated[str | None, Query(max_length=200)] = None,
    least: Annotated[int, Query(ge=0, le=1_000_000, description="Events of each.")] = 1,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    cursor: Annotated[str | None, Query(max_length=LONGEST)] = None,
) -> PersonPage:
    """People with a history in the active model, in its order; by a part of their id.

    Of whom nothing but events since then is known has a card, and is not in this list.
    """
    name, desk = shop.desk(None)
    model = desk.model
    rows = find_ids(model.people.ids, contains or "")
    names = model.people.ids.series().gather(rows)
    enough = pl.Series(model.histories.items.lengths >= least).gather(rows)
    rows = rows.filter(~names.str.starts_with(ERASED) & enough)
    start = place_of(cursor, "people", name, contains, least)
    page = rows.slice(start, limit).to_list()
    more = len(rows) > start + limit
    return PersonPage(
        people=[_person(model, row) for row in page],
        cursor=cursor_at(start + limit, "people", name, contains, least) if more else None,
    )


@router.get("/people/{user_id}")
def person(
    user_id: PathId,
    shop: Holding,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
    cursor: Annotated[str | None, Query(max_length=LONGEST)] = None,
) -> PersonCard:
    """What is known of a person, and the history, newest first, what came in since among it."""
    model = shop.desk(None)[1].model
    row = -1 if user_id.startswith(ERASED) else int(model.people.ids.rows([user_id])[0])
    past = _past(shop, model, user_id, row)
    if row < 0 and not len(past):
        raise Problem(
            404,
            f"nothing is known of {user_id!r}",
            code="person",
            pointer="#/user_id",
            hint="GET /v1/people lists whom the active model learned from; others are known by "
            "their id once an event of theirs has come",
        )
    start = place_of(cursor, "person", user_id)
    shown = past.slice(start, limit)
    own = model.people.table.row(row, named=True) if row >= 0 else {}
    more = len(past) > start + limit
    return PersonCard(
        user_id=user_id,
        known=row >= 0,
        columns={name: plain(value) for name, value in own.items() if name != "id"},
        events=len(past),
        history=[PastEvent(**one) for one in shown.iter_rows(named=True)],
        cursor=cursor_at(start + limit, "person", user_id) if more else None,
    )


def _person(model: Model, row: int) -> Person:
    items = model.histories.items[row]
    titles = model.catalog.titles(items[::-1][:NEWEST].astype(np.int64))
    return Person(
        user_id=model.people.ids.names([row])[0],
        events=len(items),
        newest=titles,
    )


def _past(shop: Shop, model: Model, user: str, row: int) -> pl.DataFrame:
    """All events, newest first: ``item_id``, ``title``, ``ts``, ``rating``, ``live``."""
    since = shop.since(model, user)
    schema = {"item_id": pl.String, "ts": pl.Int64, "rating": pl.Float64, "live": pl.Boolean}
    live = pl.DataFrame(
        {
            "item_id": since["item"],
            "ts": since["time"],
            "rating": since["value"],
            "live": [True] * len(since),
        },
        schema=schema,
    )
    told = live
    if row >= 0:
        history = model.histories.take(np.array([row]))
        n = len(history.items.values)
        none = pl.Series([None] * n, dtype=pl.Float64)
        before = pl.DataFrame(
            {
                "item_id": model.catalog.ids.series().gather(history.items.values),
                "ts": none if history.times is None else history.times,
                "rating": none if history.ratings is None else history.ratings,
                "live": [False] * n,
            },
            schema=schema,
        ).with_columns(pl.col("rating").fill_nan(None))
        told = pl.concat([before, live])
    rows = model.catalog.ids.rows(told["item_id"])
    known = rows >= 0
    titles = told["item_id"].to_list()
    for at, title in zip(np.flatnonzero(known), model.catalog.titles(rows[known]), strict=True):
        titles[at] = title
    named = told.with_columns(pl.Series("title", titles, dtype=pl.String))
    return named.select("item_id", "title", "ts", "rating", "live").reverse()
