"""P5: one text-to-text model for five families of tasks.

Geng et al., "Recommendation as Language Processing (RLP): A Unified Pretrain, Personalized Prompt
and Predict Paradigm (P5)", RecSys 2022, arXiv:2203.13366.

Every record of a log is told as a prompt and its answer, in the words of many templates: what comes
next, who likes what, which rating, why, and what a review says in short. One encoder-decoder learns
all of them with one loss, and what it is asked is a matter of the prompt. Embeddings of whole words
keep the pieces of one item or person together.
Differs from the paper: an item is the codes of an index, each a word of its own, and never digits
that a tokenizer splits; beams walk the trie of real items, so no answer is illegal; codes come from
training events only; some prompts leave the person out, so that strangers get answers; from scratch
by default, in sizes for a CPU.
"""

from dataclasses import asdict, dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from penchant.backbones import TextBackbone
from penchant.backbones.text_answers import TextAnswers, texts_of_items
from penchant.backbones.text_to_text import text_restored, text_state
from penchant.codes import item_words
from penchant.core import Run, State, UsageError
from penchant.data import Cases, Catalog, Dataset, Queries, Rankings
from penchant.indexing import Coded, CollaborativeClusters, Scheme
from penchant.tasks import (
    Mixture,
    Names,
    Scale,
    Template,
    as_array,
    examples,
    names_of,
    query_prompts,
    read_ratings,
    template,
)
from penchant.train import Identity, Supervised, TrainingRecord, torch_draws, validation
from penchant.train.texts import (
    Reading,
    check_items,
    prompt_for,
    spoken_texts,
    text_fingerprint,
    train_texts,
)

LEAST_STEPS = 150
"""Few events need many passes."""
PROMPTS = ("prompt", "rating_prompt", "writing_prompt")
RATING_PIECES = 8
"""Of a written rating."""
BACKBONE = TextBackbone()
SCHEME = CollaborativeClusters()
MIXTURE = Mixture(
    families=(
        ("sequential", 1.0),
        ("direct", 2.0),
        ("rating", 0.2),
        ("explanation", 0.2),
        ("review", 0.2),
        ("zero-shot", 0.1),
    ),
    cuts="every",
)
TRAINING = Supervised(
    steps=2_000, batch_size=64, learning_rate=1e-3, embedding_rate=5.0, patience=4
)


