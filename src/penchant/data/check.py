"""What is wrong, or odd, in a log and a catalogue, before anything is learned from them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Literal

import polars as pl

from penchant.core import DataError, UsageError
from penchant.data.describe import describe
from penchant.data.read import ROLES_OF, Readable, build, load_table, open_table
from penchant.data.read_catalog import numbers_of
from penchant.data.read_faults import text_faults
from penchant.data.read_guess import Guess, Layout, check_mapping
from penchant.data.read_json import json_faults
from penchant.data.read_source import Source, shown
from penchant.data.read_table import Table
from penchant.data.words import Dataset

LIMIT = 100
"""Findings listed for each file; the first of them are what people mend."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong (``error``: the data are refused) or odd (``warning``)."""

    level: Literal["error", "warning"]
    problem: str
    file: str
    row: int | None = None
    column: str | None = None
    value: object = None
    wanted: str = ""
    hint: str = ""

    def __str__(self) -> str:
        place = ":".join(str(p) for p in (self.file, self.row, self.column) if p is not None)
        wanted = f"; wanted {self.wanted}" if self.wanted else ""
        hint = f"\n  hint: {self.hint}" if self.hint else ""
        return f"{place}: {self.level}: {self.problem}{wanted}{hint}"


@dataclass(frozen=True, slots=True, eq=False)
class Findings:
    """What :func:`check` found; ``print`` shows it all."""

    findings: tuple[Finding, ...]
    guesses: tuple[Guess, ...]
    """How each file was understood."""
    summary: Mapping[str, Any] = field(default_factory=dict)  # Any: counts, shares and names
    """Counts of findings, and those of :func:`describe` when the data can be read."""
    dataset: Dataset | None = None
    """The data, when nothing is wrong."""

    @property
    def ok(self) -> bool:
        """Whether the data can be read."""
        return not any(finding.level == "error" for finding in self.findings)

    def __str__(self) -> str:
        parts = [str(guess) for guess in self.guesses]
        parts += [str(finding) for finding in self.findings]
        parts += [f"{key}: {value}" for key, value in self.summary.items()]
        return "\n".join(parts)


def check(
    events: Readable,
    *,
    items: Readable | None = None,
    people: Readable | None = None,
    mapping: Mapping[str, str | None] | None = None,
    kinds: Mapping[str, float] | None = None,
    layout: Layout | None = None,
    limit: int = LIMIT,
) -> Findings:
    """Looks for everything that keeps data from being read, and for what is odd in them.

    >>> import polars as pl
    >>> found = check(pl.DataFrame({"user": ["u1", None], "item": ["i1", "i2"]}))
    >>> found.ok, found.findings[0].row, found.findings[0].column
    (False, 1, 'user')

    Args:
        events: As in :func:`read`.
        items: As in :func:`read`.
        people: As in :func:`read`.
        mapping: As in :func:`read`.
        kinds: As in :func:`read`.
        layout: As in :func:`read`.
        limit: The most findings to list for a file.

    Raises:
        UsageError: An argument that cannot be; never for what the data hold.
    """
    if limit < 1:
        raise UsageError(f"limit={limit}: need at least 1")
    mapping, layout = mapping or {}, layout or Layout()
    check_mapping(mapping)
    findings: list[Finding] = []
    guesses: list[Guess] = []
    tables: dict[str, Table] = {}
    given = {"events": events, "items": items, "people": people}
    for name in (name for name in ROLES_OF if given[name] is not None):
        try:
            source, guess = open_table(name, given[name], mapping, layout)
            guesses.append(guess)
            tables[name] = load_table(name, given[name], mapping, layout)
        except DataError as error:
            findings += all_faults(error, guesses[-1:], source if guesses else None, limit)
    dataset = None
    if len(tables) == sum(part is not None for part in given.values()):
        dataset, refused = _built(tables, kinds, limit)
        findings += refused
    if dataset is not None:
        findings += islice(_oddities(dataset, tables), limit)
    return Findings(tuple(findings), tuple(guesses), _summary(findings, dataset), dataset)


def _built(
    tables: Mapping[str, Table], kinds: Mapping[str, float] | None, limit: int
) -> tuple[Dataset | None, list[Finding]]:
    """The data set, or why there is none."""
    try:
        return build(tables, kinds, "data"), []
    except DataError as error:
        at = next((t for t in tables.values() if t.source.name == str(error.file)), None)
        if at is None:
            return None, [_finding(error)]
        return None, all_faults(error, [at.guess], at.source, limit)


def _summary(findings: list[Finding], dataset: Dataset | None) -> dict[str, Any]:
    counts: dict[str, Any] = {
        "errors": sum(finding.level == "error" for finding in findings),
        "warnings": sum(finding.level == "warning" for finding in findings),
    }
    return counts if dataset is None else {**counts, **describe(dataset).counts}


