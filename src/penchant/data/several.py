"""Several data sets as one, and apart again."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from penchant.core import UsageError
from penchant.data.ids import Ids
from penchant.data.words import Catalog, Dataset, People, Queries

DATASET = "dataset"
"""The column of catalogue and people that says where a row comes from."""


def join_datasets(datasets: Sequence[Dataset]) -> Dataset:
    """One data set of several; ids get the name of theirs in front, ``mini-world:b10432``.

    The column ``dataset`` of the catalogue says where an item comes from. Columns that some lack
    are null there; tables are left out.

    >>> import penchant as pn
    >>> both = join_datasets([pn.data.mini_world(), replace(pn.data.mini_world(1), name="other")])
    >>> len(both.catalog), both.catalog.table["dataset"].unique(maintain_order=True).to_list()
    (300, ['mini-world', 'other'])

    Raises:
        UsageError: There is none, or two have the same name.
    """
    names = [data.name for data in datasets]
    if not names or len(set(names)) < len(names):
        raise UsageError(
            f"data sets {names}: need at least one, each with a name of its own;"
            " replace(data, name=…) gives another"
        )
    items = np.cumsum([0, *(len(data.catalog) for data in datasets)])
    people = np.cumsum([0, *(len(data.people) for data in datasets)])
    events = pl.concat(
        [
            data.events.with_columns(
                (pl.col("user") + int(person)).cast(pl.Int32),
                (pl.col("item") + int(item)).cast(pl.Int32),
            )
            for data, item, person in zip(datasets, items, people, strict=False)
        ],
        how="diagonal",
    )
    catalog = _joined([data.catalog.table for data in datasets], names)
    owners = _joined([data.people.table for data in datasets], names)
    return Dataset(
        Catalog(Ids(catalog["id"]), catalog), People(Ids(owners["id"]), owners), events, "joined"
    )


@dataclass(frozen=True, slots=True, eq=False)
class Origins:
    """Which data set items and people come from."""

    names: tuple[str, ...]
    of_item: NDArray[np.int32]
    """(n_items,)"""
    of_user: NDArray[np.int32]
    """(n_users,)"""

    @classmethod
    def of(cls, data: Dataset) -> "Origins":
        """Of a joined data set; any other comes from one place, itself."""
        table = data.catalog.table
        if DATASET not in table.columns or DATASET not in data.people.table.columns:
            nothing = np.zeros(len(data.catalog), np.int32), np.zeros(len(data.people), np.int32)
            return cls((data.name,), *nothing)
        names = table[DATASET].unique(maintain_order=True).to_list()
        places = {name: row for row, name in enumerate(names)}
        rows = [
            np.array([places[name] for name in column.to_list()], np.int32)
            for column in (table[DATASET], data.people.table[DATASET])
        ]
        return cls(tuple(names), *rows)

    def part(self, data: Dataset, number: int) -> Dataset:
        """One of the data sets by itself: its items and people, numbered from 0."""
        if len(self.names) == 1:
            return data
        items, people = self.items(number), np.flatnonzero(self.of_user == number)
        new_item = np.zeros(len(self.of_item), np.int32)
        new_user = np.full(len(self.of_user), -1, np.int32)
        new_item[items] = np.arange(len(items))
        new_user[people] = np.arange(len(people))
        users = data.events["user"].to_numpy()
        events = data.events.filter(new_user[users] >= 0)
        events = events.with_columns(
            user=pl.Series(new_user[events["user"].to_numpy()]),
            item=pl.Series(new_item[events["item"].to_numpy()]),
        )
        table, owners = data.catalog.table[items], data.people.table[people]
        return replace(
            data,
            catalog=Catalog(Ids(table["id"]), table),
            people=People(Ids(owners["id"]), owners),
            events=events,
            name=self.names[number],
        )

    def items(self, number: int) -> NDArray[np.int64]:
        """The rows of a data set's items."""
        return np.flatnonzero(self.of_item == number)

    def of_queries(self, queries: Queries) -> NDArray[np.int64]:
        """(n,) the data set of each row's newest item, else of its person, else the first."""
        users = np.full(len(queries), -1) if queries.users is None else queries.users
        real = (users >= 0) & (users < len(self.of_user))
        found = np.zeros(len(queries), np.int64)
        found[real] = self.of_user[users[real]]
        items = queries.histories.items
        some = items.lengths > 0
        found[some] = self.of_item[items.values[items.offsets[1:][some] - 1]]
        return found


def _joined(tables: Sequence[pl.DataFrame], names: Sequence[str]) -> pl.DataFrame:
    named = [
        table.with_columns(
            pl.format("{}:{}", pl.lit(name), "id").alias("id"), pl.lit(name).alias(DATASET)
        )
        for table, name in zip(tables, names, strict=True)
    ]
    return pl.concat(named, how="diagonal_relaxed")