@dataclass(frozen=True, kw_only=True)
class P5:
    """One model that recommends, rates and writes, by the prompt.

    >>> import penchant as pn
    >>> method = pn.P5(prompt="sequential-2", training=pn.Supervised(steps=5, batch_size=8))
    >>> method.max_history
    20
    """

    backbone: TextBackbone = BACKBONE
    scheme: Scheme = SCHEME
    mixture: Mixture = MIXTURE
    """How often each family of tasks is learned from."""
    prompt: str = "sequential-1"
    """How recommendations are asked for; of a fitted recommender it can be replaced, also by one
    that was never learned from."""
    rating_prompt: str = "rating-1"
    writing_prompt: str = "explanation-1"
    ratings: Literal["written", "expected"] = "written"
    """``written``: what the model writes, as in the paper. ``expected``: the mean of the ratings
    that there are, weighted by how probable each is."""
    max_history: int = 20
    """Newest items of a history that a prompt tells."""
    nobody: float = 0.25
    """Share of the prompts learned from in which the person is left out."""
    most_read: int = 512
    """Pieces of a prompt; a longer one loses what stands after its first quarter."""
    most_written: int = 48
    """Pieces of an answer."""
    beams: int = 20
    """Ways followed at once; never fewer than the answers asked for."""
    passes: int = 30
    """Over the data, at most; a small data set needs fewer steps than ``training`` allows."""
    training: Supervised = TRAINING
    """``batch_size`` counts examples. Minutes on one core."""

    def __post_init__(self) -> None:
        for name in ("max_history", "most_written", "beams", "passes"):
            if getattr(self, name) < 1:
                raise UsageError(f"{name}={getattr(self, name)}: need at least 1")
        if self.most_read < 8:
            raise UsageError(f"most_read={self.most_read}: need 8 pieces of a prompt at least")
        if not 0 <= self.nobody <= 1:
            raise UsageError(f"nobody={self.nobody}: need a share from 0 to 1")
        if self.ratings not in ("written", "expected"):
            raise UsageError(f"ratings={self.ratings!r}: need written or expected")
        prompt_for(self.prompt, "item")
        prompt_for(self.rating_prompt, "rating")
        prompt_for(self.writing_prompt, "text")

    @classmethod
    def paper(cls, pretrained: str | None = None) -> "P5":
        """The published settings of P5-small, as far as this method has them.

        Args:
            pretrained: Where T5-small is, which the paper starts from; ``None``: its sizes, drawn.
        """
        families = {"rating": 1.0, "sequential": 20.0, "explanation": 1.0, "review": 1.0}
        return cls(
            backbone=replace(TextBackbone.t5_small(), pretrained=pretrained),
            mixture=Mixture((*families.items(), ("direct", 15.0)), candidates=100),
            most_written=64,
            nobody=0.0,
            passes=10,
            training=Supervised(
                steps=1_000_000, batch_size=128, learning_rate=1e-3, warmup=0.05, patience=None
            ),
        )

    def fit(self, data: Dataset, run: Run, *, valid: Cases | None = None) -> "P5Recommender":
        """Learns from all events; ``valid`` stops the training when it no longer helps.

        Raises:
            DataError: The data can feed none of the families.
        """
        coded = run.stage("index").once(lambda: self.scheme.code(data, run), Coded.restored)
        with torch_draws(run, "p5.weights"):
            model, pieces = self.backbone.open(
                spoken_texts(data, names_of(data.catalog)),
                tuple(item_words(coded.index)),
                n_users=len(data.people),
                run=run,
            )
        answers = TextAnswers.of(model, pieces, coded.index, most=self.most_read)
        fitted = P5Recommender.of(self, answers, coded, data.catalog, _steps(data))
        stream = examples(
            data,
            fitted.names,
            self.mixture,
            run,
            max_history=self.max_history,
            batch_size=self.training.batch_size,
        )
        steps = min(self.training.steps, max(LEAST_STEPS, self.passes * stream.per_pass))
        fingerprint = text_fingerprint(data, coded.index, valid)
        record = train_texts(
            answers,
            stream.batch,
            Reading(most_read=self.most_read, most_written=self.most_written, nobody=self.nobody),
            replace(self.training, steps=steps),
            run,
            identity=Identity(name="p5", options=asdict(self), data=fingerprint),
            valid=None if valid is None else validation(fitted, valid, run, most=500),
        )
        return replace(fitted, record=record)

    def restore(self, state: State, catalog: Catalog, run: Run) -> "P5Recommender":
        """The recommender that gave this state.

        Raises:
            UsageError: The codes are of another catalogue.
        """
        coded = Coded.restored(state.parts["index"])
        coded.index.check_catalogue(catalog.ids.series())
        words = tuple(item_words(coded.index))
        model, pieces = text_restored(state.parts["model"], words, run.device)
        answers = TextAnswers.of(model, pieces, coded.index, most=self.most_read)
        fitted = P5Recommender.of(self, answers, coded, catalog, tuple(state.json["steps"]))
        return replace(
            fitted, record=TrainingRecord.of(state.json["record"]), **state.json["prompts"]
        )


