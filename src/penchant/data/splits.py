"""Splits: what a model may learn from, and what it is asked afterwards.

All parts of a split keep one catalogue and one people table, so rows mean the same everywhere and
an item without training events is cold.
"""

import re
from datetime import UTC, date, datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from penchant.core import DataError, Run, UsageError
from penchant.data.holdout import (
    cases_of,
    check_shares,
    columns_of,
    dropped,
    hold_instants,
    hold_people,
    hold_rows,
    later_than,
    split_of,
)
from penchant.data.words import Dataset, Split

Window = float | timedelta | datetime | date | str
"""How much to hold out: a share of the events, a duration, or the instant at which it begins.

As text: ``"30d"``, ``"12h"``, ``"2w"`` or an ISO date and time (UTC unless it says otherwise).
"""

_SECONDS = {"s": 1, "m": 60, "h": 3_600, "d": 86_400, "w": 604_800}


def split_time(
    data: Dataset,
    *,
    valid: Window = 0.1,
    test: Window = 0.2,
    max_queries: int | None = None,
    seed: int = 0,
) -> Split:
    """Before one instant the past, after it the future, for everybody alike.

    One query for each person and instant in the window, with all strictly earlier events of the
    person as its history (those inside the window too); what came at that instant and is not in the
    history should come back.

    Args:
        data: Every event has a time.
        valid: The window before the test window; 0.0 holds nothing out for choosing.
        test: The last window.
        max_queries: At most so many queries a part, drawn at random; ``None`` keeps all.
        seed: Of that draw.

    Raises:
        DataError: An event has no time, or a window is empty.

    >>> import penchant as pn
    >>> split = pn.data.split_time(pn.data.mini_world())
    >>> bool(split.train.events["time"].max() < split.test.queries.now.min())
    True
    """
    events = columns_of(data)
    if events.times is None:
        missing = data.events["time"].null_count()
        raise DataError(
            f"{missing:,} of {len(events):,} events of {data.name} have no time",
            column="time",
            hint="leave_last_out(data) and split_ratio(data) need only an order",
        )
    start_test = _instant(events.times, test, before=None, what="test")
    start_valid = _instant(events.times, valid, before=start_test, what="valid")
    train = events.times < start_valid
    before_test = events.times < start_test
    if not train.any():
        raise DataError(
            f"no event of {data.name} is left before {_iso(start_valid)} to learn from",
            hint="hold out less",
        )
    claim = (
        f"Learns from {int(train.sum()):,} events before {_iso(start_valid)}, chooses on those "
        f"before {_iso(start_test)}, is tested on those from then on. No training event is later "
        "than any query, and histories are strictly earlier than their queries. Leaks nothing "
        "through time, unless the catalogue or the people table say what was known only later."
    )
    draw = Run(seed=seed).rng("data.split_time")
    parts = []
    for name, window in (("valid", before_test & ~train), ("test", ~before_test)):
        held = hold_instants(events, np.flatnonzero(window))
        if max_queries is not None and len(held.users) > max_queries:
            chosen = draw.choice(len(held.users), max_queries, replace=False)
            held = held.take(np.sort(chosen))
        parts.append(cases_of(data, events, held, train, name=name))
    return split_of(data, train, before_test, parts[0], parts[1], claim)


def leave_last_out(data: Dataset) -> Split:
    """Each person's last event is the test, the last but one the validation, the rest training.

    The protocol of most published tables. People with fewer than three events are only learned
    from. The history of a test query holds the validation event. What this leaks is in ``claim``.
    """
    events = columns_of(data)
    lengths = np.diff(events.offsets)
    long_enough = lengths >= 3
    last = events.offsets[1:][long_enough] - 1
    if len(last) == 0:
        raise DataError(
            f"nobody in {data.name} has three events",
            hint="leave-last-out holds out two events a person and needs one to learn from",
        )
    before_test = np.ones(len(events), np.bool_)
    before_test[last] = False
    train = before_test.copy()
    train[last - 1] = False
    valid = cases_of(data, events, hold_rows(events, last - 1), train, name="valid")
    test = cases_of(data, events, hold_rows(events, last), train, name="test")
    claim = (
        f"Holds out the last event of {len(last):,} people (test) and the last but one (valid). "
        + later_than(events, train, last)
        + f" {dropped(len(last), len(test))}"
    )
    return split_of(data, train, before_test, valid, test, claim.strip())


