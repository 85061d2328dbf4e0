"""BookGPT: scores and summaries asked of a language model in five parts.

Zhiyuli, Chen, Zhang and Liang, "BookGPT: A General Framework for Book Recommendation Empowered by
Large Language Model", 2023, arXiv:2305.15673.

A prompt has a role, a task, a form of the output, a boundary, and examples. Three tasks: what a
person would give items, after what they gave others; what items are worth, whoever asks; and a
summary that recommends an item. Differs from the paper: scores that cannot be read are missing and
counted, not asked for again; a score for everybody is put on the scale of the data; candidates are
ordered by their scores, a few in a prompt.
"""

from collections import Counter
from dataclasses import dataclass, field
from typing import Literal, get_args

import numpy as np
import polars as pl
from numpy.typing import NDArray

from penchant.core import Ragged, Run, State, UnknownName, UsageError
from penchant.data import Cases, Catalog, Dataset, Queries, Rankings
from penchant.language import LanguageModel, LocalLM, Prompt
from penchant.prompting import (
    Shelf,
    answered,
    ask_for_texts,
    check_writer,
    cleaned,
    first_of,
    item_descriptions,
    note_failures,
    prompt,
    read_scores,
)
from penchant.tasks import Scale

Task = Literal["person", "item"]
TEN = Scale(0, 10)
"""On which items are scored whoever asks, as in the paper."""
UNKNOWN = "unknown"
Rows = list[dict[str, str]]


@dataclass(frozen=True, kw_only=True)
class BookGPT:
    """A language model that scores items, a few in a prompt.

    >>> import penchant as pn
    >>> from penchant.language import ScriptedLM
    >>> fitted = pn.BookGPT(lm=ScriptedLM(answers=("4.5",))).fit(pn.data.mini_world(), pn.Run())
    >>> data = pn.data.mini_world()
    >>> rated = pn.data.rated_cases(pn.data.split_time(data).test, data)
    >>> fitted.rate(rated.queries, rated.items, pn.Run())[:2].tolist()
    [4.5, 4.5]
    """

    lm: LanguageModel = field(default_factory=LocalLM)
    task: Task = "person"
    """What a person would give, after what they gave others; or what an item is worth. A person
    who has rated nothing is answered with the latter."""
    shots: int = 5
    """Examples: items that the person rated, the newest; or the items that most people rated."""
    pool: int = 20
    """Candidates that are scored; of a row without any, the most chosen open items."""
    at_once: int = 5
    """Candidates in a prompt, where a person's scores are asked for."""
    author: str = "author"
    """The column of the catalogue with whoever made an item."""
    noun: str = "book"
    """What is recommended, in the singular."""

    def __post_init__(self) -> None:
        if self.task not in get_args(Task):
            raise UnknownName("task", self.task, get_args(Task))
        for name, least in (("shots", 0), ("pool", 1), ("at_once", 1)):
            if getattr(self, name) < least:
                raise UsageError(f"{name}={getattr(self, name)}: need at least {least}")

    def fit(self, data: Dataset, run: Run, *, valid: Cases | None = None) -> "BookGPTRecommender":
        """Opens the model once; keeps counts, mean ratings and the scale. Nothing is trained.

        Raises:
            PenchantError: The model cannot be used.
        """
        check_writer(self.lm, run)
        rated = data.events.filter(pl.col("rating").is_not_null())
        items, given = rated["item"].to_numpy(), rated["rating"].to_numpy()
        counts = np.bincount(items, minlength=len(data.catalog))
        sums = np.bincount(items, given, minlength=len(data.catalog))
        known = np.argsort(-counts, kind="stable")[: self.shots + 1]
        means = np.round(sums[known] / np.maximum(counts[known], 1), 2).astype(np.float32)
        known, means = known[counts[known] > 0], means[counts[known] > 0]
        return self._made(
            Shelf.of(data), data.catalog, Scale.of(data), known.astype(np.int32), means
        )

    def restore(self, state: State, catalog: Catalog, run: Run) -> "BookGPTRecommender":
        """The recommender that gave this state; the model is opened when it is first asked."""
        arrays, scale = state.arrays, Scale(*state.json["scale"])
        shelf = Shelf.restore(arrays["counts"], catalog)
        return self._made(shelf, catalog, scale, arrays["known"], arrays["means"])

    def _made(
        self,
        shelf: Shelf,
        catalog: Catalog,
        scale: Scale,
        known: NDArray[np.int32],
        means: NDArray[np.float32],
    ) -> "BookGPTRecommender":
        authors = [UNKNOWN] * len(catalog)
        if self.author in catalog.table.columns:
            column = catalog.table[self.author].cast(pl.String).fill_null(UNKNOWN)
            authors = [name or UNKNOWN for name in column.to_list()]
        described = item_descriptions(catalog)
        return BookGPTRecommender(self, shelf, authors, described, scale, known, means)


