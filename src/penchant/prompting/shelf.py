"""The items of a catalogue for prompts and answers: how they are told, and how titles come back.

Titles that a model wrote are looked for among those of the open items that share words with them.
What is not found is counted; no answer names an item that does not exist or is not open.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from penchant.core import Ragged, Run
from penchant.data import (
    Catalog,
    Dataset,
    Flag,
    Queries,
    Rankings,
    chunks,
    joined,
    open_items,
    positive_events,
    top_k,
)
from penchant.prompting.answer_lists import said_of
from penchant.prompting.item_lines import item_lines
from penchant.prompting.pools import proposed
from penchant.prompting.reading import COPIED, ReadOrder, read_order, read_titles
from penchant.retrieve import LexicalIndex, beyond, filled

_Read = Callable[[str, Sequence[str], Sequence[str]], ReadOrder]
"""Answer, titles of the pool and of the history -> order"""
MOST_LINES = 60
"""Pieces of an answer whose words are looked for."""
SHORTLIST = 8
"""Items that share most words with a piece."""


@dataclass(frozen=True, slots=True, eq=False)
class Listed:
    """What answers name, as items."""

    items: Sequence[Sequence[int] | None]
    """For each answer its open items in order; ``None``: nothing in it could be used"""
    failures: Mapping[str, int]
    """Kind -> how often; see :mod:`penchant.prompting.reading`"""


@dataclass(frozen=True, eq=False)
class Shelf:
    """A catalogue as models see it.

    >>> import penchant as pn
    >>> shelf = Shelf.of(pn.data.mini_world())
    >>> shelf.titles[0], shelf.lines[0]
    ('The Royal Crown, part 4', 'The Royal Crown, part 4 (2019), books|history')
    """

    titles: Sequence[str]
    lines: Sequence[str]
    """Titles with years and categories"""
    counts: NDArray[np.float32]
    """(n_items,) how often each was chosen: the order of what no model ordered"""

    @cached_property
    def index(self) -> LexicalIndex:
        """Of titles; made when one is first looked for."""
        return LexicalIndex.of(self.titles)

    @classmethod
    def of(cls, data: Dataset) -> "Shelf":
        """With counts of the interactions that are not against their item."""
        events = positive_events(data)
        weights = events["weight"].to_numpy()
        counts = np.bincount(events["item"].to_numpy(), weights, minlength=len(data.catalog))
        return cls.restore(counts.astype(np.float32), data.catalog)

    @classmethod
    def restore(cls, counts: NDArray[np.float32], catalog: Catalog) -> "Shelf":
        """From counts, which have to be kept; the rest is in the catalogue."""
        return cls(catalog.titles(), item_lines(catalog), counts)

    def __len__(self) -> int:
        return len(self.titles)

    def told(self, items: Sequence[int] | NDArray[np.int32], *, most: int) -> list[str]:
        """Titles of the newest ``most`` items of a history, unknown ones left out."""
        return [self.titles[item] for item in items if item >= 0][-most:]

    def find(self, texts: Sequence[str | None], queries: Queries) -> Listed:
        """The open items whose titles answers name, in their order, each once.

        Args:
            texts: (n) answers; ``None``: there was none.
            queries: (n) rows: what is open.
        """
        failures: Counter[str] = Counter()
        items: list[list[int] | None] = []
        start = 0
        for part in chunks(queries, len(self)):
            mask = open_items(part, len(self))
            for row, text in enumerate(texts[start : start + len(part)]):
                near = [] if text is None else self._near(text, mask[row])
                history = self.told(part.histories.items[row], most=MOST_LINES)
                found = self._read(text, near, history, failures)
                items.append(found or None)
            start += len(part)
        return Listed(items, _counted(failures))

    def numbered(self, texts: Sequence[str | None], pools: Ragged, histories: Ragged) -> Listed:
        """The items of each row's pool that answers name by number from 1, or by title."""
        return self._listed(texts, pools, histories, _by_number)

    def titled(self, texts: Sequence[str | None], pools: Ragged, histories: Ragged) -> Listed:
        """The items of each row's pool, in the order in which it was shown, by their titles."""
        return self._listed(texts, pools, histories, _by_title)

    def ranked(
        self,
        items: Sequence[Sequence[int] | None],
        queries: Queries,
        k: int,
        run: Run,
        *,
        asked: NDArray[np.bool_] | None = None,
    ) -> Rankings:
        """Answers with ``k`` items: those that were named, then other open ones.

        Those come in the order of the row's candidates, where it has any, else by how often they
        were chosen. Scores are 1 / rank. Rows without any named item are DEGRADED.

        Args:
            items: (n) what was named.
            queries: n rows: what is open.
            k: At least 1.
            run: Its seed orders equally chosen items.
            asked: (n,) whether a model was asked at all: no fallback answered for the others.
        """
        parts, start = [], 0
        for part in chunks(queries, len(self)):
            named = items[start : start + len(part)]
            parts.append(self._ranked(named, part, k, run))
            start += len(part)
        ranked = joined(parts, k)
        if asked is None or ranked.flags is None:
            return ranked
        flags = np.where(asked, ranked.flags, ranked.flags & ~np.uint8(Flag.DEGRADED))
        return Rankings(ranked.items, ranked.scores, flags.astype(np.uint8))

    def proposed(self, queries: Queries, n: int, run: Run) -> Ragged:
        """The open items of each row to choose from: its candidates, else the most chosen."""
        return proposed(queries, self.counts, n, run)

    def _listed(
        self, texts: Sequence[str | None], pools: Ragged, histories: Ragged, read: _Read
    ) -> Listed:
        failures: Counter[str] = Counter()
        items: list[list[int] | None] = []
        for row, text in enumerate(texts):
            found: list[int] = []
            if text is not None:
                pool = pools[row].tolist()
                history = self.told(histories[row], most=MOST_LINES)
                said = read(text, [self.titles[item] for item in pool], history)
                failures.update(said.failures)
                # A copied list says how it was shuffled, and nothing of its items.
                order = () if COPIED in said.failures else said.order
                found = [pool[place] for place in order]
            items.append(found or None)
        return Listed(items, _counted(failures))

    def _near(self, text: str, mask: NDArray[np.bool_]) -> list[int]:
        """Open items that share words with a piece of an answer, the most chosen first."""
        said = said_of(text).replace("', '", "\n").replace('", "', "\n")
        lines = [line for line in said.splitlines() if line.strip()][:MOST_LINES]
        if not lines or not len(self):
            return []
        scores = np.where(mask, self.index.score(lines), 0)
        width = min(SHORTLIST, scores.shape[1])
        best = np.argpartition(-scores, width - 1, axis=1)[:, :width]
        near = np.unique(best[np.take_along_axis(scores, best, 1) > 0])
        order = np.lexsort((near, -self.counts[near]))
        return [int(item) for item in near[order]]

    def _read(
        self,
        text: str | None,
        near: Sequence[int],
        history: Sequence[str],
        failures: Counter[str],
    ) -> list[int]:
        if text is None:
            return []
        titles = [self.titles[item] for item in near]
        read = read_titles(text, titles, mode="fuzzy", history=history)
        # The order in which titles were looked for is not one that the model was shown.
        failures.update({kind: n for kind, n in read.failures.items() if kind != COPIED})
        return [near[place] for place in read.order]

    def _ranked(
        self, named: Sequence[Sequence[int] | None], queries: Queries, k: int, run: Run
    ) -> Rankings:
        n = len(queries)
        first = np.full((n, k), -1, np.int32)
        for row, some in enumerate(named):
            first[row, : len((some or ())[:k])] = (some or ())[:k]
        listed = Rankings(first, np.where(first >= 0, 1.0, np.nan).astype(np.float32))
        rest = self._rest(beyond(queries, listed), k, run)
        items, _ = filled(listed, Rankings(rest, np.zeros(rest.shape, np.float32)))
        places = 1 / np.arange(1, k + 1, dtype=np.float32)
        flags = np.array([np.uint8(0 if some else Flag.DEGRADED) for some in named], np.uint8)
        flags |= np.where((items < 0).any(1), np.uint8(Flag.SHORT), np.uint8(0))
        return Rankings(items, np.where(items >= 0, places, np.nan).astype(np.float32), flags)

    def _rest(self, queries: Queries, k: int, run: Run) -> NDArray[np.int32]:
        if queries.candidates is None:
            return top_k(np.tile(self.counts, (len(queries), 1)), queries, k, run).items
        rest = np.full((len(queries), k), -1, np.int32)
        pools = self.proposed(queries, k, run)
        for row in range(len(queries)):
            rest[row, : min(k, len(pools[row]))] = pools[row][:k]
        return rest


def _by_number(text: str, titles: Sequence[str], history: Sequence[str]) -> ReadOrder:
    return read_order(text, len(titles), titles=titles, history=history)


def _by_title(text: str, titles: Sequence[str], history: Sequence[str]) -> ReadOrder:
    return read_titles(text, titles, mode="fuzzy", history=history)


def _counted(failures: Counter[str]) -> dict[str, int]:
    return {kind: n for kind, n in sorted(failures.items()) if n}
