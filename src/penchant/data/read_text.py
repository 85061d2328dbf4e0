"""Delimited text: CSV, TSV, MovieLens and RecBole files.

The fast path is one pass over the bytes that counts fields and one call of polars. When either
finds anything odd, the slow path reads record by record to say which and where.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice

import polars as pl

from penchant.data.read_faults import first_fault, split_record
from penchant.data.read_guess import (
    ATOMIC,
    NUMBER,
    Guess,
    Layout,
    guess_header,
    guess_roles,
    guess_separator,
    positional_roles,
    settle_roles,
)
from penchant.data.read_source import Source, lines, shown, text_end
from penchant.data.read_structure import scan

SAMPLE_BYTES = 1 << 16
SAMPLE_LINES = 200
STAND_IN = "\x1f"
"""What stands for a separator of two characters while polars, which knows one, reads."""


def guess_text(
    source: Source, roles: Sequence[str], mapping: Mapping[str, str | None], layout: Layout
) -> Guess:
    """Separator, header and roles, from the first lines.

    Raises:
        DataError: No separator, a header that cannot be, a mapped column that is not there.
    """
    sample = _sample(source)
    separator = _separator(source, sample, layout, few=len(roles) < 3)
    atomic = all(ATOMIC.match(cell) for cell in sample[0].split(separator))
    quotes = layout.quotes
    if quotes is None:
        quotes = not atomic and separator not in {"::"} and _quotes_enclose(source, separator)
    cells = [_cells(line, separator, quotes) for line in sample]
    header = layout.header
    if header is None:
        header = atomic or guess_header(cells[0], cells[1] if len(cells) > 1 else None)
    columns = _columns(source, cells[0], header=header, atomic=atomic)
    guessed = (
        guess_roles(columns, roles)
        if header
        else positional_roles([c for c in cells if len(c) == len(columns)], roles)
    )
    settled, given = settle_roles(guessed, columns, mapping, roles, where=source.name)
    return Guess(
        file=source.name,
        format="atomic" if atomic else "csv",
        columns=columns,
        roles=settled,
        separator=separator,
        header=header,
        quotes=quotes,
        time_unit=layout.time_unit,
        given=given,
    )


def _separator(source: Source, sample: Sequence[str], layout: Layout, *, few: bool) -> str:
    """The separator; a table that may have a ``few`` columns only may have one, and need none."""
    separator = layout.separator or guess_separator(sample)
    if separator is None and few:
        return ","
    if separator == " " and len(sample) == 1:
        separator = ","
    if separator is None or separator not in sample[0]:
        raise source.refuse(
            f"no separator found in {shown(sample[0])}"
            if layout.separator is None
            else f"no {separator!r} in {shown(sample[0])}",
            row=1,
            column="1",
            value=sample[0],
            wanted="fields between tabs, commas, semicolons, '|' or '::'",
            hint="put one of them between fields, or say which: layout=Layout(separator=…)",
        )
    return separator


def read_text(source: Source, guess: Guess, *, all_columns: bool) -> pl.DataFrame:
    """The columns that play a role, or all as strings; one row for each record.

    Raises:
        DataError: The first record that cannot be read.
    """
    separator = guess.separator or ","
    told = source
    if len(separator) > 1:
        data = bytes(source.data).replace(separator.encode(), STAND_IN.encode())
        source, separator = replace(source, path=None, data=data), STAND_IN
    structure = scan(source.data, separator.encode(), len(guess.columns), quotes=guess.quotes)
    if not structure.regular:
        raise first_fault(told, guess, after=structure.good_bytes)
    for dtypes in _attempts(told, guess, plain=structure.plain_numbers, all_columns=all_columns):
        try:
            return _read(source, guess, separator, dtypes, structure.n_records)
        except (pl.exceptions.PolarsError, pl.exceptions.PanicException) as error:
            problem = error
    raise first_fault(told, guess, f"cannot be read ({str(problem).splitlines()[0]})")


def _read(
    source: Source, guess: Guess, separator: str, dtypes: Mapping[str, pl.DataType], n_records: int
) -> pl.DataFrame:
    names = guess.labels
    schema = {
        f"{k} {column}": dtypes.get(names[column], pl.String())
        for k, column in enumerate(guess.columns)
    }
    wanted = [k for k, c in enumerate(guess.columns) if names[c] in dtypes]
    frame = pl.read_csv(
        bytes(source.data) if source.path is None else source.path,
        has_header=False,
        skip_lines=int(bool(guess.header)),
        separator=separator,
        quote_char='"' if guess.quotes else None,
        schema=schema,
        columns=wanted,
        glob=False,
    )
    n_rows = n_records - bool(guess.header)
    if len(frame) < n_rows:
        raise pl.exceptions.ComputeError(f"{len(frame)} of {n_rows} records were read")
    frame = frame.rename({f"{k} {guess.columns[k]}": names[guess.columns[k]] for k in wanted})
    return frame.head(n_rows)


def _attempts(
    source: Source, guess: Guess, *, plain: bool, all_columns: bool
) -> Iterator[dict[str, pl.DataType]]:
    """Types to try for the columns, the fastest first."""
    names = guess.labels
    if all_columns:
        yield {names[column]: pl.String() for column in guess.columns}
        return
    known: dict[str, pl.DataType] = {
        "user": pl.Categorical(pl.Categories.random()),
        "item": pl.Categorical(pl.Categories.random()),
        "kind": pl.Categorical(pl.Categories.random()),
        "rating": pl.Float32(),
        "time": _time_dtype(source, guess),
    }
    safe = {role: known.get(role, pl.String()) for role in guess.roles}
    numbers = {role: dtype for role in ("user", "item") if (dtype := _whole(source, guess, role))}
    if plain and numbers:
        yield {**safe, **numbers}
    yield safe
    if safe.get("time") == pl.Int64():
        yield {**safe, "time": pl.Float64()}


def _whole(source: Source, guess: Guess, role: str) -> pl.DataType | None:
    """The integers that the sampled ids fit in, if they are all whole numbers."""
    values = _sampled(source, guess, role)
    longest = max(map(len, values), default=0)
    if not longest or longest > 18 or not all(value.isdigit() for value in values):
        return None
    return pl.Int32() if longest < 10 else pl.Int64()


def _sampled(source: Source, guess: Guess, role: str) -> list[str]:
    at = guess.columns.index(guess.roles[role])
    cells = [_cells(line, guess.separator or ",", guess.quotes) for line in _sample(source)]
    return [row[at] for row in cells[bool(guess.header) :] if len(row) > at]


def _time_dtype(source: Source, guess: Guess) -> pl.DataType:
    if "time" not in guess.roles or guess.time_unit == "iso":
        return pl.String()
    values = [value.strip() for value in _sampled(source, guess, "time") if value.strip()]
    if not values or not NUMBER.match(values[0]):
        return pl.String()
    return pl.Int64() if all(v.lstrip("+-").isdigit() for v in values) else pl.Float64()


def _sample(source: Source) -> list[str]:
    """The first lines, whole; undecodable bytes replaced, since the scan will refuse them."""
    end = text_end(source.data)
    taken = islice(lines(source.data, min(end, SAMPLE_BYTES)), SAMPLE_LINES)
    sample = [line.decode(errors="replace") for _, line in taken]
    if end > SAMPLE_BYTES and len(sample) > 1 and len(sample) < SAMPLE_LINES:
        sample.pop()
    if not sample or not any(sample):
        raise source.refuse(
            "only blank lines", row=1, wanted="a header and rows", hint="export the file again"
        )
    if "\0" in sample[0]:
        raise source.refuse(
            f"binary data: {shown(sample[0][:40])}",
            row=1,
            value=sample[0][:40],
            wanted="CSV, TSV, JSONL or Parquet",
            hint="convert it, or read it with pandas and pass the frame",
        )
    return sample


def _cells(line: str, separator: str, quotes: bool) -> list[str]:
    fields = split_record(line.encode(), separator.encode(), quotes=quotes)
    if not isinstance(fields, list):
        return line.split(separator)
    return [field.decode() for field in fields]


def _quotes_enclose(source: Source, separator: str) -> bool:
    """Whether quotes enclose fields; with tabs and bars they may just be characters."""
    if source.data.find(b'"') < 0:
        return False
    if separator in {",", ";"}:
        return True
    pieces = [(line, separator.encode()) for line in _sample(source)]
    return all(isinstance(split_record(p.encode(), s, quotes=True), list) for p, s in pieces)


def _columns(
    source: Source, cells: Sequence[str], *, header: bool, atomic: bool
) -> tuple[str, ...]:
    """Names of the columns, without the types of atomic files.

    Raises:
        DataError: A name stands twice, or is empty in a way that cannot be told apart.
    """
    if not header:
        return tuple(f"column_{k + 1}" for k in range(len(cells)))
    names = [cell.strip() for cell in cells]
    if atomic:
        names = [cell.rpartition(":")[0] for cell in names]
    names = [name or f"column_{k + 1}" for k, name in enumerate(names)]
    twice = next((name for k, name in enumerate(names) if name in names[:k]), None)
    if twice is not None:
        raise source.refuse(
            f"two columns are called {twice!r}",
            row=1,
            column=twice,
            value=twice,
            wanted="a different name for each column",
            hint="rename one of them in the header",
        )
    return tuple(names)
