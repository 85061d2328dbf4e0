"""Language models of transformers as writers of codes: what beam search asks of them.

``generate`` has no part in this, so a checkpoint's sampler, penalties and forced words have none.
"""

from typing import Any, cast

import torch
from torch import Tensor
from transformers import PreTrainedModel

from penchant.backbones.lm_bart import SharedBart
from penchant.backbones.lm_expanded import ExpandedMemory, ExpandedPrompts
from penchant.backbones.lm_shared import SharedPrompt, Stepper
from penchant.backbones.lm_t5 import SharedMemory, read_source
from penchant.core import UsageError

SHARING_PROMPTS = frozenset(
    {"gemma", "gpt2", "gpt_neox", "granite", "llama", "mistral", "olmo2", "phi", "qwen2", "qwen3"}
)
"""Kinds of causal models that take masks and positions as given: a prompt is kept once."""

SHARING_MEMORY = frozenset({"bart", "mt5", "t5"})
"""Kinds of encoder-decoders whose decoder is known: a source is kept once."""

MASKS_AS_GIVEN = frozenset({"eager", "sdpa"})
"""Kinds of attention that can see any mask."""

LOGITS_AT_ONCE = 1 << 25
"""Turned into numbers of 32 bits together: bounds memory."""


class CausalLMWriter:
    """A :class:`CodeWriter` over a causal model; a prompt is read once for all its beams."""

    @torch.no_grad()
    def __init__(
        self,
        model: PreTrainedModel,
        *,
        input_ids: Tensor,
        attention_mask: Tensor,
        code_token_ids: Tensor,
        shared: bool | None = None,
    ) -> None:
        """Takes the prompts.

        Args:
            model: A causal model in eval mode.
            input_ids: (n, s) the words of the prompts, padded on either side.
            attention_mask: (n, s) 1 where a word is; every prompt has at least one.
            code_token_ids: (vocabulary,) int64, the word of each code.
            shared: Whether a prompt's keys and values are kept once for all beams, or once for
                each; ``None``: once, if the model is of a kind known to allow it.

        Raises:
            UsageError: The model is in training mode, or a prompt is empty.
        """
        _refuse_training(model)
        _refuse_empty(attention_mask)
        prompts, _ = left_aligned(input_ids, attention_mask)
        alone = shares_prompts(model) if shared is None else shared
        kind = SharedPrompt if alone else ExpandedPrompts
        self.stepper: Stepper = kind(model, prompts, attention_mask.sum(1))
        self.words = code_token_ids

    @torch.no_grad()
    def write(self, parents: Tensor | None, tokens: Tensor | None) -> tuple[Tensor, int]:
        """See :class:`CodeWriter`."""
        words = None if tokens is None else self.words[tokens]
        return log_probs_of(self.stepper.step(parents, words), self.words), 0


class Seq2SeqLMWriter:
    """A :class:`CodeWriter` over an encoder-decoder; a source is read once for all its beams."""

    @torch.no_grad()
    def __init__(
        self,
        model: PreTrainedModel,
        *,
        input_ids: Tensor | None = None,
        inputs_embeds: Tensor | None = None,
        attention_mask: Tensor,
        code_token_ids: Tensor,
        shared: bool | None = None,
    ) -> None:
        """Reads the sources.

        Args:
            model: An encoder-decoder in eval mode.
            input_ids: (n, s) the words of the sources, padded on either side; or
            inputs_embeds: (n, s, dimension) what the encoder takes in their place.
            attention_mask: (n, s) 1 where a word is.
            code_token_ids: (vocabulary,) int64, the word of each code.
            shared: Whether a source's keys and values are kept once for all beams, or once for
                each; ``None``: once, if the model is of a kind known to allow it.

        Raises:
            UsageError: The model is in training mode, a source is empty, or sources come in no
                form or in two.
        """
        _refuse_training(model)
        _refuse_empty(attention_mask)
        source = inputs_embeds if input_ids is None else input_ids
        if source is None or (input_ids is not None and inputs_embeds is not None):
            raise UsageError("give one of input_ids and inputs_embeds")
        read, real = left_aligned(source, attention_mask)
        alone = shares_memory(model) if shared is None else shared
        if alone and model.config.model_type != "bart":
            states = read if input_ids is None else model.get_input_embeddings()(read)
            self.stepper: Stepper = SharedMemory(model, read_source(model, states, real), real)
        else:
            named = "input_ids" if input_ids is not None else "inputs_embeds"
            encoder = cast("Any", model).get_encoder()  # Any: each kind of model has its own
            memory = encoder(**{named: read}, attention_mask=real).last_hidden_state
            kind = SharedBart if alone else ExpandedMemory
            self.stepper = kind(model, memory, real)
        self.words = code_token_ids

    @torch.no_grad()
    def write(self, parents: Tensor | None, tokens: Tensor | None) -> tuple[Tensor, int]:
        """See :class:`CodeWriter`."""
        words = None if tokens is None else self.words[tokens]
        return log_probs_of(self.stepper.step(parents, words), self.words), 0


def shares_prompts(model: PreTrainedModel) -> bool:
    """Whether all beams of a causal model can share one prompt."""
    config = model.config
    kinds = getattr(config, "layer_types", None) or ()
    sliding = any(kind != "full_attention" for kind in kinds)
    if not kinds and getattr(config, "use_sliding_window", True):
        sliding = getattr(config, "sliding_window", None) is not None
    return config.model_type in SHARING_PROMPTS and not sliding and _takes_any_mask(model)


def shares_memory(model: PreTrainedModel) -> bool:
    """Whether all beams of an encoder-decoder can share one source."""
    kind = model.config.model_type
    if kind == "bart":
        return _takes_any_mask(model)
    # In half precision T5 needs its states clamped, as transformers does.
    return kind in SHARING_MEMORY and model.dtype != torch.float16


def left_aligned(words: Tensor, attention_mask: Tensor) -> tuple[Tensor, Tensor]:
    """The same rows, (n, s) or (n, s, dimension), and their mask with all padding behind."""
    padding = attention_mask == 0
    order = padding.long().argsort(dim=1, stable=True)
    longest = max(1, int((~padding).sum(1).max()))
    order = order[:, :longest]
    rows = torch.arange(len(words), device=words.device)[:, None]
    return words[rows, order], attention_mask[rows, order]


def log_probs_of(logits: Tensor, words: Tensor) -> Tensor:
    """(n, beams, codes) natural logs of the codes' words, normalised over all words.

    Args:
        logits: (n, beams, all words), of any float type.
        words: (codes,) int64.
    """
    flat = logits.flatten(0, 1)
    rows = max(1, LOGITS_AT_ONCE // flat.shape[1])
    parts = [flat[first : first + rows] for first in range(0, len(flat), rows)]
    normaliser = torch.cat([part.float().logsumexp(1) for part in parts])
    chosen = flat[:, words].float() - normaliser[:, None]
    return chosen.view(*logits.shape[:2], -1)


def _takes_any_mask(model: PreTrainedModel) -> bool:
    return getattr(model.config, "_attn_implementation", None) in MASKS_AS_GIVEN


def _refuse_training(model: PreTrainedModel) -> None:
    if model.training:
        raise UsageError("the model is in training mode, so it drops out at random: call eval()")


def _refuse_empty(attention_mask: Tensor) -> None:
    empty = torch.nonzero(attention_mask.sum(1) == 0)
    if len(empty):
        raise UsageError(
            f"prompt {int(empty[0])} is empty: a model goes on from what is there, so give it at "
            "least one word, such as the tokenizer's first or last one"
        )
