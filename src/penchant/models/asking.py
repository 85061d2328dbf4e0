"""From people's own ids to queries, and from rankings back to frames."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from penchant.core import Ragged, UsageError
from penchant.data import Catalog, History, Ids, People, Queries, Rankings
from penchant.evaluate import degraded_rows

ERASED = "\x00erased:"
"""Begins the id of a row whose person asked to be forgotten."""


@dataclass(frozen=True, slots=True, eq=False)
class Asked:
    """Queries with the names to answer under, and what was not known."""

    names: Sequence[str]
    """(n,) who each row is for"""
    queries: Queries
    unknown_users: tuple[str, ...] = ()
    unknown_items: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Answer:
    """What was recommended, and what a careful reader of it should know."""

    frame: pl.DataFrame
    """``user``, ``rank`` (from 1), ``item``, ``title``, ``score``; best first. Of methods that ask
    language models also ``degraded``"""
    rankings: Rankings
    queries: Queries
    """What was asked, in rows"""
    unknown_users: tuple[str, ...]
    """Ids that the model does not know: they were answered as new people"""
    unknown_items: tuple[str, ...]
    """Ids in histories and exclusions that the model does not know: they were skipped"""
    notes: tuple[str, ...]
    """The same for a person to read"""


def ask_for_users(
    users: Sequence[str], people: People, histories: History, last_time: int | None
) -> Asked:
    """One row for each user; an unknown one has an empty history."""
    listed = read_ids(users, "users")
    rows = people.ids.rows(listed)
    rows[[name.startswith(ERASED) for name in listed]] = -1
    known = np.flatnonzero(rows >= 0)
    taken = histories.take(rows[known])
    lengths = np.zeros(len(rows), np.int64)
    lengths[known] = taken.items.lengths
    offsets = np.concatenate([[0], np.cumsum(lengths)])
    history = History(Ragged(taken.items.values, offsets), taken.times, taken.ratings)
    now = None if last_time is None else np.full(len(rows), last_time, np.int64)
    unknown = dict.fromkeys(name for name, row in zip(listed, rows, strict=True) if row < 0)
    return Asked(listed, Queries(history, rows, now), tuple(unknown))


def ask_for_histories(
    histories: Iterable[Sequence[str]],
    ids: Ids,
    *,
    names: Sequence[str],
    last_time: int | None,
) -> Asked:
    """One row for each list of item ids, oldest first; unknown items are skipped."""
    sequences, unknown = [], dict[str, None]()
    for history in histories:
        listed = read_ids(history, "history")
        rows = ids.rows(listed)
        unknown.update(dict.fromkeys(np.asarray(listed, object)[rows < 0]))
        sequences.append(rows[rows >= 0])
    ragged = Ragged.of(sequences)
    times = now = None
    if last_time is not None:
        times = np.full(len(ragged.values), last_time, np.int64)
        now = np.full(len(ragged), last_time, np.int64)
    nobody = np.full(len(ragged), -1, np.int32)
    return Asked(names, Queries(History(ragged, times), nobody, now), (), tuple(unknown))


def read_ids(given: Sequence[str], what: str) -> list[str]:
    """A list of ids as strings.

    Raises:
        UsageError: A bare string, which Python would read letter by letter.
    """
    if isinstance(given, str):
        raise UsageError(f"{what}={given!r}: wanted a list of ids; write {what}=[{given!r}]")
    return [str(name) for name in given]


def check_k(k: int) -> int:
    """``k`` if it is a whole number of at least 1."""
    if isinstance(k, bool) or not isinstance(k, int | np.integer) or k < 1:
        raise UsageError(f"k={k!r}: wanted a whole number of at least 1")
    return int(k)


def answer_frame(names: Sequence[str], rankings: Rankings, catalog: Catalog) -> pl.DataFrame:
    """One line an answer; padded places are left out."""
    rows, columns = np.nonzero(rankings.items >= 0)
    items = rankings.items[rows, columns]
    users = pl.Series("user", list(names), dtype=pl.String)
    return pl.DataFrame(
        {
            "user": users[rows],
            "rank": pl.Series(columns + 1, dtype=pl.Int32),
            "item": catalog.ids.series()[items],
            "title": titles_of(catalog, items),
            "score": pl.Series(rankings.scores[rows, columns], dtype=pl.Float32),
        }
    )


def with_degraded(frame: pl.DataFrame, rankings: Rankings) -> pl.DataFrame:
    """A frame of :func:`answer_frame`, with a column of which answers are of a fallback."""
    each = np.repeat(degraded_rows(rankings), (rankings.items >= 0).sum(1))
    return frame.with_columns(degraded=pl.Series(each, dtype=pl.Boolean))


def titles_of(catalog: Catalog, items: NDArray[np.integer]) -> pl.Series:
    """(n,) titles of item rows, the id where there is no title."""
    return pl.Series("title", catalog.titles(items), dtype=pl.String)


def notes_of(unknown_users: Sequence[str], unknown_items: Sequence[str]) -> list[str]:
    """What was not known, by id, for a person to read."""
    notes = []
    if unknown_users:
        notes.append(f"{_listed(unknown_users, 'user')}: answered as somebody new, without history")
    if unknown_items:
        notes.append(f"{_listed(unknown_items, 'item')}: skipped")
    return notes


def _listed(names: Sequence[str], what: str) -> str:
    shown = ", ".join(repr(name) for name in names[:5])
    more = f" and {len(names) - 5} more" if len(names) > 5 else ""
    return f"{len(names)} unknown {what}{'s' * (len(names) > 1)} ({shown}{more})"
