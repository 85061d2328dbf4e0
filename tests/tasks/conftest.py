"""Small worlds told in prompts."""

import polars as pl
import pytest

from penchant.data import EVENT_SCHEMA, Catalog, Dataset, Ids, People


@pytest.fixture
def make_catalog():
    """``make_catalog({"id": [...], "title": [...]})``."""

    def make(columns):
        table = pl.DataFrame(columns)
        return Catalog(Ids(table["id"]), table)

    return make


@pytest.fixture
def make_log(make_catalog):
    """``make_log([(user, item, rating, review), ...], n_items=3)``: events in order of time."""

    def make(rows, *, n_items=None, **more):
        users, items, ratings, reviews = ([row[i] for row in rows] for i in range(4))
        n_items = n_items or max(items) + 1
        people = [f"u{user}" for user in range(max(users) + 1)]
        events = pl.DataFrame(
            {
                "user": users,
                "item": items,
                "time": list(range(len(rows))),
                "rating": ratings,
                "kind": [None] * len(rows),
                "review": reviews,
                **more,
            },
            schema_overrides={**EVENT_SCHEMA, "review": pl.String},
        ).sort("user", "time")
        return Dataset(
            make_catalog({"id": [f"i{item}" for item in range(n_items)]}),
            People(Ids(people), pl.DataFrame({"id": people})),
            events,
        )

    return make
