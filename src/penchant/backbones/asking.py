"""Queries over items to answers, through the codes of both."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from penchant.backbones.beams import TrieTensors, search
from penchant.backbones.writing import CodeWriter
from penchant.codes import ItemIndex
from penchant.core import Ragged, Run
from penchant.data import Queries, Rankings, joined

CHILDREN_AT_ONCE = 4_000_000
"""Children of beams looked at together: bounds memory."""
ROWS_AT_ONCE = 256


@dataclass(frozen=True, slots=True, eq=False)
class CodedItems:
    """An index on the device of a model."""

    index: ItemIndex
    trie: TrieTensors
    codes: Tensor
    """(n_items + 1, depth) the codes of each item; -1 for those without, and in the last row."""

    @classmethod
    def of(
        cls, index: ItemIndex, device: str, untaught: NDArray[np.bool_] | None = None
    ) -> "CodedItems":
        """With the trie of the codes.

        Args:
            index: The codes.
            device: Of the model.
            untaught: (n_items,) items whose last code says nothing and was never learned.
        """
        padded = np.pad(index.padded(), ((0, 1), (0, 0)), constant_values=-1)
        codes = torch.from_numpy(padded.astype(np.int64)).to(device)
        return cls(index, TrieTensors.of(index.trie(), device, untaught), codes)

    def of_items(self, items: NDArray[np.int64]) -> Tensor:
        """(…, depth) codes of an array of items, -1 for none."""
        return self.codes[torch.from_numpy(items).to(self.codes.device)]

    def of_histories(self, histories: Ragged) -> Tensor:
        """(n, t, depth) codes of items that have some, left-aligned."""
        width = int(histories.lengths.max(initial=0))
        items = np.full((len(histories), width), -1, np.int64)
        items[np.arange(width) < histories.lengths[:, None]] = histories.values
        return self.of_items(items)

    def known(self, histories: Ragged) -> Ragged:
        """The items of histories that have codes."""
        has_codes = self.index.codes.lengths > 0
        known = (histories.values >= 0) & (histories.values < len(has_codes))
        known[known] = has_codes[histories.values[known]]
        return Ragged.from_rows(histories.rows()[known], histories.values[known], len(histories))


@torch.no_grad()
def answer(
    read: Callable[[NDArray[np.int64]], CodeWriter],
    trie: TrieTensors,
    lengths: NDArray[np.integer],
    queries: Queries,
    k: int,
    *,
    beams: int,
    run: Run,
) -> Rankings:
    """The best ``k`` open items of each row, rows of similar length together.

    Args:
        read: What has read the histories of some rows.
        trie: All items.
        lengths: (n,) how much is read of each row.
        queries: What is open.
        k: Answers per row.
        beams: See :func:`search`.
        run: Its seed orders equal scores; its deadline is kept between groups of rows.

    Returns:
        Scores are natural logs of the probability that the model writes all codes of the item.
    """
    by_length = np.argsort(lengths, kind="stable")
    children = max(beams, k) * max(1, trie.most_children)
    at_once = max(1, min(ROWS_AT_ONCE, CHILDREN_AT_ONCE // children))
    parts = []
    for start in range(0, len(queries), at_once):
        if run.deadline is not None:
            run.deadline.check()
        rows = by_length[start : start + at_once]
        parts.append(search(read(rows), trie, queries.take(rows), k, beams=beams, run=run))
    found = joined(parts, k)
    back = np.argsort(by_length)
    flags = None if found.flags is None else found.flags[back]
    return Rankings(found.items[back], found.scores[back], flags)


@dataclass(frozen=True, slots=True, eq=False)
class ReadAlike:
    """Scores items by the cosine with the newest item of each history, as the model reads both."""

    embedding: nn.Embedding
    """Of the codes of the history."""
    items: CodedItems

    def score(self, queries: Queries, run: Run) -> NDArray[np.float32]:
        """(n, n_items) cosines of summed code embeddings; no history may be empty."""
        with torch.no_grad():
            unit = functional.normalize(self._read(self.items.codes[:-1]), dim=1)
            newest = queries.histories.items.tail(1).values.astype(np.int64)
            asked = torch.from_numpy(newest).to(unit.device)
            scores: NDArray[np.float32] = (unit[asked] @ unit.T).cpu().numpy()
        return scores

    def vectors(self, items: NDArray[np.integer]) -> NDArray[np.float32]:
        """(n, d) summed code embeddings of items; 0 for those without codes."""
        with torch.no_grad():
            read = self._read(self.items.of_items(np.asarray(items, np.int64)))
        vectors: NDArray[np.float32] = read.float().cpu().numpy()
        return vectors

    def _read(self, codes: Tensor) -> Tensor:
        """(n, d) of (n, depth) codes; the last code only tells apart."""
        told = codes[:, :-1]
        summed: Tensor = (self.embedding(told.clamp(min=0)) * (told >= 0)[..., None]).sum(1)
        return summed
