"""Causal language models that write for many beams of one prompt and keep the prompt once.

A model sees one row for each query, in which all beams stand side by side, with one set of keys and
values for what was read.
"""

from typing import Protocol

import torch
from torch import Tensor
from transformers import DynamicCache, PreTrainedModel

from penchant.backbones.beam_attention import Ancestry, additive


class Stepper(Protocol):
    """What the beams of all rows say next."""

    def step(self, parents: Tensor | None, tokens: Tensor | None) -> Tensor:
        """(n, beams, words) logits; see :meth:`CodeWriter.write` for the arguments."""


class SharedPrompt:
    """A causal model: the prompt is read once, and its last word opens the first code."""

    def __init__(self, model: PreTrainedModel, input_ids: Tensor, lengths: Tensor) -> None:
        """Reads the prompts.

        Args:
            model: In eval mode, of a kind that takes masks and positions as they are given.
            input_ids: (n, s) prompts, left-aligned; what stands after them is never seen.
            lengths: (n,) words of each prompt, at least 1.
        """
        self.model, self.lengths = model, lengths
        self.cache, self.ancestry = DynamicCache(), Ancestry()
        width = input_ids.shape[1] - 1
        if width:  # no mask: whatever follows a prompt is in the future of all its words
            model.base_model(
                input_ids=input_ids[:, :width], past_key_values=self.cache, use_cache=True
            )
        self.last = input_ids.gather(1, lengths[:, None] - 1)
        self.prompt = torch.arange(width, device=lengths.device) < lengths[:, None] - 1

    def step(self, parents: Tensor | None, tokens: Tensor | None) -> Tensor:
        """See :class:`Stepper`."""
        words = self.last if tokens is None else tokens
        n, beams = words.shape
        own = self.ancestry.grow(parents, n, words.device)
        seen = torch.cat([self.prompt[:, None].expand(-1, beams, -1), own], 2)
        position = self.lengths[:, None] + len(self.ancestry.widths) - 2
        written = self.model(
            input_ids=words,
            attention_mask=additive(seen, self.model.dtype)[:, None],
            position_ids=position.expand(n, beams),
            past_key_values=self.cache,
            use_cache=True,
        )
        logits: Tensor = written.logits
        return logits
