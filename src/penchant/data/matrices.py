"""Histories as sparse matrices: what every method that counts begins with."""

from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from numpy.typing import NDArray

from penchant.core import Ragged, offsets_of
from penchant.data.words import Dataset

if TYPE_CHECKING:
    from scipy import sparse  # scipy takes 0.1 s to import


def positive_events(data: Dataset) -> pl.DataFrame:
    """The events that speak for an item, with a ``weight`` (f32, above 0) each.

    An event whose weight is zero or negative (a return, a thumb down) speaks for nothing. A log
    without weights, or an event without one, counts 1.
    """
    given = pl.col("weight") if "weight" in data.events.columns else pl.lit(1.0)
    weighed = data.events.with_columns(given.cast(pl.Float32).fill_null(1.0).alias("weight"))
    return weighed.filter(pl.col("weight") > 0)


def positives(data: Dataset) -> tuple[Ragged, NDArray[np.float32]]:
    """Each person's :func:`positive_events`, oldest first, and what each weighs.

    Returns:
        One sequence for each of ``data.people``, and (n_values,) weights.
    """
    events = positive_events(data)
    lengths = np.bincount(events["user"].to_numpy(), minlength=len(data.people))
    items = Ragged(events["item"].to_numpy().astype(np.int32), offsets_of(lengths))
    return items, events["weight"].to_numpy().astype(np.float32)


def recency(items: Ragged, power: float) -> NDArray[np.float32]:
    """(n_values,) ``rank ** -power``; the newest event of a sequence has rank 1, the next one 2."""
    rank = np.repeat(items.offsets[1:], items.lengths) - np.arange(len(items.values))
    return np.asarray(rank.astype(np.float32) ** -power, np.float32)


def history_matrix(
    items: Ragged, n_items: int, weights: NDArray[np.float32] | None = None
) -> "sparse.csr_array[np.float32]":
    """Sequences as the rows of a sparse matrix; unknown items (-1) are left out.

    Args:
        items: n sequences.
        n_items: Columns.
        weights: (n_values,) what each event adds to its cell; ``None``: a cell is 1 however often
            the item occurs.

    Returns:
        (n, n_items) float32
    """
    from scipy import sparse

    known = items.values >= 0
    values = np.ones(len(known), np.float32) if weights is None else weights
    cells = (values[known], (items.rows()[known], items.values[known]))
    matrix = sparse.csr_array(sparse.coo_array(cells, shape=(len(items), n_items)))
    if weights is None:
        matrix.data[:] = 1
    return matrix
