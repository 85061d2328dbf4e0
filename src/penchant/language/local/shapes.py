"""Answers of a shape: which tokens may come next, by llguidance."""

import json
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from numpy.typing import NDArray
from transformers import PreTrainedTokenizerBase

from penchant.core import MissingExtra, UsageError
from penchant.language.json_bounds import bounded
from penchant.language.words import JsonShape

if TYPE_CHECKING:
    from llguidance import LLMatcher


class Shapes:
    """Shapes that were looked at, for one tokenizer."""

    def __init__(
        self, tokenizer: PreTrainedTokenizerBase, *, n_words: int, stops: frozenset[int]
    ) -> None:
        try:
            from llguidance.hf import from_tokenizer
        except ImportError as error:
            raise MissingExtra("llguidance", extra="lm") from error
        self._tokenizer = from_tokenizer(
            cast("Any", tokenizer),  # Any: it asks for one kind, and says so if it is another
            n_vocab=n_words,
            eos_token=sorted(stops),
        )
        self._n_words = n_words
        self._matchers: dict[str, LLMatcher] = {}

    def follow(self, shape: JsonShape) -> "Following":
        """An answer of this shape, at its beginning.

        Raises:
            UsageError: It is not a JSON Schema, or one that cannot be followed.
        """
        if shape.schema not in self._matchers:
            self._matchers[shape.schema] = self._made(shape)
        return Following(shape, self._matchers[shape.schema].deep_copy(), self._n_words)

    def _made(self, shape: JsonShape) -> "LLMatcher":
        from llguidance import LLMatcher

        schema = json.dumps(bounded(shape.as_json()))
        try:
            grammar = LLMatcher.grammar_from_json_schema(
                schema, overrides={"whitespace_flexible": False}
            )
        except ValueError as error:
            raise UsageError(f"shape {shape.name!r}: {error}") from error
        matcher = LLMatcher(self._tokenizer, grammar, log_level=0)
        if matcher.is_error():
            raise UsageError(f"shape {shape.name!r}: {matcher.get_error().strip()}")
        return matcher


class Following:
    """An answer that follows a shape, token by token."""

    def __init__(self, shape: JsonShape, matcher: "LLMatcher", n_words: int) -> None:
        self.shape, self._matcher, self._n_words = shape, matcher, n_words

    def allowed(self) -> NDArray[np.bool_]:
        """(vocabulary,) what may come next."""
        packed = np.frombuffer(self._matcher.compute_bitmask(), np.uint8)
        bits = np.unpackbits(packed, bitorder="little").astype(np.bool_)
        allowed = np.zeros(self._n_words, np.bool_)
        allowed[: len(bits)] = bits[: self._n_words]
        return allowed

    def take(self, token: int) -> bool:
        """Goes on with a token; false if that cannot be."""
        return bool(self._matcher.consume_token(token)) and not self._matcher.is_error()

    @property
    def whole(self) -> bool:
        """Nothing can be added any more."""
        return bool(self._matcher.is_stopped())
