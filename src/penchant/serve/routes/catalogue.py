"""Items."""

import base64
import binascii
from typing import Annotated

import numpy as np
import polars as pl
from fastapi import APIRouter, Path, Query

from penchant.data import Catalog
from penchant.serve.guard.access import Holding, read
from penchant.serve.problems import Problem
from penchant.serve.shapes.catalogue import Item, ItemPage
from penchant.serve.shapes.words import Id

router = APIRouter(prefix="/v1", tags=["catalogue"])


@router.get("/items", dependencies=[read])
def items(
    shop: Holding,
    contains: Annotated[str | None, Query(max_length=200)] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    cursor: Annotated[str | None, Query(max_length=64)] = None,
) -> ItemPage:
    """Items of the active model in the order of the catalogue, a page at a time."""
    _, desk = shop.desk(None)
    catalog = desk.model.catalog
    rows = pl.int_range(len(catalog), eager=True)
    if contains:
        titles = pl.Series(catalog.titles(), dtype=pl.String).str.to_lowercase()
        rows = rows.filter(titles.str.contains(contains.lower(), literal=True))
    rows = rows.filter(rows >= _row_of(cursor))
    page = rows.head(limit).to_list()
    after = _cursor_of(rows[limit]) if len(rows) > limit else None
    return ItemPage(items=[_item(catalog, row) for row in page], cursor=after)


@router.get("/items/{item_id}", dependencies=[read])
def item(item_id: Annotated[Id, Path()], shop: Holding) -> Item:
    """All that is known of an item."""
    _, desk = shop.desk(None)
    catalog = desk.model.catalog
    if item_id not in catalog.ids:
        raise Problem(404, f"no item {item_id!r}", code="item")
    return _item(catalog, catalog.ids.row(item_id))


def _item(catalog: Catalog, row: int) -> Item:
    told = catalog.table.row(row, named=True)
    columns = {
        name: value if isinstance(value, str | int | float | bool | list | None) else str(value)
        for name, value in told.items()
        if name != "id"
    }
    return Item(item_id=str(told["id"]), title=catalog.titles(np.array([row]))[0], columns=columns)


def _cursor_of(row: int) -> str:
    return base64.urlsafe_b64encode(f"row:{row}".encode()).decode()


def _row_of(cursor: str | None) -> int:
    if cursor is None:
        return 0
    try:
        told = base64.urlsafe_b64decode(cursor.encode()).decode()
        if told.startswith("row:") and told[4:].isdecimal():
            return int(told[4:])
    except (binascii.Error, UnicodeDecodeError, ValueError):
        pass
    raise Problem(
        422,
        f"cursor {cursor!r} is none that was given",
        code="cursor",
        pointer="#/cursor",
        hint="leave it out to begin again",
    )
