"""What prompts tell of an item, on one line: its title, its year, its categories."""

from collections.abc import Sequence

import polars as pl

from penchant.data import Catalog

MOST_CATEGORIES = 5
"""Of an item, on its line."""


def genres_of(catalog: Catalog) -> list[tuple[str, ...]]:
    """(n_items) the categories of each item; empty where the catalogue is silent.

    A text such as ``Comedy|Drama`` or ``Comedy, Drama`` is several.
    """
    if "categories" not in catalog.table.columns:
        return [()] * len(catalog)
    column = catalog.table["categories"]
    if column.dtype != pl.List(pl.String):
        column = column.cast(pl.String).str.replace_all(r"\s*[|,;]\s*", "|").str.split("|")
    return [tuple(c for c in row if c and c.strip()) if row else () for row in column.to_list()]


def item_lines(catalog: Catalog) -> list[str]:
    """(n_items) ``Title (year), category|category``; what the title says already is not repeated.

    >>> import penchant as pn
    >>> item_lines(pn.data.mini_world().catalog)[0]
    'The Royal Crown, part 4 (2019), books|history'
    """
    years: Sequence[object] = [None] * len(catalog)
    if "year" in catalog.table.columns:
        years = catalog.table["year"].to_list()
    lines = []
    told = zip(catalog.titles(), years, genres_of(catalog), strict=True)
    for title, year, genres in told:
        dated = title if year is None or f"({year})" in title else f"{title} ({year})"
        lines.append(f"{dated}, {'|'.join(genres[:MOST_CATEGORIES])}" if genres else dated)
    return lines
