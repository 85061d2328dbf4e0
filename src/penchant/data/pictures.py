"""Data over time, the long tail, and who learns from when: what plots of a data set show."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray

from penchant.core import UsageError
from penchant.data.splits import leave_last_out, split_time
from penchant.data.words import Dataset, Split

BINS, MOST_BINS = 60, 500
TAIL_POINTS = 100


@dataclass(frozen=True, slots=True, eq=False)
class SplitTimes:
    """Where in time the parts of a split stand."""

    kind: Literal["time", "last"]
    claim: str
    parts: pl.DataFrame
    """``part`` (train, valid, test), ``events``, ``first``, ``last`` (µs, null for none)"""
    by_bin: dict[str, NDArray[np.int64]]
    """part -> (n_bins,) events in each stretch"""
    leak: tuple[int, int, int] | None
    """First tested query and last training event (µs), and the training events from the first to
    the last; ``None``: nothing that is learned from is later than a query."""


def edges_of(data: Dataset, bins: int = BINS) -> NDArray[np.int64]:
    """(bins + 1,) µs: stretches of equal length from the first event to just after the last.

    Raises:
        UsageError: The events have no times, or so many bins cannot be.
    """
    if not 1 <= bins <= MOST_BINS:
        raise UsageError(f"bins={bins}: need 1 to {MOST_BINS}")
    if not data.has_times:
        raise UsageError(f"the events of {data.name} have no times: give them a column 'time'")
    times = data.events["time"].to_numpy()
    first, last = int(times.min()), int(times.max()) + 1
    steps = np.arange(bins + 1, dtype=object) * (last - first)
    return np.array([first + int(step) // bins for step in steps], np.int64)


def timeline(data: Dataset, bins: int = BINS) -> pl.DataFrame:
    """What happened in each stretch of time.

    Returns:
        ``begins``, ``ends`` (µs, the end excluded), ``events``, ``people``, ``new_people`` and
        ``new_items`` (whose first event it is).

    Raises:
        UsageError: The events have no times, or so many bins cannot be.
    """
    edges = edges_of(data, bins)
    events = data.events.select("user", "item", "time")
    at = _bin_of(events["time"].to_numpy(), edges)
    placed = events.with_columns(pl.Series("bin", at))
    people = placed.group_by("bin").agg(pl.col("user").n_unique().alias("n"))
    return pl.DataFrame(
        {
            "begins": edges[:-1],
            "ends": edges[1:],
            "events": np.bincount(at, minlength=bins),
            "people": _spread(people, bins),
            "new_people": _firsts(placed, "user", bins),
            "new_items": _firsts(placed, "item", bins),
        }
    )


def long_tail(data: Dataset, points: int = TAIL_POINTS) -> pl.DataFrame:
    """How unevenly events are spread over items, the most chosen first.

    Returns:
        ``items`` (how many of the most chosen), ``share_of_items``, ``share_of_events``,
        ``events`` (of the last of them), denser where the curve bends: at the head.

    Raises:
        UsageError: Fewer than 2 points.
    """
    if points < 2:
        raise UsageError(f"points={points}: need at least 2")
    counts = np.bincount(data.events["item"].to_numpy(), minlength=len(data.catalog))
    ordered = np.sort(counts)[::-1]
    n = len(ordered)
    places = np.unique(np.geomspace(1, max(1, n), points).round().astype(np.int64))[: n or 0]
    total = max(1, int(ordered.sum()))
    return pl.DataFrame(
        {
            "items": places,
            "share_of_items": places / max(1, n),
            "share_of_events": ordered.cumsum()[places - 1] / total,
            "events": ordered[places - 1].astype(np.int64),
        }
    )


def picture_split(data: Dataset, kind: Literal["time", "last"], bins: int = BINS) -> SplitTimes:
    """Where in time the parts of a split stand, and how much it learns from the future.

    Args:
        data: With times.
        kind: ``time`` (one instant for everybody) or ``last`` (each person's last event).
        bins: Stretches of time.

    Raises:
        UsageError: The events have no times, or there is no such split.
        DataError: The data cannot be split so.
    """
    edges = edges_of(data, bins)
    if kind not in ("time", "last"):
        raise UsageError(f"split {kind!r}: wanted 'time' or 'last'")
    split = split_time(data) if kind == "time" else leave_last_out(data)
    times = _times(split)
    rows = [
        (part, len(of), int(of.min()) if len(of) else None, int(of.max()) if len(of) else None)
        for part, of in times.items()
    ]
    schema = {"part": pl.String, "events": pl.Int64, "first": pl.Int64, "last": pl.Int64}
    counted = {
        part: np.bincount(_bin_of(of, edges), minlength=bins).astype(np.int64)
        for part, of in times.items()
    }
    parts = pl.DataFrame(rows, schema, orient="row")
    return SplitTimes(kind, split.claim, parts, counted, _leak(times["train"], times["test"]))


def _times(split: Split) -> dict[str, NDArray[np.int64]]:
    """Of each part: µs of what is learned from, or asked for."""
    times = {"train": split.train.events["time"].to_numpy()}
    for name, cases in (("valid", split.valid), ("test", split.test)):
        now = cases.queries.now
        each = np.zeros(0, np.int64) if now is None else np.repeat(now, cases.relevant.lengths)
        times[name] = each
    return times


def _leak(train: NDArray[np.int64], test: NDArray[np.int64]) -> tuple[int, int, int] | None:
    if not len(train) or not len(test) or train.max() < test.min():
        return None
    first = int(test.min())
    return first, int(train.max()), int((train >= first).sum())


def _bin_of(times: NDArray[np.int64], edges: NDArray[np.int64]) -> NDArray[np.int64]:
    found = np.searchsorted(edges, times, "right") - 1
    return np.clip(found, 0, len(edges) - 2).astype(np.int64)


def _firsts(placed: pl.DataFrame, column: str, bins: int) -> NDArray[np.int64]:
    firsts = placed.group_by(column).agg(pl.col("bin").min())
    return _spread(firsts.group_by("bin").agg(pl.len().alias("n")), bins)


def _spread(counted: pl.DataFrame, bins: int) -> NDArray[np.int64]:
    out = np.zeros(bins, np.int64)
    out[counted["bin"].to_numpy()] = counted["n"].to_numpy()
    return out
