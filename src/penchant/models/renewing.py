"""Data to fit on again: what was there, without who was erased, with what people did since."""

from collections.abc import Callable, Iterable
from dataclasses import replace

import numpy as np
import polars as pl

from penchant.data import EVENT_SCHEMA, Catalog, Dataset, Ids, People
from penchant.models.asking import ERASED
from penchant.models.stocking import Change, updated_table

RATING = "rating"
"""Events of this kind carry a rating; the value of others is a price or a count."""


def without_people(data: Dataset, is_gone: Callable[[str], bool]) -> Dataset:
    """The data without the ids, attributes and events of some people; no other row moves."""
    gone = np.array([is_gone(name) for name in data.people.ids.series().to_list()], np.bool_)
    if not gone.any():
        return data
    marked = data.people.table.with_row_index("_row").with_columns(pl.Series("_gone", gone))
    blank = [
        pl.when("_gone").then(None).otherwise(pl.col(name)).alias(name)
        for name in data.people.table.columns
        if name != "id"
    ]
    names = pl.when("_gone").then(pl.concat_str(pl.lit(ERASED), "_row")).otherwise("id").alias("id")
    table = marked.with_columns(names, *blank).drop("_row", "_gone")
    events = data.events.filter(~gone[data.events["user"].to_numpy()])
    return replace(data, people=People(Ids(table["id"]), table), events=events)


def with_catalog(data: Dataset, changes: Iterable[Change]) -> Dataset:
    """The data with items as they are now; those that are gone keep their row."""
    table = updated_table(data.catalog, [change for change in changes if not change.gone])
    return replace(data, catalog=Catalog(Ids(table["id"]), table))


def with_events(data: Dataset, events: pl.DataFrame) -> tuple[Dataset, int]:
    """The data with later events, and how many of those spoke of unknown items.

    Args:
        data: What was there.
        events: ``user``, ``item`` (ids), ``time`` (µs since 1970), ``kind``, ``value``.

    Returns:
        People who are new have rows after the others; events of unknown items are left out.
    """
    rows = data.catalog.ids.rows(events["item"])
    later = events.with_columns(pl.Series("_item", rows)).filter(pl.col("_item") >= 0)
    left_out = len(events) - len(later)
    if not len(later):
        return data, left_out
    ids = data.people.ids.series()
    names = later["user"].unique(maintain_order=True)
    fresh = names.filter(data.people.ids.rows(names) < 0)
    added = pl.DataFrame({"id": fresh})
    table = pl.concat([data.people.table, added], how="diagonal")
    people = People(Ids(pl.concat([ids, fresh])), table) if len(fresh) else data.people
    rated = pl.when(pl.col("kind") == RATING).then("value").otherwise(None)
    keeps_times = data.has_times or not len(data.events)
    more = later.select(
        user=pl.Series(people.ids.rows(later["user"])),
        item="_item",
        time="time" if keeps_times else pl.lit(None, pl.Int64),
        rating=rated,
        kind="kind",
    ).cast(pl.Schema(EVENT_SCHEMA))
    both = pl.concat([data.events, more], how="diagonal")
    order = ["user", "time"] if keeps_times else ["user"]
    sorted_events = both.sort(*order, maintain_order=True)
    return replace(data, people=people, events=sorted_events), left_out
