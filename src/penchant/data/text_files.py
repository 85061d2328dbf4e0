"""Small readers for the forms that published data come in."""

import io
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from penchant.core import Ragged


def lines_of_numbers(path: Path) -> Ragged:
    """Whole numbers between spaces, a sequence a line."""
    lines = path.read_text("ascii").splitlines()
    return Ragged.of([np.array(line.split(), np.int32) for line in lines])


def numbered_lines(path: Path) -> tuple[NDArray[np.int32], Ragged]:
    """As :func:`lines_of_numbers`, the first number of each line apart."""
    lines = lines_of_numbers(path)
    firsts = np.zeros(len(lines.values), np.bool_)
    firsts[lines.offsets[:-1]] = True
    rest = Ragged(lines.values[~firsts], lines.offsets - np.arange(len(lines) + 1))
    return lines.values[firsts], rest


def plain_table(path: Path, columns: list[str]) -> pl.DataFrame:
    """Tabs, no header, no quotes; all text."""
    return pl.read_csv(
        path,
        separator="\t",
        has_header=False,
        new_columns=columns,
        infer_schema=False,
        quote_char=None,
    )


def atomic_table(path: Path) -> pl.DataFrame:
    """RecBole's atomic files: tabs and a header ``name:type``; all text, names without types."""
    frame = pl.read_csv(path, separator="\t", infer_schema=False, quote_char=None)
    return frame.rename({column: column.split(":")[0] for column in frame.columns})


def backslashed_table(path: Path) -> pl.DataFrame:
    """Semicolons, quotes escaped by a backslash, latin-1, ``NULL``; all text."""
    text = path.read_bytes().decode("latin-1").replace('\\"', '""')
    return pl.read_csv(io.StringIO(text), separator=";", infer_schema=False, null_values=["NULL"])


def year_in_title() -> pl.Expr:
    """1995 of a ``title`` like ``Toy Story (1995)``."""
    return pl.col("title").str.extract(r"\((\d{4})\)\s*$").cast(pl.Int32, strict=False)
