"""What a file seems to be: format, separator, header, and which column plays which role.

A guess is a value that can be printed; what a caller says explicitly always wins over it.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from penchant.core import DataError, UsageError, did_you_mean
from penchant.data.read_names import (
    EVENT_ROLES,
    ITEM_ROLES,
    PEOPLE_ROLES,
    SYNONYMS,
    squeezed,
)

SEPARATORS = ("\t", "::", ",", ";", "|", "\x01", " ")
NAMES = {
    "\t": "tab",
    "::": "'::'",
    ",": "comma",
    ";": "semicolon",
    "|": "'|'",
    "\x01": "\\x01",
    " ": "space",
}
NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\Z")
ATOMIC = re.compile(r"(.+):(token|token_seq|float|float_seq)\Z")

Role = str
TimeUnit = Literal["s", "ms", "us", "ns", "iso"]


@dataclass(frozen=True, kw_only=True)
class Layout:
    """What is known of a file's form; whatever is ``None`` is guessed."""

    separator: str | None = None
    """One character, or ``::``."""
    header: bool | None = None
    """Whether the first line names the columns."""
    quotes: bool | None = None
    """Whether ``"`` encloses fields that hold separators."""
    encoding: str = "utf-8"
    time_unit: TimeUnit | None = None
    """Unit of numbers in the time column, since 1970."""

    def __post_init__(self) -> None:
        if self.separator is not None and not (
            self.separator == "::" or len(self.separator.encode()) == 1
        ):
            raise UsageError(f"separator={self.separator!r}: need one ASCII character, or '::'")
        if self.separator in {"\n", "\r", '"'}:
            raise UsageError(f"separator={self.separator!r}: a line end or quote cannot separate")
        if self.time_unit not in {None, "s", "ms", "us", "ns", "iso"}:
            raise UsageError(f"time_unit={self.time_unit!r}: need 's', 'ms', 'us', 'ns' or 'iso'")


@dataclass(frozen=True, kw_only=True)
class Guess:
    """How a file or frame is read: print it to see.

    >>> print(Guess(file="log.csv", format="csv", columns=("who", "what"),
    ...             roles={"user": "who", "item": "what"}, separator=",", header=True))
    log.csv: csv, comma between fields, a header
      user <- who
      item <- what
    """

    file: str
    format: Literal["csv", "atomic", "jsonl", "parquet", "frame"]
    columns: tuple[str, ...]
    roles: Mapping[Role, str]
    """The column that plays each role."""
    separator: str | None = None
    header: bool | None = None
    quotes: bool = False
    time_unit: TimeUnit | None = None
    given: frozenset[str] = field(default=frozenset())
    """Roles that were said, not guessed."""

    @property
    def unused(self) -> tuple[str, ...]:
        """Columns that play no role."""
        return tuple(c for c in self.columns if c not in self.roles.values())

    @property
    def labels(self) -> dict[str, str]:
        """What each column is called once it is read: its role, else its own name.

        A column that is named like a role, but does not play it, gets an underscore.
        """
        played = {column: role for role, column in self.roles.items()}
        taken = {*self.roles, *self.given}
        return {c: played.get(c, f"{c}_" if c in taken else c) for c in self.columns}

    def __str__(self) -> str:
        parts: list[str] = [self.format]
        if self.separator is not None:
            parts.append(f"{NAMES.get(self.separator, repr(self.separator))} between fields")
        if self.header is not None:
            parts.append("a header" if self.header else "no header")
        out = [f"{self.file}: {', '.join(parts)}"]
        for role, column in self.roles.items():
            unit = f" ({self.time_unit})" if role == "time" and self.time_unit else ""
            said = " (as told)" if role in self.given else ""
            out.append(f"  {role} <- {column}{unit}{said}")
        if self.unused:
            out.append(f"  unused: {', '.join(self.unused)}")
        return "\n".join(out)


def guess_separator(sample: Sequence[str]) -> str | None:
    """The separator that cuts every sampled line into equally many fields, at least two.

    ``None`` when there is none. Lines with quotes are counted outside them.
    """
    bare = [re.sub(r'"[^"]*"', "", line) for line in sample if line]
    best: tuple[float, str] | None = None
    for separator in SEPARATORS:
        counts = [line.count(separator) for line in bare]
        if not counts or not counts[0]:
            continue
        agree = sum(c == counts[0] for c in counts) / len(counts)
        if separator == " " and agree < 1:
            continue
        if best is None or agree > best[0]:
            best = (agree, separator)
    return None if best is None else best[1]


