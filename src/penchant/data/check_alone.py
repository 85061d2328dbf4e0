"""What is wrong with a catalogue, or a table of people, before there is a log."""

from collections.abc import Mapping
from typing import Literal

import polars as pl

from penchant.core import DataError, UsageError
from penchant.data.check import LIMIT, Finding, Findings, all_faults
from penchant.data.read import Readable, load_table, open_table
from penchant.data.read_catalog import catalog_of, people_of
from penchant.data.read_guess import Guess, Layout, check_mapping


def check_alone(
    given: Readable,
    table: Literal["items", "people"],
    *,
    mapping: Mapping[str, str | None] | None = None,
    limit: int = LIMIT,
) -> Findings:
    """Looks for what keeps a table from being read, and for what is odd in it.

    >>> found = check_alone(pl.DataFrame({"item": ["i1", "i1"], "title": ["A", "A"]}), "items")
    >>> found.ok, found.findings[0].problem
    (True, '1 rows repeat an id')

    Args:
        given: A path or a frame.
        table: What it is.
        mapping: As for :func:`read`.
        limit: The most findings to list.

    Raises:
        UsageError: An argument that cannot be; never for what the table holds.
    """
    if limit < 1 or table not in ("items", "people"):
        raise UsageError(f"table={table!r}, limit={limit}: need items or people, and at least 1")
    mapping = mapping or {}
    check_mapping(mapping)
    findings: list[Finding] = []
    guesses: list[Guess] = []
    source = None
    summary: dict[str, object] = {}
    try:
        source, guess = open_table(table, given, mapping, Layout())
        guesses.append(guess)
        read = load_table(table, given, mapping, Layout())
        none = pl.Series("id", [], dtype=pl.String)
        made = catalog_of(read, none) if table == "items" else people_of(read, none)
        repeats = len(read.frame) - len(made)
        if repeats:
            role = "item" if table == "items" else "user"
            column = read.column(role)
            hint = "remove them; the first is kept"
            told = f"{repeats} rows repeat an id"
            findings.append(
                Finding("warning", told, source.name, column=column, wanted="each once", hint=hint)
            )
        summary = {table: len(made), "columns": len(made.table.columns)}
    except DataError as error:
        findings += all_faults(error, guesses, source, limit)
    errors = sum(finding.level == "error" for finding in findings)
    counts = {"errors": errors, "warnings": len(findings) - errors}
    return Findings(tuple(findings), tuple(guesses), {**counts, **summary})
