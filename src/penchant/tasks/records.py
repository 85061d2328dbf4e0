"""What a data set can feed: for each family the records there are, and the templates for each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from penchant.core import DataError
from penchant.data import Dataset, columns_of, event_texts, positive_events
from penchant.tasks.mixture import Mixture
from penchant.tasks.prompt_template import Family, Template
from penchant.tasks.situations import Scale
from penchant.tasks.slots import Names

Rows = NDArray[np.int64]
TEXTS = ("review", "summary", "explanation", "feature")
"""Columns of events that hold words of people, and slots."""

OF_PEOPLE = ("sequential", "direct")
"""Families that ask about people; the others ask about events."""


@dataclass(frozen=True, slots=True, eq=False)
class Log:
    """The events of a data set as arrays, by person and time."""

    users: NDArray[np.int32]
    items: NDArray[np.int32]
    offsets: Rows
    """(n_users + 1,) where each person's events begin"""
    ratings: NDArray[np.float32]
    """(n,) nan where there is none"""
    texts: Mapping[str, Sequence[str | None]]
    """Of :data:`TEXTS`, those that there are: (n,) each"""
    n_items: int
    scale: Scale
    steps: NDArray[np.float32]
    """The ratings that were given, each once"""


def log_of(data: Dataset) -> Log:
    """The events as arrays.

    Raises:
        DataError: There are none.
    """
    if data.events.is_empty():
        raise DataError(
            f"{data.name} has no events to tell of",
            hint="look at what the filters left; a lower threshold keeps more",
        )
    columns = columns_of(data)
    ratings = columns.ratings
    if ratings is None:
        ratings = np.full(len(columns), np.nan, np.float32)
    told = {name: event_texts(data, name) for name in TEXTS}
    texts = {name: column.to_list() for name, column in told.items() if column is not None}
    return Log(
        columns.users,
        columns.items,
        columns.offsets,
        ratings,
        texts,
        len(data.catalog),
        Scale.of(data),
        np.unique(ratings[np.isfinite(ratings)]),
    )


@dataclass(frozen=True, slots=True, eq=False)
class Records:
    """What one family asks about."""

    family: Family
    rows: Rows
    """(n,) people or events"""
    kinds: NDArray[np.int64]
    """(n,) which of :attr:`choices` suits each"""
    choices: tuple[tuple[Template, ...], ...]
    ratio: float
    log: Log
    """What :attr:`rows` are rows of, or people in"""

    def __len__(self) -> int:
        return len(self.rows)


def records_of(
    data: Dataset, names: Names, mixture: Mixture
) -> tuple[tuple[Records, ...], dict[str, str]]:
    """The records of each family that the data can feed, and why the others are left out.

    What speaks against an item (a weight of 0 or less) is rated and reviewed, and never the next.

    Raises:
        DataError: Nothing is left.
    """
    log = log_of(data)
    liked = log
    if "weight" in data.events.columns:
        liked = log_of(replace(data, events=positive_events(data)))
    known = _known_slots(log, names)
    found, left_out = [], {}
    for name, ratio in mixture.families:
        listed = mixture.chosen(name)
        usable = [made for made in listed if _wanted(made) <= known]
        of = liked if name in OF_PEOPLE else log
        made = _records(of, mixture, usable, ratio) if usable else None
        if made is not None:
            found.append(made)
        else:
            left_out[name] = _why(listed, known)
    if not found:
        reasons = "; ".join(f"{name}: {why}" for name, why in left_out.items())
        raise DataError(
            f"no family of tasks can be made from these data ({reasons})",
            hint="name families that the data can feed, or read the log with more columns",
        )
    return tuple(found), left_out


def _records(log: Log, mixture: Mixture, usable: list[Template], ratio: float) -> Records | None:
    family = usable[0].family
    if family not in OF_PEOPLE:
        rows, kinds, choices = _of_events(log, usable)
        return Records(family, rows, kinds, choices, ratio, log) if len(rows) else None
    if family == "sequential" and mixture.cuts == "every":
        first = np.zeros(len(log.items), np.bool_)
        first[log.offsets[:-1][np.diff(log.offsets) > 0]] = True
        rows = np.flatnonzero(~first)
    else:
        least = 2 if family == "sequential" else 1
        rows = np.flatnonzero(np.diff(log.offsets) >= least)
    kinds = np.zeros(len(rows), np.int64)
    return Records(family, rows, kinds, (tuple(usable),), ratio, log) if len(rows) else None


def _of_events(
    log: Log, usable: list[Template]
) -> tuple[Rows, NDArray[np.int64], tuple[tuple[Template, ...], ...]]:
    """Events by the templates that they can fill; those that fill none are left out."""
    has = _has(log)
    fits = np.ones((len(log.items), len(usable)), np.bool_)
    for place, made in enumerate(usable):
        for slot in _of_the_record(made):
            fits[:, place] &= has[slot]
    rows = np.flatnonzero(fits.any(1))
    # A number for each pattern: sorting rows of truth values takes ten times as long.
    patterns = fits[rows] @ (1 << np.arange(len(usable), dtype=np.int64))
    found, kinds = np.unique(patterns, return_inverse=True)
    choices = tuple(
        tuple(made for place, made in enumerate(usable) if pattern >> place & 1)
        for pattern in found.tolist()
    )
    return rows, kinds.astype(np.int64), choices


def _has(log: Log) -> dict[str, NDArray[np.bool_]]:
    """Which events have what."""
    n = len(log.items)
    rated = np.isfinite(log.ratings)
    has = {
        name: np.fromiter((bool(t and t.strip()) for t in texts), np.bool_, n)
        for name, texts in log.texts.items()
    }
    return {**has, "rating": rated, "stars": rated}


def _wanted(made: Template) -> set[str]:
    """What must be known to fill a template; whether an item pleased is told by its rating."""
    asks_people = made.family in OF_PEOPLE
    return {"rating" if s == "answer" and not asks_people else s for s in made.slots}


def _of_the_record(made: Template) -> set[str]:
    """Of these, what each event has or has not."""
    return set() if made.family in OF_PEOPLE else _wanted(made) & {*TEXTS, "rating", "stars"}


def _known_slots(log: Log, names: Names) -> set[str]:
    """The slots that at least one record can fill."""
    found = {"answer", "choice", "history", "item", "user", *names.facts}
    found |= {name for name, texts in log.texts.items() if any(t and t.strip() for t in texts)}
    found |= {"candidates"} if log.n_items > 1 else set()
    found |= {"person"} if names.person is not None else set()
    found |= {"dataset"} if names.dataset else set()
    found |= {"highest", "lowest", "rated_history", "rating"} if len(log.steps) else set()
    return found | ({"stars"} if len(log.steps) > 1 else set())


def _why(listed: tuple[Template, ...], known: set[str]) -> str:
    if not listed:
        return "none of its templates is named"
    absent = [_wanted(made) - known for made in listed]
    if not all(absent):
        return "no event or person has all that its templates need"
    fewest = sorted(absent, key=len)[0]
    return f"there is no {' and no '.join(sorted(fewest))}"
