"""Prompts to tokens and tokens to texts, in the form that a model was taught."""

import re
from dataclasses import dataclass

import numpy as np
from jinja2 import TemplateError
from numpy.typing import NDArray
from transformers import PreTrainedModel, PreTrainedTokenizerBase

from penchant.language.words import Message, Prompt

Tokens = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Texts:
    """The tokenizer of a model that writes.

    Signs of the model, such as ``<|im_end|>``, are taken out of all that is said: a text cannot end
    its own turn and begin another.
    """

    tokenizer: PreTrainedTokenizerBase
    signs: re.Pattern[str]
    stops: frozenset[int]
    """Tokens that end an answer"""

    @classmethod
    def of(cls, model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase) -> "Texts":
        """The tokenizer with what it needs to know of the model."""
        signs = sorted(tokenizer.all_special_tokens, key=len, reverse=True)
        added = [str(t) for t in tokenizer.added_tokens_decoder.values() if t.special]
        found = "|".join(re.escape(sign) for sign in dict.fromkeys([*added, *signs]) if sign)
        stops: set[int] = set()
        for ends in (
            model.config.eos_token_id,
            getattr(model.generation_config, "eos_token_id", None),
            tokenizer.eos_token_id,
        ):
            stops |= {
                end for end in (ends if isinstance(ends, list) else [ends]) if end is not None
            }
        return cls(tokenizer, re.compile(found or r"(?!)"), frozenset(stops))

    def prompt(self, prompt: Prompt) -> Tokens:
        """All tokens of a prompt; at least one."""
        if not prompt.messages:
            return self.plain(prompt.begun)
        turns = [Message(turn.role, self.unsigned(turn.content)) for turn in prompt.messages]
        text = self._chat(turns) + self.unsigned(prompt.begun)
        return self._encode(text, special=False)

    def plain(self, text: str) -> Tokens:
        """The tokens of a text that stands alone; at least one."""
        tokens = self._encode(self.unsigned(text), special=True)
        while len(tokens) > 1 and int(tokens[-1]) in self.stops:
            tokens = tokens[:-1]
        if len(tokens):
            return tokens
        first = self.tokenizer.bos_token_id or self.tokenizer.eos_token_id or 0
        return np.array([first], np.int64)

    def answer(self, text: str) -> Tokens:
        """The tokens of an answer, that come after those of a prompt."""
        return self._encode(self.unsigned(text), special=False)

    def decode(self, tokens: list[int]) -> str:
        """The text that was written, without signs."""
        return str(self.tokenizer.decode(tokens, skip_special_tokens=True))

    def unsigned(self, text: str) -> str:
        """A text without signs of the model, also those that appear as others are taken out."""
        while True:
            text, found = self.signs.subn("", text)
            if not found:
                return text

    def _encode(self, text: str, *, special: bool) -> Tokens:
        found = self.tokenizer(text, add_special_tokens=special, verbose=False)["input_ids"]
        return np.asarray(found, np.int64)

    def _chat(self, turns: list[Message]) -> str:
        if self.tokenizer.chat_template is None:
            return "".join(f"{turn.role}: {turn.content}\n" for turn in turns) + "assistant:"
        try:
            return self._rendered(turns)
        except TemplateError:
            # Some models know no role of the system; what it says then stands before the question.
            if len(turns) < 2 or turns[0].role != "system":
                raise
            both = Message("user", f"{turns[0].content}\n\n{turns[1].content}")
            return self._rendered([both, *turns[2:]])

    def _rendered(self, turns: list[Message]) -> str:
        told = [{"role": turn.role, "content": turn.content} for turn in turns]
        return str(
            self.tokenizer.apply_chat_template(told, add_generation_prompt=True, tokenize=False)
        )
