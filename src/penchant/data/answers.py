"""Held-out events as ratings and texts to foretell: a row for each event that a split asks for."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from penchant.core import DataError, UsageError
from penchant.data.words import Cases, Dataset, Queries

_LONGEST_SENTENCE = 2_000
"""Characters of a review in which its first sentence is looked for."""


@dataclass(frozen=True, slots=True, eq=False)
class Rated:
    """Held-out ratings: who asks, about which item, and what was given."""

    queries: Queries
    items: NDArray[np.int32]
    """(n,)"""
    ratings: NDArray[np.float32]
    """(n,) none missing"""
    slices: pl.DataFrame | None = None
    """As in :class:`Cases`, one row each; ``None``: what the queries tell"""
    name: str = "test"

    def __post_init__(self) -> None:
        _check_rows(self.queries, self.slices, items=len(self.items), ratings=len(self.ratings))
        if not np.isfinite(self.ratings).all():
            raise UsageError("a rating is missing: leave such rows out")

    def __len__(self) -> int:
        return len(self.items)

    def take(self, rows: NDArray[np.integer]) -> "Rated":
        """The given rows, in the given order."""
        slices = None if self.slices is None else self.slices[rows]
        queries = self.queries.take(rows)
        return Rated(queries, self.items[rows], self.ratings[rows], slices, self.name)


@dataclass(frozen=True, slots=True, eq=False)
class Written:
    """Held-out texts: who writes, about which item, and what they wrote."""

    queries: Queries
    items: NDArray[np.int32]
    """(n,)"""
    references: Sequence[str]
    """(n,)"""
    slices: pl.DataFrame | None = None
    """As in :class:`Rated`"""
    name: str = "test"

    def __post_init__(self) -> None:
        counts = {"items": len(self.items), "references": len(self.references)}
        _check_rows(self.queries, self.slices, **counts)

    def __len__(self) -> int:
        return len(self.items)

    def take(self, rows: NDArray[np.integer]) -> "Written":
        """The given rows, in the given order."""
        slices = None if self.slices is None else self.slices[rows]
        references = [self.references[row] for row in rows]
        queries = self.queries.take(rows)
        return Written(queries, self.items[rows], references, slices, self.name)


def _check_rows(queries: Queries, slices: pl.DataFrame | None, **lengths: int) -> None:
    known = lengths if slices is None else {**lengths, "slices": len(slices)}
    for name, length in known.items():
        if length != len(queries):
            raise UsageError(f"{length} {name} for {len(queries)} queries: need one each")


def rated_cases(cases: Cases, data: Dataset) -> Rated:
    """The ratings that were given to the relevant items of held-out cases.

    A row for each query and relevant item that was rated; nothing of what the person wrote about it
    is in the query.

    >>> import penchant as pn
    >>> data = pn.data.mini_world()
    >>> split = pn.data.split_time(data)
    >>> rated = pn.data.rated_cases(split.test, data)
    >>> len(rated) == len(split.test.relevant.values)
    True

    Args:
        cases: The part of a split: ``split.test``.
        data: What was split, whole.

    Raises:
        DataError: None of the relevant items was rated.
    """
    found = _events(cases, data, ["rating"]).filter(pl.col("rating").is_not_null())
    if found.is_empty():
        raise _nothing(data, "rating")
    queries, items, rows = _asked(cases, found)
    ratings = found["rating"].to_numpy().astype(np.float32)
    return Rated(queries, items, ratings, cases.slices[rows], cases.name)


def written_cases(
    cases: Cases, data: Dataset, column: str = "review", *, about: str | None = None
) -> Written:
    """What people wrote about the relevant items of held-out cases.

    >>> import penchant as pn
    >>> data = pn.data.mini_world()
    >>> split = pn.data.split_time(data)
    >>> pn.data.written_cases(split.test, data).references[0]
    'Fine, but the table drags in the middle.'

    Args:
        cases: The part of a split: ``split.test``.
        data: What was split, whole.
        column: Of the events: ``review``, ``summary``, ``explanation``; see :func:`event_texts`.
        about: A column whose text the query shows, as what the person says: ``review``, where its
            summary is to be written.

    Raises:
        DataError: A column is missing, or nothing was written about any of the relevant items.
    """
    columns = [column] if about is None else [column, about]
    told = replace(data, events=data.events.with_columns(_texts(data, name) for name in columns))
    written = [pl.col(name).str.strip_chars() != "" for name in columns]
    found = _events(cases, told, columns).filter(*written)
    if found.is_empty():
        raise _nothing(data, column)
    queries, items, rows = _asked(cases, found)
    if about is not None:
        queries = replace(queries, texts=found[about].to_list())
    references = found[column].to_list()
    return Written(queries, items, references, cases.slices[rows], cases.name)


def event_texts(data: Dataset, name: str) -> pl.Series | None:
    """(n_events,) what people wrote, null where they wrote nothing; ``None`` without the column.

    Where nobody wrote an ``explanation``, the first sentence of the ``review`` is one.
    """
    if name in data.events.columns:
        return data.events[name].cast(pl.String)
    if name != "explanation" or "review" not in data.events.columns:
        return None
    reviews = data.events["review"].cast(pl.String).str.slice(0, _LONGEST_SENTENCE)
    first = reviews.str.strip_chars().str.extract(r"^(?s)(.+?(?:[.!?](?:\s|$)|\n|$))")
    return first.str.strip_chars().alias(name)


def _texts(data: Dataset, name: str) -> pl.Series:
    found = event_texts(data, name)
    if found is None:
        raise DataError(
            f"the events of {data.name} have no {name!r}",
            column=name,
            hint=f"name one of {', '.join(data.events.columns)}",
        )
    return found


def _events(cases: Cases, data: Dataset, columns: list[str]) -> pl.DataFrame:
    """Each query's relevant items in order, with the events behind them: query, item, columns.

    Where a person met an item more than once, the event at the time of asking counts, else their
    last one.
    """
    rows = cases.relevant.rows()
    users = cases.queries.users
    if users is None:
        raise DataError(
            "the cases do not say who asks, so nobody's events can be found",
            hint="give queries.users",
        )
    wanted = pl.DataFrame(
        {"query": rows, "item": cases.relevant.values, "user": users[rows]}
    ).with_row_index("place")
    keys = ["user", "item"]
    if cases.queries.now is not None and data.has_times:
        wanted = wanted.with_columns(time=pl.Series(cases.queries.now[rows]))
        at_once = _joined(wanted, data.events, [*keys, "time"], columns)
        later = wanted.join(at_once, on="place", how="anti")
        return pl.concat([at_once, _joined(later, data.events, keys, columns)]).sort("place")
    return _joined(wanted, data.events, keys, columns).sort("place")


def _joined(
    wanted: pl.DataFrame, events: pl.DataFrame, keys: list[str], columns: list[str]
) -> pl.DataFrame:
    last = events.unique(keys, keep="last", maintain_order=True).select(*keys, *columns)
    found = wanted.join(last, on=keys, maintain_order="left")
    return found.select("place", "query", "item", *columns)


def _asked(
    cases: Cases, found: pl.DataFrame
) -> tuple[Queries, NDArray[np.int32], NDArray[np.integer]]:
    rows = found["query"].to_numpy()
    return cases.queries.take(rows), found["item"].to_numpy().astype(np.int32), rows


def _nothing(data: Dataset, column: str) -> DataError:
    return DataError(
        f"no held-out event of {data.name} has a {column}",
        column=column,
        hint="read the log with that column, or hold out more",
    )
