"""One code after another for many beams: what beam search asks of a model."""

from typing import Protocol

import torch
from torch import Tensor

from penchant.backbones.beam_attention import Ancestry, additive, attend
from penchant.backbones.seq2seq import CodeSeq2Seq


class CodeWriter(Protocol):
    """Writes codes for n rows with several beams each."""

    def write(self, parents: Tensor | None, tokens: Tensor | None) -> tuple[Tensor, int]:
        """The log probabilities of the next code of each beam.

        Args:
            parents: (n, beams) which of the beams before each beam goes on from; ``None`` at the
                first code, where each row has one beam.
            tokens: (n, beams) the code that it was continued by.

        Returns:
            (n, beams, v) natural logs, normalised over all codes that the model could write here,
            legal or not; and the code that column 0 means.
        """


class Seq2SeqWriter:
    """A :class:`CodeWriter` over a :class:`CodeSeq2Seq`; the memory is shared by a row's beams."""

    def __init__(self, model: CodeSeq2Seq, codes: Tensor) -> None:
        """Reads the histories.

        Args:
            model: In eval mode.
            codes: (n, t, depth) histories, left-aligned, -1 after the last item.
        """
        self.model = model
        memory = model.encode(codes)
        self.first, self.bias = model.after_all(memory, codes)
        memories = [layer.keys_of(memory) for layer in model.decoding()]
        self.memory = [(keys.contiguous(), values.contiguous()) for keys, values in memories]
        self.past: list[tuple[Tensor, Tensor]] = []
        self.ancestry = Ancestry()
        self.level = 0

    def write(self, parents: Tensor | None, tokens: Tensor | None) -> tuple[Tensor, int]:
        """See :class:`CodeWriter`."""
        model = self.model
        x = self.first if tokens is None else model.codes(tokens)
        x = x + model.level[self.level]
        scale = model.shape.head_dimension**-0.5
        own = additive(self.ancestry.grow(parents, len(x), x.device), x.dtype)[:, None]
        past, self.past = self.past, []
        for i, layer in enumerate(model.decoding()):
            q, keys, values = layer.project(x)
            if past:
                keys = torch.cat([past[i][0], keys], 2)
                values = torch.cat([past[i][1], values], 2)
            self.past.append((keys, values))
            x = x + layer.out(attend(q * scale, keys, values, own))
            q = layer.memory_q(layer.norms[2](x)).view(*x.shape[:2], layer.n_heads, -1)
            seen = attend(q.transpose(1, 2) * scale, *self.memory[i], self.bias)
            x = layer.think(x + layer.memory_out(seen))
        logits = model.outputs[self.level](model.decoded(x)).float()
        start = int(model.starts[self.level])
        self.level += 1
        return logits.log_softmax(-1), start
