"""What a verb shows: tables for people, one JSON document for programs, files on request."""

import json
import math
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from penchant.core import Json

if TYPE_CHECKING:
    import polars as pl
    from rich.console import RenderableType

WIDTH = 160
"""Characters a line where standard output is no terminal."""


def show_json(value: Json) -> None:
    """One JSON document on standard output; nan becomes null."""
    sys.stdout.write(json.dumps(_finite(value), indent=1, ensure_ascii=False, default=str) + "\n")


def show_text(text: str) -> None:
    """Text as it is."""
    sys.stdout.write(text.rstrip("\n") + "\n")


def show_rich(*parts: "RenderableType") -> None:
    """Anything that rich can draw."""
    from rich.console import Console

    console = Console() if sys.stdout.isatty() else Console(width=WIDTH)
    for part in parts:
        console.print(part, markup=False)


def show_frame(frame: "pl.DataFrame", title: str | None = None) -> None:
    """A frame as a table; figures with four digits, long texts cut by the terminal."""
    from rich.table import Table
    from rich.text import Text

    table = Table(title=title, title_justify="left")
    for name, dtype in frame.schema.items():
        table.add_column(name, justify="right" if dtype.is_numeric() else "left")
    for row in frame.iter_rows():
        table.add_row(*(Text(_cell(value)) for value in row))
    show_rich(table)


def answer(
    frame: "pl.DataFrame", *, as_json: bool, out: Path | None, title: str | None = None
) -> None:
    """A frame, as it was asked for: to a file, as JSON, or as a table."""
    if out is not None:
        from penchant.models import write_table

        write_table(frame, out)
    if as_json:
        show_json(frame.to_dicts())
    elif out is None:
        show_frame(frame, title)


def save_json(value: Json, out: Path | None) -> None:
    """The same document in a file, where one was asked for."""
    from penchant.core import write_file

    if out is not None:
        text = json.dumps(_finite(value), indent=1, ensure_ascii=False, default=str)
        with write_file(out) as temporary:
            temporary.write_text(text + "\n", encoding="utf-8")


def tell(lines: Iterable[str], *, quiet: bool) -> None:
    """Notes on standard error."""
    if not quiet:
        for line in lines:
            sys.stderr.write(line + "\n")


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:.4g}"
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value:,}"
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _finite(value: Json) -> Json:
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
