"""People's own ids at the edges, rows inside."""

from collections.abc import Iterable, Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from penchant.core import DataError, UsageError


class Ids:
    """External ids (strings) and rows, both ways, vectorised.

    >>> ids = Ids(["i9", "i4"])
    >>> ids.rows(["i4", "nobody"]).tolist(), ids.names([1, 0])
    ([1, -1], ['i4', 'i9'])
    """

    __slots__ = ("_names", "_rows")

    def __init__(self, names: Sequence[str] | pl.Series) -> None:
        self._names = pl.Series("id", names, dtype=pl.String)
        self._rows: dict[str, int] = {name: row for row, name in enumerate(self._names.to_list())}
        if len(self._rows) != len(self._names):
            twice = self._names.filter(self._names.is_duplicated())[0]
            raise DataError(
                f"id {twice!r} stands twice", hint="ids must be unique; remove one of the rows"
            )

    def __len__(self) -> int:
        return len(self._names)

    def __contains__(self, name: str) -> bool:
        return name in self._rows

    def series(self) -> pl.Series:
        """All ids, in row order."""
        return self._names

    def rows(self, names: Iterable[str] | pl.Series) -> NDArray[np.int32]:
        """(n,) the row of each id, -1 where it is unknown."""
        listed = names.to_list() if isinstance(names, pl.Series) else list(names)
        rows = self._rows
        return np.fromiter((rows.get(name, -1) for name in listed), np.int32, len(listed))

    def row(self, name: str) -> int:
        """The row of one id.

        Raises:
            UsageError: There is no such id.
        """
        if name not in self._rows:
            raise UsageError(f"no id {name!r} among {len(self)}; ids are case-sensitive strings")
        return self._rows[name]

    def names(self, rows: Sequence[int] | NDArray[np.integer]) -> list[str]:
        """The ids of rows, none of them negative."""
        listed: list[str] = self._names.gather(np.asarray(rows, np.int64)).to_list()
        return listed
