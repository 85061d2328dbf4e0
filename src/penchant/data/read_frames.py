"""Frames that are in memory already: polars, and pandas or Arrow through narwhals."""

from collections.abc import Mapping, Sequence
from typing import Any

import narwhals as nw
import polars as pl

from penchant.core import DataError, UsageError
from penchant.data.read_guess import Guess, Layout, guess_roles, settle_roles
from penchant.data.read_source import Source


def frame_source(frame: object, name: str) -> Source:
    """A source around a frame of any library that narwhals knows.

    Raises:
        UsageError: It is none.
        DataError: Its columns cannot be held in a polars frame.
    """
    if isinstance(frame, pl.LazyFrame):
        frame = frame.collect()
    if isinstance(frame, pl.DataFrame):
        return Source(f"<{name}>", frame=frame)
    try:
        native = nw.from_native(frame, eager_only=True)  # type: ignore[call-overload]  # any object
    except TypeError:
        raise UsageError(
            f"{name} is a {type(frame).__name__}: need a path, or a polars, pandas or Arrow frame"
        ) from None
    try:
        return Source(f"<{name}>", frame=_to_polars(native))
    except (pl.exceptions.PolarsError, TypeError, ValueError, OverflowError) as error:
        problem = f"the frame cannot be converted ({str(error).splitlines()[0]})"
        raise DataError(
            problem,
            file=f"<{name}>",
            column=", ".join(native.columns),
            wanted="one kind of value in each column",
            hint="give each column one dtype: strings for ids, numbers for ratings and times",
        ) from None


def _to_polars(native: "nw.DataFrame[Any]") -> pl.DataFrame:
    """Column by column, without pyarrow where the frame does not bring it."""
    columns = {}
    for name in native.columns:
        series = native[name]
        if series.dtype in {nw.String, nw.Object, nw.Categorical, nw.Enum, nw.Unknown}:
            columns[str(name)] = _texts(series)
        else:
            columns[str(name)] = series.to_polars()
    return pl.DataFrame(columns)


def _texts(series: "nw.Series[Any]") -> pl.Series:
    """Strings, and whole numbers among them as strings; missing values as null."""
    values = [None if _missing(v) else v for v in series.to_list()]
    if all(v is None or isinstance(v, str) for v in values):
        return pl.Series(values, dtype=pl.String)
    if all(v is None or (isinstance(v, str | int) and not isinstance(v, bool)) for v in values):
        return pl.Series([None if v is None else str(v) for v in values], dtype=pl.String)
    return pl.Series(values, strict=True)


def _missing(value: object) -> bool:
    return value is None or value != value


def guess_frame(
    source: Source, roles: Sequence[str], mapping: Mapping[str, str | None], layout: Layout
) -> Guess:
    """Roles by the names of the columns."""
    columns = tuple(source.frame.columns) if source.frame is not None else ()
    settled, given = settle_roles(
        guess_roles(columns, roles), columns, mapping, roles, where=source.name
    )
    return Guess(
        file=source.name,
        format="frame",
        columns=columns,
        roles=settled,
        time_unit=layout.time_unit,
        given=given,
    )


def read_frame(source: Source, guess: Guess, *, all_columns: bool) -> pl.DataFrame:
    """The columns that play a role, or all, as they are typed."""
    names = guess.labels
    frame = source.frame if source.frame is not None else pl.DataFrame()
    wanted = frame.columns if all_columns else list(guess.roles.values())
    return frame.select(pl.col(c).alias(names[c]) for c in wanted)