@dataclass(frozen=True, eq=False)
class P5Recommender:
    """A fitted :class:`P5`; ``replace(fitted, prompt="sequential-13")`` asks in other words.

    Scores are natural logs of the probability that the model writes all codes of the item. A verb
    whose prompt wants another kind of answer is refused as a :class:`UsageError`.
    """

    method: P5
    answers: TextAnswers
    coded: Coded
    names: Names
    steps: tuple[float, ...]
    """Ratings that were given in training, ascending"""
    prompt: str
    rating_prompt: str
    writing_prompt: str
    record: TrainingRecord

    @classmethod
    def of(
        cls,
        method: P5,
        answers: TextAnswers,
        coded: Coded,
        catalog: Catalog,
        steps: tuple[float, ...],
    ) -> "P5Recommender":
        """With the prompts of the method."""
        texts = texts_of_items(coded.index)
        names = names_of(catalog, item=texts.__getitem__, user=answers.pieces.user_word)
        prompts = method.prompt, method.rating_prompt, method.writing_prompt
        return cls(method, answers, coded, names, steps, *prompts, TrainingRecord(0, 0, 0.0))

    @property
    def scale(self) -> Scale:
        """The ratings that can be given."""
        return Scale(self.steps[0], self.steps[-1]) if len(self.steps) > 1 else Scale()

    def recommend(self, queries: Queries, k: int, run: Run) -> Rankings:
        """The open items that the beams find most probable; ``k`` whenever ``k`` are open."""
        prompts = self._ask(prompt_for(self.prompt, "item"), queries, None)
        with torch_draws(run, "p5.search"):
            return self.answers.items(prompts, queries, k, beams=self.method.beams, run=run)

    def rate(self, queries: Queries, items: NDArray[np.int32], run: Run) -> NDArray[np.float32]:
        """(n,) the rating that each person gives the row's item; nan where none can be read."""
        prompts = self._ask(prompt_for(self.rating_prompt, "rating"), queries, items)
        with torch_draws(run, "p5.search"):
            if self.method.ratings == "expected" and self.steps:
                return self.answers.expected(prompts, self.steps, run=run)
            texts = self.answers.texts(prompts, most=RATING_PIECES, run=run)
        return as_array(read_ratings(texts, self.scale))

    def write(self, queries: Queries, items: NDArray[np.int32], run: Run) -> list[str]:
        """(n,) what each person says of the row's item; a review is read from ``queries.texts``."""
        prompts = self._ask(prompt_for(self.writing_prompt, "text"), queries, items)
        with torch_draws(run, "p5.search"):
            return self.answers.texts(prompts, most=self.method.most_written, run=run)

    def with_items(self, catalog: Catalog, run: Run) -> "P5Recommender":
        """The same recommender for a catalogue with more items after the present ones.

        New items get codes of words that the model knows; nothing is trained.

        Raises:
            UsageError: The present items do not begin the catalogue, or no code is free.
        """
        coded, old = self.coded.appended(catalog, run), self.answers
        answers = TextAnswers.of(old.model, old.pieces, coded.index, most=old.most)
        grown = self.of(self.method, answers, coded, catalog, self.steps)
        return replace(self, answers=answers, coded=coded, names=grown.names)

    def state(self) -> State:
        """Weights and tokenizer, codes, prompts with their versions, how the training went."""
        json = {
            "record": self.record.json(),
            "steps": list(self.steps),
            "prompts": {name: template(getattr(self, name)).key for name in PROMPTS},
        }
        model = text_state(self.answers.model, self.answers.pieces)
        return State(json, {}, {"index": self.coded.state(), "model": model})

    def _ask(
        self, prompt: Template, queries: Queries, items: NDArray[np.int32] | None
    ) -> list[str]:
        if items is not None:
            check_items(items, len(self.coded.index))
        known = replace(queries, histories=self.answers.known(queries.histories))
        return query_prompts(
            prompt,
            known,
            self.names,
            items=items,
            max_history=self.method.max_history,
            scale=self.scale,
        )


def _steps(data: Dataset) -> tuple[float, ...]:
    given = data.events["rating"].drop_nulls().to_numpy()
    return tuple(np.unique(given[np.isfinite(given)]).tolist())
