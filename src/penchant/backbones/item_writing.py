"""Prompts to items, with any language model that has the words of an index."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from transformers import PreTrainedModel, PreTrainedTokenizerBase

from penchant.backbones.beams import nothing, search
from penchant.backbones.diverse import Diversity, diverse_search
from penchant.backbones.item_tokens import item_token_ids
from penchant.backbones.lm_writing import CausalLMWriter, Seq2SeqLMWriter
from penchant.backbones.sampling import sample
from penchant.backbones.trie_tensors import TrieTensors
from penchant.codes import ItemIndex
from penchant.core import Ragged, Run, UsageError
from penchant.data import Queries, Rankings, joined

LOGITS_AT_ONCE = 1 << 26
"""Of all beams of all rows at one code: bounds memory."""
TOKENS_AT_ONCE = 1 << 15
"""Of prompts that are read together: likewise."""
UNLIMITED = 1_000_000
"""Tokenizers without a limit say some larger number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """How items are found: beams, groups of beams, or draws."""

    beams: int = 20
    """Ways followed at once; never fewer than the answers asked for."""
    diversity: Diversity | None = None
    """Groups of beams that keep out of each other's way."""
    temperature: float | None = None
    """Items are drawn without replacement, at this temperature, and not searched for."""

    def __post_init__(self) -> None:
        if self.beams < 1:
            raise UsageError(f"beams={self.beams}: need at least 1")
        if self.diversity is not None and self.temperature is not None:
            raise UsageError("diversity and temperature: items are searched for or drawn, not both")


FINDING = Finding()


@dataclass(frozen=True, slots=True, eq=False)
class WordedItems:
    """A language model, and an index in its words."""

    model: PreTrainedModel
    tokenizer: PreTrainedTokenizerBase
    index: ItemIndex
    trie: TrieTensors
    words: Tensor
    """(vocabulary,) int64, the token of each code."""

    @classmethod
    def of(
        cls, model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase, index: ItemIndex
    ) -> "WordedItems":
        """With the trie of the index where the model is.

        Raises:
            UsageError: The tokenizer splits a word of the index, or the model lacks it.
        """
        words = item_token_ids(tokenizer, index)
        table = model.get_input_embeddings().weight
        assert isinstance(table, Tensor)
        if len(words) and int(words.max()) >= len(table):
            raise UsageError(
                f"the tokenizer has {len(tokenizer)} words and the model {len(table)}: resize the "
                "model's embeddings, or use the tokenizer that the model was trained with"
            )
        device = str(model.device)
        return cls(model, tokenizer, index, TrieTensors.of(index.trie(), device), words.to(device))

    @property
    def window(self) -> int | None:
        """Tokens of a prompt that the model can read, its words for an item left room for."""
        config = self.model.config
        most = getattr(config, "max_position_embeddings", None)
        if self.model.config.is_encoder_decoder:
            limit = self.tokenizer.model_max_length
            limits = [size for size in (most, limit) if size is not None and size < UNLIMITED]
            return min(limits, default=None)
        return None if most is None else max(1, most - self.index.depth)


def write_items(
    items: WordedItems,
    prompts: Sequence[str] | Ragged,
    queries: Queries,
    k: int,
    *,
    run: Run,
    finding: Finding = FINDING,
    window: int | None = None,
) -> Rankings:
    """The items that a language model writes after each prompt; only open ones.

    A prompt that is longer than the window loses its oldest tokens, and ``run.watch`` is told once.

    Args:
        items: Model, tokenizer, index.
        prompts: n texts, or n sequences of token ids, which are read as they are.
        queries: n rows: what is allowed, a candidate, excluded.
        k: Answers per row.
        run: Its seed orders equal scores and decides draws; its deadline is kept between batches.
        finding: Beams, groups of beams or draws.
        window: Tokens of a prompt that are read; ``None``: what the model can read.

    Returns:
        Scores are natural logs of the probability of all words of the item, over all words that the
        model could write; perturbed ones for draws.

    Raises:
        UsageError: A prompt has no token, or there are not n prompts.
    """
    if len(prompts) != len(queries):
        raise UsageError(f"{len(prompts)} prompts for {len(queries)} queries: need one each")
    if len(prompts) == 0:
        return nothing(0, k)
    tokens = prompts if isinstance(prompts, Ragged) else tokens_of(items, prompts)
    tokens = _within(items, tokens, isinstance(prompts, Ragged), window or items.window, run)
    order, parts = [np.zeros(0, np.int64)], []
    for rows in _batches(items, tokens.lengths, max(finding.beams, k)):
        if run.deadline is not None:
            run.deadline.check()
        parts.append(_answer(items, tokens.take(rows), queries.take(rows), k, run, finding, rows))
        order.append(rows)
    found = joined(parts, k)
    back = np.argsort(np.concatenate(order))
    flags = None if found.flags is None else found.flags[back]
    return Rankings(found.items[back], found.scores[back], flags)


