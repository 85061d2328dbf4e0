"""From frames with people's own ids to a data set with rows."""

from collections.abc import Mapping

import numpy as np
import polars as pl

from penchant.core import Ragged
from penchant.data.ids import Ids
from penchant.data.words import EVENT_SCHEMA, Catalog, Dataset, People


def assemble(
    events: pl.DataFrame,
    *,
    name: str,
    items: pl.DataFrame | None = None,
    people: pl.DataFrame | None = None,
    tables: Mapping[str, pl.DataFrame] | None = None,
) -> Dataset:
    """A data set of frames that hold external ids.

    Args:
        events: ``user``, ``item`` (strings), and any of ``time`` (µs), ``rating``, ``kind``, more.
        name: Of the data set.
        items: ``id`` (string, unique) and what is known; items of events that it lacks are
            appended in order of appearance.
        people: Likewise.
        tables: What else is known; a column ``item`` or ``user`` of external ids becomes rows, and
            lines about items or people that are not there are left out.
    """
    catalog_table = _known(items, events["item"])
    people_table = _known(people, events["user"])
    catalog = Catalog(Ids(catalog_table["id"]), catalog_table)
    crowd = People(Ids(people_table["id"]), people_table)
    columns = []
    for column, dtype in EVENT_SCHEMA.items():
        if column in ("user", "item"):
            ids = crowd.ids if column == "user" else catalog.ids
            columns.append(pl.Series(column, ids.rows(events[column]), dtype))
        elif column in events.columns:
            columns.append(events[column].cast(dtype))
        else:
            columns.append(pl.repeat(None, len(events), dtype=dtype, eager=True).alias(column))
    more = events.select(pl.exclude(*EVENT_SCHEMA))
    frame = pl.DataFrame(columns).hstack(more).sort("user", "time", maintain_order=True)
    rows = {key: _with_rows(table, catalog, crowd) for key, table in (tables or {}).items()}
    return Dataset(catalog, crowd, frame, name, rows)


def sequences(histories: Ragged) -> pl.DataFrame:
    """Events of people 0, 1, 2, … and the items, both as text, in order."""
    return pl.DataFrame(
        {
            "user": pl.Series(histories.rows()).cast(pl.String),
            "item": pl.Series(histories.values).cast(pl.String),
        }
    )


def _known(table: pl.DataFrame | None, seen: pl.Series) -> pl.DataFrame:
    mentioned = pl.DataFrame({"id": seen.unique(maintain_order=True)})
    if table is None:
        return mentioned
    table = table.select("id", pl.exclude("id"))
    return pl.concat([table, mentioned.join(table, on="id", how="anti")], how="diagonal")


def _with_rows(table: pl.DataFrame, catalog: Catalog, crowd: People) -> pl.DataFrame:
    kept = np.ones(len(table), np.bool_)
    columns = {}
    for column, ids in (("item", catalog.ids), ("user", crowd.ids), ("friend", crowd.ids)):
        if column in table.columns and table[column].dtype == pl.String:
            columns[column] = ids.rows(table[column])
            kept &= columns[column] >= 0
    found = table.with_columns(pl.Series(name, rows, pl.Int32) for name, rows in columns.items())
    return found.filter(pl.Series(kept))
