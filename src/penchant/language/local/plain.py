"""Causal models of kinds that share nothing: every sequence is read for itself."""

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from transformers import PreTrainedModel

from penchant.core import Run
from penchant.language.local.rows import PlainRows
from penchant.language.local.scoring import Asked, late
from penchant.language.local.texts import Tokens

TOKENS_AT_ONCE = 4_096
"""With padding: bounds memory."""


def plain_rows(model: PreTrainedModel, begun: Sequence[Tokens]) -> PlainRows:
    """Prompts side by side, padded in front."""
    prompts, mask = padded(begun, front=True)
    return PlainRows(model, prompts.to(model.device), mask.to(model.device))


@torch.no_grad()
def plain_scores(model: PreTrainedModel, asked: Asked, found: NDArray[np.float32], run: Run) -> int:
    """:data:`penchant.language.local.scoring.Scores` of any causal model."""
    wanted = asked.open()
    whole = [np.concatenate([asked.prompt(at), asked.tokens(at)[:-1]]) for at in wanted]
    computed = 0
    for rows in batches([len(tokens) for tokens in whole], TOKENS_AT_ONCE):
        if late(run):
            break
        tokens, mask = padded([whole[i] for i in rows], front=False)
        logits = model(
            input_ids=tokens.to(model.device), attention_mask=mask.to(model.device)
        ).logits
        computed += int(mask.sum())
        for row, i in zip(logits, rows, strict=True):
            answer = torch.from_numpy(asked.tokens(wanted[i])).to(row.device)
            start = len(asked.prompt(wanted[i])) - 1
            likely = row[start : start + len(answer)].float().log_softmax(1)
            found[wanted[i]] = float(likely.gather(1, answer[:, None]).double().sum())
    return computed


def padded(rows: Sequence[Tokens], *, front: bool, fill: int = 0) -> tuple[Tensor, Tensor]:
    """(n, longest) tokens and mask."""
    longest = max(len(row) for row in rows)
    tokens = np.full((len(rows), longest), fill, np.int64)
    mask = np.zeros((len(rows), longest), np.int64)
    for i, row in enumerate(rows):
        place = slice(longest - len(row), None) if front else slice(0, len(row))
        tokens[i, place], mask[i, place] = row, 1
    return torch.from_numpy(tokens), torch.from_numpy(mask)


def batches(lengths: Sequence[int], most: int) -> list[list[int]]:
    """Rows of similar length together, at most so many tokens with padding."""
    found: list[list[int]] = []
    for i in np.argsort(lengths, kind="stable").tolist():
        if found and (len(found[-1]) + 1) * lengths[i] <= most:
            found[-1].append(i)
        else:
            found.append([i])
    return found
