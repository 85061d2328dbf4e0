"""Items that come, change and leave while a model is in use."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from penchant.core import UsageError
from penchant.data import CanGrow, Catalog, HasParts, Ids, Recommender
from penchant.models.beside import Beside
from penchant.models.model import Model
from penchant.prompting import ItemSearch, item_descriptions, item_lines

Value = str | bool | int | float | list[str] | None
AT_ONCE = 64
"""New items whose nearest is looked for at a time."""


@dataclass(frozen=True, slots=True)
class Change:
    """What is known of an item from now on."""

    item: str
    columns: Mapping[str, Value] = field(default_factory=dict)
    """Of the catalogue, ``title`` among them."""
    whole: bool = True
    """Columns that are not named become empty; else they stay."""
    gone: bool = False
    """It is not recommended any more."""


def misfit(catalog: Catalog, columns: Mapping[str, Value]) -> tuple[str, str] | None:
    """The first value that its column cannot hold, and why; columns that are new hold anything.

    >>> import penchant as pn
    >>> misfit(pn.data.mini_world().catalog, {"year": "soon"})
    ('year', "'soon' is no number, as others of 'year' are")
    """
    for name, value in columns.items():
        dtype = catalog.table.schema.get(name)
        if dtype is None or value is None:
            continue
        wanted, fits = _kind_of(dtype, value)
        if not fits:
            return name, f"{value!r:.60} is no {wanted}, as others of {name!r} are"
    return None


def _kind_of(dtype: pl.DataType, value: Value) -> tuple[str, bool]:
    if dtype == pl.Boolean:
        return "truth value", isinstance(value, bool)
    if dtype.is_numeric():
        number = isinstance(value, int | float) and not isinstance(value, bool)
        fits = number and not (dtype.is_integer() and isinstance(value, float))
        return "whole number" if number and not fits else "number", fits
    if isinstance(dtype, pl.List):
        return "list of texts", isinstance(value, list)
    return "text", isinstance(value, str)


def how_it_grows(model: Model) -> str:
    """What becomes of items that are new to a model: ``grows``, or ``beside its nearest``."""
    recommender = model.recommender
    takes = isinstance(recommender, CanGrow) and not isinstance(recommender, HasParts)
    return "grows" if takes else "beside its nearest"


def with_stock(model: Model, changes: Iterable[Change]) -> Model:
    """The model after items came, changed or left; nothing is trained.

    A new item can be recommended at once: by the method itself if it takes up items
    (:class:`~penchant.data.CanGrow`), else beside the known item whose texts are most like its
    own. What a known item is now counts for filters, titles and searches; what was learned of it
    stays. An item that is gone keeps its place in histories, and is never an answer.

    >>> import penchant as pn
    >>> model = pn.fit(pn.Popular(), pn.data.mini_world())
    >>> new = Change("new", {"title": "A Locked Room", "year": 2030})
    >>> with_stock(model, [new]).recommend(history=[], k=1, where="year = 2030")["item"].to_list()
    ['new']
    """
    wanted = {change.item: change for change in changes}
    if not wanted:
        return model
    before = model.catalog
    rows = before.ids.rows(list(wanted))
    known = [c for c, row in zip(wanted.values(), rows, strict=True) if row >= 0]
    kept = [change for change in wanted.values() if not change.gone]
    table = updated_table(before, kept)
    catalog = Catalog(Ids(table["id"]) if len(table) > len(before) else before.ids, table)
    closed = np.zeros(len(catalog), np.bool_)
    if model.closed is not None:
        closed[: len(before)] = model.closed
    for change in known:
        closed[catalog.ids.row(change.item)] = change.gone
    recommender = _grown(model, catalog, [change.item for change in known if not change.gone])
    return replace(
        model, catalog=catalog, recommender=recommender, closed=closed if closed.any() else None
    )


def updated_table(catalog: Catalog, changes: Sequence[Change]) -> pl.DataFrame:
    """The table of a catalogue after items changed, new ones behind the others."""
    rows = catalog.ids.rows([change.item for change in changes])
    table = _updated(catalog.table, [c for c, row in zip(changes, rows, strict=True) if row >= 0])
    fresh = [c for c, row in zip(changes, rows, strict=True) if row < 0]
    if not fresh:
        return table
    added = _frame(fresh, table.clear())
    return pl.concat([_widened(table, added), added], how="diagonal_relaxed")


def _grown(model: Model, catalog: Catalog, changed: Sequence[str]) -> Recommender:
    inner = model.recommender
    if len(catalog) == len(model.catalog) and not isinstance(inner, Beside):
        return inner
    if isinstance(inner, CanGrow):
        try:
            return inner.with_items(catalog, model.run)
        except UsageError as error:  # a part that cannot, or no free code
            model.run.watch.note(str(error))
    if not isinstance(inner, Beside):
        words = ItemSearch.of(model.catalog, None, model.run).words
        inner = Beside(inner, len(model.catalog), np.zeros(0, np.int32), words)
    told = len(inner.nearest)
    nearest = np.full(len(catalog) - inner.n_known, -1, np.int32)
    nearest[:told] = inner.nearest
    again = [row for row in catalog.ids.rows(changed).tolist() if row >= inner.n_known]
    rows = np.array([*again, *range(len(model.catalog), len(catalog))], np.int64)
    nearest[rows - inner.n_known] = _nearest(inner, catalog, rows)
    return replace(inner, nearest=nearest)


def _nearest(beside: Beside, catalog: Catalog, rows: NDArray[np.int64]) -> NDArray[np.int32]:
    """(n,) the known item whose texts are most like those of each row; -1 where none is alike."""
    few = catalog.table[rows]
    asked = _texts(Catalog(Ids(few["id"]), few))
    nearest = np.full(len(rows), -1, np.int32)
    for start in range(0, len(asked), AT_ONCE):
        scores = beside.words.score(asked[start : start + AT_ONCE])
        best = scores.argmax(1)
        found = scores[np.arange(len(best)), best] > 0
        nearest[start : start + AT_ONCE] = np.where(found, best, -1)
    return nearest


def _texts(catalog: Catalog) -> list[str]:
    described = item_descriptions(catalog)
    return [f"{a} {b}" for a, b in zip(item_lines(catalog), described, strict=True)]


def _updated(table: pl.DataFrame, changes: Sequence[Change]) -> pl.DataFrame:
    if not changes:
        return table
    ids = pl.Series("id", [change.item for change in changes], dtype=pl.String)
    numbered = table.with_row_index("_row")
    mine = numbered.filter(pl.col("id").is_in(ids.implode()))
    merged = []
    by_id = {change.item: change for change in changes}
    for row in mine.iter_rows(named=True):
        change = by_id[row["id"]]
        kept = {"_row": row["_row"]} if change.whole else row
        merged.append({**kept, **change.columns, "id": row["id"]})
    now = _typed(merged, numbered.clear())
    rest = numbered.filter(~pl.col("id").is_in(ids.implode()))
    both = pl.concat([_widened(rest, now), now], how="diagonal_relaxed")
    return both.sort("_row").drop("_row")


def _frame(changes: Sequence[Change], like: pl.DataFrame) -> pl.DataFrame:
    return _typed([{**change.columns, "id": change.item} for change in changes], like)


def _typed(rows: Sequence[Mapping[str, Value]], like: pl.DataFrame) -> pl.DataFrame:
    """Rows with the types of a table; a value that does not fit is empty, a new column has its."""
    schema: dict[str, pl.DataType] = dict(like.schema)
    for row in rows:
        for name, value in row.items():
            if name not in schema and value is not None:
                schema[name] = _type_of(value)
    columns = {
        name: pl.Series(name, [_fitting(row.get(name), t) for row in rows], dtype=t, strict=False)
        for name, t in schema.items()
    }
    return pl.DataFrame(columns)


def _fitting(value: object, dtype: pl.DataType) -> object:
    return value if isinstance(value, list) == isinstance(dtype, pl.List) else None


def _type_of(value: Value) -> pl.DataType:
    if isinstance(value, list):
        return pl.List(pl.String)
    if isinstance(value, bool):
        return pl.Boolean()
    return pl.Int64() if isinstance(value, int) else _number_or_text(value)


def _number_or_text(value: Value) -> pl.DataType:
    return pl.Float64() if isinstance(value, float) else pl.String()


def _widened(table: pl.DataFrame, other: pl.DataFrame) -> pl.DataFrame:
    """The table with the columns that only the other has, empty."""
    more = [
        pl.lit(None, dtype=dtype).alias(name)
        for name, dtype in other.schema.items()
        if name not in table.columns
    ]
    return table.with_columns(more)
