"""Questions in people's own words, and reasons: what a language model says of what was retrieved.

Any model can be asked: it retrieves by what people alike chose, beside a search in its catalogue.
Answers come a sentence at a time; they cite what was retrieved and speak of nothing else.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from penchant.backbones import TextEncoder
from penchant.core import UsageError, read_options
from penchant.data import Queries
from penchant.language import LANGUAGE_MODEL, LanguageModel, LocalLM
from penchant.models.asking import Asked, notes_of
from penchant.models.model import Model
from penchant.models.where import allowed_items
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
    asked = _asked(model, user, history)
    queries = replace(asked.queries.unseen(), texts=[question.strip()[:LONGEST_QUESTION]])
    if where is not None:
        queries = replace(queries, allowed=allowed_items(model.catalog, where))
    gate, sentences = _advisor(model, lm, encoder).stream(queries, model.run)
    return Advice(model, sentences, gate)


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
    queries: Queries = _asked(model, user, history).queries
    gate, sentences = _advisor(model, lm, None).stream_reason(queries, row, model.run)
    return Advice(model, sentences, gate)


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


def _advisor(
    model: Model, lm: LanguageModel | None, encoder: TextEncoder | None
) -> RetrievalAugmentedRecommender:
    """The model itself if it answers in words, else one that retrieves by it."""
    recommender = model.recommender
    if isinstance(recommender, RetrievalAugmentedRecommender):
        method = recommender.method if lm is None else replace(recommender.method, lm=lm)
        return replace(recommender, method=method)
    method = RetrievalAugmented(
        lm=lm or LocalLM(), collaborative=recommender.method, encoder=encoder
    )
    nothing = np.zeros(len(model.catalog), np.float32)
    return RetrievalAugmentedRecommender(
        method,
        Shelf.restore(nothing, model.catalog),
        item_descriptions(model.catalog),
        ItemSearch.of(model.catalog, encoder, model.run),
        recommender,
    )
