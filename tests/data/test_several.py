from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from penchant.core import Ragged, UsageError
from penchant.data import History, Origins, Queries, join_datasets, mini_world


@pytest.fixture(scope="module")
def both():
    return mini_world(n_users=20), replace(mini_world(1, n_users=30), name="other")


def test_a_joined_data_set_has_every_event_under_its_new_ids(both):
    joined = join_datasets(both)
    assert len(joined.events) == sum(len(data.events) for data in both)
    assert len(joined.catalog) == 300
    for data in both:
        row = data.events.row(0, named=True)
        item, user = data.catalog.ids.names([row["item"]]), data.people.ids.names([row["user"]])
        rows = joined.catalog.ids.row(f"{data.name}:{item[0]}")
        users = joined.people.ids.row(f"{data.name}:{user[0]}")
        found = joined.events.filter((pl.col("item") == rows) & (pl.col("user") == users))
        assert found["time"].to_list() == [row["time"]]


def test_parts_are_what_was_joined(both):
    joined = join_datasets(both)
    origins = Origins.of(joined)
    assert origins.names == ("mini-world", "other")
    for number, data in enumerate(both):
        part = origins.part(joined, number)
        assert part.name == data.name
        columns = ["user", "item", "time", "rating"]
        assert part.events.select(columns).equals(data.events.select(columns))
        assert part.catalog.titles() == data.catalog.titles()
        assert len(part.people) == len(data.people)


def test_a_data_set_by_itself_is_its_only_part(both):
    origins = Origins.of(both[0])
    assert origins.names == ("mini-world",)
    assert origins.part(both[0], 0) is both[0]


def test_a_query_belongs_where_its_newest_item_or_its_person_does(both):
    origins = Origins.of(join_datasets(both))
    items = Ragged.of([[200], [3], [], [], []])
    users = np.array([0, 45, 45, 3, -1], np.int32)
    assert origins.of_queries(Queries(History(items), users)).tolist() == [1, 0, 1, 0, 0]
    assert origins.of_queries(Queries(History(items))).tolist() == [1, 0, 0, 0, 0]


def test_two_of_one_name_are_refused(both):
    with pytest.raises(UsageError, match="a name of its own"):
        join_datasets([both[0], both[0]])
    with pytest.raises(UsageError, match="at least one"):
        join_datasets([])
