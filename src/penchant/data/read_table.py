"""Raw columns of one file, and how a row of them is found again in it."""

from dataclasses import dataclass
from itertools import islice

import numpy as np
import polars as pl
from numpy.typing import NDArray

from penchant.core import DataError
from penchant.data.read_faults import records
from penchant.data.read_guess import Guess
from penchant.data.read_parquet import row_group_of
from penchant.data.read_source import Source, lines, shown


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """What was read of one file: a column for each role, under the role's name.

    Columns without a role stand under their own names, where they were wanted.
    """

    frame: pl.DataFrame
    guess: Guess
    source: Source

    def has(self, role: str) -> bool:
        """Whether a column plays the role."""
        return role in self.frame.columns

    def column(self, role: str) -> str:
        """The name that the role's column has in the file."""
        return self.guess.roles.get(role, role)

    def refuse(
        self, index: int, role: str, problem: str, *, wanted: str, hint: str, value: object = None
    ) -> DataError:
        """The error that names a row of :attr:`frame`."""
        row, column = place(self.source, self.guess, index, self.column(role))
        return self.source.refuse(
            problem, row=row, column=column, value=value, wanted=wanted, hint=hint
        )

    def refuse_first(
        self, bad: NDArray[np.bool_], role: str, problem: str, *, wanted: str, hint: str
    ) -> None:
        """Refuses when any row is bad; ``{value}`` in the problem is the first bad one's.

        Raises:
            DataError: One is.
        """
        if bad.any():
            index = int(bad.argmax())
            value = self.frame[role][index]
            raise self.refuse(
                index,
                role,
                problem.replace("{value}", shown(value)),
                wanted=wanted,
                hint=hint,
                value=value,
            )


def place(source: Source, guess: Guess, index: int, column: str) -> tuple[int | None, str]:
    """The row that people count from 1, header and all, and the column, of a frame's row.

    Parquet has no rows to look at: the column's name carries the row group.
    """
    if guess.format == "parquet":
        return None, f"{column} (row group {row_group_of(source, index)})"
    if guess.format == "frame":
        return index, column
    if guess.format == "jsonl":
        filled = (number for number, line in lines(source.data) if line.strip())
        return next(islice(filled, index, None), None), column
    skipped = index + bool(guess.header)
    if not guess.quotes:
        return skipped + 1, column
    numbers = (number for number, _ in records(source, guess))
    return next(islice(numbers, skipped, None), None), column
