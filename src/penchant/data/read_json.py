"""JSON lines: one object a line."""

import json
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path

import polars as pl

from penchant.core import DataError
from penchant.data.read_guess import Guess, Layout, guess_roles, settle_roles
from penchant.data.read_source import Source, lines, shown

SAMPLE_LINES = 200
LARGEST = 2.0**63
LIMIT = 2**127
"""Numbers past this lose digits in the fast path."""


def guess_json(
    source: Source, roles: Sequence[str], mapping: Mapping[str, str | None], layout: Layout
) -> Guess:
    """Keys and roles, from the first lines.

    Raises:
        DataError: One of them is no object, or a mapped key is in none.
    """
    columns: dict[str, None] = {}
    for number, line in islice(_filled(source), SAMPLE_LINES):
        parsed = _parsed(source, number, line)
        if isinstance(parsed, DataError):
            raise parsed
        columns.update(dict.fromkeys(parsed))
    if not columns:
        raise source.refuse(
            "no keys in any line",
            row=1,
            wanted='objects such as {"user": "u1", "item": "i1"}',
            hint="export the file again",
        )
    names = tuple(columns)
    settled, given = settle_roles(
        guess_roles(names, roles), names, mapping, roles, where=source.name
    )
    return Guess(
        file=source.name,
        format="jsonl",
        columns=names,
        roles=settled,
        time_unit=layout.time_unit,
        given=given,
    )


def read_json(source: Source, guess: Guess, *, all_columns: bool) -> pl.DataFrame:
    """The keys that play a role, or all; one row for each line that is not blank.

    Raises:
        DataError: The first line that cannot be read.
    """
    names = guess.labels
    data = source.path if source.path is not None else bytes(source.data)
    try:
        if all_columns:
            ids = {
                guess.roles[role]: pl.String() for role in ("user", "item") if role in guess.roles
            }
            frame = pl.read_ndjson(data, infer_schema_length=None, schema_overrides=ids)
        else:
            frame = _typed(data, _schema(source, guess), guess)
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException) as error:
        raise _first_fault(source, guess, str(error).splitlines()[0]) from None
    frame = frame.rename({c: names.get(c, c) for c in frame.columns})
    _refuse_objects(source, guess, frame)
    coded = [role for role in ("user", "item", "kind") if role in frame.columns]
    if all_columns:
        return frame
    return frame.with_columns(
        pl.col(role).cast(pl.Categorical(pl.Categories.random())) for role in coded
    )


def json_faults(source: Source, guess: Guess) -> Iterator[DataError]:
    """Everything that keeps lines from being read, in order."""
    dated = None
    for number, line in _filled(source):
        parsed = _parsed(source, number, line)
        if isinstance(parsed, DataError):
            yield parsed
            continue
        time = parsed.get(guess.roles.get("time", ""))
        dated = isinstance(time, str) if dated is None and time is not None else dated
        for role, column in guess.roles.items():
            fault = _value_fault(role, parsed.get(column), dated=bool(dated))
            if fault is not None:
                problem, wanted, hint = fault
                yield source.refuse(
                    problem,
                    row=number,
                    column=column,
                    value=parsed.get(column),
                    wanted=wanted,
                    hint=hint,
                )


def _value_fault(role: str, value: object, *, dated: bool) -> tuple[str, str, str] | None:
    """Problem, wanted and hint for one value."""
    if role in {"user", "item"}:
        if value is None or value == "":
            return f"no {role} id", "an id in every line", "fill it in, or remove the line"
        if isinstance(value, bool | list | dict) or (isinstance(value, float) and value % 1):
            return (
                f"{shown(value)} is no id",
                "a string or a whole number",
                f"write the {role} as a string",
            )
        if isinstance(value, int | float) and abs(value) >= LIMIT:
            return (
                f"{shown(value)} is too long a number",
                "a string",
                f"write the {role} as a string",
            )
    elif role in {"kind", "review"} and isinstance(value, bool | list | dict):
        return f"{shown(value)} is no {role}", "text", "mend it, or leave the key out"
    elif role in {"rating", "time"} and value is not None:
        if role == "time" and dated:
            return None
        if not isinstance(value, int | float) or isinstance(value, bool) or abs(value) > LARGEST:
            wanted = "a number" if role == "rating" else "a number, as in the lines before"
            return f"{shown(value)} is no {role}", wanted, "mend it, or leave the key out"
    return None