def split_ratio(
    data: Dataset,
    *,
    valid: float = 0.1,
    test: float = 0.2,
    shuffled: bool = False,
    seed: int = 0,
) -> Split:
    """The same share of each person's events.

    One query a person: the rest as history, all that is held out should come back. At least one
    event of each person stays in training.

    Args:
        data: Any order will do.
        valid: Share of each person's events, rounded down.
        test: Likewise.
        shuffled: Holds out random events, not the last ones, as collaborative-filtering papers do.
        seed: Of the shuffle.
    """
    check_shares(valid, test)
    events = columns_of(data)
    lengths = np.diff(events.offsets)
    order = np.arange(len(events))
    if shuffled:
        draw = Run(seed=seed).rng("data.split_ratio").random(len(events))
        order = np.lexsort((draw, events.users))
    place = np.arange(len(events)) - np.repeat(events.offsets[:-1], lengths)
    n_test = np.floor(lengths * test + 1e-9).astype(np.int64)
    n_valid = np.minimum(np.floor(lengths * valid + 1e-9).astype(np.int64), lengths - n_test - 1)
    from_end = np.repeat(lengths, lengths) - 1 - place
    part_of = np.zeros(len(events), np.int8)
    part_of[order] = np.where(
        from_end < np.repeat(n_test, lengths),
        2,
        np.where(from_end < np.repeat(n_test + n_valid, lengths), 1, 0),
    )
    train, before_test = part_of == 0, part_of < 2
    cases = [
        cases_of(
            data,
            events,
            hold_people(events, part_of == number, known),
            train,
            name=name,
            visible=known,
        )
        for name, number, known in (("valid", 1, train), ("test", 2, before_test))
    ]
    which = "random" if shuffled else "last"
    claim = (
        f"Holds out the {which} {test:.0%} of each person's events (test) and {valid:.0%} (valid). "
        + later_than(events, train, np.flatnonzero(~before_test))
        + (" Histories hold events later than what is asked for." if shuffled else "")
    )
    return split_of(data, train, before_test, cases[0], cases[1], claim)


def _instant(times: NDArray[np.int64], window: Window, *, before: int | None, what: str) -> int:
    """Where a window begins, in µs; the window before the test window ends where that begins."""
    window = _parsed(window, what) if isinstance(window, str) else window
    end = int(times.max()) + 1 if before is None else before
    if isinstance(window, timedelta):
        start = end - round(window.total_seconds() * 1_000_000)
    elif isinstance(window, date):
        start = _microseconds(window)
    elif 0 <= window < 1:
        # A share of all events; those that share the instant of the first one come with it.
        later = int((times >= end).sum())
        place = len(times) - later - round(window * len(times))
        start = int(np.partition(times, place)[place]) if 0 <= place < len(times) - later else end
        if place < 0:
            raise UsageError(f"{what}={window}: more than what is left beside the test window")
    else:
        raise UsageError(f"{what}={window}: need a share from 0 to below 1, a duration, an instant")
    if what == "test" and not (times >= start).any():
        raise DataError(
            f"no event at or after {_iso(start)}, so there is nothing to test on",
            column="time",
            hint=f"the times run from {_iso(int(times.min()))} to {_iso(int(times.max()))}",
        )
    if start > end:
        raise UsageError(f"{what} begins at {_iso(start)}, after its end at {_iso(end)}")
    return start


def _parsed(text: str, what: str) -> timedelta | datetime:
    if found := re.fullmatch(r"(\d+(?:\.\d+)?)\s*([smhdw])", text.strip()):
        return timedelta(seconds=float(found[1]) * _SECONDS[found[2]])
    try:
        return datetime.fromisoformat(text)
    except ValueError as error:
        raise UsageError(
            f"{what}={text!r}: wanted a duration such as '30d' or an instant such as '2015-06-01'"
        ) from error


def _microseconds(instant: date) -> int:
    if not isinstance(instant, datetime):
        instant = datetime(instant.year, instant.month, instant.day)
    if instant.tzinfo is None:
        instant = instant.replace(tzinfo=UTC)
    return (instant - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)


def _iso(microseconds: int) -> str:
    instant = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=microseconds)
    return instant.strftime("%Y-%m-%d %H:%M:%S")
