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
    under every parent. An item without categories has a path that ends at once.
    """

    levels: int = 4
    """Categories of an item that are kept."""
    spare: int = 256
    """Last codes kept free for items that come later."""

    def __post_init__(self) -> None:
        check_sizes(levels=self.levels, width=2, spare=self.spare)

    def code(self, data: Dataset, run: Run) -> Coded:
        """See :class:`Scheme`."""
        columns = _columns(data.catalog, self.levels)
        bare = int((columns[0] == "").sum())
        if bare:
            run.watch.note(f"{bare:,} of {len(data.catalog):,} items have no category")
        names = [sorted(set(column.to_list()) - {""}) for column in columns]
        names = names[: max(1, sum(bool(level) for level in names))]
        prefixes, widths = _prefixes(columns, names), tuple(1 + len(level) for level in names)
        codes, widths = told_apart(prefixes, widths, self.spare, run)
        learned = State({"names": names})
        return Coded.of(self, codes, widths, data.catalog, learned=learned, tells_apart=True)

    def more(self, coded: Coded, catalog: Catalog, run: Run) -> Coded:
        """A path ends where it comes to a category that no present item has."""
        names = coded.learned.json["names"]
        columns = [column[len(coded.index) :] for column in _columns(catalog, len(names))]
        codes = told_apart_from(coded.index, _prefixes(columns, names))
        return coded.grown(codes, catalog)


def _columns(catalog: Catalog, levels: int) -> list[pl.Series]:
    """The first categories of all items, the second ones …; empty where there is none."""
    if "categories" not in catalog.table.columns:
        return [pl.Series([""] * len(catalog), dtype=pl.String)] * levels
    lists = catalog.table["categories"].list.eval(pl.element().drop_nulls())
    return [lists.list.get(level, null_on_oob=True).fill_null("") for level in range(levels)]


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
