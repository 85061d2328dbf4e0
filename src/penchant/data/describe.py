"""What a data set is like: its size, density, span, and how unevenly events are spread."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from penchant.data.words import Dataset

QUANTILES = (0.0, 0.1, 0.25, 0.5, 0.75, 0.9, 0.99, 1.0)
HEAD = 0.2
"""The share of items that is called the head."""


@dataclass(frozen=True, slots=True, eq=False)
class Description:
    """What :func:`describe` tells; ``print`` shows it all."""

    counts: Mapping[str, Any]  # Any: counts, shares, times and names
    spread: pl.DataFrame
    """Quantiles of events per person and per item: ``quantile``, ``per_person``, ``per_item``."""
    tail: pl.DataFrame
    """``share_of_items``, most chosen first, and the ``share_of_events`` that they have."""
    ratings: pl.DataFrame
    """``rating``, ``events``; empty without ratings."""
    kinds: pl.DataFrame
    """``kind``, ``events``; empty without kinds."""
    columns: pl.DataFrame
    """``table``, ``column``, ``dtype``, ``known``: the share that is not null."""

    def __str__(self) -> str:
        lines = [f"{key}: {_shown(value)}" for key, value in self.counts.items()]
        frames = (self.spread, self.tail, self.ratings, self.kinds, self.columns)
        with pl.Config(tbl_rows=40, tbl_hide_dataframe_shape=True):
            return "\n".join([*lines, *(str(frame) for frame in frames if len(frame))])

    def as_dict(self) -> dict[str, Any]:  # Any: JSON
        """All of it as JSON values."""
        frames = {
            name: getattr(self, name).to_dicts()  # the five fields that hold frames
            for name in ("spread", "tail", "ratings", "kinds", "columns")
        }
        return {**self.counts, **frames}


def describe(data: Dataset) -> Description:
    """Counts, density, span of time, long tail, ratings, kinds and columns.

    >>> import polars as pl
    >>> from penchant.data import read
    >>> log = pl.DataFrame({"user": ["a", "a", "b"], "item": ["x", "y", "x"]})
    >>> told = describe(read(log))
    >>> told.counts["people"], told.counts["items"], told.counts["density"]
    (2, 2, 0.75)
    """
    events = data.events
    per_person = np.bincount(events["user"].to_numpy(), minlength=len(data.people))
    per_item = np.bincount(events["item"].to_numpy(), minlength=len(data.catalog))
    return Description(
        counts=_counts(data, per_person, per_item),
        spread=pl.DataFrame(
            {
                "quantile": QUANTILES,
                "per_person": _quantiles(per_person),
                "per_item": _quantiles(per_item),
            }
        ),
        tail=_tail(per_item),
        ratings=_values(events, "rating"),
        kinds=_values(events, "kind"),
        columns=_columns(data),
    )


def gini(counts: NDArray[np.integer]) -> float:
    """How unevenly counts are spread: 0 all equal, near 1 all in one; nan for nothing."""
    total = counts.sum()
    if not total:
        return float("nan")
    ordered = np.sort(counts).astype(np.float64)
    ranks = np.arange(1, len(ordered) + 1)
    return float((2 * ranks - len(ordered) - 1) @ ordered / (len(ordered) * total))


def _counts(
    data: Dataset, per_person: NDArray[np.integer], per_item: NDArray[np.integer]
) -> dict[str, Any]:
    events, n = data.events, len(data.events)
    cells = len(data.people) * len(data.catalog)
    pairs = events.select("user", "item").n_unique()
    ordered = np.sort(per_item)[::-1]
    head = ordered[: max(1, round(HEAD * len(ordered)))].sum() if len(ordered) else 0
    out: dict[str, Any] = {
        "name": data.name,
        "events": n,
        "people": len(data.people),
        "items": len(data.catalog),
        "density": pairs / cells if cells else 0.0,
        "events_per_person": n / len(data.people) if len(data.people) else 0.0,
        "people_without_events": int((per_person == 0).sum()),
        "items_without_events": int((per_item == 0).sum()),
        "items_with_one_event": int((per_item == 1).sum()),
        "repeated_pairs": n - pairs,
        "head_share_of_events": float(head / n) if n else 0.0,
        "gini_of_items": gini(per_item),
    }
    if data.has_times:
        low, high = events["time"].min(), events["time"].max()
        out["first"], out["last"] = _iso(low), _iso(high)
        out["days"] = (high - low) / 86_400e6  # type: ignore[operator]  # int64 columns
        out["same_time_events"] = int(events.select("user", "time").is_duplicated().sum())
    return out


def _iso(micros: object) -> str:
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=int(str(micros)))
    return moment.isoformat().replace("+00:00", "Z")


def _quantiles(counts: NDArray[np.integer]) -> list[float]:
    if not len(counts):
        return [float("nan")] * len(QUANTILES)
    return [float(value) for value in np.quantile(counts, QUANTILES, method="lower")]


def _tail(per_item: NDArray[np.integer]) -> pl.DataFrame:
    shares = (0.01, 0.05, 0.1, 0.2, 0.5, 1.0)
    ordered = np.sort(per_item)[::-1]
    total = max(1, int(ordered.sum()))
    held = [float(ordered[: max(1, round(share * len(ordered)))].sum() / total) for share in shares]
    return pl.DataFrame({"share_of_items": shares, "share_of_events": held})


def _values(events: pl.DataFrame, column: str, most: int = 20) -> pl.DataFrame:
    """How often each value stands, the most frequent values only, in their own order."""
    counted = events[column].drop_nulls().value_counts(name="events")
    top = counted.sort("events", column, descending=[True, False]).head(most)
    return top.sort(column)


def _columns(data: Dataset) -> pl.DataFrame:
    rows = [
        (table, name, str(series.dtype), 1 - series.null_count() / max(1, len(series)))
        for table, frame in (
            ("events", data.events),
            ("items", data.catalog.table),
            ("people", data.people.table),
        )
        for name, series in ((column, frame[column]) for column in frame.columns)
    ]
    return pl.DataFrame(rows, schema=["table", "column", "dtype", "known"], orient="row")


def _shown(value: object) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)
