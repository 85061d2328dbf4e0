"""What is open to those who ask: filters, exclusions, what they had already."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from penchant.core import Ragged
from penchant.data import Catalog, Queries, Rankings
from penchant.models.asking import read_ids
from penchant.models.where import allowed_items


def narrowed(
    catalog: Catalog,
    queries: Queries,
    *,
    where: str | None = None,
    exclude: Sequence[str] | None = None,
    again: bool = False,
) -> tuple[Queries, list[str]]:
    """Queries of which less is open, and the ids of ``exclude`` that the catalogue has not.

    Args:
        catalog: All items.
        queries: n rows; what is closed to them stays closed.
        where: A filter.
        exclude: Item ids that nobody is to get.
        again: Whether items of the history may come back.

    Raises:
        UsageError: The filter cannot be read.
    """
    unknown: list[str] = []
    if not again:
        queries = queries.unseen()
    if exclude:
        listed = read_ids(exclude, "exclude")
        rows = catalog.ids.rows(listed)
        known, n = np.unique(rows[rows >= 0]), len(queries)
        unknown = [name for name, row in zip(listed, rows, strict=True) if row < 0]
        closed = Ragged(np.tile(known, n), np.arange(n + 1, dtype=np.int64) * len(known))
        before = queries.excluded
        queries = replace(queries, excluded=before.joined(closed) if before else closed)
    if where is not None:
        allowed = allowed_items(catalog, where)
        mask = allowed if queries.allowed is None else allowed & queries.allowed
        queries = replace(queries, allowed=mask)
    return queries, unknown


def without_closed(rankings: Rankings, closed: NDArray[np.bool_], k: int) -> Rankings:
    """The first ``k`` of each row that are not closed."""
    out = (rankings.items < 0) | closed[rankings.items]
    order = np.argsort(out, axis=1, kind="stable")[:, :k]
    out = np.take_along_axis(out, order, 1)
    items = np.where(out, -1, np.take_along_axis(rankings.items, order, 1))
    scores = np.where(out, np.nan, np.take_along_axis(rankings.scores, order, 1))
    return Rankings(items.astype(np.int32), scores.astype(np.float32), rankings.flags)
