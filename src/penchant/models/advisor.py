"""A model that retrieves and answers in words, made once for many questions."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from penchant.backbones import TextEncoder
from penchant.core import Ragged, Run, State, UsageError
from penchant.data import Catalog, Method, Queries, Rankings
from penchant.language import LanguageModel, LocalLM
from penchant.models.asking import Asked, answer_frame, notes_of
from penchant.models.model import Model
from penchant.models.narrowing import narrowed
from penchant.models.rules import Rules, ruled
from penchant.prompting import Grounded, ItemSearch, Shelf, item_descriptions
from penchant.recommenders.rag import RetrievalAugmented, RetrievalAugmentedRecommender

LONGEST_QUESTION = 600
"""Characters of a question that are read."""


@dataclass(frozen=True, slots=True, eq=False)
class Advice:
    """An answer on its way."""

    model: Model
    sentences: Iterator[str]
    """To be read to the end before the rest is looked at"""
    gate: Grounded

    def evidence(self) -> pl.DataFrame:
        """What was retrieved: ``number``, ``item``, ``title``, ``cited`` (its place, or null)."""
        items = np.array(self.gate.evidence.items, np.int32)
        cited = {number: place for place, number in enumerate(self.gate.cited, start=1)}
        numbers = range(1, len(items) + 1)
        titles = [self.gate.shelf.titles[item] for item in items]
        return pl.DataFrame(
            {
                "number": pl.Series(numbers, dtype=pl.Int32),
                "item": self.model.catalog.ids.series().gather(items),
                "title": pl.Series(titles, dtype=pl.String),
                "cited": pl.Series([cited.get(n) for n in numbers], dtype=pl.Int32),
            }
        )

    @property
    def withheld(self) -> dict[str, int]:
        """Kind -> sentences of the model that were not let through."""
        return dict(self.gate.withheld)

    @property
    def degraded(self) -> bool:
        """Nothing of the answer is the model's: a plain sentence stands in."""
        return not self.gate.cited


ALIKE = 0.4
"""What people alike weigh beside words, where somebody says what is looked for: below 1/2, what
they alone find stands behind the first 60 that words find."""


