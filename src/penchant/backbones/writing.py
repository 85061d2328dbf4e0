"""One code after another for many beams: what beam search asks of a model."""

from typing import Protocol

import torch
from torch import Tensor
from torch.nn import functional

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
        self.memory = [layer.keys_of(memory) for layer in model.decoding()]
        self.past: list[tuple[Tensor, Tensor]] = []
        self.level = 0

    def write(self, parents: Tensor | None, tokens: Tensor | None) -> tuple[Tensor, int]:
        """See :class:`CodeWriter`."""
        model = self.model
        x = self.first if tokens is None else model.codes(tokens)
        x = x + model.level[self.level]
        n, beams, width = x.shape
        past = self.past if parents is None else [_follow(p, parents) for p in self.past]
        self.past = []
        for i, layer in enumerate(model.decoding()):
            q, k, v = layer.project(x.reshape(n * beams, 1, width))
            if past:
                k, v = torch.cat([past[i][0], k], 2), torch.cat([past[i][1], v], 2)
            self.past.append((k, v))
            seen = functional.scaled_dot_product_attention(q, k, v).transpose(1, 2).flatten(2)
            x = x + layer.out(seen).view(n, beams, width)
            bias = self.bias.expand(-1, -1, beams, -1)
            x = layer.think(layer.cross(x, self.memory[i], bias))
        logits = model.outputs[self.level](model.decoded(x)).float()
        start = int(model.starts[self.level])
        self.level += 1
        return logits.log_softmax(-1), start


def _follow(past: tuple[Tensor, Tensor], parents: Tensor) -> tuple[Tensor, Tensor]:
    """The keys and values of each beam's parent."""
    n = len(parents)
    beams_before = len(past[0]) // n
    rows = torch.arange(n, device=parents.device)[:, None] * beams_before + parents
    return past[0][rows.flatten()], past[1][rows.flatten()]
