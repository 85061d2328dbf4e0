"""Times in any usual form, as microseconds since 1970."""

import re

import numpy as np
import polars as pl
from numpy.typing import NDArray

from penchant.data.read_guess import TimeUnit
from penchant.data.read_source import shown
from penchant.data.read_table import Table

PER_SECOND = {"s": 1, "ms": 1_000, "us": 1_000_000, "ns": 1_000_000_000}
CEILINGS = {"s": 1e11, "ms": 1e14, "us": 1e17, "ns": 1e20}
"""Numbers below this are taken for the unit: for each, the years 1973 to 5138 lie below it and
above the last."""
LATEST_S = 4_102_444_800
"""2100-01-01; nothing in a log is later."""

FORMATS = (
    "%Y-%m-%d",
    "%Y-%m-%d %H:%M:%S%.f",
    "%Y-%m-%dT%H:%M:%S%.f",
    "%Y-%m-%dT%H:%M:%S%.f%#z",
    "%Y-%m-%d %H:%M:%S%.f%#z",
    "%Y-%m-%d %H:%M",
    "%Y-%m-%dT%H:%M",
    "%Y-%m-%dT%H:%M%#z",
    "%Y%m%d",
)
"""ISO 8601; a time without an offset is UTC."""

SAMPLE = 1_000
UNITS: tuple[TimeUnit, ...] = ("s", "ms", "us")
NUMERIC = re.compile(r"[+-]?\d+(\.\d*)?")
ONE_WAY = "one way of writing times in the whole file"


def times_of(table: Table) -> tuple[NDArray[np.int64] | None, TimeUnit | None]:
    """(n,) µs since 1970 and the unit that they were read as; ``None`` where there is no time.

    Raises:
        DataError: A time that is missing, negative, after 2100, or in another unit than the rest.
    """
    if not table.has("time"):
        return None, None
    series = table.frame["time"]
    if series.null_count() == len(series):
        return None, None
    if series.dtype == pl.String:
        return _from_text(table, series)
    table.refuse_first(
        series.is_null().to_numpy(),
        "time",
        "no time",
        wanted="a time in every row, or in none",
        hint="fill it in, remove the row, or read without times: mapping={'time': None}",
    )
    if series.dtype.is_temporal() and series.dtype != pl.Duration and series.dtype != pl.Time:
        micros = series.cast(pl.Datetime("us")).cast(pl.Int64).to_numpy()
        _refuse_range(table, micros < 0, micros > LATEST_S * 1_000_000)
        return micros, "iso"
    if not series.dtype.is_numeric():
        raise table.refuse(
            0,
            "time",
            f"{series.dtype} is no time: {shown(series[0])}",
            value=series[0],
            wanted="numbers, dates or ISO 8601 strings",
            hint="convert the column, or read without times: mapping={'time': None}",
        )
    return _from_numbers(table, series)


def guess_unit(values: NDArray[np.generic]) -> TimeUnit:
    """The unit that puts the middle of these between 1973 and 5138; small numbers are seconds."""
    middle = float(np.median(np.abs(values.astype(np.float64)))) if len(values) else 0.0
    for unit in UNITS:
        if middle < CEILINGS[unit]:
            return unit
    return "ns"


def _from_numbers(table: Table, series: pl.Series) -> tuple[NDArray[np.int64], TimeUnit]:
    values = series.to_numpy()
    if values.dtype.kind == "f":
        table.refuse_first(
            ~np.isfinite(values),
            "time",
            "{value} is no time",
            wanted="a finite number",
            hint="fill it in, remove the row, or read without times: mapping={'time': None}",
        )
    told = table.guess.time_unit
    unit = told if told in PER_SECOND else guess_unit(values[:SAMPLE])
    scale = PER_SECOND[unit]
    smallest, largest = values.min(), values.max()
    if smallest < 0 or largest > LATEST_S * scale:
        _refuse_range(table, values < 0, values > LATEST_S * scale, unit=unit)
    if told is None and unit != "s":
        floor = CEILINGS[{"ms": "s", "us": "ms", "ns": "us"}[unit]] / 10
        table.refuse_first(
            (values < floor) & (values != 0),
            "time",
            f"{{value}} is in another unit than the first rows, which are in {unit}",
            wanted=f"one unit in the whole column, here {unit}",
            hint="write all times in one unit, or say it: layout=Layout(time_unit=…)",
        )
    if values.dtype.kind == "f":
        return np.rint(values * (1_000_000 / scale)).astype(np.int64), unit
    if scale > 1_000_000:
        return (values // (scale // 1_000_000)).astype(np.int64), unit
    return values.astype(np.int64) * (1_000_000 // scale), unit


def _refuse_range(
    table: Table, early: NDArray[np.bool_], late: NDArray[np.bool_], *, unit: str = ""
) -> None:
    table.refuse_first(
        early,
        "time",
        "{value} is before 1970",
        wanted="a time since 1970",
        hint="mend or remove the row, or read without times: mapping={'time': None}",
    )
    as_unit = f" when read as {unit}" if unit else ""
    table.refuse_first(
        late,
        "time",
        f"{{value}} is after 2100{as_unit}",
        wanted="one unit in the whole column, between 1970 and 2100",
        hint="write all times in one unit, or say it: layout=Layout(time_unit='ms')",
    )


def _from_text(table: Table, series: pl.Series) -> tuple[NDArray[np.int64], TimeUnit]:
    stripped = series.str.strip_chars()
    empty = (stripped.is_null() | (stripped == "")).fill_null(True)
    table.refuse_first(
        empty.to_numpy(),
        "time",
        "no time",
        wanted="a time in every row, or in none",
        hint="fill it in, remove the row, or read without times: mapping={'time': None}",
    )
    if NUMERIC.fullmatch(stripped[0]) and table.guess.time_unit != "iso":
        numbers = stripped.cast(pl.Int64, strict=False)
        if numbers.null_count():
            numbers = stripped.cast(pl.Float64, strict=False)
        _refuse_unread(table, numbers, "is not a number as in the first row")
        return _from_numbers(table, numbers)
    sample = stripped.head(SAMPLE)
    read = {f: int(_parsed(sample, f).null_count()) for f in FORMATS}
    best = min(FORMATS, key=read.__getitem__)
    times = _parsed(stripped, best)
    _refuse_unread(table, times, f"is no time of the form {best.replace('%.f', '')}")
    micros = times.cast(pl.Int64).to_numpy()
    _refuse_range(table, micros < 0, micros > LATEST_S * 1_000_000)
    return micros, "iso"


def _refuse_unread(table: Table, read: pl.Series, problem: str) -> None:
    table.refuse_first(
        read.is_null().to_numpy(),
        "time",
        f"{{value}} {problem}",
        wanted=f"{ONE_WAY}: numbers of one unit, or ISO 8601",
        hint="write 2024-05-17T09:30:00Z everywhere, or seconds since 1970 everywhere",
    )


def _parsed(texts: pl.Series, form: str) -> pl.Series:
    parsed = texts.str.to_datetime(form, strict=False, time_unit="us")
    return parsed.dt.replace_time_zone(None) if "%#z" in form else parsed
