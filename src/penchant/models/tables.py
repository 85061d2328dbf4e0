"""Answers as files: Parquet, JSON lines, CSV that no spreadsheet takes for formulas."""

from pathlib import Path

import polars as pl

from penchant.core import DataError, UsageError, write_file

KINDS = (".parquet", ".jsonl", ".ndjson", ".csv")
"""What a table's file may be called."""
_FORMULA = r"^[=+\-@\t\r]"
_NUMBER = r"^[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$"


def check_table(path: Path) -> None:
    """Raises :class:`UsageError` unless the file's name says what it is to be."""
    if path.suffix not in KINDS:
        raise UsageError(f"{path}: a table is {', '.join(KINDS[:-1])} or {KINDS[-1]}")


def write_table(frame: pl.DataFrame, path: Path) -> Path:
    """Writes a frame, whole or not at all, as what the name of the file says.

    In CSV, a text that a spreadsheet would run as a formula gets a quote before it, and lists are
    joined by ``|``.

    Raises:
        UsageError: The file is of no known kind.
        StorageError: The disk is full, or the folder cannot be written.
    """
    check_table(path)
    with write_file(path) as temporary:
        if path.suffix == ".parquet":
            frame.write_parquet(temporary)
        elif path.suffix == ".csv":
            harmless(frame).write_csv(temporary)
        else:
            frame.write_ndjson(temporary)
    return path


def read_table(path: Path) -> pl.DataFrame:
    """A small table of queries; CSV columns are read as text.

    Raises:
        UsageError: The file is of no known kind.
        DataError: It is missing, or is not what its name says.
    """
    check_table(path)
    try:
        if path.suffix == ".parquet":
            return pl.read_parquet(path)
        if path.suffix == ".csv":
            return pl.read_csv(path, infer_schema=False)
        return pl.read_ndjson(path)
    except FileNotFoundError as error:
        raise DataError("there is no such file", file=path, hint="check the name") from error
    except (OSError, pl.exceptions.PolarsError) as error:
        problem = str(error).splitlines()[0] if str(error) else "cannot be read"
        raise DataError(problem, file=path, hint=f"is it really {path.suffix[1:]}?") from error


def harmless(frame: pl.DataFrame) -> pl.DataFrame:
    """The frame for CSV: lists joined, formulas made text."""
    listed = [pl.col(n).cast(pl.List(pl.String)).list.join("|") for n in _lists(frame)]
    joined = frame.with_columns(listed)
    texts = [
        pl.when(pl.col(name).str.contains(_FORMULA) & ~pl.col(name).str.contains(_NUMBER))
        .then(pl.concat_str(pl.lit("'"), pl.col(name)))
        .otherwise(pl.col(name))
        .alias(name)
        for name, dtype in joined.schema.items()
        if dtype == pl.String
    ]
    return joined.with_columns(texts)


def _lists(frame: pl.DataFrame) -> list[str]:
    return [name for name, dtype in frame.schema.items() if isinstance(dtype, pl.List)]