@dataclass(frozen=True, slots=True, eq=False)
class Advisor:
    """A model that can be asked in words; made once, it answers many."""

    model: Model
    recommender: RetrievalAugmentedRecommender
    speaks: bool
    """Whether a language model answers; else a plain sentence names what was retrieved"""

    @classmethod
    def of(
        cls,
        model: Model,
        *,
        lm: LanguageModel | None = None,
        encoder: TextEncoder | None = None,
        speaks: bool = True,
    ) -> "Advisor":
        """The model itself if it answers in words, else one that retrieves by it.

        Args:
            model: Retrieves, and knows people and items.
            lm: Who answers; default: the model's own, else the small one that runs anywhere.
            encoder: Searches by meaning, too.
            speaks: Whether a language model is asked at all.
        """
        known = model.recommender
        if isinstance(known, RetrievalAugmentedRecommender):
            method = known.method if lm is None else replace(known.method, lm=lm)
            return cls(model, replace(known, method=method), speaks)
        method = RetrievalAugmented(lm=lm or LocalLM(), collaborative=known.method, encoder=encoder)
        counts = np.bincount(model.histories.items.values, minlength=len(model.catalog))
        recommender = RetrievalAugmentedRecommender(
            method,
            Shelf.restore(counts.astype(np.float32), model.catalog),
            item_descriptions(model.catalog),
            ItemSearch.of(model.catalog, encoder, model.run),
            known,
        )
        return cls(model, recommender, speaks)

    def onto(self, model: Model) -> "Advisor":
        """The same for another state of the model with the same catalogue: nothing is indexed."""
        known = model.recommender
        if isinstance(known, RetrievalAugmentedRecommender):
            fitted = replace(known, method=self.recommender.method)
            return replace(self, model=model, recommender=fitted)
        return replace(self, model=model, recommender=replace(self.recommender, people=known))

    def telling(self, lm: LanguageModel, n: int) -> "Advisor":
        """The same with another language model, that is told of ``n`` items at most."""
        method = replace(self.recommender.method, lm=lm, retrieved=n)
        return replace(self, recommender=replace(self.recommender, method=method))

    def queries(
        self,
        question: str,
        *,
        user: str | None = None,
        history: Sequence[str] | None = None,
        where: str | None = None,
        exclude: Sequence[str] = (),
        again: bool = False,
    ) -> Queries:
        """A row of what somebody says and chose; what was chosen or is excluded is not open.

        Raises:
            UsageError: Both a user and a history, or an unreadable filter.
        """
        asked = asked_alone(self.model, user, history)
        said = question.strip()[:LONGEST_QUESTION]
        queries, _ = narrowed(
            self.model.catalog, asked.queries, where=where, exclude=exclude, again=again
        )
        return replace(queries, texts=[said] if said else None)

    def retrieved(self, queries: Queries, n: int, run: Run) -> Ragged:
        """The best ``n`` open items of each row, by words above all; fewer where fewer are found.

        Where nobody says anything, people alike decide.
        """
        alike = 1.0 if queries.texts is None else ALIKE
        return self.recommender.retrieved(queries, n, run, alike=alike)

    def searched(self, queries: Queries, n: int, run: Run) -> Ragged:
        """The best ``n`` open items of each row that have its words; none that have not."""
        return self.recommender.retrieved(queries, n, run, alike=0.0)

    def recommend(
        self, queries: Queries, k: int, run: Run, *, rules: Rules | None = None
    ) -> Rankings:
        """The best ``k`` open items of each row: what is found, then what is chosen most.

        Args:
            queries: As :meth:`queries` makes them.
            k: At least 1.
            run: Its seed orders equal scores.
            rules: Of each list as a whole.
        """
        asked = _InWords(_Found(self), self.model.catalog, run)
        return ruled(asked, queries, k, rules or Rules())

    def frame(self, rankings: Rankings) -> pl.DataFrame:
        """``user``, ``rank``, ``item``, ``title``, ``score`` of answers."""
        names = [f"new{row}" for row in range(len(rankings))]
        return answer_frame(names, rankings, self.model.catalog)

    def advice(self, queries: Queries, run: Run, *, pool: Ragged | None = None) -> Advice:
        """An answer to a single row.

        Args:
            queries: As :meth:`queries` makes them.
            run: Deadline and books.
            pool: What was retrieved already.
        """
        gate, sentences = self.recommender.stream(queries, run, pool=pool, speaks=self.speaks)
        return Advice(self.model, sentences, gate)

    def reason(self, queries: Queries, item: int, run: Run) -> Advice:
        """Why an item (a row of the catalogue) suits the person of a single row."""
        gate, sentences = self.recommender.stream_reason(queries, item, run, speaks=self.speaks)
        return Advice(self.model, sentences, gate)


@dataclass(frozen=True, slots=True, eq=False)
class _InWords:
    """A model that is asked in words."""

    recommender: "_Found"
    catalog: Catalog
    run: Run


@dataclass(frozen=True, slots=True, eq=False)
class _Found:
    """What an adviser finds, in lists of ``k``."""

    advisor: Advisor

    @property
    def method(self) -> Method:
        """How it retrieves."""
        return self.advisor.recommender.method

    def recommend(self, queries: Queries, k: int, run: Run) -> Rankings:
        """What is found, then what is chosen most."""
        pools = self.advisor.retrieved(queries, k, run)
        found = [pools[row].tolist() or None for row in range(len(queries))]
        return self.advisor.recommender.shelf.ranked(found, queries, k, run)

    def state(self) -> State:
        """That of what retrieves."""
        return self.advisor.recommender.state()


def asked_alone(model: Model, user: str | None, history: Sequence[str] | None) -> Asked:
    """A row for a user, for a history, or for nobody; what is unknown is noted.

    Raises:
        UsageError: There are both a user and a history.
    """
    if user is not None and history is not None:
        raise UsageError("give a user or a history, not both")
    asked = model.ask(history=history or []) if user is None else model.ask([user])
    for note in notes_of(asked.unknown_users, asked.unknown_items):
        model.run.watch.note(note)
    return asked
