"""BART's decoder layer by layer, with the modules of transformers: a source is kept once.

Lewis et al., "BART: Denoising Sequence-to-Sequence Pre-training", ACL 2020, arXiv:1910.13461.
"""

from typing import Any

import torch
from torch import Tensor
from transformers import DynamicCache, EncoderDecoderCache, PreTrainedModel

from penchant.backbones.beam_attention import Ancestry, additive


class SharedBart:
    """What the beams say next."""

    def __init__(self, model: PreTrainedModel, memory: Tensor, attention_mask: Tensor) -> None:
        """Starts to write.

        Args:
            model: A BART in eval mode.
            memory: (n, s, dimension) states of the encoder.
            attention_mask: (n, s) 1 where a word is.
        """
        bart: Any = model  # Any: transformers does not declare the parts of a BART
        self.bart, self.memory = bart, memory
        self.cache, self.ancestry = EncoderDecoderCache(DynamicCache(), DynamicCache()), Ancestry()
        self.padding = additive(attention_mask.bool(), memory.dtype)[:, None, None]
        self.start = torch.full(
            (len(memory), 1), model.config.decoder_start_token_id, device=memory.device
        )

    def step(self, parents: Tensor | None, tokens: Tensor | None) -> Tensor:
        """See :class:`penchant.backbones.lm_shared.Stepper`."""
        decoder, n = self.bart.model.decoder, len(self.memory)
        words = self.start if tokens is None else tokens
        seen = additive(self.ancestry.grow(parents, n, words.device), self.memory.dtype)[:, None]
        place = torch.tensor([len(self.ancestry.widths) - 1], device=words.device)
        x = decoder.embed_tokens(words) + decoder.embed_positions(words, position_ids=place)
        x = decoder.layernorm_embedding(x)
        for layer in decoder.layers:
            x = layer(
                x,
                seen,
                self.memory,
                encoder_attention_mask=self.padding.expand(-1, -1, words.shape[1], -1),
                past_key_values=self.cache,
                use_cache=True,
            )
        logits: Tensor = self.bart.lm_head(x) + self.bart.final_logits_bias
        return logits
