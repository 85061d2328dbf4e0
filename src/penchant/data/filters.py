"""Filters: fewer events, by rules that papers name. Each returns a new data set."""

from dataclasses import replace
from typing import Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray

from penchant.core import DataError, UsageError
from penchant.data.ids import Ids
from penchant.data.words import Catalog, Dataset, People


def k_core(data: Dataset, k: int = 5, *, items: int | None = None) -> Dataset:
    """People with at least ``k`` events on items that have as many, and those items.

    Removing one person may take an item below the threshold, so both are removed until nothing
    changes. People and items without events are dropped: rows are new, ids stay.

    Args:
        data: Any.
        k: Least events of a person, and of an item unless said otherwise.
        items: Least events of an item.

    Raises:
        DataError: Nothing is left.
    """
    least = k if items is None else items
    if k < 0 or least < 0:
        raise UsageError(f"k={k}, items={items}: need counts of at least 0")
    users = data.events["user"].to_numpy()
    things = data.events["item"].to_numpy()
    keep = np.ones(len(data.events), np.bool_)
    while True:
        of_user = np.bincount(users[keep], minlength=len(data.people))
        of_item = np.bincount(things[keep], minlength=len(data.catalog))
        enough = keep & (of_user[users] >= k) & (of_item[things] >= least)
        if (enough == keep).all():
            break
        keep = enough
    return only_seen(_kept(data, keep, f"the {k}-core"))


def only_seen(data: Dataset) -> Dataset:
    """Without the people and items that have no events: rows are new, ids stay."""
    items = _new_rows(data.events["item"], len(data.catalog))
    users = _new_rows(data.events["user"], len(data.people))
    columns = {"item": items, "user": users, "friend": users}
    catalog = data.catalog.table.filter(pl.Series(items >= 0))
    people = data.people.table.filter(pl.Series(users >= 0))
    return replace(
        data,
        catalog=Catalog(Ids(catalog["id"]), catalog),
        people=People(Ids(people["id"]), people),
        events=_renumbered(data.events, columns),
        tables={name: _renumbered(table, columns) for name, table in data.tables.items()},
    )


def implicit(data: Dataset, *, at_least: float) -> Dataset:
    """Ratings of ``at_least`` so much become plain events; lower and missing ones go.

    Items that nobody likes stay in the catalogue: they can still be recommended, wrongly.
    """
    if data.events["rating"].null_count() == len(data.events):
        raise DataError(
            f"{data.name} has no ratings", column="rating", hint="its events are implicit already"
        )
    keep = (data.events["rating"].fill_null(-np.inf) >= at_least).to_numpy()
    kept = _kept(data, keep, f"ratings of at least {at_least}")
    return replace(kept, events=kept.events.with_columns(rating=pl.lit(None, pl.Float32)))


def drop_duplicates(data: Dataset, *, keep: Literal["first", "last"] = "first") -> Dataset:
    """One event for each person and item: the first, or the last."""
    if keep not in ("first", "last"):
        raise UsageError(f"keep={keep!r}: need 'first' or 'last'")
    events = data.events.unique(["user", "item"], keep=keep, maintain_order=True)
    return replace(data, events=events)


def _kept(data: Dataset, keep: NDArray[np.bool_], what: str) -> Dataset:
    if not keep.any():
        raise DataError(
            f"{what} of {data.name} is empty: none of {len(keep):,} events is left",
            hint="a lower threshold keeps more",
        )
    return replace(data, events=data.events.filter(pl.Series(keep)))


def _new_rows(rows: pl.Series, n: int) -> NDArray[np.int32]:
    """(n,) the new row of each old one, -1 for those that go."""
    seen = np.bincount(rows.to_numpy(), minlength=n) > 0
    return np.where(seen, np.cumsum(seen) - 1, -1).astype(np.int32)


def _renumbered(table: pl.DataFrame, columns: dict[str, NDArray[np.int32]]) -> pl.DataFrame:
    """Rows replaced in the columns that hold them; lines about what is gone are left out."""
    for name, new in columns.items():
        if name in table.columns and table[name].dtype == pl.Int32:
            table = table.with_columns(pl.Series(name, new[table[name].to_numpy()], pl.Int32))
            table = table.filter(pl.col(name) >= 0)
    return table
