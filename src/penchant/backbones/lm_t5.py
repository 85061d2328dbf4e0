"""T5 layer by layer, with the modules of transformers: a source is read once for all its beams.

Raffel et al., "Exploring the Limits of Transfer Learning with a Unified Text-to-Text Transformer",
JMLR 2020, arXiv:1910.10683. The keys and values of a source are made once, and the beams of a row
are the rows of one matrix that meets them, so that nothing is repeated for a beam.
"""

from typing import Any

import torch
from torch import Tensor
from transformers import PreTrainedModel

from penchant.backbones.beam_attention import Ancestry, additive, attend


def read_source(model: PreTrainedModel, states: Tensor, attention_mask: Tensor) -> Tensor:
    """(n, s, dimension) what the encoder makes of embedded words.

    Args:
        model: A T5 in eval mode.
        states: (n, s, dimension)
        attention_mask: (n, s) 1 where a word is.
    """
    t5: Any = model  # Any: transformers does not declare the parts of a T5
    length = states.shape[1]
    bias = t5.encoder.block[0].layer[0].SelfAttention.compute_bias(length, length)
    padding = _padding(attention_mask, states.dtype)
    bias = bias if padding is None else bias + padding
    for block in t5.encoder.block:
        normed = block.layer[0].layer_norm(states)
        attention = block.layer[0].SelfAttention
        keys, values = _keys(attention, normed)
        q = _split(attention, attention.q(normed))
        states = states + attention.o(attend(q, keys, values, bias))
        states = block.layer[1](states)
    read: Tensor = t5.encoder.final_layer_norm(states)
    return read


class SharedMemory:
    """What the beams say next."""

    def __init__(self, model: PreTrainedModel, memory: Tensor, attention_mask: Tensor) -> None:
        """Makes keys and values of the sources.

        Args:
            model: A T5 in eval mode.
            memory: (n, s, dimension) states of the encoder.
            attention_mask: (n, s) 1 where a word is.
        """
        t5: Any = model  # Any: transformers does not declare the parts of a T5
        self.t5, self.n = t5, len(memory)
        self.memory = [_keys(block.layer[1].EncDecAttention, memory) for block in t5.decoder.block]
        """(n, heads, s, d) keys and values in each layer."""
        self.past: list[tuple[Tensor, Tensor]] = []
        """(n, heads, beams of all codes so far, d) likewise."""
        self.ancestry = Ancestry()
        self.padding = _padding(attention_mask, memory.dtype)
        self.start = torch.full(
            (self.n, 1), model.config.decoder_start_token_id, device=memory.device
        )

    def step(self, parents: Tensor | None, tokens: Tensor | None) -> Tensor:
        """See :class:`penchant.backbones.lm_shared.Stepper`."""
        decoder = self.t5.decoder
        x = decoder.embed_tokens(self.start if tokens is None else tokens)
        seen = additive(self.ancestry.grow(parents, self.n, x.device), x.dtype)[:, None]
        bias, past = self._distances() + seen, self.past
        self.past = []
        for i, block in enumerate(decoder.block):
            normed = block.layer[0].layer_norm(x)
            attention = block.layer[0].SelfAttention
            keys, values = _keys(attention, normed)
            if past:
                keys = torch.cat([past[i][0], keys], 2)
                values = torch.cat([past[i][1], values], 2)
            self.past.append((keys, values))
            q = _split(attention, attention.q(normed))
            x = x + attention.o(attend(q, keys, values, bias))
            attention = block.layer[1].EncDecAttention
            q = _split(attention, attention.q(block.layer[1].layer_norm(x)))
            x = x + attention.o(attend(q, *self.memory[i], self.padding))
            x = block.layer[2](x)
        x = decoder.final_layer_norm(x)
        if getattr(self.t5.config, "scale_decoder_outputs", False):
            x = x * self.t5.config.d_model**-0.5
        logits: Tensor = self.t5.lm_head(x)
        return logits

    def _distances(self) -> Tensor:
        """(1, heads, 1, all beams so far): all that was written at one code is equally far."""
        widths = self.ancestry.widths
        first = self.t5.decoder.block[0].layer[0].SelfAttention
        by_code: Tensor = first.compute_bias(1, len(widths), past_seen_tokens=len(widths) - 1)
        return by_code.repeat_interleave(torch.tensor(widths, device=by_code.device), 3)


def _padding(attention_mask: Tensor, dtype: torch.dtype) -> Tensor | None:
    """(n, 1, 1, s) what hides padding; ``None`` where there is none, to save the sums."""
    if bool(attention_mask.all()):
        return None
    return additive(attention_mask.bool(), dtype)[:, None, None]


def _keys(attention: Any, states: Tensor) -> tuple[Tensor, Tensor]:  # Any: a T5Attention
    """(n, heads, s, d) keys and values of (n, s, dimension) states."""
    keys, values = _split(attention, attention.k(states)), _split(attention, attention.v(states))
    return keys.contiguous(), values.contiguous()


def _split(attention: Any, states: Tensor) -> Tensor:  # Any: a T5Attention
    """(n, s, heads * d) to (n, heads, s, d); T5 does not scale queries."""
    shape = (*states.shape[:2], attention.n_heads, attention.key_value_proj_dim)
    return states.view(shape).transpose(1, 2)
