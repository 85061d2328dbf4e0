"""Histories as sparse matrices."""

import numpy as np
import polars as pl
import pytest

from penchant.core import Ragged
from penchant.data import (
    EVENT_SCHEMA,
    Catalog,
    Dataset,
    Ids,
    People,
    history_matrix,
    positive_events,
    positives,
    recency,
)


def data_with(weights) -> Dataset:
    columns = {
        "user": [0, 0, 2, 2],
        "item": [1, 0, 2, 1],
        "time": [1, 2, 1, 2],
        "rating": [None] * 4,
        "kind": [None] * 4,
    }
    events = pl.DataFrame(columns, schema=dict(EVENT_SCHEMA))
    if weights is not None:
        events = events.with_columns(weight=pl.Series(weights, dtype=pl.Float64))
    items, people = Ids(["a", "b", "c"]), Ids(["x", "y", "z"])
    return Dataset(
        Catalog(items, pl.DataFrame({"id": items.series()})),
        People(people, pl.DataFrame({"id": people.series()})),
        events,
    )


@pytest.mark.parametrize(
    ("weights", "kept", "expected"),
    [
        (None, [[1, 0], [], [2, 1]], [1, 1, 1, 1]),
        ([2.0, 1.0, 0.5, None], [[1, 0], [], [2, 1]], [2, 1, 0.5, 1]),
        ([2.0, -1.0, 0.0, 3.0], [[1], [], [1]], [2, 3]),
        ([-1.0, -1.0, -1.0, -1.0], [[], [], []], []),
    ],
)
def test_what_speaks_against_an_item_is_left_out(weights, kept, expected):
    items, weighed = positives(data_with(weights))
    assert [items[row].tolist() for row in range(len(items))] == kept
    assert weighed.tolist() == expected
    assert weighed.dtype == np.float32
    assert positive_events(data_with(weights))["weight"].to_list() == expected


def test_the_newest_has_rank_1():
    weights = recency(Ragged.of([[5, 5, 5], [], [7]]), 1.0)
    assert weights == pytest.approx([1 / 3, 1 / 2, 1, 1])
    assert recency(Ragged.of([[5, 5]]), 0.0).tolist() == [1, 1]


def test_a_cell_is_1_however_often():
    matrix = history_matrix(Ragged.of([[1, 1, -1], [], [0]]), 3)
    assert matrix.toarray().tolist() == [[0, 1, 0], [0, 0, 0], [1, 0, 0]]
    assert matrix.dtype == np.float32


def test_weights_add_up():
    items = Ragged.of([[1, 1, -1], [2]])
    matrix = history_matrix(items, 3, np.array([1, 2, 4, 8], np.float32))
    assert matrix.toarray().tolist() == [[0, 3, 0], [0, 0, 8]]
