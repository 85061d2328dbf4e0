"""Batches for a text-to-text model: examples in words to pieces, alike lengths together."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray
from torch import Tensor, nn

from penchant.backbones.pieces import PieceBatch, Pieces
from penchant.backbones.text_answers import TextAnswers
from penchant.codes import ItemIndex
from penchant.core import Run, UsageError
from penchant.data import Cases, Dataset
from penchant.tasks import Example, Names, Template, plain, template, templates
from penchant.train.loop import train
from penchant.train.settings import Identity, Supervised, TrainingRecord, fingerprint

TEXTS = ("review", "summary", "explanation", "feature")
"""Columns of events that hold words of people."""
MOST_TEXTS = 50_000
"""Texts of each column that pieces are learned from."""
MOST_LEARNED = 2_000
"""Characters of each."""
_SLOT = re.compile(r"\{[{%].*?[%}]\}")

TextBatch = list[tuple[PieceBatch, PieceBatch]]
"""Groups of prompts and their answers."""


@dataclass(frozen=True, slots=True)
class Reading:
    """How examples are read."""

    most_read: int
    """Pieces of a prompt; see :meth:`Pieces.encode`."""
    most_written: int
    """Pieces of an answer."""
    nobody: float
    """The share of prompts in which the person is made unknown, so that the model learns to answer
    people it has never seen."""


def train_texts(
    answers: TextAnswers,
    examples_of: Callable[[int], list[Example]],
    reading: Reading,
    settings: Supervised,
    run: Run,
    *,
    identity: Identity,
    valid: Callable[[], float] | None,
) -> TrainingRecord:
    """Teaches a text model examples; see :func:`penchant.train.train` for what else is said.

    Args:
        answers: Its model is trained in place.
        examples_of: From the step to its examples; a pure function.
        reading: How they are read.
        settings: ``batch_size`` is that of ``examples_of``.
        run: Its seed.
        identity: What the training belongs to.
        valid: A score on the validation cases.
    """
    batches = text_batches(examples_of, answers.pieces, reading, run, f"{identity.name}.nobody")
    return train(
        answers.model,
        batches,
        text_loss(answers.model),
        settings,
        run,
        identity=identity,
        valid=valid,
    )


def text_batches(
    examples_of: Callable[[int], list[Example]],
    pieces: Pieces,
    reading: Reading,
    run: Run,
    purpose: str,
) -> Callable[[int], TextBatch]:
    """From the step to its batch.

    Args:
        examples_of: From the step to its examples; a pure function.
        pieces: Reads them.
        reading: How they are read.
        run: Its seed.
        purpose: The name of the stream of draws.
    """

    def batch(step: int) -> TextBatch:
        examples = examples_of(step)
        source = pieces.encode([example.source for example in examples], most=reading.most_read)
        target = pieces.encode([example.target for example in examples], most=reading.most_written)
        unknown = run.rng(purpose, step).random(len(examples)) < reading.nobody
        people = unknown[:, None] & (source.ids > pieces.n_words)
        source = PieceBatch(
            np.where(people, pieces.n_words, source.ids), source.words, source.lengths
        )
        return [(source.take(rows), target.take(rows)) for rows in _alike(source)]

    return batch


def text_loss(model: nn.Module) -> Callable[[TextBatch], Tensor]:
    """Mean over examples of the mean cross entropy of a written piece, in nats.

    So that a long explanation counts no more than a rating.
    """

    def loss(batch: TextBatch) -> Tensor:
        summed: list[Tensor] = [model(source, target).sum() for source, target in batch]
        total = summed[0]
        for part in summed[1:]:
            total = total + part
        return total / sum(len(source.lengths) for source, _ in batch)

    return loss


def _alike(batch: PieceBatch) -> list[NDArray[np.int64]]:
    """Rows by length, cut where the length has halved: bounds the padding."""
    order = np.argsort(-batch.lengths, kind="stable")
    groups, first = [], 0
    while first < len(order):
        lengths = batch.lengths[order]
        shorter = np.flatnonzero(lengths[first:] <= lengths[first] // 2)
        last = first + int(shorter[0]) if len(shorter) else len(order)
        groups.append(order[first:last])
        first = last
    return groups


def spoken_texts(data: Dataset, names: Names) -> Iterator[str]:
    """What pieces of words are learned from: prompts, and texts of training items and events."""
    for made in templates(seen=True):
        yield _SLOT.sub(" ", f"{made.source} {made.target}")
    for told in names.facts.values():
        yield from told
    for column in TEXTS:
        if column in data.events.columns:
            texts = data.events[column].drop_nulls().cast(pl.String)
            yield from (plain(text, MOST_LEARNED) for text in texts.head(MOST_TEXTS))


def text_fingerprint(data: Dataset, index: ItemIndex, valid: Cases | None) -> str:
    """Of what a text model learns from: events with their texts, catalogue, codes, prompts."""
    told = [pl.col("user", "item", "rating").fill_null(-1)]
    texts = [pl.col(name).cast(pl.String) for name in TEXTS if name in data.events.columns]
    events = data.events.select(*told, *texts).hash_rows(seed=0).to_numpy()
    wanted = np.zeros(0, np.int32) if valid is None else valid.relevant.values
    prompts = "".join(f"{made.key} {made.source} {made.target}" for made in templates(seen=True))
    words = np.frombuffer(f"{index.fingerprint} {prompts}".encode(), np.uint8)
    return fingerprint(events, index.codes.values, index.codes.offsets, words, wanted)


def prompt_for(name: str, answer: str) -> Template:
    """The template of a name, whose answer must be of a kind.

    Raises:
        UsageError: It wants another kind of answer.
        UnknownName: There is none of that name.
    """
    made = template(name)
    if made.answer != answer:
        raise UsageError(
            f"the prompt {made.key} wants an answer of the kind {made.answer!r}: need one that "
            f"wants {answer!r}"
        )
    return made


def check_items(items: NDArray[np.int32], n_items: int) -> None:
    """Refuses what is no row of the catalogue: a prompt can only ask about what there is."""
    unknown = (items < 0) | (items >= n_items)
    if unknown.any():
        raise UsageError(
            f"row {int(unknown.argmax())} asks about item {items[unknown][0]}: need rows of the "
            f"catalogue, from 0 to {n_items - 1}"
        )
