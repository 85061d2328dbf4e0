"""Which past events speak for items, as a frame."""

from collections.abc import Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from penchant.core import Ragged
from penchant.data import Catalog
from penchant.models.asking import titles_of


def evidence_frame(
    names: Sequence[str],
    items: Sequence[str],
    events: Ragged,
    added: NDArray[np.float32],
    catalog: Catalog,
    k: int,
) -> pl.DataFrame:
    """One line for each event that adds to the score of its row's item, the ``k`` loudest.

    Args:
        names: (n,) who each row is for.
        items: (n,) the item of each row.
        events: n rows, the past.
        added: (n_values,) what each event adds.
        catalog: Titles and ids.
        k: Lines of a row.

    Returns:
        ``user``, ``item``, ``rank``, ``because``, ``title``, ``contribution``.
    """
    rows = events.rows()
    frame = pl.DataFrame(
        {
            "row": rows,
            "user": pl.Series(list(names), dtype=pl.String).gather(rows),
            "item": pl.Series(list(items), dtype=pl.String).gather(rows),
            "because": catalog.ids.series().gather(events.values),
            "title": titles_of(catalog, events.values),
            "contribution": pl.Series(added, dtype=pl.Float32),
        }
    )
    best = (
        frame.filter(pl.col("contribution") > 0)
        .group_by("row", "user", "item", "because", "title")
        .agg(pl.col("contribution").sum())
        .sort("row", "contribution", "because", descending=[False, True, False])
        .with_columns(rank=pl.int_range(1, pl.len() + 1, dtype=pl.Int32).over("row"))
    )
    columns = ("user", "item", "rank", "because", "title", "contribution")
    return best.filter(pl.col("rank") <= k).select(columns)
