"""Division that says nan where there is nothing to divide by."""

from typing import Any

import numpy as np
from numpy.typing import NDArray


def ratio(
    top: NDArray[np.floating[Any]] | NDArray[np.integer[Any]],
    bottom: NDArray[np.floating[Any]] | NDArray[np.integer[Any]],
) -> NDArray[np.float64]:
    """``top / bottom``, element by element; nan where ``bottom`` is not positive.

    Both have the same shape; any width of number will do.
    """
    out = np.full(np.shape(top), np.nan)
    np.divide(top, bottom, out=out, where=np.asarray(bottom > 0))
    return out


def mean_of_known(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """(m,) means of the columns of (n, m) values over what is not nan; nan for an empty column."""
    known = np.isfinite(values)
    return ratio(np.where(known, values, 0.0).sum(0), known.sum(0))
