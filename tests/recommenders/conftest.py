"""Small worlds whose answers can be worked out by hand."""

import json
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


class Notes:
    """A watcher that keeps what it is told."""

    def __init__(self) -> None:
        self.said: list[str] = []

    def note(self, text: str) -> None:
        self.said.append(text)

    def progress(self, stage: str, done: int, total: int | None, **figures: float) -> None:
        pass


@pytest.fixture
def notes() -> Notes:
    return Notes()


TITLES = ("Heat", "Alien", "Aliens", "Toy Story", "Up", "Solaris", "Emma", "Ran", "Big", "Se7en")


@pytest.fixture
def films() -> Dataset:
    """Ten films, four people who rate and review them; Ran was chosen by nobody."""
    ids, people = Ids([f"f{row}" for row in range(10)]), Ids([f"u{row}" for row in range(4)])
    told = [[0, 1, 2], [1, 2, 5], [3, 4, 8], [3, 6, 0]]
    items = [item for some in told for item in some]
    events = pl.DataFrame(
        {
            "user": [row for row, some in enumerate(told) for _ in some],
            "item": items,
            "time": [(n + 1) * DAY for n in range(len(items))],
            "rating": [float(1 + n % 5) for n in range(len(items))],
            "kind": [None] * len(items),
        },
        schema=dict(EVENT_SCHEMA),
    ).with_columns(
        review=pl.Series([f"Review {n}. More words." for n in range(len(items))]),
        summary=pl.Series([f"Summary {n}" for n in range(len(items))]),
    )
    table = pl.DataFrame(
        {
            "id": ids.series(),
            "title": TITLES,
            "year": [1995, 1979, 1986, 1995, 2009, 1972, 2020, 1985, 1988, 1995],
            "categories": [["crime"], ["space"], ["space"], ["toys"], ["toys"]] + [["art"]] * 5,
            "director": ["Mann", "Scott", "Cameron", None] + ["Somebody"] * 6,
        }
    )
    return Dataset(
        Catalog(ids, table), People(people, pl.DataFrame({"id": people.series()})), events
    )


@pytest.fixture
def heard(tmp_path) -> Callable[[], list[str]]:
    """What a scripted model with ``heard=str(tmp_path / "heard")`` was asked."""
    path = tmp_path / "heard"

    def read() -> list[str]:
        lines = path.read_text().splitlines() if path.exists() else []
        return [json.loads(line)["text"] for line in lines]

    return read
