"""Batches for a text-to-text model: examples in words to pieces, alike lengths together."""

from collections.abc import Callable, Sequence
from typing import Protocol

import numpy as np
from torch import Tensor, nn

from penchant.backbones.pieces import PieceBatch, Pieces
from penchant.core import Run, UsageError
from penchant.tasks import Example

TextBatch = list[tuple[PieceBatch, PieceBatch]]
"""Groups of prompts and their answers."""


class Stream(Protocol):
    """Examples by the number of the batch."""

    def batch(self, step: int) -> Sequence[Example]:
        """A pure function."""


def text_batches(
    stream: Stream,
    pieces: Pieces,
    run: Run,
    purpose: str,
    *,
    most_read: int,
    most_written: int,
    nobody: float,
) -> Callable[[int], TextBatch]:
    """From the step to its batch.

    Args:
        stream: Of examples.
        pieces: Reads them.
        run: Its seed.
        purpose: The name of the stream of draws.
        most_read: Pieces of a prompt; see :meth:`Pieces.encode`.
        most_written: Pieces of an answer.
        nobody: The share of prompts in which the person is made unknown, so that the model learns
            to answer people it has never seen.
    """
    if not 0 <= nobody <= 1:
        raise UsageError(f"nobody={nobody}: need a share from 0 to 1")

    def batch(step: int) -> TextBatch:
        examples = stream.batch(step)
        source = pieces.encode([example.source for example in examples], most=most_read)
        target = pieces.encode([example.target for example in examples], most=most_written)
        unknown = run.rng(purpose, step).random(len(examples)) < nobody
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


def _alike(batch: PieceBatch) -> list[np.ndarray[tuple[int], np.dtype[np.int64]]]:
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
