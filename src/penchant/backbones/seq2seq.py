"""A small encoder-decoder from histories of codes to the codes of the next item.

Shaped like T5: RMS norms before each part, relative position biases, no other biases. Two things
differ, and both save most of the time. The encoder is causal by default, so one pass over a history
trains the decoder at each of its positions. And an item may be one position (the sum of its code
embeddings) and not one for each code. The decoder starts from the newest encoder state and attends
to all older ones with a bias by distance, since all positions of a history share one memory.
"""

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from penchant.core import UsageError


@dataclass(frozen=True, slots=True, kw_only=True)
class EncoderDecoder:
    """The size of a :class:`CodeSeq2Seq`."""

    dimension: int = 128
    heads: int = 4
    head_dimension: int = 32
    feed_forward: int = 256
    encoder_layers: int = 2
    decoder_layers: int = 1
    dropout: float = 0.2
    position_per_code: bool = False
    """Each code of the history is a position, and not each item."""
    causal: bool = True
    """A position of the encoder sees itself and what is older, so that one reading of a history
    teaches all its positions, and not only the last."""

    def __post_init__(self) -> None:
        for name in ("dimension", "heads", "head_dimension", "feed_forward", "decoder_layers"):
            if getattr(self, name) < 1:
                raise UsageError(f"{name}={getattr(self, name)}: need at least 1")
        if not 0 <= self.dropout < 1:
            raise UsageError(f"dropout={self.dropout}: need a share from 0 to less than 1")


class CodeSeq2Seq(nn.Module):
    """Histories of codes to the log probabilities of the next item's codes."""

    starts: Tensor
    """(depth,) the smallest code of each level."""

    def __init__(self, shape: EncoderDecoder, widths: tuple[int, ...]) -> None:
        """For items that have one code of each level, of which there are so many."""
        super().__init__()
        self.shape = shape
        self.depth = len(widths)
        width = shape.dimension
        self.codes = nn.Embedding(sum(widths), width)
        self.begin = nn.Parameter(torch.zeros(2, width))
        self.encoder = nn.ModuleList(
            Layer(shape, crossing=False) for _ in range(shape.encoder_layers)
        )
        self.decoder = nn.ModuleList(
            Layer(shape, crossing=True) for _ in range(shape.decoder_layers)
        )
        self.near = _DistanceBias(shape.heads)
        self.far = _DistanceBias(shape.heads)
        self.level = nn.Parameter(torch.zeros(self.depth, width))
        self.encoded = nn.RMSNorm(width)
        self.decoded = nn.RMSNorm(width)
        self.outputs = nn.ModuleList(nn.Linear(width, n, bias=False) for n in widths)
        self.dropout = nn.Dropout(shape.dropout)
        starts = torch.tensor([sum(widths[:level]) for level in range(self.depth)])
        self.register_buffer("starts", starts, persistent=False)
        nn.init.normal_(self.codes.weight, std=width**-0.5)
        nn.init.normal_(self.begin, std=width**-0.5)

    def encode(self, codes: Tensor) -> Tensor:
        """(b, s, dimension) states: one of the beginning, then those of the history.

        Args:
            codes: (b, t, depth) codes of the items, oldest first and left-aligned; -1 after the
                last one.
        """
        embedded = self.codes(codes.clamp(min=0))
        known = codes >= 0
        if self.shape.position_per_code:
            states, real = embedded.flatten(1, 2), known.flatten(1, 2)
        else:
            states, real = (embedded * known[..., None]).sum(2), known.any(2)
        begin = self.begin[0].expand(len(codes), 1, -1)
        states = self.dropout(torch.cat([begin, states], 1))
        real = functional.pad(real, (1, 0), value=True)
        positions = torch.arange(states.shape[1], device=codes.device)
        distance = positions[:, None] - positions
        bias = self.near(distance)
        if self.shape.causal:
            bias = bias.masked_fill(distance < 0, -torch.inf)[None]
        else:
            bias = bias[None].masked_fill(~real[:, None, None, :], -torch.inf)
        for layer in self.encoder:
            states = layer(states, bias)
        encoded: Tensor = self.encoded(states)
        return encoded

    def forward(self, codes: Tensor, targets: Tensor) -> Tensor:
        """(b, t, depth) cross entropies in nats of the targets' codes; 0 where there is no target.

        Args:
            codes: As for :meth:`encode`.
            targets: (b, t, depth) the items to be written; -1 where none is. Where the encoder is
                causal, t is one more than the items of the history: what comes after the
                beginning, after the first item … Else t is 1: what comes after all.
        """
        memory = self.encode(codes)
        if self.shape.causal:
            newest = torch.arange(targets.shape[1], device=codes.device)
            first = memory[:, newest * self.positions_per_item] + self.begin[1]
            bias = self.memory_bias(memory.shape[1], newest)[None]
        else:
            first, bias = self.after_all(memory, codes)
        hidden = self._write(memory, first, bias, targets)
        wanted = (targets - self.starts).clamp(min=0)
        losses = [
            functional.cross_entropy(
                output(hidden[:, :, level]).flatten(0, 1).float(),
                wanted[:, :, level].flatten(),
                reduction="none",
            ).view(targets.shape[:2])
            for level, output in enumerate(self.outputs)
        ]
        return torch.stack(losses, -1) * (targets >= 0)

    def _write(self, memory: Tensor, first: Tensor, bias: Tensor, targets: Tensor) -> Tensor:
        """(b, t, depth, dimension) what the decoder says before each code, given those before."""
        b, t, depth = targets.shape
        before = self.codes(targets[..., :-1].clamp(min=0))
        x = self.dropout(torch.cat([first[:, :, None], before], 2) + self.level)
        x = x.view(b * t, depth, -1)
        bias = bias.repeat_interleave(depth, 2)
        for layer in self.decoding():
            x = layer.attend_within(x)
            x = layer.cross(x.view(b, t * depth, -1), layer.keys_of(memory), bias)
            x = layer.think(x).view(b * t, depth, -1)
        hidden: Tensor = self.decoded(x).view(b, t, depth, -1)
        return hidden

    def decoding(self) -> list["Layer"]:
        """The layers of the decoder."""
        return [layer for layer in self.decoder if isinstance(layer, Layer)]

    def after_all(self, memory: Tensor, codes: Tensor) -> tuple[Tensor, Tensor]:
        """What the decoder starts from once a whole history is read.

        Returns:
            (b, 1, dimension) its first state, and (b, heads, 1, s) the biases of the memory.
        """
        lengths = (codes >= 0).any(2).sum(1)
        bias = self.memory_bias(memory.shape[1], lengths).transpose(0, 1)[:, :, None]
        rows = torch.arange(len(codes), device=codes.device)
        return (memory[rows, lengths * self.positions_per_item] + self.begin[1])[:, None], bias

    @property
    def positions_per_item(self) -> int:
        """Encoder positions of one item."""
        return self.depth if self.shape.position_per_code else 1

    def memory_bias(self, length: int, newest: Tensor) -> Tensor:
        """(heads, t, length) biases of the memory by its distance in items; -inf what is newer.

        Args:
            length: Positions of the memory.
            newest: (t,) how many items each row may see.
        """
        items = torch.arange(length, device=newest.device) + self.positions_per_item - 1
        distance = newest[:, None] - items // self.positions_per_item
        bias: Tensor = self.far(distance)
        return bias.masked_fill(distance < 0, -torch.inf)


