"""Items as the path of their categories."""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from penchant.core import Run, State
from penchant.data import Catalog, Dataset
from penchant.indexing.prefixes import check_sizes, told_apart, told_apart_from
from penchant.indexing.scheme import Coded

ENDED = 0
"""The code of a level that a path does not reach, which ends it."""


@dataclass(frozen=True, kw_only=True)
class CategoryPaths:
    """The categories from the widest to the narrowest, and a last code for the item.

    Hua et al., SIGIR-AP 2023, arXiv:2305.06569, section 4 (SemID). A category has the same code
    under every parent. The widest ones are left out while all items have the same: they tell
    nothing. An item without categories has a path that ends at once.
    """

    levels: int = 4
    """Categories of an item that are kept, after those that all items share."""
    spare: int = 256
    """Last codes kept free for items that come later."""

    def __post_init__(self) -> None:
        check_sizes(levels=self.levels, width=2, spare=self.spare)

    def code(self, data: Dataset, run: Run) -> Coded:
        """See :class:`Scheme`."""
        shared = _shared(data.catalog)
        columns = _columns(data.catalog, shared, self.levels)
        bare = int((columns[0] == "").sum())
        if bare:
            run.watch.note(f"{bare:,} of {len(data.catalog):,} items have no category")
        names = [sorted(set(column.to_list()) - {""}) for column in columns]
        names = names[: max(1, sum(bool(level) for level in names))]
        prefixes, widths = _prefixes(columns, names), tuple(1 + len(level) for level in names)
        codes, widths = told_apart(prefixes, widths, self.spare, run)
        learned = State({"shared": shared, "names": names})
        return Coded.of(self, codes, widths, data, learned=learned, tells_apart=True)

    def more(self, coded: Coded, catalog: Catalog, run: Run) -> Coded:
        """A path ends where it comes to a category that no present item has."""
        shared, names = coded.learned.json["shared"], coded.learned.json["names"]
        columns = _columns(catalog, shared, len(names))
        columns = [column[len(coded.index) :] for column in columns]
        codes = told_apart_from(coded.index, _prefixes(columns, names))
        return coded.grown(codes, catalog)


def _paths(catalog: Catalog) -> pl.Series:
    """The categories of all items, an empty list where there are none."""
    if catalog.table.schema.get("categories") != pl.List(pl.String):
        return pl.Series([[]] * len(catalog), dtype=pl.List(pl.String))
    return catalog.table["categories"].list.eval(pl.element().drop_nulls()).fill_null([])


def _shared(catalog: Catalog) -> list[str]:
    """The first categories of the items that have any, as far as all are the same and go on."""
    paths = _paths(catalog)
    paths = paths.filter(paths.list.len() > 0)
    shared: list[str] = []
    shortest = int(paths.list.len().to_numpy().min(initial=2**31)) if len(paths) else 0
    while len(shared) + 1 < shortest:
        column = paths.list.get(len(shared))
        if column.n_unique() > 1:
            break
        shared.append(column[0])
    return shared


def _columns(catalog: Catalog, shared: list[str], levels: int) -> list[pl.Series]:
    """The first categories after the shared ones, the second ones …; empty where there is none."""
    paths, n = _paths(catalog), len(shared)
    alike = (paths.list.head(n) == pl.Series([shared], dtype=pl.List(pl.String))).to_numpy()
    columns = [paths.list.get(n + at, null_on_oob=True).fill_null("") for at in range(levels)]
    none = pl.Series([""], dtype=pl.String)
    return [
        column.zip_with(pl.Series(alike), none.new_from_index(0, len(paths))) for column in columns
    ]


def _prefixes(columns: list[pl.Series], names: list[list[str]]) -> NDArray[np.int64]:
    """(n, levels) codes counted from 0 in each level, :data:`ENDED` from the first unknown one."""
    n = len(columns[0])
    out = np.full((n, len(names)), ENDED, np.int64)
    going = np.ones(n, np.bool_)
    for level, known in enumerate(names):
        codes = {name: 1 + i for i, name in enumerate(known)}
        found = np.array([codes.get(name, ENDED) for name in columns[level].to_list()], np.int64)
        going &= found != ENDED
        out[going, level] = found[going]
    return out
