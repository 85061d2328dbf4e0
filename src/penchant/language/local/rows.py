"""Answers written side by side: what each of them says next."""

from typing import Protocol

import torch
from torch import Tensor
from transformers import DynamicCache, PreTrainedModel
from transformers.cache_utils import DynamicLayer

from penchant.backbones.beam_attention import additive
from penchant.language.local.prefixes import Layers, layers_of

GROWTH = 64
"""Places that are added at a time."""


class Rows(Protocol):
    """Answers that are being written."""

    @property
    def device(self) -> torch.device:
        """Where tokens go."""

    def step(self, tokens: Tensor) -> Tensor:
        """(n, vocabulary) logits after one more token in each row, (n,) int64."""

    def keep(self, rows: Tensor) -> None:
        """Goes on with some rows only, (n_kept,) int64."""


class GrowingLayer(DynamicLayer):  # type: ignore[no-untyped-call]  # untyped there
    """Keys and values with room behind them: nothing is copied at most steps."""

    def __init__(self, keys: Tensor, values: Tensor) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # untyped there
        self.lazy_initialization(keys, values)
        self.length = keys.shape[2]
        self.room = (_roomy(keys), _roomy(values))
        self.keys, self.values = keys, values

    def update(
        self, key_states: Tensor, value_states: Tensor, *args: object, **kwargs: object
    ) -> tuple[Tensor, Tensor]:
        """Adds what was said, and returns all."""
        end = self.length + key_states.shape[2]
        if end > self.room[0].shape[2]:
            self.room = (_roomy(self.room[0]), _roomy(self.room[1]))
        keys, values = self.room
        keys[:, :, self.length : end] = key_states
        values[:, :, self.length : end] = value_states
        self.length = end
        self.keys, self.values = keys[:, :, :end], values[:, :, :end]
        return self.keys, self.values

    def batch_select_indices(self, indices: Tensor) -> None:
        """Keeps some rows."""
        keys, values = self.room
        self.room = (keys[indices], values[indices])
        self.keys, self.values = (part[:, :, : self.length] for part in self.room)


class SharedRows:
    """Rows of a model that takes masks and positions as they are given."""

    def __init__(self, model: PreTrainedModel, read: list[Layers], lengths: Tensor) -> None:
        """Takes up what was read.

        Args:
            model: In eval mode.
            read: For each row, keys and values of its tokens, of which there may be none.
            lengths: (n,) how many tokens were read.
        """
        self.model, self.lengths = model, lengths
        longest = int(lengths.max())
        self.seen = torch.arange(longest, device=lengths.device) >= longest - lengths[:, None]
        n_layers = max(len(layers) for layers in read)
        self.cache = DynamicCache()
        self.grown = [
            GrowingLayer(
                _side_by_side([layers[i][0] if layers else None for layers in read], longest),
                _side_by_side([layers[i][1] if layers else None for layers in read], longest),
            )
            for i in range(n_layers)
        ]
        self.cache.layers = [*self.grown]

    @property
    def device(self) -> torch.device:
        """See :class:`Rows`."""
        return self.model.device

    def step(self, tokens: Tensor) -> Tensor:
        """See :class:`Rows`."""
        self.seen = torch.cat([self.seen, torch.ones_like(tokens[:, None], dtype=torch.bool)], 1)
        out: Tensor = self.model(
            input_ids=tokens[:, None],
            attention_mask=additive(self.seen, self.model.dtype)[:, None, None],
            position_ids=self.lengths[:, None],
            past_key_values=self.cache,
            use_cache=True,
        ).logits
        self.lengths = self.lengths + 1
        return out[:, -1]

    def keep(self, rows: Tensor) -> None:
        """See :class:`Rows`."""
        self.lengths, self.seen = self.lengths[rows], self.seen[rows]
        self.cache.batch_select_indices(rows)

    def layers(self) -> Layers:
        """Keys and values of the only row, without the room behind them."""
        return [(keys.clone(), values.clone()) for keys, values in layers_of(self.cache)]


class PlainRows:
    """Rows of any causal model: each prompt is read for itself."""

    def __init__(self, model: PreTrainedModel, prompts: Tensor, mask: Tensor) -> None:
        """Takes the prompts without their last token.

        Args:
            model: In eval mode.
            prompts: (n, s) padded in front; s may be 0.
            mask: (n, s) 1 where a token is.
        """
        self.model, self.mask = model, mask
        self.cache: object = None
        if prompts.shape[1]:
            self._read(prompts, mask)

    @property
    def device(self) -> torch.device:
        """See :class:`Rows`."""
        return self.model.device

    def step(self, tokens: Tensor) -> Tensor:
        """See :class:`Rows`."""
        self.mask = torch.cat([self.mask, torch.ones_like(tokens[:, None])], 1)
        return self._read(tokens[:, None], self.mask)[:, -1]

    def keep(self, rows: Tensor) -> None:
        """See :class:`Rows`."""
        self.mask = self.mask[rows]
        if self.cache is not None:
            self.cache.batch_select_indices(rows)  # type: ignore[attr-defined]  # each model's own

    def _read(self, tokens: Tensor, mask: Tensor) -> Tensor:
        places = (mask.cumsum(1) - 1).clamp(min=0)[:, -tokens.shape[1] :]
        out = self.model(
            input_ids=tokens,
            attention_mask=mask,
            position_ids=places,
            past_key_values=self.cache,
            use_cache=True,
            logits_to_keep=1,
        )
        self.cache = out.past_key_values
        logits: Tensor = out.logits
        return logits


def _roomy(part: Tensor) -> Tensor:
    n, heads, length, size = part.shape
    room = part.new_empty((n, heads, length + GROWTH, size))
    room[:, :, :length] = part
    return room


def _side_by_side(parts: list[Tensor | None], longest: int) -> Tensor:
    """(n, heads, longest, d), each row at the right; zeros before it."""
    some = next(part for part in parts if part is not None)
    out = some.new_zeros((len(parts), some.shape[1], longest, some.shape[3]))
    for row, part in enumerate(parts):
        if part is not None:
            out[row, :, longest - part.shape[2] :] = part[0]
    return out
