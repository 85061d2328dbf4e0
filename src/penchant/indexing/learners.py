"""Small models that write codes, with what they learn from and how they read."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from penchant.backbones import CodeModel
from penchant.backbones.asking import CodedItems
from penchant.backbones.code_decoder import CodeDecoder, Decoder, DecoderWriter
from penchant.backbones.packed import Packed
from penchant.backbones.seq2seq import CodeSeq2Seq, EncoderDecoder
from penchant.backbones.writing import CodeWriter, Seq2SeqWriter
from penchant.core import Ragged, Run, UsageError
from penchant.indexing.examples import Examples, every_position, last_position
from penchant.train import NextItems, next_item_batches, torch_draws

PURPOSE = "tiger.batches"


class Learner(Protocol):
    """A model over an index: what is trained, and what is asked."""

    @property
    def network(self) -> nn.Module:
        """What has the weights."""

    @property
    def items(self) -> CodedItems:
        """Codes and trie, where the network is."""

    @property
    def embedding(self) -> nn.Embedding:
        """Of the codes of a history."""

    def batches(
        self, sequences: Ragged, width: int, size: int, run: Run
    ) -> tuple[Callable[[int], Any], int]:  # Any: each learner has batches of its own
        """A function from the step to its batch, and the batches in one pass.

        Args:
            sequences: Oldest first, one a person.
            width: Most items seen.
            size: Items to be written in a batch, about.
            run: Its seed.
        """

    def loss(self, batch: Any) -> Tensor:  # Any: what its own ``batches`` makes
        """Mean cross entropy of a code, in nats."""

    def read(self, histories: Ragged, people: NDArray[np.int32] | None) -> CodeWriter:
        """What has read these histories of items with codes, any of which may be empty."""

    def over(self, items: CodedItems) -> "Learner":
        """The same network over an index to which items were appended."""


def learner_of(shape: CodeModel, items: CodedItems, max_history: int, run: Run) -> Learner:
    """A new model of a shape, with drawn weights.

    Raises:
        UsageError: The shape cannot write the codes of these items.
    """
    index = items.index
    with torch_draws(run, "tiger.weights"):
        if isinstance(shape, Decoder):
            decoder = CodeDecoder(shape, index.widths, max_history, depth=index.depth)
            return DecoderLearner(decoder.to(run.device), items)
        if not isinstance(shape, EncoderDecoder):
            raise UsageError(f"model={shape!r}: need a Decoder or an EncoderDecoder")
        if index.depth > len(index.widths):
            raise UsageError(
                f"scheme={index.scheme}: its codes share one vocabulary, and an EncoderDecoder "
                "writes one code a level; use a Decoder, or another scheme"
            )
        return Seq2SeqLearner(CodeSeq2Seq(shape, index.widths).to(run.device), items)


@dataclass(frozen=True, slots=True, eq=False)
class DecoderLearner:
    """A :class:`~penchant.backbones.CodeDecoder`: every position of packed windows teaches."""

    network: CodeDecoder
    items: CodedItems

    @property
    def embedding(self) -> nn.Embedding:
        """See :class:`Learner`."""
        return self.network.codes

    def batches(
        self, sequences: Ragged, width: int, size: int, run: Run
    ) -> tuple[Callable[[int], NextItems], int]:
        """See :class:`Learner`."""
        return next_item_batches(sequences, width, size, run, PURPOSE)

    def loss(self, batch: NextItems) -> Tensor:
        """See :class:`Learner`; what begins a window also teaches what an empty history says."""
        packed = batch.packed.to(str(self.items.codes.device))
        people = np.repeat(batch.sequences, packed.lengths)
        states = self.network.read(
            self.items.of_items(batch.items), packed, self._tokens_of(people)
        )
        first = batch.items[packed.ends() + 1 - packed.lengths]
        nothing = self.network.nothing.expand(len(first), -1)
        wanted = self.items.of_items(np.concatenate([batch.targets, first]))
        losses = self.network.losses(
            torch.cat([states, nothing]), wanted, smoothing=self.network.shape.label_smoothing
        )
        return losses.sum() / (wanted >= 0).sum()

    def read(self, histories: Ragged, people: NDArray[np.int32] | None) -> DecoderWriter:
        """See :class:`Learner`."""
        states = self.network.nothing.expand(len(histories), -1)
        some = np.flatnonzero(histories.lengths)
        if len(some):
            order = some[np.argsort(-histories.lengths[some], kind="stable")]
            mine = histories.take(order)
            packed = Packed.of(mine.lengths).to(str(self.items.codes.device))
            rows = None if people is None else np.repeat(people[order], mine.lengths)
            codes = self.items.of_items(mine.values.astype(np.int64))
            read = self.network.read(codes, packed, self._tokens_of(rows))
            ends = torch.from_numpy(packed.ends()).to(read.device)
            at = torch.from_numpy(order).to(read.device)
            states = states.to(read.dtype).index_copy(0, at, read.index_select(0, ends))
        return DecoderWriter(self.network, states)

    def over(self, items: CodedItems) -> "DecoderLearner":
        """See :class:`Learner`."""
        return replace(self, items=items)

    def _tokens_of(self, people: NDArray[np.integer] | None) -> Tensor | None:
        count = self.network.shape.user_tokens
        if people is None or not count:
            return None
        tokens = np.where(people >= 0, people % count, -1)
        return torch.from_numpy(tokens.astype(np.int64)).to(self.items.codes.device)


@dataclass(frozen=True, slots=True, eq=False)
class Seq2SeqLearner:
    """A :class:`~penchant.backbones.CodeSeq2Seq` over histories of one length in each group."""

    network: CodeSeq2Seq
    items: CodedItems

    @property
    def embedding(self) -> nn.Embedding:
        """See :class:`Learner`."""
        return self.network.codes

    def batches(
        self, sequences: Ragged, width: int, size: int, run: Run
    ) -> tuple[Callable[[int], Examples], int]:
        """See :class:`Learner`; a causal encoder learns every position at once."""
        examples = every_position if self.network.shape.causal else last_position
        return examples(sequences, width, size, run, PURPOSE)

    def loss(self, batch: Examples) -> Tensor:
        """See :class:`Learner`."""
        total, written = torch.zeros((), device=self.items.codes.device), 0
        for seen, wanted in batch:
            targets = self.items.of_items(wanted)
            total = total + self.network(self.items.of_items(seen), targets).sum()
            written += int((wanted >= 0).sum()) * targets.shape[2]
        return total / max(1, written)

    def read(self, histories: Ragged, people: NDArray[np.int32] | None) -> Seq2SeqWriter:
        """See :class:`Learner`; it knows no people."""
        return Seq2SeqWriter(self.network, self.items.of_histories(histories))

    def over(self, items: CodedItems) -> "Seq2SeqLearner":
        """See :class:`Learner`."""
        return replace(self, items=items)
