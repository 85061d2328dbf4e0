"""Search: items whose texts say what a person says, by words and by meaning.

Lexical and dense retrieval merged by reciprocal ranks (Cormack, Clarke and Büttcher, SIGIR 2009),
as the first stage of retrieval-augmented recommenders and the baseline of what language models make
of a wish (T9 of InstructRec: Zhang et al., 2023, arXiv:2305.07001). The newest items of the history
have their say beside it, and all of it where nothing is said.
"""

from dataclasses import dataclass, replace

import numpy as np

from penchant.backbones import SentenceEncoder, TextEncoder
from penchant.core import Run, State, UsageError
from penchant.data import Cases, Catalog, Dataset, Queries, Rankings, chunks, joined
from penchant.prompting import ItemSearch, Shelf, asked_texts
from penchant.retrieve import best_found, fused_scores

ENCODER = SentenceEncoder()


@dataclass(frozen=True, kw_only=True)
class Search:
    """Items by ``queries.texts``, else by the history.

    >>> import penchant as pn
    >>> from dataclasses import replace
    >>> data, run = pn.data.mini_world(), pn.Run()
    >>> queries = pn.data.split_time(data).test.queries.take(np.array([0]))
    >>> asked = replace(queries, texts=["a detective in a locked room"])
    >>> answer = pn.Search(encoder=None).fit(data, run).recommend(asked, 1, run)
    >>> data.catalog.table["categories"][int(answer.items[0, 0])].to_list()
    ['books', 'mystery']
    """

    encoder: TextEncoder | None = ENCODER
    """Of meanings; ``None``: only words are looked for."""
    newest: int = 3
    """Items of the history whose titles are looked for, too."""
    past: float = 0.5
    """What these weigh beside what the person says; 0: they count where nothing is said."""
    depth: int = 100
    """Items of each search that count; never fewer than are asked for."""

    def __post_init__(self) -> None:
        for name, least in (("newest", 0), ("past", 0), ("depth", 1)):
            if getattr(self, name) < least:
                raise UsageError(f"{name}={getattr(self, name)}: need at least {least}")

    def fit(self, data: Dataset, run: Run, *, valid: Cases | None = None) -> "SearchRecommender":
        """Reads the catalogue; ``valid`` is not used.

        Raises:
            MissingExtra: bm25s is not installed.
        """
        return SearchRecommender(
            self, Shelf.of(data), ItemSearch.of(data.catalog, self.encoder, run)
        )

    def restore(self, state: State, catalog: Catalog, run: Run) -> "SearchRecommender":
        """The recommender that gave this state."""
        shelf = Shelf.restore(state.arrays["counts"], catalog)
        return SearchRecommender(
            self, shelf, ItemSearch.restore(state.parts["search"], self.encoder)
        )


@dataclass(frozen=True, eq=False)
class SearchRecommender:
    """A fitted :class:`Search`; scores are 1 / rank."""

    method: Search
    shelf: Shelf
    search: ItemSearch

    def recommend(self, queries: Queries, k: int, run: Run) -> Rankings:
        """What is found, then the most chosen open items; DEGRADED where nothing is found."""
        return joined([self._answer(part, k, run) for part in chunks(queries, len(self.shelf))], k)

    def state(self) -> State:
        """Counts, words and vectors."""
        return State(arrays={"counts": self.shelf.counts}, parts={"search": self.search.state()})

    def _answer(self, queries: Queries, k: int, run: Run) -> Rankings:
        texts = asked_texts(queries, self.shelf.titles, newest=self.method.newest)
        depth = max(k, self.method.depth)
        found = self.search.found(texts, queries, depth, run)
        merged = fused_scores(found, len(self.shelf))
        if queries.texts is not None and self.method.past:
            silent = asked_texts(
                replace(queries, texts=None), self.shelf.titles, newest=self.method.newest
            )
            # Who says nothing was understood by the history already.
            beside = [
                "" if text == told else told for text, told in zip(texts, silent, strict=True)
            ]
            before = fused_scores(self.search.found(beside, queries, depth, run), len(self.shelf))
            merged += np.float32(self.method.past) * before
        listed = best_found(merged, queries, k, run, above=0.0).items
        named = [row[row >= 0].tolist() or None for row in listed]
        # Who said nothing and chose nothing asked for nothing.
        said = np.array([bool(text) for text in texts], np.bool_)
        return self.shelf.ranked(named, queries, k, run, asked=said)
