"""OpenP5: sequential and straightforward recommendation by prompts, over one or many data sets.

Xu, Hua and Zhang, "OpenP5: An Open-Source Platform for Developing, Training, and Evaluating
LLM-based Recommender Systems", SIGIR 2024, arXiv:2306.11134.

Two tasks of P5's are kept: what comes next in a history, and what suits a person of whom nothing
but the name is told. Each is told in about ten ways that are learned from, and can be asked in one
more. One model can learn from several data sets (:func:`penchant.data.join_datasets`): batches
alternate, prompts name the data set, and each has item words of its own.
Differs from the paper: codes come from training events only; answers walk the trie as P5's do here;
T5 only; from scratch by default, in sizes for a CPU.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from penchant.backbones import TextBackbone
from penchant.backbones.text_answers import TextAnswers, texts_of_items
from penchant.backbones.text_to_text import text_restored, text_state
from penchant.codes import ItemIndex, Trace, catalogue_fingerprint, item_words, join_indexes
from penchant.core import Run, State, UsageError
from penchant.data import Cases, Catalog, Dataset, Origins, Queries, Rankings
from penchant.indexing import CollaborativeClusters, Scheme
from penchant.tasks import (
    Example,
    Mixture,
    Names,
    examples,
    numbered_item,
    plain,
    query_prompts,
    template,
)
from penchant.train import Identity, Supervised, TrainingRecord, torch_draws, validation
from penchant.train.texts import Reading, prompt_for, spoken_texts, text_fingerprint, train_texts

LEAST_STEPS = 150
"""Few events need many passes."""
SEQUENTIAL = tuple(f"sequential-{number}" for number in (1, 2, 3, 5, 6, 14, 15, 16, 17, 18))
DIRECT = tuple(f"direct-{number}" for number in (9, 10, 11, 13, 14, 15, 16, 17, 18))
MIXTURE = Mixture(
    (("sequential", 1.0), ("direct", 2.0)), cuts="every", templates=SEQUENTIAL + DIRECT
)
BACKBONE = TextBackbone()
SCHEME = CollaborativeClusters()
NOTHING_TOLD = Names(numbered_item)
TRAINING = Supervised(
    steps=2_000, batch_size=64, learning_rate=1e-3, embedding_rate=5.0, patience=4
)


@dataclass(frozen=True, kw_only=True)
class OpenP5:
    """Recommendation by prompts over a chosen index.

    >>> import penchant as pn
    >>> pn.OpenP5(prompt="direct-11").mixture.families
    (('sequential', 1.0), ('direct', 2.0))
    """

    backbone: TextBackbone = BACKBONE
    scheme: Scheme = SCHEME
    """Of each data set by itself."""
    mixture: Mixture = MIXTURE
    prompt: str = "sequential-1"
    """How recommendations are asked for; ``direct-11`` asks straightforwardly, ``sequential-13``
    and ``direct-19`` in words that were never learned from. It can be replaced when fitted."""
    max_history: int = 20
    """Newest items of a history that a prompt tells."""
    nobody: float = 0.25
    """Share of the prompts learned from in which the person is left out."""
    most_read: int = 512
    """Pieces of a prompt; a longer one loses what stands after its first quarter."""
    beams: int = 20
    """Ways followed at once; never fewer than the answers asked for."""
    passes: int = 30
    """Over the data, at most."""
    training: Supervised = TRAINING
    """``batch_size`` counts examples."""

    def __post_init__(self) -> None:
        for name in ("max_history", "beams", "passes"):
            if getattr(self, name) < 1:
                raise UsageError(f"{name}={getattr(self, name)}: need at least 1")
        if self.most_read < 8:
            raise UsageError(f"most_read={self.most_read}: need 8 pieces of a prompt at least")
        if not 0 <= self.nobody <= 1:
            raise UsageError(f"nobody={self.nobody}: need a share from 0 to 1")
        prompt_for(self.prompt, "item")

    @classmethod
    def paper(cls, pretrained: str | None = None) -> "OpenP5":
        """The published settings, as far as this method has them.

        Args:
            pretrained: Where T5-small is, which the paper starts from; ``None``: its sizes, drawn.
        """
        return cls(
            backbone=replace(TextBackbone.t5_small(), pretrained=pretrained),
            mixture=replace(MIXTURE, families=(("sequential", 3.0), ("direct", 3.0))),
            nobody=0.0,
            passes=20,
            training=Supervised(
                steps=1_000_000, batch_size=128, learning_rate=1e-3, warmup=0.05, patience=None
            ),
        )

    def fit(self, data: Dataset, run: Run, *, valid: Cases | None = None) -> "OpenP5Recommender":
        """Learns from all events; ``valid`` stops the training when it no longer helps.

        Raises:
            DataError: Nobody in one of the data sets has two events.
        """
        origins = Origins.of(data)
        index = run.stage("index").once(lambda: self._index(data, origins, run), ItemIndex.restored)
        with torch_draws(run, "openp5.weights"):
            model, pieces = self.backbone.open(
                spoken_texts(data, NOTHING_TOLD),
                tuple(item_words(index)),
                n_users=len(data.people),
                run=run,
            )
        answers = TextAnswers.of(model, pieces, index, most=self.most_read)
        fitted = OpenP5Recommender.of(self, answers, origins)
        examples_of, per_pass = self._examples(data, fitted, run)
        steps = min(self.training.steps, max(LEAST_STEPS, self.passes * per_pass))
        fingerprint = text_fingerprint(data, index, valid)
        record = train_texts(
            answers,
            examples_of,
            Reading(self.most_read, index.depth + 2, self.nobody),
            replace(self.training, steps=steps),
            run,
            identity=Identity(name="openp5", options=asdict(self), data=fingerprint),
            valid=None if valid is None else validation(fitted, valid, run, most=500),
        )
        return replace(fitted, record=record)

    def _index(self, data: Dataset, origins: Origins, run: Run) -> ItemIndex:
        """Each data set coded by itself."""
        numbers = range(len(origins.names))
        return join_indexes(
            [self.scheme.code(origins.part(data, number), run).index for number in numbers],
            [origins.items(number) for number in numbers],
            catalogue_fingerprint(data.catalog.ids.series()),
        )

    def restore(self, state: State, catalog: Catalog, run: Run) -> "OpenP5Recommender":
        """The recommender that gave this state.

        Raises:
            UsageError: The codes are of another catalogue.
        """
        index = ItemIndex.restored(state.parts["index"])
        index.check_catalogue(catalog.ids.series())
        words = tuple(item_words(index))
        model, pieces = text_restored(state.parts["model"], words, run.device)
        answers = TextAnswers.of(model, pieces, index, most=self.most_read)
        sets = (state.arrays[name] for name in ("set_of_item", "set_of_user"))
        fitted = OpenP5Recommender.of(self, answers, Origins(tuple(state.json["datasets"]), *sets))
        record = TrainingRecord.of(state.json["record"])
        return replace(fitted, record=record, prompt=state.json["prompt"])

    def _examples(
        self, data: Dataset, fitted: "OpenP5Recommender", run: Run
    ) -> tuple[Callable[[int], list[Example]], int]:
        """Batches of one data set each, in an order drawn for each pass; and how many there are."""
        streams = [
            examples(
                fitted.origins.part(data, number),
                fitted.names(number),
                self.mixture,
                run,
                max_history=self.max_history,
                batch_size=self.training.batch_size,
            )
            for number in range(len(fitted.origins.names))
        ]
        counts = [stream.per_pass for stream in streams]

        @lru_cache(maxsize=1)
        def order(number: int) -> NDArray[np.int64]:
            turns = np.repeat(np.arange(len(counts)), counts)
            return run.rng("openp5.turns", number).permutation(turns)

        def batch(step: int) -> list[Example]:
            number, within = divmod(step, sum(counts))
            turn = int(order(number)[within])
            before = int((order(number)[:within] == turn).sum())
            return streams[turn].batch(number * counts[turn] + before)

        return batch, sum(counts)


@dataclass(frozen=True, eq=False)
class OpenP5Recommender:
    """A fitted :class:`OpenP5`; ``replace(fitted, prompt="direct-19")`` asks in other words.

    Scores are natural logs of the probability that the model writes all codes of the item.
    """

    method: OpenP5
    answers: TextAnswers
    origins: Origins
    texts: tuple[str, ...]
    """The words of each item"""
    prompt: str
    record: TrainingRecord

    @classmethod
    def of(cls, method: OpenP5, answers: TextAnswers, origins: Origins) -> "OpenP5Recommender":
        """With the prompt of the method."""
        texts = tuple(texts_of_items(answers.index))
        return cls(method, answers, origins, texts, method.prompt, TrainingRecord(0, 0, 0.0))

    @property
    def index(self) -> ItemIndex:
        """The codes of the items."""
        return self.answers.index

    def names(self, number: int, *, local: bool = True) -> Names:
        """How a data set stands in prompts.

        Args:
            number: Of the data set.
            local: Rows are those of the data set by itself, and not of the joined one.
        """
        items = self.origins.items(number)
        people = np.flatnonzero(self.origins.of_user == number)

        def item(row: int) -> str:
            return self.texts[items[row] if local else row]

        def user(row: int) -> str:
            return self.answers.pieces.user_word(int(people[row]) if local and row >= 0 else row)

        return Names(item, user, dataset=plain(self.origins.names[number], 40))

    def recommend(self, queries: Queries, k: int, run: Run) -> Rankings:
        """The open items that the beams find most probable; ``k`` whenever ``k`` are open.

        A prompt names the data set of the newest item, else of the person, else the first one.
        Items of all data sets are open unless ``queries.allowed`` closes some.

        Raises:
            UsageError: The prompt wants no item for an answer, or more than a history.
        """
        prompts = self._prompts(queries)
        with torch_draws(run, "openp5.search"):
            return self.answers.items(prompts, queries, k, beams=self.method.beams, run=run)

    def trace(
        self, queries: Queries, k: int, run: Run, *, beams: int | None = None, died: int = 10
    ) -> Trace:
        """The ways that lead to the best ``k`` open items of one row."""
        prompt, width = self._prompts(queries)[0], beams or self.method.beams
        with torch_draws(run, "openp5.search"):
            return self.answers.trace(prompt, queries, k, run, beams=width, died=died)

    def _prompts(self, queries: Queries) -> list[str]:
        """(n,) what each row asks."""
        made = prompt_for(self.prompt, "item")
        known = replace(queries, histories=self.answers.known(queries.histories))
        sets = self.origins.of_queries(known)
        prompts = [""] * len(queries)
        for number in np.unique(sets).tolist():
            rows = np.flatnonzero(sets == number)
            asked = query_prompts(
                made,
                known.take(rows),
                self.names(number, local=False),
                max_history=self.method.max_history,
            )
            for row, prompt in zip(rows.tolist(), asked, strict=True):
                prompts[row] = prompt
        return prompts

    def state(self) -> State:
        """Weights and tokenizer, codes, the prompt, and how the training went."""
        json = {
            "record": self.record.json(),
            "prompt": template(self.prompt).key,
            "datasets": list(self.origins.names),
        }
        arrays = {"set_of_item": self.origins.of_item, "set_of_user": self.origins.of_user}
        parts = {
            "index": self.answers.index.state(),
            "model": text_state(self.answers.model, self.answers.pieces),
        }
        return State(json, arrays, parts)
