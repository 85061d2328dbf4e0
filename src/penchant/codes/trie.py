"""A prefix tree in arrays: nodes level by level, leaves depth-first.

Nodes are numbered breadth-first, so the children of a node are neighbours and the edge ``e`` leads
to node ``e + 1``: an edge needs no pointer. Leaves are numbered depth-first, which is the
lexicographic order of the codes, so what lies under a node is one interval of leaves.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from penchant.core import Ragged, UsageError, offsets_of


@dataclass(frozen=True, slots=True, eq=False)
class Trie:
    """All codes of all items; node 0 is the root.

    >>> trie = build_trie(Ragged.of([[1, 0], [0, 2], [1, 3]]))
    >>> trie.children(0), trie.children(2)
    (array([0, 1], dtype=int32), array([0, 3], dtype=int32))
    >>> trie.leaf_items[slice(*trie.interval(2))]
    array([0, 2], dtype=int32)
    """

    offsets: NDArray[np.int32]
    """(n_nodes + 1,) the edges out of node ``v`` are ``offsets[v]`` to ``offsets[v + 1]``."""
    tokens: NDArray[np.int32]
    """(n_nodes - 1,) the code on each edge, ascending within a node; edge ``e`` enters node
    ``e + 1``."""
    first: NDArray[np.int32]
    """(n_nodes,) the first leaf under each node."""
    last: NDArray[np.int32]
    """(n_nodes,) one past the last leaf under each node."""
    leaf_items: NDArray[np.int32]
    """(n_leaves,) the item at each leaf."""
    leaf_of_item: NDArray[np.int32]
    """(n_items,) the leaf of each item, -1 for those without codes."""
    depth: int
    """Codes on the longest path."""

    def __len__(self) -> int:
        """How many nodes there are."""
        return len(self.first)

    @property
    def n_leaves(self) -> int:
        """How many items can be reached."""
        return len(self.leaf_items)

    @property
    def n_bytes(self) -> int:
        """Memory of all arrays."""
        leaves = (self.leaf_items, self.leaf_of_item)
        arrays = (self.offsets, self.tokens, self.first, self.last, *leaves)
        return sum(array.nbytes for array in arrays)

    def children(self, node: int) -> NDArray[np.int32]:
        """The codes that may follow."""
        return self.tokens[self.offsets[node] : self.offsets[node + 1]]

    def interval(self, node: int) -> tuple[int, int]:
        """The leaves under a node, the end excluded."""
        return int(self.first[node]), int(self.last[node])

    def walk(self, codes: NDArray[np.integer]) -> NDArray[np.int64]:
        """(n,) the node that each row of codes leads to, -1 where there is none.

        Args:
            codes: (n, length) codes from the root; a negative code ends the walk of its row.
        """
        nodes = np.zeros(len(codes), np.int64)
        width = int(self.tokens.max(initial=0)) + 1
        parents = np.repeat(np.arange(len(self)), np.diff(self.offsets))
        keys = parents * width + self.tokens
        for column in np.asarray(codes, np.int64).T:
            wanted = nodes * width + column
            edge = np.minimum(np.searchsorted(keys, wanted), max(0, len(keys) - 1))
            found = (keys[edge] == wanted) & (column < width) if len(keys) else column < 0
            moved = np.where((nodes >= 0) & found, edge + 1, -1)
            nodes = np.where(column < 0, nodes, moved)
        return nodes


def build_trie(codes: Ragged) -> Trie:
    """The trie of the items' codes; items without codes are left out.

    Args:
        codes: Non-negative codes of each item. No item's codes may equal or begin another's:
            codes of many lengths need an end code.

    Raises:
        UsageError: Two items cannot be told apart.
    """
    items = np.flatnonzero(codes.lengths)
    columns = _columns(codes, items)
    order = _lexicographic(columns)
    items, columns = items[order], [column[order] for column in columns]
    lengths = codes.lengths[items]
    n_leaves = len(items)
    fresh = np.arange(n_leaves) == 0
    node_of_row, n_nodes = np.zeros(n_leaves, np.int64), 1
    parents, tokens = [np.zeros(0, np.int64)], [np.zeros(0, np.int32)]
    first, last = [np.zeros(1, np.int64)], [np.full(1, n_leaves, np.int64)]
    for level, column in enumerate(columns):
        fresh[1:] |= column[1:] != column[:-1]
        _refuse_twins(items, fresh, lengths == level + 1)
        starts = np.flatnonzero(fresh)
        ends = np.append(starts[1:], n_leaves)
        alive = lengths[starts] > level
        starts, ends = starts[alive], ends[alive]
        parents.append(node_of_row[starts])
        tokens.append(column[starts])
        first.append(starts)
        last.append(ends)
        node_of_row = n_nodes - 1 + np.cumsum(fresh & (lengths > level))
        n_nodes += len(starts)
    leaf_of_item = np.full(len(codes), -1, np.int32)
    leaf_of_item[items] = np.arange(n_leaves)
    n_children = np.bincount(np.concatenate(parents), minlength=n_nodes)
    return Trie(
        offsets_of(n_children).astype(np.int32),
        np.concatenate(tokens),
        np.concatenate(first).astype(np.int32),
        np.concatenate(last).astype(np.int32),
        items.astype(np.int32),
        leaf_of_item,
        len(columns),
    )


def _columns(codes: Ragged, items: NDArray[np.int64]) -> list[NDArray[np.int32]]:
    """The first codes, the second codes …; -1 after the end."""
    starts, lengths = codes.offsets[:-1][items], codes.lengths[items]
    columns = []
    for level in range(int(lengths.max(initial=0))):
        column = np.full(len(items), -1, np.int32)
        going = lengths > level
        column[going] = codes.values[starts[going] + level]
        columns.append(column)
    return columns


def _lexicographic(columns: list[NDArray[np.int32]]) -> NDArray[np.int64]:
    """The order of rows by first column, then second, and so on."""
    widths = [int(column.max(initial=0)) + 2 for column in columns]
    if sum(math.log2(width) for width in widths) > 62 or not columns:
        return np.lexsort(columns[::-1]) if columns else np.zeros(0, np.int64)
    key = np.zeros(len(columns[0]), np.int64)  # one sort of packed codes is 3 times faster
    for column, width in zip(columns, widths, strict=True):
        key = key * width + (column + 1)
    return np.argsort(key)


def _refuse_twins(
    items: NDArray[np.int64], fresh: NDArray[np.bool_], ending: NDArray[np.bool_]
) -> None:
    """Whatever ends here must be the only one under its node."""
    next_is_fresh = np.append(fresh[1:], True)
    twins = np.flatnonzero(ending & ~(fresh & next_is_fresh))
    if len(twins):
        row = twins[0] - (not fresh[twins[0]])
        raise UsageError(
            f"items {items[row]} and {items[row + 1]} cannot be told apart: the codes of one are, "
            "or begin, those of the other; add a code that tells them apart, or an end code"
        )
