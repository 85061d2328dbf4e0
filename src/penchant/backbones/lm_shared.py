"""Language models that write for many beams of one prompt and keep the prompt once.

The beams of a row stand side by side, as if they were one sequence, and a mask lets each see the
prompt and its own ancestors only. So nothing is copied or put in another order from code to code:
a model sees one row for each query, with one set of keys and values for what was read.
"""

from typing import Any, Protocol

import torch
from torch import Tensor
from transformers import DynamicCache, EncoderDecoderCache, PreTrainedModel


class Stepper(Protocol):
    """What the beams of all rows say next."""

    def step(self, parents: Tensor | None, tokens: Tensor | None) -> Tensor:
        """(n, beams, words) logits; see :meth:`CodeWriter.write` for the arguments."""


class Ancestry:
    """Which of the beams before each beam is its ancestor."""

    def __init__(self) -> None:
        self.ancestors: list[Tensor] = []
        """For each code so far, (n, beams): the beam that wrote it."""
        self.widths: list[int] = []
        """How many beams there were at each code."""

    def grow(self, parents: Tensor | None, n: int, device: torch.device) -> Tensor:
        """(n, beams, all beams so far) true where a beam sees itself or an ancestor."""
        if parents is not None:
            self.ancestors = [before.gather(1, parents) for before in self.ancestors]
        beams = 1 if parents is None else parents.shape[1]
        self.ancestors.append(torch.arange(beams, device=device).expand(n, beams))
        self.widths.append(beams)
        levels = zip(self.ancestors, self.widths, strict=True)
        seen = [mine[..., None] == torch.arange(width, device=device) for mine, width in levels]
        return torch.cat(seen, 2)


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


class SharedMemory:
    """A T5: the source is read once, and so are its keys and values in each layer."""

    def __init__(self, model: PreTrainedModel, memory: Tensor, attention_mask: Tensor) -> None:
        """Starts to write.

        Args:
            model: In eval mode.
            memory: (n, s, dimension) states of the encoder.
            attention_mask: (n, s) 1 where a word is.
        """
        self.model = model
        t5: Any = model  # Any: transformers does not declare the parts of a T5
        self.memory, self.decoder, self.head = memory, t5.get_decoder(), t5.lm_head
        self.cache = EncoderDecoderCache(DynamicCache(), DynamicCache())
        self.ancestry = Ancestry()
        self.padding = additive(attention_mask.bool(), model.dtype)[:, None, None]

    def step(self, parents: Tensor | None, tokens: Tensor | None) -> Tensor:
        """See :class:`Stepper`."""
        n, device = len(self.memory), self.memory.device
        config = self.model.config
        start = torch.full((n, 1), config.decoder_start_token_id, device=device)
        x = self.decoder.embed_tokens(start if tokens is None else tokens)
        seen = additive(self.ancestry.grow(parents, n, device), x.dtype)[:, None]
        bias = self._distances() + seen
        for block in self.decoder.block:
            x = block(
                x,
                attention_mask=x.new_zeros(()),
                position_bias=bias,
                encoder_hidden_states=self.memory,
                encoder_attention_mask=None,
                encoder_decoder_position_bias=self.padding,
                past_key_values=self.cache,
            )[0]
        x = self.decoder.final_layer_norm(x)
        if getattr(config, "scale_decoder_outputs", False):
            x = x * config.d_model**-0.5
        logits: Tensor = self.head(x)
        return logits

    def _distances(self) -> Tensor:
        """(1, heads, 1, all beams so far): all that was written at one code is equally far."""
        widths = self.ancestry.widths
        first = self.decoder.block[0].layer[0].SelfAttention
        by_code: Tensor = first.compute_bias(1, len(widths), past_seen_tokens=len(widths) - 1)
        return by_code.repeat_interleave(torch.tensor(widths, device=by_code.device), 3)


def additive(seen: Tensor, dtype: torch.dtype) -> Tensor:
    """0 where something is seen, the smallest number there is elsewhere."""
    mask = torch.zeros(seen.shape, dtype=dtype, device=seen.device)
    return mask.masked_fill(~seen, torch.finfo(dtype).min)
