"""Worlds so small that what can be learned is known."""

import numpy as np
import polars as pl

from penchant.core import Run
from penchant.data import EVENT_SCHEMA, Catalog, Dataset, Ids, People

DAY = 86_400_000_000
"""µs"""


def walking_world(*, n_people: int = 150, n_items: int = 20, seed: int = 0) -> Dataset:
    """Every person walks i0, i1, i2, … from some item on, one step a day.

    Items have a title, a description and a category, so that methods that read can learn, too.
    """
    rng = Run(seed=seed).rng("testing.walks")
    starts = rng.integers(0, n_items - 5, n_people)
    lengths = np.minimum(rng.integers(5, 10, n_people), n_items - starts)
    users = np.repeat(np.arange(n_people), lengths)
    steps = np.arange(len(users)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    columns = {
        "user": users,
        "item": starts[users] + steps,
        "time": (steps + 1) * DAY,
        "rating": np.full(len(users), 5.0),
        "kind": pl.Series([None] * len(users), dtype=pl.String),
    }
    ids = Ids([f"i{item}" for item in range(n_items)])
    table = pl.DataFrame(
        {
            "id": ids.series(),
            "title": [f"Walk, stage {item}" for item in range(n_items)],
            "description": [f"What comes after stage {item - 1}." for item in range(n_items)],
            "categories": [["odd" if item % 2 else "even"] for item in range(n_items)],
        }
    )
    people = Ids([f"u{user}" for user in range(n_people)])
    return Dataset(
        Catalog(ids, table),
        People(people, pl.DataFrame({"id": people.series()})),
        pl.DataFrame(columns, schema_overrides=dict(EVENT_SCHEMA)),
        "walking world",
    )
