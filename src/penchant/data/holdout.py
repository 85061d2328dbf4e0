"""From held-out events to queries: what was known before, and what should come back."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from penchant.core import DataError, Ragged, UsageError, offsets_of
from penchant.data.words import Cases, Dataset, History, Queries, Split


@dataclass(frozen=True, slots=True, eq=False)
class Columns:
    """The events of a data set as arrays, sorted by user, then time, then input order."""

    users: NDArray[np.int32]
    items: NDArray[np.int32]
    times: NDArray[np.int64] | None
    """(n,) µs; ``None`` when any is missing"""
    ratings: NDArray[np.float32] | None
    offsets: NDArray[np.int64]
    """(n_users + 1,) where each person's events begin"""
    n_items: int

    def __len__(self) -> int:
        return len(self.users)

    def first_in_instant(self) -> NDArray[np.int64]:
        """(n,) where the events of the same person and time begin; without times, itself."""
        if self.times is None:
            return np.arange(len(self))
        fresh = np.ones(len(self), np.bool_)
        fresh[1:] = (np.diff(self.users) != 0) | (np.diff(self.times) != 0)
        return np.maximum.accumulate(np.where(fresh, np.arange(len(self)), 0))

    def is_new(self) -> NDArray[np.bool_]:
        """(n,) whether the person had no such event before, in the order of the rows."""
        pairs = self.users.astype(np.int64) * max(1, self.n_items) + self.items
        new = np.zeros(len(self), np.bool_)
        new[np.unique(pairs, return_index=True)[1]] = True
        return new


def columns_of(data: Dataset) -> Columns:
    """The events as arrays.

    Raises:
        DataError: There are none.
    """
    if len(data.events) == 0:
        raise DataError(
            f"{data.name} has no events, so nothing can be held out",
            hint="look at what the filters left; a lower threshold keeps more",
        )
    users = data.events["user"].to_numpy()
    histories = data.histories()
    lengths = np.bincount(users, minlength=len(data.people))
    return Columns(
        users,
        histories.items.values,
        histories.times,
        histories.ratings,
        offsets_of(lengths),
        len(data.catalog),
    )


@dataclass(frozen=True, slots=True, eq=False)
class Held:
    """Queries to come: for each, the rows of events that are its history and its answer."""

    users: NDArray[np.int32]
    """(n,)"""
    until: NDArray[np.int64]
    """(n,) the history is the person's events before this row"""
    answers: NDArray[np.int64]
    """(n_answers,) rows of events"""
    lengths: NDArray[np.int64]
    """(n,) how many answers each query has, one after another"""

    def take(self, rows: NDArray[np.integer]) -> "Held":
        """The given queries, in the given order."""
        ragged = Ragged(np.zeros(len(self.answers), np.int32), offsets_of(self.lengths))
        answers = self.answers[ragged.positions(rows)]
        return Held(self.users[rows], self.until[rows], answers, self.lengths[rows])


def hold_instants(events: Columns, rows: NDArray[np.int64]) -> Held:
    """One query for each person and instant among the given events.

    Histories are strictly earlier.

    Args:
        events: All events.
        rows: (n,) the events to hold out, increasing; those whose item the person had before are
            dropped, since queries exclude their history.
    """
    rows = rows[events.is_new()[rows]]
    firsts = events.first_in_instant()[rows]
    starts = np.ones(len(rows), np.bool_)
    starts[1:] = np.diff(firsts) != 0
    at = np.flatnonzero(starts)
    lengths = np.diff(np.append(at, len(rows))).astype(np.int64)
    return Held(events.users[rows[at]], firsts[at], rows, lengths)


def hold_rows(events: Columns, rows: NDArray[np.int64], *, repeats: bool = False) -> Held:
    """One query for each of the given events; its history is all that stands before it.

    Events whose item the person had before are dropped, unless ``repeats``.
    """
    rows = rows if repeats else rows[events.is_new()[rows]]
    return Held(events.users[rows], rows, rows, np.ones(len(rows), np.int64))


def hold_people(events: Columns, window: NDArray[np.bool_], known: NDArray[np.bool_]) -> Held:
    """One query for each person with an event in ``window``, answered by all of them.

    Items that the person has among ``known`` or twice in the window are asked for at most once.
    The history is all of the person's events: show part of it with ``visible``.
    """
    pairs = events.users.astype(np.int64) * max(1, events.n_items) + events.items
    rows = np.flatnonzero(window)
    rows = rows[np.sort(np.unique(pairs[rows], return_index=True)[1])]
    rows = rows[~is_among(pairs[rows], pairs[known])]
    at = np.flatnonzero(np.diff(events.users[rows], prepend=-1) != 0)
    users = events.users[rows[at]]
    lengths = np.diff(np.append(at, len(rows))).astype(np.int64)
    return Held(users, events.offsets[1:][users], rows, lengths)


