"""Items and people by words of their names."""

import polars as pl

from penchant.data.ids import Ids
from penchant.data.words import Catalog


def find_items(catalog: Catalog, words: str) -> pl.Series:
    """Rows of the items in whose title, or id, every word begins a word; case does not matter.

    Those whose title begins with the words come first, and shorter titles before longer ones.
    Without words: all rows in their order.

    >>> import penchant as pn
    >>> data = pn.data.mini_world()
    >>> rows = find_items(data.catalog, data.catalog.titles()[7])
    >>> 7 in rows.to_list()
    True
    """
    wanted = _folded(words).split()
    titles = catalog.titles()
    frame = pl.DataFrame(
        {"row": pl.int_range(len(catalog), eager=True, dtype=pl.Int64), "title": titles},
        schema_overrides={"title": pl.String},
    )
    if not wanted:
        return frame["row"]
    frame = frame.with_columns(
        said=(pl.col("title") + " " + pl.Series(catalog.ids.series())).str.to_lowercase()
    )
    for word in wanted:
        spaced = (" " + pl.col("said").str.replace_all(r"[^\w]+", " ")).str
        begun = spaced.contains(f" {word}", literal=True)
        frame = frame.filter(begun | pl.col("said").str.contains(f" {word}", literal=True))
    first = pl.col("said").str.starts_with(" ".join(wanted))
    return frame.sort(first.not_(), pl.col("title").str.len_chars(), "row", maintain_order=True)[
        "row"
    ]


def find_ids(ids: Ids, contains: str) -> pl.Series:
    """Rows of the ids that contain a text, in their order; all of them for an empty one."""
    rows = pl.int_range(len(ids), eager=True, dtype=pl.Int64)
    return rows.filter(ids.series().str.contains(contains, literal=True)) if contains else rows


def _folded(text: str) -> str:
    return text.lower()
