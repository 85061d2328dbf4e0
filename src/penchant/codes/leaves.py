"""Which leaves each query leaves open, and how many of them lie under a node."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from penchant.codes.trie import Trie
from penchant.core import Ragged, offsets_of
from penchant.data import Queries


@dataclass(frozen=True, slots=True, eq=False)
class OpenLeaves:
    """Open counts as differences: what all rows share, less or plus what is a row's own.

    Under a node with leaves ``[first, last)``, row ``r`` has as many open leaves as all rows share
    there, plus ``sign`` times the row's own keys in that interval. Nothing of size rows x items is
    ever made, and nothing of the size of the catalogue unless ``allowed`` is.
    """

    n_leaves: int
    shared: NDArray[np.int64] | None
    """(n_leaves + 1,) leaves open to every row, counted from the left; ``None``: all of them if
    ``sign`` is -1, and no one if it is 1."""
    keys: NDArray[np.int64]
    """Sorted ``row * (n_leaves + 1) + leaf`` of the leaves in which a row differs."""
    sign: int
    """-1: the keys are closed; 1: they are open and nothing is shared."""

    @classmethod
    def of(cls, trie: Trie, queries: Queries) -> "OpenLeaves":
        """What ``allowed``, ``candidates`` and ``excluded`` of the queries leave open."""
        allowed = None if queries.allowed is None else queries.allowed[trie.leaf_items]
        closed = _keys(queries.excluded, trie, allowed)
        if queries.candidates is not None:
            opened = _keys(queries.candidates, trie, allowed)
            keys = np.setdiff1d(opened, closed, assume_unique=True)
            return cls(trie.n_leaves, None, keys, 1)
        shared = None if allowed is None else offsets_of(allowed.view(np.uint8))
        return cls(trie.n_leaves, shared, closed, -1)

    def count(
        self, rows: NDArray[np.integer], first: NDArray[np.int64], last: NDArray[np.int64]
    ) -> NDArray[np.int64]:
        """How many leaves in ``[first, last)`` are open to each row; all arguments broadcast."""
        base = np.asarray(rows, np.int64) * (self.n_leaves + 1)
        own = np.searchsorted(self.keys, base + last) - np.searchsorted(self.keys, base + first)
        if self.shared is not None:
            return np.asarray(self.shared[last] - self.shared[first] - own, np.int64)
        return np.asarray(last - first - own if self.sign < 0 else own, np.int64)


def _keys(items: Ragged | None, trie: Trie, allowed: NDArray[np.bool_] | None) -> NDArray[np.int64]:
    """Sorted unique keys of the allowed leaves among a row's items."""
    if items is None:
        return np.zeros(0, np.int64)
    known = (items.values >= 0) & (items.values < len(trie.leaf_of_item))
    rows = items.rows()[known].astype(np.int64)
    leaves = trie.leaf_of_item[items.values[known]].astype(np.int64)
    real = leaves >= 0
    if allowed is not None:
        real[real] = allowed[leaves[real]]
    return np.unique(rows[real] * (trie.n_leaves + 1) + leaves[real])