@dataclass(frozen=True, eq=False)
class BookGPTRecommender:
    """A fitted :class:`BookGPT`; scores are ratings on the scale of the data."""

    method: BookGPT
    shelf: Shelf
    authors: list[str]
    """(n_items,)"""
    described: list[str]
    """(n_items,)"""
    scale: Scale
    known: NDArray[np.int32]
    """(m,) the items that most people rated"""
    means: NDArray[np.float32]
    """(m,) what they gave"""

    def recommend(self, queries: Queries, k: int, run: Run) -> Rankings:
        """Candidates by score; DEGRADED where any could not be read. The others follow."""
        pools = self.shelf.proposed(queries, max(k, self.method.pool), run)
        shown = first_of(pools, self.method.pool, "bookgpt", run)
        values = self._scores(queries, shown, self.method.at_once, run)
        rows = np.split(values, shown.offsets[1:-1])[: len(shown)]
        return answered(pools, rows, k)

    def rate(self, queries: Queries, items: NDArray[np.int32], run: Run) -> NDArray[np.float32]:
        """(n,) on the scale of the data; nan: unreadable, no answer, or an unknown item."""
        inside = (items >= 0) & (items < len(self.shelf))
        asked = Ragged.of([[item] if ok else [] for item, ok in zip(items, inside, strict=True)])
        ratings = np.full(len(items), np.nan, np.float32)
        ratings[inside] = self._scores(queries, asked, 1, run)
        return ratings

    def write(self, queries: Queries, items: NDArray[np.int32], run: Run) -> list[str]:
        """(n,) a summary that recommends the row's item; empty without an answer."""
        known = np.flatnonzero((items >= 0) & (items < len(self.shelf)))
        prompts = [
            prompt("book-summary@1").fill(
                title=self.shelf.titles[items[row]],
                author=self.authors[items[row]],
                known=self.described[items[row]],
                noun=self.method.noun,
                history=self.shelf.told(queries.histories.items[int(row)], most=5),
            )
            for row in known
        ]
        told = ask_for_texts(self.method.lm, prompts, max_tokens=120, run=run)
        note_failures(run, "bookgpt", told.failures, len(known), "they have no text")
        written = [""] * len(items)
        for row, text in zip(known.tolist(), told.texts, strict=True):
            written[row] = cleaned(text or "", most=600)
        return written

    def state(self) -> State:
        """Counts, scale, and the items that most people rated."""
        scale = [self.scale.lowest, self.scale.highest]
        arrays = {"counts": self.shelf.counts, "known": self.known, "means": self.means}
        return State({"scale": scale}, arrays=arrays)

    def _scores(
        self, queries: Queries, asked: Ragged, at_once: int, run: Run
    ) -> NDArray[np.float32]:
        """(n_values of ``asked``,) on the scale of the data; nan where there is none."""
        prompts, places, scales = [], [], []
        for row in range(len(asked)):
            rated = self._rated(queries, row) if self.method.task == "person" else []
            step = at_once if rated else 1
            for start in range(0, len(asked[row]), step):
                part = asked[row][start : start + step]
                prompts.append(self._person(part, rated) if rated else self._item(int(part[0])))
                at = int(asked.offsets[row]) + start
                places.append(slice(at, at + len(part)))
                scales.append(self.scale if rated else TEN)
        told = ask_for_texts(self.method.lm, prompts, max_tokens=12 * at_once + 12, run=run)
        values = np.full(len(asked.values), np.nan, np.float32)
        failures = Counter(told.failures)
        for text, place, scale in zip(told.texts, places, scales, strict=True):
            if text is not None:
                read = read_scores(text, place.stop - place.start, scale)
                failures += Counter(read.failures)
                values[place] = self._rescaled(read.values, scale)
        note_failures(run, "bookgpt", failures, len(prompts), "they have no score")
        return values

    def _rescaled(self, values: NDArray[np.float32], scale: Scale) -> NDArray[np.float32]:
        share = (values - scale.lowest) / (scale.highest - scale.lowest)
        width = self.scale.highest - self.scale.lowest
        return np.asarray(self.scale.lowest + share * width, np.float32)

    def _rated(self, queries: Queries, row: int) -> Rows:
        history = queries.histories.take(np.array([row]))
        if history.ratings is None or not self.method.shots:
            return []
        pairs = zip(history.items.values.tolist(), history.ratings.tolist(), strict=True)
        known = [(item, given) for item, given in pairs if item >= 0 and np.isfinite(given)]
        newest = known[-self.method.shots :]
        return [{**self._row(item), "score": f"{given:.1f}"} for item, given in newest]

    def _row(self, item: int) -> dict[str, str]:
        return {"title": self.shelf.titles[item], "author": self.authors[item]}

    def _person(self, items: NDArray[np.int32], rated: Rows) -> Prompt:
        return prompt("book-preference-few-shot@1").fill(
            rated=rated,
            asked=[self._row(int(item)) for item in items],
            noun=self.method.noun,
            lowest=f"{self.scale.lowest:g}",
            highest=f"{self.scale.highest:g}",
        )

    def _item(self, item: int) -> Prompt:
        width = self.scale.highest - self.scale.lowest
        # An item is no example of itself.
        others = [(i, m) for i, m in zip(self.known.tolist(), self.means, strict=True) if i != item]
        rows = [
            {**self._row(i), "score": f"{10 * (mean - self.scale.lowest) / width:.1f}"}
            for i, mean in others[: self.method.shots]
        ]
        if rows:
            return prompt("book-rate-few-shot@1").fill(
                rated=rows, noun=self.method.noun, **self._row(item)
            )
        return prompt("book-rate-zero-shot@1").fill(
            title=self.shelf.titles[item], noun=self.method.noun
        )
