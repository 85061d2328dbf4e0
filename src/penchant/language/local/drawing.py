"""The next token of each answer: the likeliest, or drawn."""

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from penchant.core import Run
from penchant.language.local.shapes import Following
from penchant.language.words import Prompt, Sampling, text_hash


class Drawing:
    """Draws the tokens of one answer.

    The draws depend on the prompt and on :attr:`Sampling.seed` alone: not on what else is asked.
    """

    def __init__(self, prompt: Prompt, sampling: Sampling, following: Following | None) -> None:
        key = int(text_hash(repr((prompt.messages, prompt.begun)))[:15], 16)
        self.rng = Run(seed=sampling.seed).rng("language.draw", key)
        self.sampling, self.following = sampling, following

    def draw(self, logits: Tensor) -> int:
        """A token, from (vocabulary,) logits of float32; -1: no token may come next."""
        if self.following is not None:
            allowed = torch.from_numpy(self.following.allowed()).to(logits.device)
            logits = logits.masked_fill(~allowed, -torch.inf)
        if not bool(torch.isfinite(logits.max())):
            return -1
        if self.sampling.temperature == 0:
            return int(logits.argmax())
        likely = (logits.double() / self.sampling.temperature).softmax(0).cpu().numpy()
        if self.sampling.top_p < 1:
            order = np.argsort(-likely, kind="stable")
            before = np.cumsum(likely[order]) - likely[order]
            likely[order[before >= self.sampling.top_p]] = 0
        total = np.cumsum(likely)
        return int(np.searchsorted(total, self.rng.random() * total[-1], side="right"))


def draw_all(drawings: Sequence[Drawing], logits: Tensor) -> list[int]:
    """The next token of each answer, from (n, vocabulary) logits of any float type."""
    plain = all(one.following is None and one.sampling.temperature == 0 for one in drawings)
    if plain and bool(torch.isfinite(logits).all()):
        return [int(token) for token in logits.argmax(1).tolist()]
    return [one.draw(row.float()) for one, row in zip(drawings, logits, strict=True)]
