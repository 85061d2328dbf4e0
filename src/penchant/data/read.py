"""Reading a log, and what is known of items and people, as they are.

Formats, separators and the meaning of columns are guessed; what the caller says wins. Ids stay the
strings that they are. Everything that cannot be meant is refused with its place.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from penchant.core import DataError, UsageError
from penchant.data.read_catalog import catalog_of, people_of
from penchant.data.read_columns import codes_of, ratings_of, weights_of
from penchant.data.read_frames import frame_source, guess_frame, read_frame
from penchant.data.read_guess import Guess, Layout, check_mapping
from penchant.data.read_json import guess_json, read_json
from penchant.data.read_names import EVENT_ROLES, ITEM_ROLES, PEOPLE_ROLES
from penchant.data.read_order import event_order
from penchant.data.read_parquet import guess_parquet, read_parquet
from penchant.data.read_source import PARQUET, Source, open_source
from penchant.data.read_table import Table
from penchant.data.read_text import guess_text, read_text
from penchant.data.read_times import times_of
from penchant.data.words import Catalog, Dataset

Readable = object
"""A path, or a frame of polars, pandas, Arrow or any library that narwhals knows."""

NEEDED = {"events": ("user", "item"), "items": ("item",), "people": ("user",)}
ROLES_OF = {"events": EVENT_ROLES, "items": ITEM_ROLES, "people": PEOPLE_ROLES}


def read(
    events: Readable,
    *,
    items: Readable | None = None,
    people: Readable | None = None,
    mapping: Mapping[str, str | None] | None = None,
    kinds: Mapping[str, float] | None = None,
    layout: Layout | None = None,
    name: str | None = None,
) -> Dataset:
    """A data set from a log, and a catalogue and people where they are known.

    >>> import polars as pl
    >>> log = pl.DataFrame({"user_id": ["u1", "u1"], "movieId": [7, 9], "timestamp": [20, 10]})
    >>> data = read(log)
    >>> data.catalog.ids.names(data.events["item"].to_numpy())
    ['9', '7']

    Args:
        events: One row an interaction: CSV, TSV, JSON lines, Parquet (each plain or gzipped),
            RecBole's ``.inter``, MovieLens' files, or a frame.
        items: One row an item. Items that only events name are appended.
        people: One row a person.
        mapping: The column of a role (``{"user": "buyer"}``), ``None`` for no column; a role that
            several tables have takes a prefix: ``{"items.item": "sku"}``. Roles: user, item, time,
            rating, kind, review; title, description, categories, image, price, year.
        kinds: The weight of each kind of event, negative for a sign against the item; kept in
            column ``weight``.
        layout: Separator, header, quotes, encoding, unit of times, where the guess is wrong.
        name: What the data set is called; the file's name by default.

    Raises:
        DataError: A file that cannot be read or cannot mean what it says, with ``file:row:column``,
            the value, what was wanted and what to do.
        UsageError: An argument that cannot be.
    """
    mapping, layout = mapping or {}, layout or Layout()
    check_mapping(mapping)
    _check_kinds(kinds)
    loaded = {
        table: load_table(table, given, mapping, layout)
        for table, given in (("events", events), ("items", items), ("people", people))
        if given is not None
    }
    if "events" not in loaded:
        raise UsageError("events=None: need a log to read")
    title = name or (Path(events).name.split(".")[0] if isinstance(events, str | Path) else "data")
    return build(loaded, kinds, title)


def read_catalog(items: Readable, *, mapping: Mapping[str, str | None] | None = None) -> Catalog:
    """A catalogue by itself, such as that of new items.

    Args:
        items: As for :func:`read`.
        mapping: As for :func:`read`.

    Raises:
        DataError: As :func:`read`.
    """
    check_mapping(mapping or {})
    table = load_table("items", items, mapping or {}, Layout())
    return catalog_of(table, pl.Series("id", [], dtype=pl.String))


def guess(
    events: Readable,
    *,
    mapping: Mapping[str, str | None] | None = None,
    layout: Layout | None = None,
    table: str = "events",
) -> Guess:
    """How :func:`read` would understand a file or frame; print it to see.

    Args:
        events: A path or a frame.
        mapping: As in :func:`read`.
        layout: As in :func:`read`.
        table: ``events``, ``items`` or ``people``.
    """
    if table not in ROLES_OF:
        raise UsageError(f"table={table!r}: need 'events', 'items' or 'people'")
    check_mapping(mapping or {})
    return open_table(table, events, mapping or {}, layout or Layout())[1]


def open_table(
    table: str, given: Readable, mapping: Mapping[str, str | None], layout: Layout
) -> tuple[Source, Guess]:
    """The bytes or frame, and how they are understood."""
    roles: Sequence[str] = ROLES_OF[table]
    if not isinstance(given, str | Path):
        source = frame_source(given, table)
        return source, guess_frame(source, roles, mapping, layout)
    source = open_source(given, encoding=layout.encoding)
    if source.data[:4] == PARQUET or ".parquet" in source.suffixes:
        return source, guess_parquet(source, roles, mapping, layout)
    start = source.data[:4096].lstrip()[:1]
    if start == b"{" or {".json", ".jsonl", ".ndjson"} & set(source.suffixes):
        return source, guess_json(source, roles, mapping, layout)
    return source, guess_text(source, roles, mapping, layout)


def load_table(
    table: str, given: Readable, mapping: Mapping[str, str | None], layout: Layout
) -> Table:
    """The columns of one file or frame, under the names of their roles.

    Raises:
        DataError: As :func:`read`.
    """
    source, understood = open_table(table, given, mapping, layout)
    for role in NEEDED[table]:
        if role not in understood.roles:
            raise _no_column(source, understood, role, table)
    reader = {
        "csv": read_text,
        "atomic": read_text,
        "jsonl": read_json,
        "parquet": read_parquet,
        "frame": read_frame,
    }[understood.format]
    return Table(reader(source, understood, all_columns=table != "events"), understood, source)


def build(tables: Mapping[str, Table], kinds: Mapping[str, float] | None, name: str) -> Dataset:
    """A data set from tables that were read.

    Raises:
        DataError: As :func:`read`.
    """
    log = tables["events"]
    if not len(log.frame):
        raise log.source.refuse(
            "there are no events",
            row=1,
            wanted="at least one row below the header",
            hint="export the log again; a header alone is no data",
        )
    if kinds is not None and not log.has("kind"):
        raise _no_column(log.source, log.guess, "kind", "events")
    user_names, users = codes_of(log, "user")
    item_names, items = codes_of(log, "item")
    times, _ = times_of(log)
    catalog = catalog_of(tables.get("items"), item_names)
    people = people_of(tables.get("people"), user_names)
    if "items" in tables:
        items = catalog.ids.rows(item_names)[items]
    if "people" in tables:
        users = people.ids.rows(user_names)[users]
    return Dataset(catalog, people, _events(log, users, items, times, kinds), name)


def _events(
    log: Table,
    users: NDArray[np.int32],
    items: NDArray[np.int32],
    times: NDArray[np.int64] | None,
    kinds: Mapping[str, float] | None,
) -> pl.DataFrame:
    """The events by person, time and input order."""
    order = event_order(users, times)
    n = len(order)
    ratings = ratings_of(log)
    columns = {
        "user": pl.Series(users[order]),
        "item": pl.Series(items[order]),
        "time": _column(times, order, pl.Int64()),
        "rating": _column(ratings, order, pl.Float32()).fill_nan(None),
        "kind": log.frame["kind"].gather(order).cast(pl.String)
        if log.has("kind")
        else pl.Series([None], dtype=pl.String).new_from_index(0, n),
    }
    if log.has("review"):
        columns["review"] = log.frame["review"].gather(order).cast(pl.String, strict=False)
    if kinds is not None:
        columns["weight"] = pl.Series(weights_of(log, kinds)[order])
    return pl.DataFrame(columns)


def _column(
    values: NDArray[np.generic] | None,
    order: NDArray[np.uint32],
    dtype: pl.DataType,
) -> pl.Series:
    if values is None:
        return pl.Series([None], dtype=dtype).new_from_index(0, len(order))
    return pl.Series(values[order], dtype=dtype)


def _check_kinds(kinds: Mapping[str, float] | None) -> None:
    for kind, weight in (kinds or {}).items():
        if isinstance(weight, bool) or not np.isfinite(weight):
            raise UsageError(f"kinds[{kind!r}]={weight!r}: need a finite weight, such as 1.0")


def _no_column(source: Source, understood: Guess, role: str, table: str) -> DataError:
    key = role if table == "events" else f"{table}.{role}"
    return source.refuse(
        f"no column seems to be the {role}; there are {', '.join(understood.columns) or 'none'}",
        row=1,
        column=role,
        wanted=f"a column for the {role}",
        hint=f"name it: mapping={{{key!r}: {next(iter(understood.columns), 'COLUMN')!r}}}",
    )
