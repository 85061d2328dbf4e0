"""An index as a tree that people can walk: branches with counts, words and examples."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import polars as pl
from numpy.typing import NDArray

from penchant.codes import ItemIndex, Trie, item_words
from penchant.core import UsageError, offsets_of
from penchant.data import Catalog

WORDS, EXAMPLES = 5, 3
"""Shown of a branch."""
SURE = 4.0
"""Standard deviations by which a word must be more frequent below a branch than chance has it."""
_WORD = r"\w{3,}"
"""Shorter words say little."""


@dataclass(frozen=True, slots=True)
class BranchSummary:
    """What begins with the same codes."""

    prefix: tuple[int, ...]
    label: str
    """The last code as a word: ``<b_17>``."""
    items: int
    leaf: bool
    words: tuple[str, ...]
    """Frequent in titles below, and less so elsewhere; the most telling first."""
    examples: tuple[int, ...]
    """Rows of items below."""


@dataclass(frozen=True, slots=True, eq=False)
class CodeTree:
    """An index to look at.

    >>> import penchant as pn
    >>> from penchant.indexing import CategoryPaths, CodeTree
    >>> data = pn.data.mini_world()
    >>> coded = CategoryPaths().code(data, pn.Run())
    >>> tree = CodeTree.of(coded.index, data.catalog)
    >>> branches = tree.children(())
    >>> sum(branch.items for branch in branches) == len(data.catalog)
    True
    """

    index: ItemIndex
    trie: Trie
    labels: Sequence[str]
    """(vocabulary,) of codes"""
    parents: NDArray[np.int64]
    """(n_nodes,) -1 for the root"""
    vocabulary: Sequence[str]
    """Words of titles"""
    title_words: NDArray[np.int32]
    """Words of the titles at the leaves, leaf by leaf, each once a title"""
    starts: NDArray[np.int64]
    """(n_leaves + 1,) where those of each leaf begin"""
    frequency: NDArray[np.int64] = field(repr=False)
    """(n_words,) titles that have each word"""

    @classmethod
    def of(cls, index: ItemIndex, catalog: Catalog) -> "CodeTree":
        """The tree of the items that have codes.

        Raises:
            UsageError: The index is of another catalogue.
        """
        index.check_catalogue(catalog.ids.series())
        trie = index.trie()
        titles = pl.Series(catalog.titles(), dtype=pl.String).gather(trie.leaf_items)
        listed = _words(titles)
        said = listed.explode().drop_nulls()
        vocabulary = said.unique(maintain_order=True)
        numbers = pl.DataFrame({"word": vocabulary}).with_row_index("number")
        told = said.to_frame("word").join(numbers, on="word", how="left", maintain_order="left")
        words = told["number"].to_numpy().astype(np.int32)
        parents = np.full(len(trie), -1, np.int64)
        parents[1:] = np.repeat(np.arange(len(trie)), np.diff(trie.offsets))
        frequency = np.bincount(words, minlength=len(vocabulary))
        return cls(
            index,
            trie,
            item_words(index),
            parents,
            vocabulary.to_list(),
            words,
            offsets_of(listed.list.len().to_numpy()),
            frequency,
        )

    def node(self, prefix: Sequence[int]) -> int:
        """The node that codes lead to.

        Raises:
            UsageError: No item begins with them.
        """
        found = int(self.trie.walk(np.array([prefix], np.int64))[0]) if prefix else 0
        if found < 0:
            told = ".".join(map(str, prefix))
            raise UsageError(f"no item begins with the codes {told}: go down from the root")
        return found

    def children(self, prefix: Sequence[int]) -> list[BranchSummary]:
        """The branches below a prefix, the largest first.

        Raises:
            UsageError: No item begins with it.
        """
        nodes = self.child_nodes(prefix)
        return [self.branch(int(node)) for node in nodes]

    def child_nodes(self, prefix: Sequence[int]) -> NDArray[np.int64]:
        """(m,) the nodes below a prefix, the largest first."""
        node = self.node(prefix)
        nodes = np.arange(self.trie.offsets[node], self.trie.offsets[node + 1]) + 1
        sizes = self.trie.last[nodes] - self.trie.first[nodes]
        return np.asarray(nodes[np.lexsort((nodes, -sizes))], np.int64)

    def branch(self, node: int) -> BranchSummary:
        """What is at a node and below."""
        first, last = self.trie.interval(node)
        prefix = self.prefix(node)
        label = self.labels[prefix[-1]] if prefix else ""
        leaf = self.trie.offsets[node] == self.trie.offsets[node + 1]
        examples = self.trie.leaf_items[first : min(last, first + EXAMPLES)]
        return BranchSummary(
            prefix,
            label,
            last - first,
            bool(leaf),
            self.words(first, last),
            tuple(examples.tolist()),
        )

    def path(self, codes: Sequence[int]) -> list[BranchSummary]:
        """The branches on the way to these codes, the root left out."""
        return [self.branch(self.node(codes[: at + 1])) for at in range(len(codes))]

    def prefix(self, node: int) -> tuple[int, ...]:
        """The codes that lead to a node."""
        codes = []
        while node > 0:
            codes.append(int(self.trie.tokens[node - 1]))
            node = int(self.parents[node])
        return tuple(reversed(codes))

    def words(self, first: int, last: int) -> tuple[str, ...]:
        """The words that tell the leaves ``[first, last)`` from the others.

        By the words' count below times the log of how much more frequent they are there.
        """
        below = self.title_words[self.starts[first] : self.starts[last]]
        if len(below) == 0:
            return ()
        words, counts = np.unique(below, return_counts=True)
        n, share = last - first, self.frequency[words] / self.trie.n_leaves
        told = counts * np.log(np.maximum(counts / n / share, 1.0))
        if n > 1:
            spread = np.sqrt(n * share * np.maximum(1.0 - share, 1.0 / n))
            told = np.where((counts > 1) & (counts - n * share > SURE * spread), told, 0.0)
        best = np.lexsort((words, -told))[:WORDS]
        return tuple(self.vocabulary[words[at]] for at in best if told[at] > 0)


def _words(titles: pl.Series) -> pl.Series:
    """(n,) lists of the words of each title, without case and accents, each once."""
    bare = titles.str.to_lowercase().str.normalize("NFKD").str.replace_all(r"\p{M}", "")
    return bare.str.extract_all(_WORD).list.unique(maintain_order=True)
