"""The slow way that every language model knows: a cache row for each beam, put in order."""

from typing import Any

import torch
from torch import Tensor
from transformers import DynamicCache, EncoderDecoderCache, PreTrainedModel


class ExpandedPrompts:
    """A causal model with a cache row for each beam.

    Prompts of one length go together, so that there is no padding: models differ in what they make
    of it.
    """

    def __init__(self, model: PreTrainedModel, input_ids: Tensor, lengths: Tensor) -> None:
        """Takes the prompts, left-aligned: (n, s) words and (n,) how many of them are real."""
        self.model, self.n = model, len(input_ids)
        self.groups = [
            _Prompts(model, torch.nonzero(lengths == length)[:, 0], input_ids[:, :length])
            for length in sorted(set(lengths.tolist()))
        ]

    def step(self, parents: Tensor | None, tokens: Tensor | None) -> Tensor:
        """See :class:`penchant.backbones.lm_shared.Stepper`."""
        parts = [group.step(parents, tokens) for group in self.groups]
        logits = parts[0].new_empty(self.n, *parts[0].shape[1:])
        for group, part in zip(self.groups, parts, strict=True):
            logits[group.rows] = part
        return logits


class _Prompts:
    """Prompts of one length."""

    def __init__(self, model: PreTrainedModel, rows: Tensor, input_ids: Tensor) -> None:
        self.model, self.rows, self.prompts = model, rows, input_ids[rows]
        self.cache: Any = DynamicCache(config=model.config)  # Any: layers of many kinds
        self.beams = 1

    def step(self, parents: Tensor | None, tokens: Tensor | None) -> Tensor:
        n, words = len(self.rows), self.prompts
        if parents is not None and tokens is not None:
            self.cache.reorder_cache(in_rows(parents[self.rows], self.beams))
            self.beams = parents.shape[1]
            words = tokens[self.rows].reshape(-1, 1)
        written = self.model(input_ids=words, past_key_values=self.cache, use_cache=True)
        logits: Tensor = written.logits[:, -1]
        return logits.view(n, self.beams, -1)


class ExpandedMemory:
    """An encoder-decoder with a cache row for each beam."""

    def __init__(self, model: PreTrainedModel, memory: Tensor, attention_mask: Tensor) -> None:
        """Starts to write after (n, s, dimension) states of the encoder."""
        self.model, self.memory, self.attention_mask = model, memory, attention_mask
        config = model.config
        own = DynamicCache(config=config.get_text_config(decoder=True))
        self.cache: Any = EncoderDecoderCache(own, DynamicCache())  # Any: layers of many kinds
        self.n, self.beams = len(memory), 1
        start = config.decoder_start_token_id
        self.words = torch.full((self.n, 1), start, device=memory.device)

    def step(self, parents: Tensor | None, tokens: Tensor | None) -> Tensor:
        """See :class:`penchant.backbones.lm_shared.Stepper`."""
        if parents is not None and tokens is not None:
            rows = in_rows(parents, self.beams)
            self.cache.self_attention_cache.reorder_cache(rows)
            if parents.shape[1] != self.beams:  # else every row keeps its source
                self.cache.cross_attention_cache.reorder_cache(rows)
                self.memory, self.attention_mask = self.memory[rows], self.attention_mask[rows]
            self.beams, self.words = parents.shape[1], tokens.reshape(-1, 1)
        written = self.model(
            encoder_outputs=(self.memory,),
            attention_mask=self.attention_mask,
            decoder_input_ids=self.words,
            past_key_values=self.cache,
            use_cache=True,
        )
        logits: Tensor = written.logits[:, -1]
        return logits.view(self.n, self.beams, -1)


def in_rows(parents: Tensor, beams: int) -> Tensor:
    """(n * beams,) the cache row of each beam's parent, of which there are ``beams`` a query."""
    first = torch.arange(len(parents), device=parents.device)[:, None] * beams
    return (first + parents).flatten()