def tokens_of(items: WordedItems, texts: Sequence[str]) -> Ragged:
    """The tokens of prompts, with what the tokenizer puts around them.

    A causal model goes on from the prompt, so nothing is put behind it.
    """
    read = [np.asarray(ids, np.int32) for ids in items.tokenizer(list(texts))["input_ids"]]
    if items.model.config.is_encoder_decoder:
        return Ragged.of(read)
    _, behind = _around(items.tokenizer)
    opening = items.tokenizer.bos_token_id
    start = [] if opening is None else [opening]
    return Ragged.of([ids[: len(ids) - behind] if len(ids) > behind else start for ids in read])


def _around(tokenizer: PreTrainedTokenizerBase) -> tuple[int, int]:
    """How many special tokens stand before and behind a text."""
    bare = len(tokenizer("a", add_special_tokens=False)["input_ids"])
    mask = tokenizer("a", return_special_tokens_mask=True)["special_tokens_mask"]
    before = next((place for place, special in enumerate(mask) if not special), 0)
    return before, len(mask) - bare - before


def _within(items: WordedItems, tokens: Ragged, bare: bool, window: int | None, run: Run) -> Ragged:
    """The newest tokens of each prompt, after what stands before each."""
    if not tokens.lengths.all():
        row = int(np.flatnonzero(tokens.lengths == 0)[0])
        raise UsageError(
            f"prompt {row} has no token, and a model goes on from what is there: give it a text, "
            "or a tokenizer with a first or last token"
        )
    if window is None or tokens.lengths.max(initial=0) <= window:
        return tokens
    long = tokens.lengths > window
    run.watch.note(
        f"{long.sum()} of {len(tokens)} prompts are longer than the {window} tokens that the model "
        "reads: the newest are kept"
    )
    before = 0 if bare else min(_around(items.tokenizer)[0], window - 1)
    from_start = np.arange(len(tokens.values)) - np.repeat(tokens.offsets[:-1], tokens.lengths)
    from_end = np.repeat(tokens.lengths, tokens.lengths) - from_start
    kept = (from_start < before) | (from_end <= window - before) | ~np.repeat(long, tokens.lengths)
    return Ragged.from_rows(tokens.rows()[kept], tokens.values[kept], len(tokens))


def _batches(
    items: WordedItems, lengths: NDArray[np.int64], beams: int
) -> Iterator[NDArray[np.int64]]:
    """Rows of similar length together, as many as memory allows."""
    words = int(getattr(items.model.config, "vocab_size", 1))
    at_once = max(1, LOGITS_AT_ONCE // (beams * max(words, items.trie.most_children)))
    order = np.argsort(lengths, kind="stable")[::-1]
    start = 0
    while start < len(order):
        longest = max(1, int(lengths[order[start]]))
        size = max(1, min(at_once, TOKENS_AT_ONCE // longest))
        yield order[start : start + size]
        start += size


def _answer(
    items: WordedItems,
    tokens: Ragged,
    queries: Queries,
    k: int,
    run: Run,
    finding: Finding,
    rows: NDArray[np.int64],
) -> Rankings:
    """One batch."""
    longest = max(1, int(tokens.lengths.max(initial=0)))
    padded = tokens.padded(longest)
    mask = torch.from_numpy((padded >= 0).astype(np.int64)).to(items.model.device)
    ids = torch.from_numpy(np.maximum(padded, 0).astype(np.int64)).to(items.model.device)
    kind = Seq2SeqLMWriter if items.model.config.is_encoder_decoder else CausalLMWriter
    writer = kind(items.model, input_ids=ids, attention_mask=mask, code_token_ids=items.words)
    if finding.temperature is not None:
        return sample(
            writer,
            items.trie,
            queries,
            k,
            run=run,
            rows=rows.tolist(),
            temperature=finding.temperature,
        )
    beams = finding.beams
    if finding.diversity is not None:
        return diverse_search(
            writer, items.trie, queries, k, beams=beams, run=run, diversity=finding.diversity
        )
    return search(writer, items.trie, queries, k, beams=beams, run=run)