def guess_header(first: Sequence[str], second: Sequence[str] | None) -> bool:
    """Whether the first line names columns.

    It does when it holds no number, and a name that is known or a line below that has numbers.
    """
    if any(NUMBER.match(cell.strip()) for cell in first):
        return False
    known = {name for names in SYNONYMS.values() for name in names}
    if any(squeezed(cell) in known or ATOMIC.match(cell) for cell in first):
        return True
    return second is not None and any(NUMBER.match(cell.strip()) for cell in second)


def guess_roles(columns: Sequence[str], roles: Sequence[Role]) -> dict[Role, str]:
    """The column for each role whose name says so."""
    found: dict[Role, str] = {}
    by_name = {squeezed(column): column for column in reversed(columns)}
    for role in roles:
        for synonym in SYNONYMS[role]:
            column = by_name.get(synonym)
            if column is not None and column not in found.values():
                found[role] = column
                break
    return found


def positional_roles(sample: Sequence[Sequence[str]], roles: Sequence[Role]) -> dict[Role, str]:
    """Roles by position in files without a header, as MovieLens writes them."""
    width = len(sample[0])
    names = [f"column_{k + 1}" for k in range(width)]
    if roles[0] == "item":
        found = {"item": names[0], **({"title": names[1]} if width > 1 else {})}
        if width > 2 and all("|" in row[2] or row[2].isalpha() for row in sample):
            found["categories"] = names[2]
        return found
    if len(roles) == 1:
        return {roles[0]: names[0]}
    found = dict(zip(("user", "item"), names, strict=False))
    for k in range(2, width):
        cells = [row[k].strip() for row in sample]
        numbers = sorted(float(cell) for cell in cells if NUMBER.match(cell))
        if 2 * len(numbers) > len(cells):
            role = "time" if numbers[len(numbers) // 2] > 1e7 else "rating"
        else:
            dated = sum(bool(re.match(r"\d{4}-\d\d-\d\d", cell)) for cell in cells)
            role = "time" if 2 * dated > len(cells) else ""
        if role and role not in found:
            found[role] = names[k]
    return found


def settle_roles(
    guessed: Mapping[Role, str],
    columns: Sequence[str],
    mapping: Mapping[str, str | None],
    roles: Sequence[Role],
    *,
    where: str,
) -> tuple[dict[Role, str], frozenset[str]]:
    """Guessed roles, with those that were said in their place.

    A role mapped to ``None`` is left out. A key ``items.title`` speaks of one table only. A role
    that two tables have (``item``, ``user``) is applied where the column exists.

    Raises:
        DataError: A mapped column is not there.
    """
    table = {"user": "people", "item": "items"}[roles[0]] if roles != EVENT_ROLES else "events"
    said: dict[Role, str | None] = {}
    for key, column in mapping.items():
        scope, _, role = key.rpartition(".")
        if role not in roles or scope not in {"", table}:
            continue
        shared = not scope and table != "events" and role in EVENT_ROLES
        if column is not None and column not in columns:
            if shared:
                continue
            raise DataError(
                f"no column {column!r} to be the {role}{did_you_mean(column, columns)}",
                file=where,
                row=1,
                column=column,
                wanted="one of " + ", ".join(columns),
                hint=f"name an existing column in mapping={{{key!r}: …}}",
            )
        said[role] = column
    taken = set(said.values())
    settled = {r: c for r, c in guessed.items() if r not in said and c not in taken}
    settled.update({r: c for r, c in said.items() if c is not None})
    return {r: settled[r] for r in roles if r in settled}, frozenset(said)


def check_mapping(mapping: Mapping[str, str | None]) -> None:
    """Refuses roles that do not exist.

    Raises:
        UsageError: With the nearest name.
    """
    tables = {"events": EVENT_ROLES, "items": ITEM_ROLES, "people": PEOPLE_ROLES}
    known = {role for roles in tables.values() for role in roles}
    known |= {f"{table}.{role}" for table, roles in tables.items() for role in roles}
    for key in mapping:
        if key not in known:
            near = did_you_mean(key, sorted(known))
            plain = ", ".join(sorted(role for role in known if "." not in role))
            raise UsageError(f"mapping has no role {key!r}{near} Roles: {plain}")
