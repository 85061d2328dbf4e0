"""Items."""

from typing import Annotated

import numpy as np
import polars as pl
from fastapi import APIRouter, Query

from penchant.data import Catalog, ItemNames
from penchant.models import Model
from penchant.serve.cursors import LONGEST, cursor_at, place_of
from penchant.serve.guard.access import Holding, read
from penchant.serve.problems import no_item
from penchant.serve.shapes.catalogue import Item, ItemPage
from penchant.serve.shapes.values import plain
from penchant.serve.shapes.words import PathId
from penchant.serve.shop import Shop

router = APIRouter(prefix="/v1", tags=["catalogue"])


@router.get("/items", dependencies=[read])
def items(
    shop: Holding,
    contains: Annotated[str | None, Query(max_length=200, description="Of the title.")] = None,
    query: Annotated[
        str | None,
        Query(max_length=200, description="Words that begin words of the title; best first."),
    ] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    cursor: Annotated[str | None, Query(max_length=LONGEST)] = None,
) -> ItemPage:
    """Items of the active model in the order of the catalogue, or by words; a page at a time."""
    name, desk = shop.desk(None)
    model = desk.model
    rows = _found(shop, model, contains, query)
    start = place_of(cursor, "items", name, contains, query)
    page = rows.slice(start, limit).to_list()
    more = len(rows) > start + limit
    after = cursor_at(start + limit, "items", name, contains, query) if more else None
    return ItemPage(items=[_item(model.catalog, row) for row in page], cursor=after)


@router.get("/items/{item_id}", dependencies=[read])
def item(item_id: PathId, shop: Holding) -> Item:
    """All that is known of an item."""
    _, desk = shop.desk(None)
    catalog, closed = desk.model.catalog, desk.model.closed
    row = catalog.ids.row(item_id) if item_id in catalog.ids else -1
    if row < 0 or (closed is not None and closed[row]):
        raise no_item(item_id, "#/item_id")
    return _item(catalog, row)


def _found(shop: Shop, model: Model, contains: str | None, query: str | None) -> pl.Series:
    """Rows of the items that are there."""
    catalog = model.catalog
    if query:
        names = shop.looking.once(("names",), catalog, lambda: ItemNames.of(catalog))
        rows = names.find(query)
    else:
        rows = pl.int_range(len(catalog), eager=True, dtype=pl.Int64)
    if model.closed is not None:
        rows = rows.filter(~pl.Series(model.closed).gather(rows))
    if contains:
        titles = pl.Series(catalog.titles(), dtype=pl.String).str.to_lowercase().gather(rows)
        rows = rows.filter(titles.str.contains(contains.lower(), literal=True))
    return rows


def _item(catalog: Catalog, row: int) -> Item:
    told = catalog.table.row(row, named=True)
    columns = {name: plain(value) for name, value in told.items() if name != "id"}
    return Item(item_id=str(told["id"]), title=catalog.titles(np.array([row]))[0], columns=columns)
