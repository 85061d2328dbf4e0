"""Who and what a model is good for: cases grouped by a column of people, items or histories."""

import numpy as np
import polars as pl

from penchant.core import UnknownName, UsageError
from penchant.data import Cases
from penchant.evaluate.listed import Background

HEAD_SHARE = 0.2
"""The most popular fifth of the catalogue is the head, the rest the tail."""

MIXED = "mixed"
"""The group of queries whose relevant items differ."""

LENGTHS = (0, 1, 5, 10, 20, 50)
"""Where groups of history lengths begin."""


def with_popularity(cases: Cases, background: Background) -> Cases:
    """Adds the column ``popularity``: ``head``, ``tail`` or ``mixed``, of the relevant items."""
    people = background.people_of_item
    head = np.zeros(len(people), np.bool_)
    head[np.argsort(-people, kind="stable")[: round(HEAD_SHARE * len(people))]] = True
    names = pl.Series(np.where(head & (people > 0), "head", "tail"))
    return _with(cases, "popularity", _of_items(cases, names))


def with_item_column(cases: Cases, table: pl.DataFrame, column: str) -> Cases:
    """Adds a catalogue column: the value that all relevant items share, else ``mixed``.

    Lists, such as categories, are taken by their first value.
    """
    values = _column(table, column, "the catalogue")
    if isinstance(values.dtype, pl.List):
        values = values.list.first()
    return _with(cases, column, _of_items(cases, values))


def with_user_column(cases: Cases, table: pl.DataFrame, column: str) -> Cases:
    """Adds a column of the people table; unknown people have none."""
    values = _column(table, column, "the people table")
    users = cases.queries.users
    if users is None:
        raise UsageError("the cases do not say who asks: give queries.users")
    rows = pl.Series(np.where(users < 0, 0, users))
    known = pl.Series(users >= 0)
    taken = values.gather(rows) if len(values) else pl.Series([None] * len(rows))
    return _with(cases, column, pl.select(pl.when(known).then(taken)).to_series())


def slice_columns(slices: pl.DataFrame) -> list[str]:
    """Columns that split the cases into at least two groups, and that people read."""
    return [
        name
        for name in slices.columns
        if name != "user" and 2 <= groups(slices, name).drop_nulls().n_unique() <= 12
    ]


def groups(slices: pl.DataFrame, column: str) -> pl.Series:
    """(n,) the group of each query as text; null where there is none.

    Yes and no for truth values, ranges for ``history_length`` and for other numbers of which there
    are more than 12 (quarters of the cases), the value itself for the rest.
    """
    values = _column(slices, column, "slices")
    if values.dtype == pl.Boolean:
        return (
            pl.select(pl.when(values).then(pl.lit("yes")).when(values.not_()).then(pl.lit("no")))
            .to_series()
            .alias(column)
        )
    if column == "history_length":
        return _ranges(values, list(LENGTHS))
    if values.dtype.is_numeric() and values.n_unique() > 12:
        known = values.drop_nulls().to_numpy().astype(np.float64)
        quarters = np.quantile(known, [0.0, 0.25, 0.5, 0.75], method="lower")
        return _ranges(values, sorted(set(quarters.tolist())))
    return values.cast(pl.String).alias(column)


def group_order(slices: pl.DataFrame, column: str) -> list[str]:
    """The groups in the order in which people expect them: numbers by size, the rest by name."""
    frame = pl.DataFrame({"group": groups(slices, column), "value": slices[column]})
    known = frame.drop_nulls("group").group_by("group").agg(pl.col("value").min())
    by = "value" if slices[column].dtype.is_numeric() else "group"
    return known.sort(by)["group"].to_list()


def _ranges(values: pl.Series, starts: list[float] | list[int]) -> pl.Series:
    labels = []
    whole = values.dtype.is_integer()
    for start, after in zip(starts, [*starts[1:], None], strict=True):
        if after is None:
            labels.append(f"{start:g}+")
        elif whole:
            labels.append(f"{start:g}" if after - start == 1 else f"{start:g}-{after - 1:g}")
        else:
            labels.append(f"{start:.3g} to {after:.3g}")
    place = np.searchsorted(np.asarray(starts), values.fill_null(starts[0]).to_numpy(), "right")
    named = pl.Series(values.name, labels).gather(pl.Series(np.maximum(place - 1, 0)))
    return pl.select(pl.when(values.is_not_null()).then(named)).to_series().alias(values.name)


def _of_items(cases: Cases, values: pl.Series) -> pl.Series:
    """The value that a query's relevant items share, ``mixed`` when they differ."""
    frame = pl.DataFrame(
        {
            "row": cases.relevant.rows(),
            "value": values.gather(pl.Series(cases.relevant.values)),
        }
    )
    text = not values.dtype.is_numeric()
    one = pl.col("value").first()
    other = pl.lit(MIXED if text else None)
    shared = frame.group_by("row").agg(
        pl.when(pl.col("value").n_unique() == 1).then(one).otherwise(other).alias("value")
    )
    rows = pl.DataFrame({"row": np.arange(len(cases), dtype=np.int32)})
    return rows.join(shared, on="row", how="left", maintain_order="left")["value"]


def _with(cases: Cases, column: str, values: pl.Series) -> Cases:
    slices = cases.slices.with_columns(values.alias(column))
    return Cases(cases.queries, cases.relevant, slices, cases.name)


def _column(table: pl.DataFrame, column: str, where: str) -> pl.Series:
    if column not in table.columns:
        raise UnknownName("column", column, table.columns, where=where)
    return table[column]
