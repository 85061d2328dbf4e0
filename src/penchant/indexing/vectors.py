"""What codes are made of: texts of items, and vectors of who chose them."""

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.sparse import coo_array, csr_array
from scipy.sparse.linalg import svds

from penchant.core import Run
from penchant.data import Catalog, Dataset


def item_texts(catalog: Catalog) -> list[str] | None:
    """What the catalogue says of each item: title, categories, description; ``None``: nothing.

    An item of which nothing is said has an empty text.
    """
    columns = [name for name in ("title", "categories", "description") if _has(catalog, name)]
    if not columns:
        return None
    parts = []
    for name in columns:
        column = pl.col(name)
        if catalog.table.schema[name] == pl.List(pl.String):
            column = column.list.join(", ")
        parts.append(column.cast(pl.String))
    text = pl.concat_str(parts, separator=". ", ignore_nulls=True)
    texts: list[str] = catalog.table.select(text.alias("text"))["text"].to_list()
    return texts


def collaborative_vectors(data: Dataset, dimension: int, run: Run) -> NDArray[np.float32]:
    """(n_items, at most dimension) unit rows; zeros for items without events.

    The singular vectors of people x items, each entry divided by the square roots of both counts:
    items that the same people chose lie close together.
    """
    people, items = data.events["user"].to_numpy(), data.events["item"].to_numpy()
    shape = (len(data.people), len(data.catalog))
    by_person = np.maximum(np.bincount(people, minlength=shape[0]), 1) ** -0.5
    by_item = np.maximum(np.bincount(items, minlength=shape[1]), 1) ** -0.5
    pairs = np.unique(people.astype(np.int64) * shape[1] + items)
    person, item = np.divmod(pairs, max(1, shape[1]))
    values = (by_person[person] * by_item[item]).astype(np.float32)
    rows = csr_array(coo_array((values, (person, item)), shape=shape))
    rank = min(dimension, min(shape) - 1)
    if rank < 1 or rows.nnz == 0:
        return np.zeros((shape[1], 1), np.float32)
    start = run.rng("indexing.collaborative").standard_normal(min(shape))
    _, strengths, vectors = svds(rows, k=rank, v0=start.astype(np.float32))
    return unit_rows(np.ascontiguousarray((vectors * strengths[:, None]).T, np.float32))


def joined_vectors(*parts: NDArray[np.float32]) -> NDArray[np.float32]:
    """(n, sum of dimensions) unit rows of several kinds of vectors, each with the same say."""
    return unit_rows(np.concatenate([unit_rows(part) for part in parts], axis=1))


def unit_rows(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    """Rows of length 1; rows of zeros stay."""
    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.maximum(norms, 1e-12), np.float32)


def _has(catalog: Catalog, name: str) -> bool:
    column = name in catalog.table.columns
    return column and catalog.table[name].null_count() < len(catalog.table)
