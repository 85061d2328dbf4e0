"""Small worlds whose answers can be worked out by hand."""

from collections.abc import Callable, Sequence

import numpy as np
import polars as pl
import pytest

from penchant.core import Ragged
from penchant.data import EVENT_SCHEMA, Cases, Catalog, Dataset, History, Ids, People, Queries

MakeData = Callable[..., Dataset]
DAY = 86_400_000_000


@pytest.fixture
def make_data() -> MakeData:
    """``make_data([[0, 1], [2]], n_items=3)``: histories of people, one event a day."""

    def make(
        sequences: Sequence[Sequence[int]],
        *,
        n_items: int,
        weights: Sequence[float | None] | None = None,
        timed: bool = True,
    ) -> Dataset:
        items = Ragged.of(sequences)
        starts = np.repeat(items.offsets[:-1], items.lengths)
        times = (np.arange(len(items.values)) - starts + 1) * DAY
        events = pl.DataFrame(
            {
                "user": items.rows(),
                "item": items.values,
                "time": times if timed else [None] * len(times),
                "rating": [None] * len(times),
                "kind": [None] * len(times),
            },
            schema=dict(EVENT_SCHEMA),
        )
        if weights is not None:
            events = events.with_columns(weight=pl.Series(weights, dtype=pl.Float32))
        names = Ids([f"i{row}" for row in range(n_items)])
        owners = Ids([f"u{row}" for row in range(len(sequences))])
        return Dataset(
            Catalog(names, pl.DataFrame({"id": names.series()})),
            People(owners, pl.DataFrame({"id": owners.series()})),
            events,
        )

    return make


@pytest.fixture
def ask() -> Callable[[Sequence[Sequence[int]]], Queries]:
    """``ask([[0, 1], []])``: queries that know no more than histories."""
    return lambda sequences: Queries(History(Ragged.of(sequences)))


@pytest.fixture
def hold() -> Callable[..., Cases]:
    """``hold([[0, 1]], [[2]])``: histories, and what should come back."""

    def make(histories: Sequence[Sequence[int]], relevant: Sequence[Sequence[int]]) -> Cases:
        queries = Queries(History(Ragged.of(histories))).unseen()
        slices = pl.DataFrame({"user": np.arange(len(queries), dtype=np.int32)})
        return Cases(queries, Ragged.of(relevant), slices)

    return make
