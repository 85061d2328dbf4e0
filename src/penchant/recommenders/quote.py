"""Quote: what others said of an item, in the words of the one who spoke for most of them.

No paper: the baseline of methods that write reviews or explanations. It knows nothing of who asks,
so what such a method is worth for a person begins above it. It recommends what most people chose.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from penchant.core import Ragged, Run, State, UsageError
from penchant.data import (
    Cases,
    Catalog,
    Dataset,
    Queries,
    Rankings,
    Ranks,
    event_texts,
    positive_events,
    ranks_by_score,
    recommend_by_score,
)

LONGEST = 2_000
"""Characters of a text that are kept."""


@dataclass(frozen=True, kw_only=True)
class Quote:
    """For each item the text nearest to the mean of all its texts, as bags of words.

    >>> import penchant as pn
    >>> data = pn.data.mini_world()
    >>> split = pn.data.split_time(data)
    >>> fitted = pn.Quote().fit(split.train, pn.Run())
    >>> written = pn.data.written_cases(split.test, data)
    >>> pn.evaluate(fitted, written, metrics="rouge_1").summary()["value"][0] > 0.1
    True
    """

    column: str = "review"
    """Of the events: ``review``, ``explanation`` (see :func:`penchant.data.event_texts`), …"""
    items: bool = True
    """Whether each item has a quote of its own; else everything has the same."""

    def __post_init__(self) -> None:
        if not self.column:
            raise UsageError("column='': name a column of texts, such as 'review'")

    def fit(self, data: Dataset, run: Run, *, valid: Cases | None = None) -> "QuoteRecommender":
        """Chooses the texts; ``valid`` is not used. Without texts, it has nothing to say."""
        events = positive_events(data)
        counts = np.bincount(events["item"].to_numpy(), minlength=len(data.catalog))
        column = event_texts(data, self.column)
        texts = [] if column is None else [(text or "").strip() for text in column.to_list()]
        rows = np.array([row for row, text in enumerate(texts) if text], np.int64)
        quotes = [""] * (len(data.catalog) + 1)
        authors = np.full(len(quotes), -1, np.int32)
        if len(rows):
            said = [texts[row][:LONGEST] for row in rows]
            about, said_by = (data.events[of].to_numpy()[rows] for of in ("item", "user"))
            for group, chosen in zip(*_nearest(said, about, len(data.catalog)), strict=True):
                if self.items or group == len(data.catalog):
                    quotes[group], authors[group] = said[chosen], said_by[chosen]
        else:
            run.watch.note(f"{data.name} has no {self.column!r}: there is nothing to quote")
        return QuoteRecommender(self, counts.astype(np.float32), tuple(quotes), authors)

    def restore(self, state: State, catalog: Catalog, run: Run) -> "QuoteRecommender":
        """The recommender that gave this state."""
        counts, authors = state.arrays["counts"], state.arrays["authors"]
        return QuoteRecommender(self, counts, tuple(state.json["quotes"]), authors)


@dataclass(frozen=True, eq=False)
class QuoteRecommender:
    """A fitted :class:`Quote`; scores are counts."""

    method: Quote
    counts: NDArray[np.float32]
    """(n_items,)"""
    quotes: tuple[str, ...]
    """(n_items + 1) empty where nobody said anything; the last one is that of all items together"""
    authors: NDArray[np.int32]
    """(n_items + 1) rows of the people who wrote them; -1: nobody"""

    def write(self, queries: Queries, items: NDArray[np.int32], run: Run) -> list[str]:
        """(n) the quote of each item; that of all where nobody spoke of it, or it is unknown."""
        known = (items >= 0) & (items < len(self.counts))
        places = np.where(known, items, len(self.counts))
        return [self.quotes[place] or self.quotes[-1] for place in places.tolist()]

    def score(self, queries: Queries, run: Run) -> NDArray[np.float32]:
        """(n, n_items) the same counts in every row."""
        return np.tile(self.counts, (len(queries), 1))

    def recommend(self, queries: Queries, k: int, run: Run) -> Rankings:
        """The most counted open items."""
        return recommend_by_score(self, queries, k, run, len(self.counts))

    def ranks(self, queries: Queries, relevant: Ragged, run: Run) -> Ranks:
        """Where each relevant item stands."""
        return ranks_by_score(self, queries, relevant, run, len(self.counts))

    def forget(self, people: NDArray[np.integer]) -> "QuoteRecommender":
        """The same without the quotes of these people."""
        gone = np.isin(self.authors, people)
        kept = ["" if out else text for text, out in zip(self.quotes, gone, strict=True)]
        authors = np.where(gone, np.int32(-1), self.authors)
        return replace(self, quotes=tuple(kept), authors=authors)

    def state(self) -> State:
        """The counts, the quotes, and whose they are."""
        arrays = {"counts": self.counts, "authors": self.authors}
        return State(json={"quotes": list(self.quotes)}, arrays=arrays)


def _nearest(
    texts: list[str], items: NDArray[np.int32], n_items: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The text nearest to the mean of its group: one group an item, and one of all texts.

    Args:
        texts: (m)
        items: (m,) what each is about.
        n_items: Of the catalogue.

    Returns:
        Groups that have a text (items, and ``n_items`` for all), and the number of a text for each.
        Of texts equally near, the first.
    """
    from scipy import sparse
    from sklearn.feature_extraction.text import HashingVectorizer

    words = HashingVectorizer(alternate_sign=False, token_pattern=r"(?u)\b\w+\b").transform(texts)
    m = len(texts)
    about = sparse.csr_array((np.ones(m), (items, np.arange(m))), shape=(n_items, m))
    means = about @ words
    near = np.asarray(words.multiply(means[items]).sum(1)).ravel()
    overall = words @ np.asarray(words.sum(0)).ravel()
    order = np.lexsort((np.arange(m), -np.round(near, 9), items))
    firsts = order[np.flatnonzero(np.diff(items[order], prepend=-1))]
    groups = np.append(items[firsts], n_items).astype(np.int64)
    return groups, np.append(firsts, int(np.argmax(overall))).astype(np.int64)