def _schema(source: Source, guess: Guess) -> dict[str, pl.DataType]:
    dtypes: dict[str, pl.DataType] = {"rating": pl.Float64(), "time": _time_dtype(source, guess)}
    return {column: dtypes.get(role, pl.String()) for role, column in guess.roles.items()}


def _typed(data: Path | bytes, schema: Mapping[str, pl.DataType], guess: Guess) -> pl.DataFrame:
    """Reads with the types; times that turn out to have fractions, as floats."""
    time = guess.roles.get("time")
    if time is None or schema[time] != pl.Int64():
        return pl.read_ndjson(data, schema=schema)
    try:
        return pl.read_ndjson(data, schema=schema)
    except pl.exceptions.ComputeError:
        return pl.read_ndjson(data, schema={**schema, time: pl.Float64()})


def _time_dtype(source: Source, guess: Guess) -> pl.DataType:
    if "time" not in guess.roles or guess.time_unit == "iso":
        return pl.String()
    column = guess.roles["time"]
    values = [
        value
        for _, line in islice(_filled(source), SAMPLE_LINES)
        if (value := json.loads(line).get(column)) is not None
    ]
    if any(isinstance(value, str) for value in values[:1]):
        return pl.String()
    return pl.Int64() if all(isinstance(value, int) for value in values) else pl.Float64()


def _refuse_objects(source: Source, guess: Guess, frame: pl.DataFrame) -> None:
    """Ids that polars made of something else than a string or a number."""
    for role in ("user", "item"):
        if role not in frame.columns:
            continue
        distinct = frame[role].cast(pl.String).unique()
        if distinct.str.contains(r"^[\[{]|^true$|^false$|\x00|^-?\d+\.\d+$|^\d{39}").any():
            fault = next(json_faults(source, guess), None)
            if fault is not None:
                raise fault


def _first_fault(source: Source, guess: Guess, otherwise: str) -> DataError:
    fallback = source.refuse(
        f"cannot be read ({otherwise})",
        row=1,
        column=guess.columns[0],
        wanted="one kind of value under each key",
        hint="write the values under a key all as numbers or all as strings",
    )
    return next(json_faults(source, guess), fallback)


def _filled(source: Source) -> Iterator[tuple[int, bytes]]:
    return ((number, line) for number, line in lines(source.data) if line.strip())


def _no_constant(name: str) -> float:
    raise ValueError(f"{name} is not JSON")


def _parsed(source: Source, number: int, line: bytes) -> dict[str, object] | DataError:
    """The object in a line."""
    try:
        parsed = json.loads(line.decode(), parse_constant=_no_constant)
    except UnicodeDecodeError as error:
        return source.refuse(
            f"byte {line[error.start]:#04x} is not UTF-8",
            row=number,
            column=f"byte {error.start + 1}",
            value=line[max(0, error.start - 20) : error.start + 20],
            wanted="UTF-8 text",
            hint="save it as UTF-8, or say its encoding: layout=Layout(encoding='latin-1')",
        )
    except (ValueError, RecursionError) as error:
        at = getattr(error, "colno", 1)
        what = getattr(error, "msg", str(error))
        return source.refuse(
            f"{what} in {shown(line[:60].decode(errors='replace'))}",
            row=number,
            column=f"character {at}",
            value=line[:80],
            wanted="one whole JSON object a line",
            hint="mend or remove the line; NaN is written null",
        )
    if not isinstance(parsed, dict):
        return source.refuse(
            f"{shown(parsed)} is no object",
            row=number,
            column="character 1",
            value=line[:80],
            wanted='an object such as {"user": "u1", "item": "i1"}',
            hint="write one object a line; in Python: frame.to_json(lines=True)",
        )
    return parsed
