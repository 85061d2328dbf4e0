"""Tables of items and of people: ids, typed columns, lists of categories."""

import re
from collections.abc import Sequence

import numpy as np
import polars as pl

from penchant.data.ids import Ids
from penchant.data.read_columns import codes_of
from penchant.data.read_source import shown
from penchant.data.read_table import Table
from penchant.data.words import Catalog, People

NOTHING = ("", "NA", "N/A", "null", "NULL", "None", "\\N")
"""Texts that stand for no value in attributes; ids are never looked at."""

NUMERIC_ROLES = ("price", "year")
LIST_MARKS = ("|", ";", ",")


def catalog_of(table: Table | None, used: pl.Series) -> Catalog:
    """Items in the file's order, then those that only events name, sorted.

    Args:
        table: The items file, if there is one.
        used: The ids in the events, sorted.

    Raises:
        DataError: No items, an id without a value, one id with two titles, a price that is none.
    """
    if table is None:
        return Catalog(Ids(used), pl.DataFrame({"id": used}))
    if not len(table.frame):
        raise table.source.refuse(
            "the catalogue is empty",
            row=1,
            wanted="at least one item",
            hint="export it again, or read the events alone: items=None",
        )
    frame = _attributes(table, "item", numeric=NUMERIC_ROLES)
    frame = _whole(frame, used)
    return Catalog(Ids(frame["id"]), frame)


def people_of(table: Table | None, used: pl.Series) -> People:
    """People in the file's order, then those that only events name, sorted.

    Raises:
        DataError: An id without a value, or one id with two rows that differ.
    """
    if table is None or not len(table.frame):
        return People(Ids(used), pl.DataFrame({"id": used}))
    frame = _whole(_attributes(table, "user", numeric=()), used)
    return People(Ids(frame["id"]), frame)


def _whole(frame: pl.DataFrame, used: pl.Series) -> pl.DataFrame:
    new = used.filter(~used.is_in(frame["id"].implode()))
    added = pl.DataFrame({"id": new})
    return pl.concat([frame, added], how="diagonal") if len(new) else frame


def _attributes(table: Table, role: str, *, numeric: Sequence[str]) -> pl.DataFrame:
    names, codes = codes_of(table, role)
    texts = table.guess.format in {"csv", "atomic"}
    columns = {"id": names.gather(codes)}
    for column in table.frame.columns:
        if column == role or column == "id":
            continue
        series = table.frame[column]
        if column in numeric:
            series = numbers_of(series, column)
        elif column == "categories":
            series = _lists(series, spaced=table.guess.format == "atomic")
        elif texts and column not in {"title", "description", "image"}:
            series = _typed(series)
        elif series.dtype == pl.Null or column in {"title", "description", "image"}:
            series = series.cast(pl.String, strict=False)
        columns[column] = series
    frame = pl.DataFrame(columns)
    if len(names) < len(frame):
        _refuse_two_titles(table, role, frame, codes)
        first = np.sort(np.unique(codes, return_index=True)[1])
        frame = frame[first]
    return frame


def _refuse_two_titles(
    table: Table, role: str, frame: pl.DataFrame, codes: "np.typing.NDArray[np.int32]"
) -> None:
    """One id, two rows: the same row twice is one row, two titles are a mistake."""
    told = "title" if "title" in frame.columns else None
    shown_columns = [told] if told else [c for c in frame.columns if c != "id"]
    first = np.unique(codes, return_index=True)[1][codes]
    for column in shown_columns:
        other = frame[column].gather(first)
        differs = frame[column].ne_missing(other).to_numpy() & (first != np.arange(len(codes)))
        if differs.any():
            index = int(differs.argmax())
            one, two = shown(other[index]), shown(frame[column][index])
            raise table.refuse(
                index,
                column,
                f"{role} {shown(frame['id'][index])} has the {column} {one} and again {two}",
                value=frame["id"][index],
                wanted=f"one row for each {role}",
                hint="remove one of the rows, or give the items different ids",
            )


def numbers_of(series: pl.Series, role: str) -> pl.Series:
    """A price or a year where the text is one, null elsewhere: catalogues hold "unknown", too."""
    if not series.dtype.is_numeric():
        texts = series.cast(pl.String, strict=False).str.strip_chars().str.strip_prefix("$")
        series = texts.cast(pl.Float64, strict=False)
    if series.dtype.is_float():
        series = pl.select(pl.when(series.is_finite()).then(series)).to_series()
    return series.cast(pl.Float64() if role == "price" else pl.Int64(), strict=False)


def _typed(texts: pl.Series) -> pl.Series:
    """Numbers where every text is one as it would be written back: a zip code keeps its zeros."""
    filled = texts.filter(~texts.is_in(NOTHING).fill_null(True))
    if not len(filled):
        return texts
    for dtype in (pl.Int64, pl.Float64):
        numbers = filled.cast(dtype, strict=False)
        plain = filled.str.contains(r"^-?(0|[1-9]\d*)(\.\d+)?$").all()
        if plain and not numbers.null_count():
            return texts.cast(dtype, strict=False)
    return texts


def _lists(series: pl.Series, *, spaced: bool) -> pl.Series:
    """Lists of strings, whatever stood between them."""
    if series.dtype.base_type() == pl.List:
        return series.cast(pl.List(pl.String), strict=False)
    texts = series.cast(pl.String, strict=False)
    if texts.str.starts_with("[").any():
        texts = texts.str.replace_all(r"[\[\]'\"]", "")
        mark = ","
    elif spaced:
        mark = " "
    else:
        found = [m for m in LIST_MARKS if texts.str.contains(re.escape(m)).any()]
        mark = found[0] if found else "|"
    parts = texts.str.split(mark).list.eval(pl.element().str.strip_chars())
    return parts.list.eval(pl.element().filter(pl.element() != ""))
