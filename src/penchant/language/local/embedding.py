"""Vectors of texts from a language model's last states."""

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from transformers import PreTrainedModel

from penchant.core import Run
from penchant.language.local.plain import TOKENS_AT_ONCE, batches, padded
from penchant.language.local.texts import Tokens


@torch.no_grad()
def embedded(model: PreTrainedModel, texts: Sequence[Tokens], run: Run) -> NDArray[np.float32]:
    """(n, d) unit rows: the mean of the last states of each text's tokens."""
    out = np.zeros((len(texts), model.config.hidden_size), np.float32)
    done = 0
    for rows in batches([len(tokens) for tokens in texts], TOKENS_AT_ONCE):
        tokens, mask = padded([texts[i] for i in rows], front=False)
        real = mask.to(model.device)
        states = model.base_model(
            input_ids=tokens.to(model.device), attention_mask=real
        ).last_hidden_state.float()
        mean = (states * real[..., None]).sum(1) / real.sum(1, keepdim=True).clamp(min=1)
        out[rows] = torch.nn.functional.normalize(mean, dim=1).cpu().numpy()
        done += len(rows)
        run.watch.progress("embed", done, len(texts))
    return out
