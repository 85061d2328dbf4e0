"""Language models that write for many beams of one prompt and keep the prompt once.

The beams of a row stand side by side, as if they were one sequence, and a mask lets each see the
prompt and its own ancestors only. So nothing is copied or put in another order from code to code:
a model sees one row for each query, with one set of keys and values for what was read.
"""

from typing import Protocol

import torch
from torch import Tensor
from transformers import DynamicCache, PreTrainedModel


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


def additive(seen: Tensor, dtype: torch.dtype) -> Tensor:
    """0 where something is seen, the smallest number there is elsewhere."""
    mask = torch.zeros(seen.shape, dtype=dtype, device=seen.device)
    return mask.masked_fill(~seen, torch.finfo(dtype).min)
