"""Prompts that do not fit into a model's window."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from transformers import PreTrainedModel

from penchant.core import Run
from penchant.language.local.texts import Tokens
from penchant.language.local.value import LocalLM
from penchant.language.words import Reply, Usage

UNBOUNDED = 1 << 20
"""The window of a model that names none."""


@dataclass(frozen=True, slots=True, eq=False)
class Fitted:
    """Prompts that fit, or why they do not."""

    tokens: list[Tokens]
    failed: list[Reply | None]
    """For each prompt: why it is not asked"""
    cut: list[int]
    """Tokens that were taken out of each"""

    def noted(self, prompt: int, reply: Reply) -> Reply:
        """The reply, which says what was cut out of its prompt."""
        if not self.cut[prompt] or reply.detail:
            return reply
        detail = f"{self.cut[prompt]:,} tokens were cut out of the middle of the prompt"
        return replace(reply, detail=detail)

    def order(self) -> list[int]:
        """Prompts that are asked, in alphabetical order: neighbours have much in common."""
        asked = [i for i, failed in enumerate(self.failed) if failed is None]
        return sorted(asked, key=lambda i: self.tokens[i].astype(">u4").tobytes())


def window_of(model: PreTrainedModel, options: LocalLM) -> int:
    """Most tokens of prompt and answer together."""
    config = model.config
    made_for = int(getattr(config, "max_position_embeddings", UNBOUNDED) or UNBOUNDED)
    return made_for if options.window is None else min(made_for, options.window)


def fitted(
    prompts: Sequence[Tokens], room: Sequence[int], window: int, options: LocalLM, run: Run
) -> Fitted:
    """Prompts with room for an answer each.

    Args:
        prompts: n.
        room: (n,) tokens of the answer.
        window: Of the model.
        options: What becomes of those that are too long.
        run: Is told once how many there were.
    """
    tokens: list[Tokens] = []
    failed: list[Reply | None] = []
    cut: list[int] = []
    for mine, answer in zip(prompts, room, strict=True):
        most = window - answer
        over = max(0, len(mine) - most)
        if over and (options.too_long == "fail" or most < 2):
            detail = (
                f"the prompt has {len(mine):,} tokens and its answer up to {answer:,}, the window"
                f" of {options.name} holds {window:,}: shorten the prompt by {over:,} tokens"
            )
            failed.append(Reply.failed("too-long", detail, Usage()))
        else:
            failed.append(None)
        fits = over and failed[-1] is None
        tokens.append(_without_middle(mine, most) if fits else mine)
        cut.append(over if fits else 0)
    _tell(failed, cut, run)
    return Fitted(tokens, failed, cut)


def _without_middle(tokens: Tokens, most: int) -> Tokens:
    """The first quarter of what fits, where the task stands, and the end, with the question."""
    head = most // 4
    return np.concatenate([tokens[:head], tokens[len(tokens) - (most - head) :]])


def _tell(failed: Sequence[Reply | None], cut: Sequence[int], run: Run) -> None:
    n_failed = sum(reply is not None for reply in failed)
    n_cut = sum(map(bool, cut))
    if n_failed:
        run.watch.note(
            f"{n_failed:,} of {len(failed):,} prompts are longer than the model's window and are"
            " not asked; shorten them, or let LocalLM(too_long='cut') cut them"
        )
    if n_cut:
        run.watch.note(
            f"{n_cut:,} of {len(cut):,} prompts are longer than the model's window: up to"
            f" {max(cut):,} tokens were cut out of their middle"
        )
