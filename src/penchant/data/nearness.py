"""What makes items alike: vectors that a model learned, or else what the catalogue says."""

import hashlib
import re
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np
import polars as pl
from numpy.typing import NDArray

from penchant.core import Ragged, Run
from penchant.data.parts import with_parts
from penchant.data.scoring import recommend_by_score
from penchant.data.words import Catalog, History, Queries, Rankings

WIDTH = 512
"""Of vectors that are made of words."""
_WORD = re.compile(r"\w+")


@runtime_checkable
class HasVectors(Protocol):
    """Learned where items stand."""

    def vectors(self, items: NDArray[np.integer]) -> NDArray[np.float32]:
        """(n, d) one row for each of ``items``; near means alike, length means nothing."""


def item_vectors(
    recommender: object, catalog: Catalog, items: NDArray[np.integer]
) -> NDArray[np.float32]:
    """(n, d) unit rows for items: the recommender's, else categories, else words of titles.

    A row is 0 where nothing is known of the item: it is like no other.

    Args:
        recommender: It may have vectors, or one of its parts.
        catalog: All items.
        items: (n,) rows of it.
    """
    for part in with_parts(recommender):
        if isinstance(part, HasVectors):
            return unit_rows(part.vectors(items))
    return described_vectors(catalog, items)


def described_vectors(catalog: Catalog, items: NDArray[np.integer]) -> NDArray[np.float32]:
    """(n, d) unit rows made of the categories of items; of words of titles where there are none."""
    few = catalog.table[np.asarray(items, np.int64)]
    if "categories" in few.columns and isinstance(few["categories"].dtype, pl.List):
        named = [[str(name) for name in names or ()] for names in few["categories"].to_list()]
    else:
        column = "title" if "title" in few.columns else "id"
        named = [_WORD.findall((text or "").casefold()) for text in few[column].to_list()]
    vectors = np.zeros((len(named), WIDTH), np.float32)
    for row, names in enumerate(named):
        for name in set(names):
            vectors[row, _place(name)] += 1.0
    return unit_rows(vectors)


def similar_by_vectors(
    vectors: NDArray[np.float32], items: NDArray[np.integer], k: int, run: Run
) -> Rankings:
    """The ``k`` items nearest to each of ``items``, itself left out; scores are cosines.

    Args:
        vectors: (n_items, d), of any length.
        items: (n,) rows.
        k: Answers.
        run: Its seed orders equal scores.
    """
    itself = History(Ragged(np.asarray(items, np.int32), np.arange(len(items) + 1)))
    near = _Near(unit_rows(vectors))
    return recommend_by_score(near, Queries(itself).unseen(), k, run, len(vectors))


@dataclass(frozen=True, slots=True, eq=False)
class _Near:
    """Scores items by the cosine with the only item of each history."""

    unit: NDArray[np.float32]

    def score(self, queries: Queries, run: Run) -> NDArray[np.float32]:
        return np.asarray(self.unit[queries.histories.items.values] @ self.unit.T, np.float32)


def unit_rows(vectors: NDArray[np.floating]) -> NDArray[np.float32]:
    """(n, d) the same rows with length 1, or 0."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.where(lengths > 0, lengths, 1.0), np.float32)


def _place(name: str) -> int:
    return int.from_bytes(hashlib.blake2b(name.encode(), digest_size=4).digest()) % WIDTH
