"""Search in a catalogue: by the words of its texts, by their meaning, and by both."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from penchant.backbones import Encoder, TextEncoder
from penchant.core import Ragged, Run, State
from penchant.data import Catalog, Queries, Rankings
from penchant.prompting.item_lines import item_lines
from penchant.retrieve import LexicalIndex, best_found

LONGEST_TEXT = 1_000
"""Characters of an item's text."""


def item_descriptions(catalog: Catalog) -> list[str]:
    """(n_items) what the catalogue says of each item in sentences; empty where it is silent."""
    if "description" not in catalog.table.columns:
        return [""] * len(catalog)
    column = catalog.table["description"].cast(pl.String).fill_null("")
    return [text[:LONGEST_TEXT] for text in column.to_list()]


@dataclass(frozen=True, slots=True, eq=False)
class ItemSearch:
    """Items by what is said of them: title, year, categories, description.

    >>> import penchant as pn
    >>> data = pn.data.mini_world()
    >>> search = ItemSearch.of(data.catalog, None, pn.Run())
    >>> queries = pn.data.leave_last_out(data).test.queries.take(np.array([0]))
    >>> found = search.found(["a locked room and a detective"], queries, 1, pn.Run())
    >>> data.catalog.table["categories"][int(found["words"].items[0, 0])].to_list()
    ['books', 'mystery']
    """

    words: LexicalIndex
    encoder: TextEncoder | None
    vectors: NDArray[np.float32]
    """(n_items, dimension) unit rows; (n_items, 0) without an encoder"""
    opened: dict[str, Encoder] = field(default_factory=dict)
    """The encoder once it was opened: weights are read once, and not before they are needed"""

    @classmethod
    def of(cls, catalog: Catalog, encoder: TextEncoder | None, run: Run) -> "ItemSearch":
        """An index of a catalogue.

        Args:
            catalog: Its texts are read.
            encoder: Of meanings; ``None``: only words are looked for.
            run: Threads.
        """
        described = item_descriptions(catalog)
        texts = [
            f"{a}. {b}" if b else a for a, b in zip(item_lines(catalog), described, strict=True)
        ]
        nothing = np.zeros((len(texts), 0), np.float32)
        made = cls(LexicalIndex.of(texts), encoder, nothing)
        return made if encoder is None else replace(made, vectors=made._embedded(texts, run))

    @classmethod
    def restore(cls, state: State, encoder: TextEncoder | None) -> "ItemSearch":
        """The search that gave this state."""
        words = LexicalIndex.restore(state.parts["words"])
        return cls(words, encoder, state.arrays["vectors"])

    def __len__(self) -> int:
        return len(self.words)

    def found(
        self, texts: Sequence[str], queries: Queries, depth: int, run: Run
    ) -> dict[str, Rankings]:
        """What each search finds among the open items: ``words``, and ``vectors`` if there are any.

        Args:
            texts: (n) what is looked for; an empty one finds nothing.
            queries: (n) rows: what is open.
            depth: Most items of each search.
            run: Its seed orders equal scores.
        """
        depth = max(1, min(depth, len(self)))
        scores = self.words.score(texts)
        found = {"words": best_found(scores, queries, depth, run, above=0.0)}
        if self.encoder is not None:
            said = np.array([bool(text.strip()) for text in texts], np.bool_)
            asked = self._embedded([text or " " for text in texts], run)
            near = np.asarray((asked * said[:, None]) @ self.vectors.T, np.float32)
            found["vectors"] = best_found(near, queries, depth, run, above=0.0)
        return found

    def _embedded(self, texts: Sequence[str], run: Run) -> NDArray[np.float32]:
        if not self.opened and self.encoder is not None:
            self.opened["encoder"] = self.encoder.open(run)
        return self.opened["encoder"].embed(texts)

    def state(self) -> State:
        """Words and vectors."""
        return State(arrays={"vectors": self.vectors}, parts={"words": self.words.state()})


def asked_texts(queries: Queries, titles: Sequence[str], *, newest: int) -> list[str]:
    """(n) what each person says; the newest titles of their history where they say nothing."""
    told = []
    for row, history in enumerate(_rows(queries.histories.items)):
        said = "" if queries.texts is None else queries.texts[row].strip()
        known = [titles[item] for item in history if item >= 0]
        told.append(said or " . ".join(known[-newest:] if newest else []))
    return told


def _rows(items: Ragged) -> list[list[int]]:
    return [items[row].tolist() for row in range(len(items))]