class Layer(nn.Module):
    """Attention within, attention to a memory where there is one, feed-forward."""

    def __init__(self, shape: EncoderDecoder, *, crossing: bool) -> None:
        super().__init__()
        inner = shape.heads * shape.head_dimension
        self.n_heads = shape.heads
        self.norms = nn.ModuleList(nn.RMSNorm(shape.dimension) for _ in range(2 + crossing))
        self.qkv = nn.Linear(shape.dimension, 3 * inner, bias=False)
        self.out = nn.Linear(inner, shape.dimension, bias=False)
        if crossing:
            self.memory_q = nn.Linear(shape.dimension, inner, bias=False)
            self.memory_kv = nn.Linear(shape.dimension, 2 * inner, bias=False)
            self.memory_out = nn.Linear(inner, shape.dimension, bias=False)
        self.wide = nn.Linear(shape.dimension, shape.feed_forward, bias=False)
        self.narrow = nn.Linear(shape.feed_forward, shape.dimension, bias=False)
        self.dropout = nn.Dropout(shape.dropout)

    def forward(self, x: Tensor, bias: Tensor) -> Tensor:
        """A layer of the encoder."""
        q, k, v = self.project(x)
        return self.think(x + self.dropout(self.out(_attend(q, k, v, bias))))

    def project(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Queries, keys and values, (b, heads, length, head_dimension) each."""
        q, k, v = self.qkv(self.norms[0](x)).chunk(3, -1)
        return self._split(q), self._split(k), self._split(v)

    def attend_within(self, x: Tensor) -> Tensor:
        """Each code sees itself and those before."""
        q, k, v = self.project(x)
        seen = functional.scaled_dot_product_attention(q, k, v, is_causal=True)
        summed: Tensor = x + self.dropout(self.out(_merge(seen)))
        return summed

    def keys_of(self, memory: Tensor) -> tuple[Tensor, Tensor]:
        """Keys and values of the memory: once for all positions and beams."""
        k, v = self.memory_kv(memory).chunk(2, -1)
        return self._split(k), self._split(v)

    def cross(self, x: Tensor, keys: tuple[Tensor, Tensor], bias: Tensor) -> Tensor:
        """What stands in the memory."""
        q = self._split(self.memory_q(self.norms[2](x)))
        summed: Tensor = x + self.dropout(self.memory_out(_attend(q, *keys, bias)))
        return summed

    def think(self, x: Tensor) -> Tensor:
        """The feed-forward part."""
        thought = self.narrow(functional.gelu(self.wide(self.norms[1](x))))
        summed: Tensor = x + self.dropout(thought)
        return summed

    def _split(self, x: Tensor) -> Tensor:
        return x.view(*x.shape[:2], self.n_heads, -1).transpose(1, 2)


class _DistanceBias(nn.Module):
    """T5's relative position bias: exact near by, logarithmic far away (Raffel 2020, 2.1)."""

    def __init__(self, heads: int, *, buckets: int = 32, farthest: int = 128) -> None:
        super().__init__()
        self.buckets, self.farthest = buckets, farthest
        self.bias = nn.Parameter(torch.zeros(2 * buckets, heads))

    def forward(self, distance: Tensor) -> Tensor:
        """(heads, q, k) for distances (q, k), positive where the key is older."""
        exact = self.buckets // 2
        size = distance.abs()
        far = (size.clamp(min=1).float() / exact).log() / math.log(self.farthest / exact)
        bucket = torch.where(size < exact, size, exact + (far * exact).long())
        bucket = bucket.clamp(max=self.buckets - 1) + self.buckets * (distance < 0)
        return self.bias[bucket].permute(2, 0, 1)


def _attend(q: Tensor, k: Tensor, v: Tensor, bias: Tensor) -> Tensor:
    mask = bias.to(q.dtype).expand(len(q), -1, -1, -1)
    return _merge(functional.scaled_dot_product_attention(q, k, v, attn_mask=mask))


def _merge(x: Tensor) -> Tensor:
    return x.transpose(1, 2).flatten(2)
