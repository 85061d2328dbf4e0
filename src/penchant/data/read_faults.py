"""Which record of delimited text cannot be read, and why: the slow path, after a failure."""

import re
from collections.abc import Iterator

from penchant.core import DataError
from penchant.data.read_guess import NUMBER, Guess, Role
from penchant.data.read_source import Source, lines, shown, text_end

MAX_RECORD_LINES = 1_000
MAX_RECORD_BYTES = 1 << 20
MAX_FIELDS = 100_000
_DATE = re.compile(r"\s*\d{4}-\d\d-\d\d(?!\d)")
MISSING_QUOTE = "close the quote, double quotes inside a field, or read with Layout(quotes=False)"


def first_fault(
    source: Source, guess: Guess, otherwise: str = "cannot be read", *, after: int = 0
) -> DataError:
    """The first thing wrong, with its place; the first ``after`` bytes are known to be good."""
    fallback = source.refuse(
        otherwise,
        row=1,
        column=guess.columns[0],
        wanted=f"{len(guess.columns)} fields in every record",
        hint="open the file and compare it with its first line, or say its form with Layout(…)",
    )
    return next(text_faults(source, guess, after=after), fallback)


def text_faults(source: Source, guess: Guess, *, after: int = 0) -> Iterator[DataError]:
    """Everything that keeps records from being read, in the file's order."""
    width = len(guess.columns)
    places = {guess.columns.index(column): role for role, column in guess.roles.items()}
    dated: bool | None = None
    for number, record in records(source, guess, after=after):
        if isinstance(record, DataError):
            yield record
            continue
        if len(record) != width:
            yield _ragged(source, guess, number, record)
            continue
        is_header = bool(guess.header) and number == 1
        if dated is None and not is_header:
            dated = _is_dated(record, places)
        for at, cell in enumerate(record):
            fault = _cell_fault(cell, None if is_header else places.get(at), bool(dated))
            if fault is not None:
                problem, wanted, hint = fault
                column = guess.columns[at]
                yield source.refuse(
                    problem, row=number, column=column, value=cell, wanted=wanted, hint=hint
                )


def _ragged(source: Source, guess: Guess, number: int, record: list[bytes]) -> DataError:
    width, n = len(guess.columns), len(record)
    joined = (guess.separator or ",").encode().join(field[:200] for field in record[:20])
    if record == [b""]:
        problem, hint = "a blank line", "remove it"
    elif n < width:
        problem = f"{n} field{'s' if n != 1 else ''} in {_text(joined)}"
        hint = f"add the missing {guess.columns[n]!r}, or quote fields that hold line ends"
    else:
        problem = f"more than {width} fields in {_text(joined)}"
        hint = "quote fields that hold the separator, or say it: layout=Layout(separator=…)"
    column = guess.columns[n] if n < width else f"field {width + 1}"
    return source.refuse(
        problem,
        row=number,
        column=guess.columns[0] if record == [b""] else column,
        value=record[-1][:200],
        wanted=f"{width} fields, as in the first line",
        hint=hint,
    )


def _is_dated(record: list[bytes], places: dict[int, Role]) -> bool:
    """Whether the first record writes its time as a date: then all have to."""
    told = [cell for at, cell in enumerate(record) if places.get(at) == "time"]
    return any(not NUMBER.match(cell.decode(errors="replace")) for cell in told)


def _cell_fault(cell: bytes, role: str | None, dated: bool) -> tuple[str, str, str] | None:
    """Problem, wanted and hint for one field."""
    if b"\0" in cell:
        return f"a NUL byte in {_text(cell)}", "text", "the file is damaged or binary; export again"
    try:
        text = cell.decode()
    except UnicodeDecodeError as error:
        return (
            f"byte {cell[error.start]:#04x} in {_text(cell)} is not UTF-8",
            "UTF-8 text",
            "save the file as UTF-8, or say its encoding: layout=Layout(encoding='latin-1')",
        )
    if role in {"user", "item"} and not text:
        return f"no {role} id", "an id in every row", "fill it in, or remove the row"
    if role == "rating" and text and not NUMBER.match(text):
        hint = "write 3.5, not 3,5" if "," in text else "mend it, or map rating to None"
        hint = "remove the space around it" if NUMBER.match(text.strip()) else hint
        return f"{shown(text)} is not a number", "a finite rating, or nothing", hint
    if role == "time" and text and not (_DATE if dated else NUMBER).match(text):
        return (
            f"{shown(text)} is {'no date' if dated else 'not a number'} as in the rows before",
            "one way of writing times in the whole file",
            "write all times as numbers of one unit without spaces, or all as ISO 8601",
        )
    return None


def records(
    source: Source, guess: Guess, *, after: int = 0
) -> Iterator[tuple[int, list[bytes] | DataError]]:
    """Each record's first line number and its fields, or why it has none.

    Where quotes may hold line ends, ``after`` is not used: only the start is surely outside them.
    """
    separator = (guess.separator or ",").encode()
    pending: list[bytes] = []
    start, at = 1, ~0
    end = text_end(source.data)
    for number, line in lines(source.data, end, after=0 if guess.quotes else after):
        start = start if pending else number
        pending.append(line)
        whole = pending[0] if len(pending) == 1 else b"\n".join(pending)
        fields = split_record(whole, separator, quotes=guess.quotes, most=len(guess.columns))
        still_open = isinstance(fields, int) and fields < 0
        if still_open and len(pending) < MAX_RECORD_LINES and len(whole) < MAX_RECORD_BYTES:
            at = fields if isinstance(fields, int) else at
            continue
        pending = []
        yield (
            start,
            fields
            if isinstance(fields, list)
            else _quote_fault(source, guess, start, whole, fields),
        )
    if pending:
        yield start, _quote_fault(source, guess, start, b"\n".join(pending), at)


def _quote_fault(source: Source, guess: Guess, row: int, whole: bytes, at: int) -> DataError:
    problem = "a quote that is never closed" if at < 0 else "a quote inside a field"
    at = min(~at if at < 0 else at, len(guess.columns) - 1)
    return source.refuse(
        f"{problem}: {_text(whole)}",
        row=row,
        column=guess.columns[at],
        value=whole[:80],
        wanted="quotes around whole fields",
        hint=MISSING_QUOTE,
    )


def split_record(
    line: bytes, separator: bytes, *, quotes: bool, most: int = MAX_FIELDS
) -> list[bytes] | int:
    """The fields of a record; those past ``most`` stay in one piece.

    Returns:
        The number of the field with a misplaced quote when there is one; its complement, which is
        negative, when the quote is still open at the end.
    """
    if not quotes or b'"' not in line:
        return line.split(separator, most)
    fields: list[bytes] = []
    at = 0
    while True:
        if line[at : at + 1] == b'"':
            end = _closing(line, at + 1)
            if end is None:
                return ~len(fields)
            field, at = line[at + 1 : end].replace(b'""', b'"'), end + 1
            if line[at : at + len(separator)] != separator and at < len(line):
                return len(fields)
        else:
            end = line.find(separator, at)
            end = len(line) if end < 0 else end
            field, at = line[at:end], end
            if b'"' in field:
                return len(fields)
        fields.append(field)
        if at >= len(line):
            return fields
        at += len(separator)
        if len(fields) == most:
            return [*fields, line[at:]]


def _closing(line: bytes, at: int) -> int | None:
    while (end := line.find(b'"', at)) >= 0:
        if line[end + 1 : end + 2] != b'"':
            return end
        at = end + 2
    return None


def _text(value: bytes) -> str:
    return shown(value.decode(errors="backslashreplace"))