def _finding(error: DataError) -> Finding:
    file = str(error.file) if error.file is not None else "<data>"
    return Finding(
        "error",
        error.problem,
        file,
        error.row,
        error.column,
        error.value,
        error.wanted,
        error.hint,
    )


def all_faults(
    error: DataError, guesses: list[Guess], source: Source | None, limit: int
) -> list[Finding]:
    """All that is wrong with the file that was refused, the refusal itself among it."""
    first = _finding(error)
    guess = guesses[-1] if guesses else None
    if guess is None or source is None or guess.file != first.file:
        return [first]
    faults: Iterator[DataError] = iter(())
    if guess.format in {"csv", "atomic"}:
        faults = text_faults(source, guess)
    elif guess.format == "jsonl":
        faults = json_faults(source, guess)
    listed = [_finding(fault) for fault in islice(faults, limit)]
    return listed if first in listed else [first, *listed][:limit]


def _oddities(data: Dataset, tables: Mapping[str, Table]) -> Iterator[Finding]:
    log = tables["events"]
    yield from _odd_ids(data, log)
    yield from _odd_events(data, log)
    if "items" in tables:
        yield from _odd_items(data, tables["items"], log)
    if "people" in tables:
        idle = len(data.people) - data.events["user"].n_unique()
        if idle:
            yield _warning(
                tables["people"], f"{idle} people have no events", "none: they are cold starts"
            )


def _odd_ids(data: Dataset, log: Table) -> Iterator[Finding]:
    missing = ("nan", "NaN", "null", "NULL", "None", "none", "NA", "N/A")
    for role, ids in (("user", data.people.ids), ("item", data.catalog.ids)):
        found = [name for name in missing if name in ids]
        if found:
            yield _warning(
                log,
                f"the {role} id {found[0]!r} looks like a missing value",
                "remove those rows, unless it is a name",
                column=log.column(role),
            )
        names = ids.series()
        padded = names.filter(names.str.strip_chars() != names)
        if len(padded):
            yield _warning(
                log,
                f"{len(padded)} {role} ids have spaces around them, such as {shown(padded[0])}",
                "strip them: 'a' and 'a ' are two ids",
                column=log.column(role),
            )


def _odd_events(data: Dataset, log: Table) -> Iterator[Finding]:
    events = data.events
    again = int(events.select("user", "item", "time").is_duplicated().sum())
    if again:
        yield _warning(
            log, f"{again} events are the same person, item and time", "remove repeats if unwanted"
        )
    if data.has_times:
        zero = int((events["time"] == 0).sum())
        if zero:
            yield _warning(
                log,
                f"{zero} events are at 1970-01-01, which often means no time",
                "fill in the times, or remove the rows",
                column=log.column("time"),
            )
        shared = events.select(pl.struct("user", "time").is_duplicated().sum()).item()
        if shared:
            yield _warning(
                log,
                f"{shared} events share their time with another of the same person",
                "nothing: events of one instant are held out together",
                column=log.column("time"),
            )


def _odd_items(data: Dataset, items: Table, log: Table) -> Iterator[Finding]:
    unknown = len(data.catalog) - items.frame["item"].n_unique()
    if unknown:
        known = items.frame["item"].cast(pl.String).implode()
        ids = data.catalog.ids.series()
        example = ids.filter(~ids.is_in(known))
        yield _warning(
            log,
            f"{unknown} items are not in the catalogue, such as {shown(example.first())}",
            "add them to the catalogue; until then they have no title",
            column=log.column("item"),
        )
    repeats = len(items.frame) - items.frame["item"].n_unique()
    if repeats:
        yield _warning(items, f"{repeats} rows repeat an item", "remove them; the first is kept")
    for role in ("price", "year"):
        if items.has(role):
            raw = items.frame[role]
            lost = (numbers_of(raw, role).is_null() & raw.is_not_null()).to_numpy()
            if lost.any():
                error = items.refuse(
                    int(lost.argmax()),
                    role,
                    f"{shown(raw[int(lost.argmax())])} is no {role}; {int(lost.sum())} such rows",
                    value=raw[int(lost.argmax())],
                    wanted="a number, or nothing",
                    hint="mend it, or leave it empty: it is read as nothing",
                )
                yield Finding(
                    "warning",
                    error.problem,
                    str(error.file),
                    error.row,
                    error.column,
                    error.value,
                    error.wanted,
                    error.hint,
                )


def _warning(table: Table, problem: str, hint: str, *, column: str | None = None) -> Finding:
    return Finding("warning", problem, table.source.name, column=column, hint=hint)
