"""Questions in people's own words, and reasons: what a language model says of what was retrieved.

Any model can be asked: it retrieves by what people alike chose, beside a search in its catalogue.
Answers come a sentence at a time; they cite what was retrieved and speak of nothing else.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from penchant.backbones import TextEncoder
from penchant.core import Ragged, Run, UsageError, read_options
from penchant.data import Queries, Rankings
from penchant.language import LANGUAGE_MODEL, LanguageModel, LocalLM
from penchant.models.asking import Asked, answer_frame, notes_of
from penchant.models.model import Model
from penchant.models.narrowing import narrowed
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
"""What people alike weigh beside words, where somebody says what is looked for."""


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
        asked = _asked(self.model, user, history)
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

    def recommend(self, queries: Queries, k: int, run: Run) -> Rankings:
        """The best ``k`` open items of each row: what is found, then what is chosen most."""
        pools = self.retrieved(queries, k, run)
        found = [pools[row].tolist() or None for row in range(len(queries))]
        return self.recommender.shelf.ranked(found, queries, k, run)

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


def ask(
    model: Model,
    question: str,
    *,
    lm: LanguageModel | None = None,
    user: str | None = None,
    history: Sequence[str] | None = None,
    where: str | None = None,
    encoder: TextEncoder | None = None,
) -> Advice:
    """Advice on what somebody says.

    >>> import penchant as pn
    >>> from penchant.language import ScriptedLM
    >>> model = pn.fit(pn.CoVisit(), pn.data.mini_world())
    >>> advice = ask(model, "a detective", lm=ScriptedLM(answers=("Try this one [1].",)))
    >>> list(advice.sentences), advice.evidence()["cited"][0]
    (['Try this one [1].'], 1)

    Args:
        model: Retrieves, and knows people and items.
        question: In a person's own words.
        lm: Who answers; default: the model's own, else the small one that runs anywhere.
        user: Whose history counts.
        history: Item ids, oldest first, of somebody new.
        where: A filter on the catalogue, as in :meth:`Model.recommend`.
        encoder: Searches by meaning, too.

    Raises:
        UsageError: There is no question, or both a user and a history.
    """
    if not question.strip():
        raise UsageError("no question: say what is looked for, such as 'something short and funny'")
    advisor = Advisor.of(model, lm=lm, encoder=encoder)
    queries = advisor.queries(question, user=user, history=history, where=where)
    return advisor.advice(queries, model.run)


def explain(
    model: Model,
    item: str,
    *,
    lm: LanguageModel | None = None,
    user: str | None = None,
    history: Sequence[str] | None = None,
) -> Advice:
    """Why an item suits somebody, from what they chose before.

    Args:
        model: Knows people and items; says which past choices speak for the item, if it can.
        item: Its id.
        lm: Who answers; default: the model's own, else the small one that runs anywhere.
        user: Whose history counts.
        history: Item ids, oldest first, of somebody new.

    Raises:
        UsageError: The item is unknown, or there are both a user and a history.
    """
    row = model.catalog.ids.row(item)
    advisor = Advisor.of(model, lm=lm)
    return advisor.reason(_asked(model, user, history).queries, row, model.run)


def read_language_model(text: str) -> LanguageModel:
    """A language model by name, or as JSON with its options.

    >>> read_language_model('{"lm": "local", "precision": "float32"}')
    LocalLM(name='smollm2-135m-instruct', precision='float32', ...)

    Raises:
        UsageError: There is no such model or option.
    """
    import json

    value: object = text
    if text.lstrip().startswith("{"):
        try:
            value = json.loads(text)
        except ValueError as error:
            raise UsageError(f"--lm is no JSON ({error}): {text}") from error
    read: LanguageModel = read_options(value, LANGUAGE_MODEL, (LANGUAGE_MODEL,), where="--lm")
    return read


def _asked(model: Model, user: str | None, history: Sequence[str] | None) -> Asked:
    if user is not None and history is not None:
        raise UsageError("give a user or a history, not both")
    asked = model.ask(history=history or []) if user is None else model.ask([user])
    for note in notes_of(asked.unknown_users, asked.unknown_items):
        model.run.watch.note(note)
    return asked
