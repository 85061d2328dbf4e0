"""A decoder over packed histories, one position an item, that writes the codes of the next item.

The codes of an item are read as one position, the sum of their embeddings; causal layers over whole
histories learn every position in one pass. What comes next is written code by code by small heads:
each sees the position's state and the codes written so far. So a history is read once, and a beam
costs one row of two matrix products a code, without attention.
"""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from penchant.backbones.causal import CausalLayer
from penchant.backbones.packed import Packed
from penchant.core import UsageError

IGNORED = -100
"""A target that cross entropy leaves out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decoder:
    """The size of a :class:`CodeDecoder`."""

    dimension: int = 128
    """Of codes and states."""
    layers: int = 2
    heads: int = 2
    """A divisor of the dimension."""
    feed_forward: int = 512
    """Inner width of each head that writes a code."""
    dropout: float = 0.4
    head_dropout: float = 0.2
    """Of what a head adds to the state."""
    temperature: float | None = 0.1
    """What cosines of states and codes are divided by; ``None``: logits are inner products."""
    label_smoothing: float = 0.1
    """In training, the share of probability that is wanted for all codes of a level alike."""
    user_tokens: int = 0
    """So many embeddings that people share by a hash of their row, added to each position; 0: none.
    The paper has 2,000 (Rajput 2023, section 4.1)."""

    def __post_init__(self) -> None:
        for name in ("dimension", "layers", "heads", "feed_forward"):
            if getattr(self, name) < 1:
                raise UsageError(f"{name}={getattr(self, name)}: need at least 1")
        if self.dimension % self.heads:
            raise UsageError(f"heads={self.heads}: need a divisor of dimension={self.dimension}")
        if self.temperature is not None and not self.temperature > 0:
            raise UsageError(f"temperature={self.temperature}: need more than 0, or none")
        for name in ("dropout", "head_dropout", "label_smoothing"):
            if not 0 <= getattr(self, name) < 1:
                raise UsageError(f"{name}={getattr(self, name)}: need a share from 0 to below 1")
        if self.user_tokens < 0:
            raise UsageError(f"user_tokens={self.user_tokens}: need 0 or more")


class CodeDecoder(nn.Module):
    """Packed histories of codes to the log probabilities of the next item's codes."""

    def __init__(
        self, shape: Decoder, widths: tuple[int, ...], max_history: int, *, depth: int | None = None
    ) -> None:
        """Draws the weights.

        Args:
            shape: The size.
            widths: How many codes each level has; a single one for codes that all share.
            max_history: Most positions of a history.
            depth: Most codes of an item, where it is not the number of widths.
        """
        super().__init__()
        self.shape, self.widths = shape, widths
        self.depth = depth or len(widths)
        shared = len(widths) < self.depth
        self.starts = (0,) * self.depth if shared else tuple(np.cumsum((0, *widths[:-1])).tolist())
        d = shape.dimension
        self.codes = nn.Embedding(sum(widths), d)
        self.written = nn.Embedding(sum(widths), d)
        self.places = nn.Embedding(max_history, d)
        self.people = nn.Embedding(shape.user_tokens, d) if shape.user_tokens else None
        self.layers = nn.ModuleList(
            CausalLayer(d, shape.heads, shape.dropout) for _ in range(shape.layers)
        )
        self.last = nn.LayerNorm(d)
        self.dropout = nn.Dropout(shape.dropout)
        self.heads = nn.ModuleList(_Head(shape, width) for width in widths)
        self.level = nn.Parameter(torch.zeros(self.depth, d))
        for module in self.modules():
            if isinstance(module, nn.Linear | nn.Embedding):
                nn.init.normal_(module.weight, std=0.02)
            if isinstance(module, nn.Linear) and module.bias is not None:
                nn.init.zeros_(module.bias)
        self.nothing = nn.Parameter(torch.zeros(d))
        """The state of an empty history."""

    def read(self, codes: Tensor, packed: Packed, people: Tensor | None) -> Tensor:
        """(n_tokens, dimension) the state at each position.

        Args:
            codes: (n_tokens, depth) codes of the items; -1: none.
            packed: Their layout.
            people: (n_tokens,) the token of each position's person, -1 unknown; ``None``: nobody is
                known.
        """
        embedded = (self.codes(codes.clamp(min=0)) * (codes >= 0)[..., None]).sum(1)
        places = torch.from_numpy(packed.places()).to(codes.device)
        embedded = embedded + self.places(places)
        if self.people is not None and people is not None:
            embedded = embedded + self.people(people.clamp(min=0)) * (people >= 0)[:, None]
        x = self.dropout(embedded)
        for layer in self.layers:
            x = layer(x, packed)
        last: Tensor = self.last(x)
        return last

    def losses(self, states: Tensor, targets: Tensor, *, smoothing: float = 0.0) -> Tensor:
        """(n, depth) cross entropies in nats of codes written from (n, dimension) states.

        Args:
            states: Of the histories.
            targets: (n, depth) codes; where one is -1, the loss is 0.
            smoothing: The share of the wanted probability that all codes of a level share.
        """
        losses = []
        for level in range(self.depth):
            mine = targets[:, level]
            wanted = torch.where(mine >= 0, mine - self.starts[level], IGNORED)
            logits = self.logits(states, level).float()
            losses.append(
                functional.cross_entropy(
                    logits, wanted, reduction="none", label_smoothing=smoothing
                )
            )
            states = states + self.written(mine.clamp(min=0))
        return torch.stack(losses, 1)

    def logits(self, states: Tensor, level: int) -> Tensor:
        """(…, width) of the codes at a level, from states that know the codes before."""
        head = self.heads[min(level, len(self.heads) - 1)]
        out: Tensor = head(states + self.level[level])
        return out


class _Head(nn.Module):
    """One code from a state: a feed-forward part, a norm, a product with the codes of a level."""

    def __init__(self, shape: Decoder, width: int) -> None:
        super().__init__()
        d = shape.dimension
        self.before, self.after = nn.LayerNorm(d), nn.LayerNorm(d)
        self.wide, self.narrow = nn.Linear(d, shape.feed_forward), nn.Linear(shape.feed_forward, d)
        self.dropout = nn.Dropout(shape.head_dropout)
        self.out = nn.Linear(d, width, bias=False)
        self.temperature = shape.temperature

    def forward(self, states: Tensor) -> Tensor:
        """(…, dimension) to (…, width) logits."""
        thought = self.narrow(functional.gelu(self.wide(self.before(states)), approximate="tanh"))
        said = self.after(states + self.dropout(thought))
        if self.temperature is None:
            logits: Tensor = self.out(said)
            return logits
        codes = functional.normalize(self.out.weight, dim=1)
        return functional.linear(functional.normalize(said, dim=-1), codes) / self.temperature


class DecoderWriter:
    """A :class:`~penchant.backbones.CodeWriter` over the states of n histories."""

    def __init__(self, model: CodeDecoder, states: Tensor) -> None:
        """``model`` in eval mode; (n, dimension) its states at the newest item of each history."""
        self.model = model
        self.states = states[:, None]
        self.level = 0

    def write(self, parents: Tensor | None, tokens: Tensor | None) -> tuple[Tensor, int]:
        """See :class:`~penchant.backbones.CodeWriter`."""
        if parents is not None and tokens is not None:
            rows = torch.arange(len(parents), device=parents.device)[:, None]
            self.states = self.states[rows, parents] + self.model.written(tokens)
        logits = self.model.logits(self.states, self.level).float()
        start = self.model.starts[self.level]
        self.level += 1
        return logits.log_softmax(-1), start