def cases_of(
    data: Dataset,
    events: Columns,
    held: Held,
    train: NDArray[np.bool_],
    *,
    name: str,
    visible: NDArray[np.bool_] | None = None,
) -> Cases:
    """The queries with their histories, answers and slices.

    Args:
        data: What is split.
        events: Its events as arrays.
        held: What is held out.
        train: (n_events,) which events a model learns from; says who and what is warm.
        name: Of the cases: ``valid`` or ``test``.
        visible: (n_events,) which events a history may show; all of them if not given.
    """
    histories = _histories(events, held, visible)
    relevant = Ragged(events.items[held.answers], offsets_of(held.lengths))
    now = None if events.times is None else events.times[_first(held)]
    people = data.people.table[held.users] if data.people.table.width > 1 else None
    queries = Queries(histories, held.users, now, people).unseen()
    return Cases(queries, relevant, _slices(data, events, held, train, histories), name)


def part(data: Dataset, keep: NDArray[np.bool_], name: str) -> Dataset:
    """The same catalogue and people with some of the events."""
    return replace(data, events=data.events.filter(pl.Series(keep)), name=f"{data.name}/{name}")


def split_of(
    data: Dataset,
    train: NDArray[np.bool_],
    before_test: NDArray[np.bool_],
    valid: Cases,
    test: Cases,
    claim: str,
) -> Split:
    """The parts as a split; refuses one that nothing can be learned from or tested on."""
    for what, count in (("training event", int(train.sum())), ("test query", len(test))):
        if count == 0:
            raise DataError(f"the split of {data.name} leaves no {what}", hint="change the shares")
    return Split(
        part(data, train, "train"),
        valid,
        test,
        part(data, before_test, "train_and_valid"),
        claim.strip(),
    )


def is_among(values: NDArray[np.int64], known: NDArray[np.int64]) -> NDArray[np.bool_]:
    """(n,) whether each value is one of ``known``.

    By sorting: ``numpy.isin`` hashes, which took ten times as long on pairs of millions of events.
    """
    ordered = np.sort(known)
    places = np.searchsorted(ordered, values)
    found = np.zeros(len(values), np.bool_)
    inside = places < len(ordered)
    found[inside] = ordered[places[inside]] == values[inside]
    return found


def check_shares(valid: float, test: float) -> None:
    """Raises :class:`UsageError` unless both are shares that leave something to learn from."""
    if not (0 <= valid < 1 and 0 < test < 1 and valid + test < 1):
        raise UsageError(
            f"valid={valid}, test={test}: need shares of the whole that together leave something"
        )


def later_than(events: Columns, train: NDArray[np.bool_], held: NDArray[np.int64]) -> str:
    """What a split by anything but time leaks through time, in words."""
    if events.times is None:
        return "Leaks, to an unknown extent since there are no times, what others did later."
    if len(held) == 0:
        return ""
    middle = np.median(events.times[held])
    share = float((events.times[train] > middle).mean())
    return f"Leaks: {share:.1%} of the training events are later than the median held-out one."


def dropped(n_held: int, n_asked: int) -> str:
    """How many held-out events are not asked for, in words."""
    if n_held == n_asked:
        return ""
    return f"{n_held - n_asked:,} held-out events repeat an item of the history and are not asked."


def _first(held: Held) -> NDArray[np.int64]:
    return held.answers[offsets_of(held.lengths)[:-1]]


def _histories(events: Columns, held: Held, visible: NDArray[np.bool_] | None) -> History:
    starts, ends = events.offsets[held.users], held.until
    if visible is not None:
        before = offsets_of(visible.astype(np.int64))
        starts, ends = before[starts], before[ends]
    lengths = ends - starts
    offsets = offsets_of(lengths)
    rows = np.arange(offsets[-1])
    rows += np.repeat(starts - offsets[:-1], lengths)
    if visible is not None:
        rows = np.flatnonzero(visible)[rows]
    return History(
        Ragged(events.items[rows], offsets),
        None if events.times is None else events.times[rows],
        None if events.ratings is None else events.ratings[rows],
    )


def _slices(
    data: Dataset, events: Columns, held: Held, train: NDArray[np.bool_], histories: History
) -> pl.DataFrame:
    item_counts = np.bincount(events.items[train], minlength=len(data.catalog))
    user_counts = np.bincount(events.users[train], minlength=len(data.people))
    of_query = np.repeat(np.arange(len(held.users)), held.lengths)
    answers = item_counts[events.items[held.answers]]
    known = np.bincount(of_query, answers > 0, minlength=len(held.users))
    summed = np.bincount(of_query, answers, minlength=len(held.users))
    columns: Mapping[str, NDArray[np.generic]] = {
        "user": held.users,
        "history_length": histories.items.lengths.astype(np.int32),
        "warm_user": user_counts[held.users] > 0,
        "cold_item": known == 0,
        "train_count": (summed / np.maximum(1, held.lengths)).astype(np.float32),
    }
    return pl.DataFrame(columns)
