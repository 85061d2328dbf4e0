"""Ids, ratings and kinds of events as arrays, refused where they cannot mean anything."""

from collections.abc import Mapping

import numpy as np
import polars as pl
from numpy.typing import NDArray

from penchant.core import did_you_mean
from penchant.data.read_source import shown
from penchant.data.read_table import Table

EXACT = 2.0**53
"""Whole numbers below this survive in a float."""


def codes_of(table: Table, role: str) -> tuple[pl.Series, NDArray[np.int32]]:
    """The distinct ids, sorted as strings, and for each row the position of its own.

    Raises:
        DataError: An id that is missing, empty, or was rounded.
    """
    series = _with_digits(table, role, table.frame[role])
    kind = role if role in {"user", "item"} else "value"
    if series.null_count():
        _refuse(table, role, series.is_null(), f"no {kind} id")
    if series.dtype.is_integer():
        distinct = series.unique()
        values, keys = series.to_numpy(), distinct.to_numpy()
    else:
        if not isinstance(series.dtype, pl.Categorical):
            series = series.cast(pl.String).cast(pl.Categorical(pl.Categories.random()))
        distinct = series.unique()
        values, keys = series.to_physical().to_numpy(), distinct.to_physical().to_numpy()
    texts = distinct.cast(pl.String)
    if (texts.str.strip_chars() == "").any():
        _refuse(table, role, series.cast(pl.String).str.strip_chars() == "", f"no {kind} id")
    if texts.str.contains("\0", literal=True).any():
        held = series.cast(pl.String).str.contains("\0", literal=True)
        _refuse(table, role, held, "a NUL character in {value}")
    order = texts.arg_sort().to_numpy()
    return texts.gather(order), _positions(values, keys[order])


def ratings_of(table: Table) -> NDArray[np.float32] | None:
    """(n,) nan where there is none; ``None`` when no row has any.

    Raises:
        DataError: A rating that is nan or infinite, or no number.
    """
    if not table.has("rating"):
        return None
    series = table.frame["rating"]
    if series.null_count() == len(series):
        return None
    if not series.dtype.is_numeric():
        numbers = series.cast(pl.Float32, strict=False)
        unread = (numbers.is_null() & series.is_not_null()).to_numpy()
        _refuse_rating(table, unread, "{value} is not a number")
        series = numbers
    filled = series.fill_null(0.0) if series.null_count() else series
    with np.errstate(over="ignore"):
        values = filled.to_numpy().astype(np.float32)
    _refuse_rating(table, ~np.isfinite(values), "{value} is not a finite number")
    if series.null_count():
        values = np.where(series.is_null().to_numpy(), np.float32(np.nan), values)
    return values


def weights_of(table: Table, kinds: Mapping[str, float]) -> NDArray[np.float32]:
    """(n,) the weight of each event's kind.

    Raises:
        DataError: An event of a kind that has no weight.
    """
    names, codes = codes_of(table, "kind")
    unknown = [name for name in names.to_list() if name not in kinds]
    if unknown:
        index = int(np.isin(codes, [names.to_list().index(unknown[0])]).argmax())
        raise table.refuse(
            index,
            "kind",
            f"the kind {shown(unknown[0])} has no weight{did_you_mean(unknown[0], kinds)}",
            value=unknown[0],
            wanted="one of " + ", ".join(sorted(kinds)),
            hint="add it to kinds={…}; a negative weight is a sign against the item",
        )
    return np.array([kinds[name] for name in names.to_list()], np.float32)[codes]


def _refuse_rating(table: Table, bad: NDArray[np.bool_], problem: str) -> None:
    table.refuse_first(
        bad,
        "rating",
        problem,
        wanted="a finite rating, or nothing",
        hint="mend it, leave it empty, or read without ratings: mapping={'rating': None}",
    )


def _with_digits(table: Table, role: str, series: pl.Series) -> pl.Series:
    """Ids in a float column as whole numbers; what holds no ids is refused."""
    if series.dtype.is_float():
        values = series.fill_nan(None)
        numbers = values.fill_null(0.0).to_numpy()
        rounded = (numbers != np.floor(numbers)) | (np.abs(numbers) >= EXACT)
        table.refuse_first(
            rounded,
            role,
            "{value} is no whole number that a float can hold",
            wanted="an id as a string or an integer",
            hint="give the column as strings or 64-bit integers: digits past 2**53 are lost here",
        )
        return values.cast(pl.Int64)
    if series.dtype.is_integer() or isinstance(series.dtype, pl.String | pl.Categorical | pl.Enum):
        return series
    raise table.refuse(
        0,
        role,
        f"a column of {series.dtype} holds no ids",
        value=series[0],
        wanted="strings or integers",
        hint=f"name another column: mapping={{{role!r}: …}}",
    )


def _refuse(table: Table, role: str, bad: pl.Series, problem: str) -> None:
    table.refuse_first(
        bad.fill_null(True).to_numpy(),
        role,
        problem,
        wanted="an id in every row",
        hint="fill it in, or remove the row",
    )


def _positions(values: NDArray[np.generic], keys: NDArray[np.generic]) -> NDArray[np.int32]:
    """For each value, where it stands among the distinct keys."""
    low, high = int(keys.min()), int(keys.max())
    if high - low <= 4 * len(values) + 65_536:
        table = np.zeros(high - low + 1, np.int32)
        table[(keys - low).astype(np.int64)] = np.arange(len(keys), dtype=np.int32)
        found: NDArray[np.int32] = table[values - low if low else values]
        return found
    order = np.argsort(keys)
    return order[np.searchsorted(keys[order], values)].astype(np.int32)
