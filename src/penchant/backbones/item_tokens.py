"""The codes of an index as words of a language model: one token each, never split."""

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from tokenizers import AddedToken
from torch import Tensor
from transformers import PreTrainedModel, PreTrainedTokenizerBase

from penchant.codes import ItemIndex, check_segmentation, item_words
from penchant.core import Run, UsageError

ITEMS_CHECKED = 10_000
"""Texts of items that are split to see whether they fall into words."""
TO_DO = (
    "with_item_words(tokenizer, model, index, run) adds the words; train the model with them, and "
    "use the tokenizer it was trained with"
)


def item_token_ids(tokenizer: PreTrainedTokenizerBase, index: ItemIndex) -> Tensor:
    """(vocabulary,) int64, the token of each code's word.

    Raises:
        UsageError: A word is not one token, or is split in the text of an item.
    """
    words = item_words(index)
    known = tokenizer.get_vocab()
    missing = [word for word in words if word not in known]
    if missing:
        parts = tokenizer.tokenize(missing[0])
        raise UsageError(
            f"the tokenizer splits {missing[0]} into {parts}: every one of the {len(words)} words "
            f"of the index has to be one token, and {len(missing)} are not; {TO_DO}"
        )
    if not set(words) <= set(tokenizer.get_added_vocab()):  # those are never split
        check_segmentation(_texts(index, words), words, tokenizer.tokenize)
    return torch.tensor([known[word] for word in words], dtype=torch.long)


def with_item_words(
    tokenizer: PreTrainedTokenizerBase, model: PreTrainedModel, index: ItemIndex, run: Run
) -> tuple[PreTrainedTokenizerBase, PreTrainedModel]:
    """The same tokenizer and model, which from now on have the words of an index.

    Both are changed, as in transformers. Embeddings of new words are drawn around the mean of those
    there are, so that an untrained word is neither likely nor impossible. Words that are there
    already keep theirs.
    """
    new = [word for word in item_words(index) if word not in tokenizer.get_vocab()]
    tokenizer.add_tokens([AddedToken(word, normalized=False) for word in new])
    table = model.get_input_embeddings()
    assert isinstance(table.weight, Tensor)
    before = len(table.weight)
    if len(tokenizer) > before:
        model.resize_token_embeddings(len(tokenizer), mean_resizing=False)
    ids = torch.tensor([tokenizer.get_vocab()[word] for word in new], dtype=torch.long)
    rng = run.rng("backbones.item_words")
    _draw(model.get_input_embeddings(), ids, before, rng)
    causal: Any = model  # Any: transformers does not type this method
    output = causal.get_output_embeddings()
    if output is not None and output.weight is not model.get_input_embeddings().weight:
        _draw(output, ids, before, rng)
    return tokenizer, model


@torch.no_grad()
def _draw(layer: torch.nn.Module, ids: Tensor, before: int, rng: np.random.Generator) -> None:
    """New rows of a table, around the mean of its first ``before``."""
    table = layer.weight
    assert isinstance(table, Tensor)
    there = table[:before].float().cpu().numpy()
    mean: NDArray[np.float32] = there.mean(0)
    rows = rng.normal(mean, there.std(0) * 0.1, (len(ids), there.shape[1]))
    table[ids] = torch.from_numpy(rows).to(table.dtype).to(table.device)


def _texts(index: ItemIndex, words: list[str]) -> list[str]:
    """Items in words, evenly over the catalogue."""
    coded = np.flatnonzero(index.codes.lengths)
    chosen = coded[:: max(1, len(coded) // ITEMS_CHECKED)]
    return ["".join(words[code] for code in index.codes[int(item)]) for item in chosen]
