"""What is open to those who ask: filters, exclusions, what they had already."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from penchant.core import Ragged
from penchant.data import Catalog, Queries
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
