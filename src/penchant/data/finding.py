"""Items and people by what they are called."""

import re
from dataclasses import dataclass

import polars as pl

from penchant.data.ids import Ids
from penchant.data.words import Catalog

MOST_WORDS = 20


@dataclass(frozen=True, slots=True, eq=False)
class ItemNames:
    """Titles and ids of a catalogue, ready to be searched.

    >>> import penchant as pn
    >>> data = pn.data.mini_world()
    >>> 7 in ItemNames.of(data.catalog).find(data.catalog.titles()[7]).to_list()
    True
    """

    told: pl.Series
    """Words of title and id in small letters, a space before each"""
    lengths: pl.Series
    """Characters of the titles"""

    @classmethod
    def of(cls, catalog: Catalog) -> "ItemNames":
        """Those of all items."""
        titles = pl.Series(catalog.titles(), dtype=pl.String)
        told = " " + titles + " " + catalog.ids.series()
        words = told.str.to_lowercase().str.replace_all(r"[^\w]+", " ").rename("told")
        return cls(words, titles.str.len_chars().rename("length"))

    def find(self, words: str) -> pl.Series:
        """Rows of the items in which every word begins a word; case does not matter.

        Those that begin with the words come first, then shorter titles before longer ones. Without
        words: all rows in their order.

        Args:
            words: The first 20 count.
        """
        wanted = re.findall(r"\w+", words.lower())[:MOST_WORDS]
        frame = pl.DataFrame([self.told, self.lengths]).with_row_index("row")
        for word in wanted:
            frame = frame.filter(pl.col("told").str.contains(f" {word}", literal=True))
        if wanted:
            first = pl.col("told").str.starts_with(f" {' '.join(wanted)}").not_()
            frame = frame.sort(first, "length", "row")
        return frame["row"].cast(pl.Int64)


def find_ids(ids: Ids, contains: str) -> pl.Series:
    """Rows of the ids that contain a text, in their order; all of them for an empty one."""
    rows = pl.int_range(len(ids), eager=True, dtype=pl.Int64)
    return rows.filter(ids.series().str.contains(contains, literal=True)) if contains else rows
