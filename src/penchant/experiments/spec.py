"""An experiment as TOML: data, split, methods, metrics; strictly read."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from penchant.core import Json, SpecError, UsageError, Watcher, did_you_mean, read_fields
from penchant.data import (
    Dataset,
    Method,
    Split,
    leave_last_out,
    load,
    read,
    read_dataset,
    split_cold_items,
    split_cold_users,
    split_ratio,
    split_time,
)
from penchant.evaluate import DEFAULT, parse_metrics
from penchant.models import read_method


@dataclass(frozen=True, kw_only=True)
class DataSpec:
    """Which data: a public set by name, or files of one's own."""

    name: str | None = None
    events: str | None = None
    """A log or a data set folder, relative to the spec's folder."""
    items: str | None = None
    people: str | None = None

    def __post_init__(self) -> None:
        if (self.name is None) == (self.events is None):
            raise UsageError("name a data set, or give events = 'FILE'; exactly one of them")

    def load(self, folder: Path, watch: Watcher | None = None) -> Dataset:
        """The data; paths are relative to ``folder``."""
        if self.name is not None:
            return load(self.name, watch=watch)
        paths = (None if p is None else folder / p for p in (self.events, self.items, self.people))
        events, items, people = paths
        if events is not None and events.is_dir():
            return read_dataset(events)
        return read(events=events, items=items, people=people)


@dataclass(frozen=True, kw_only=True)
class SplitSpec:
    """How training, validation and test parts are told apart."""

    kind: Literal["time", "last", "ratio", "cold-users", "cold-items"] = "time"
    valid: float = 0.1
    """Share held out for choosing; not used by ``last``, which holds out one event a person."""
    test: float = 0.2
    """Share held out for the figures; likewise."""
    seed: int = 0
    """Of which people or items are cold."""

    def split(self, data: Dataset) -> Split:
        """The parts."""
        if self.kind == "last":
            return leave_last_out(data)
        if self.kind == "time":
            return split_time(data, valid=self.valid, test=self.test)
        if self.kind == "ratio":
            return split_ratio(data, valid=self.valid, test=self.test)
        cold = split_cold_users if self.kind == "cold-users" else split_cold_items
        return cold(data, valid=self.valid, test=self.test, seed=self.seed)


@dataclass(frozen=True)
class Entry:
    """One line of the scoreboard."""

    name: str
    method: Method


@dataclass(frozen=True, kw_only=True)
class Spec:
    r"""An experiment: every method fitted on the same parts, measured on the same cases.

    >>> spec = read_spec('data = "mini-world"\nmethods = ["popular", "markov"]')
    >>> [entry.name for entry in spec.entries], spec.split.kind
    (['popular', 'markov'], 'time')
    """

    data: DataSpec
    entries: tuple[Entry, ...]
    split: SplitSpec = SplitSpec()
    metrics: tuple[str, ...] = DEFAULT
    seed: int = 0
    threads: int = 1
    """Of each fit."""
    jobs: int = 1
    """Fits at a time, each in a process of its own."""
    refit: bool = False
    """Fit on training and validation parts together; nothing is then chosen on validation."""
    allow: tuple[str, ...] = ()
    """Names of leak checks whose failure does not stop the run."""


def read_spec(text: str, *, where: str = "spec") -> Spec:
    """Reads TOML.

    Raises:
        SpecError: Not TOML, or an option that is unknown, missing or of the wrong type.
        UnknownName: A method or metric that does not exist.
    """
    try:
        given = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SpecError(f"{where} is not TOML: {error}") from error
    plain = ("seed", "threads", "jobs", "refit", "allow")
    known = ("data", "split", "methods", "metrics", *plain)
    for key in given:
        if key not in known:
            raise SpecError(f"no option {key!r} ({where}){did_you_mean(key, known)} Known: {known}")
    for key in ("data", "methods"):
        if not given.get(key):
            raise SpecError(f"{where} has no {key!r}: add {_EXAMPLES[key]}")
    metrics = given.get("metrics", list(DEFAULT))
    parse_metrics(metrics)
    numbers = {key: given[key] for key in plain if key in given}
    checked: _Plain = read_fields(_Plain, numbers, (), where=where)
    return Spec(
        data=_data(given["data"], where),
        entries=_entries(given["methods"], where),
        split=read_fields(SplitSpec, _table(given.get("split", {}), "split", where), ()),
        metrics=tuple(metrics.split(",") if isinstance(metrics, str) else metrics),
        **{key: getattr(checked, key) for key in plain},
    )


_EXAMPLES = {"data": 'data = "ml-100k"', "methods": 'methods = ["popular", "covisit"]'}


@dataclass(frozen=True, kw_only=True)
class _Plain:
    """The options of a spec that are plain values."""

    seed: int = 0
    threads: int = 1
    jobs: int = 1
    refit: bool = False
    allow: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for name in ("threads", "jobs"):
            if getattr(self, name) < 1:
                raise UsageError(f"{name}={getattr(self, name)}: need at least 1")


def _data(given: Json, where: str) -> DataSpec:
    table = {"name": given} if isinstance(given, str) else _table(given, "data", where)
    found: DataSpec = read_fields(DataSpec, table, (), where=f"{where}, [data]")
    return found


def _entries(given: Json, where: str) -> tuple[Entry, ...]:
    if not isinstance(given, list):
        raise SpecError(f"{where}: methods must be a list of names or tables, got {given!r}")
    entries: dict[str, Entry] = {}
    for number, item in enumerate(given, 1):
        at = f"{where}, [[methods]] {number}"
        table = {"method": item} if isinstance(item, str) else dict(_table(item, "methods", where))
        name = str(table.pop("name", table.get("method")))
        if name in entries:
            raise SpecError(f"{at}: {name!r} stands twice; give one of them another name")
        if name in {"", ".", ".."} or "/" in name:
            raise SpecError(f"{at}: name {name!r} cannot be a folder's; leave out '/'")
        entries[name] = Entry(name, read_method(table, where=at))
    return tuple(entries.values())


def _table(given: Json, key: str, where: str) -> Mapping[str, Json]:
    if not isinstance(given, Mapping):
        raise SpecError(f"{where}: {key} must be a table of options, got {given!r}")
    return given
