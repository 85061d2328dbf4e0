"""Any texts in the order in which they answer a question: by common words, or by a language model.

A model's answer is an order of numbers, or likelihoods; whatever it says, every text comes back
once.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from penchant.core import Interrupted, PenchantError, Run, UsageError
from penchant.language import LanguageModel, Reranker, Writer, opened
from penchant.prompting import prompt, read_order
from penchant.retrieve import LexicalIndex

MOST_TOLD = 50
"""Texts that a language model is told in one prompt; the others follow by their words."""
PROMPT = "rank-documents@1"


@dataclass(frozen=True, slots=True, eq=False)
class OrderedTexts:
    """Texts, the best first."""

    order: NDArray[np.int64]
    """(n,) their places, from 0, in what was given"""
    relevances: NDArray[np.float32]
    """(n,) 0 to 1, in that order"""
    degraded: bool
    """A language model was asked and gave no order: words decided"""


def order_texts(
    question: str, texts: Sequence[str], run: Run, *, lm: LanguageModel | None = None
) -> OrderedTexts:
    """Texts by how well they answer a question.

    >>> from penchant.core import Run
    >>> told = order_texts("a red shoe", ["the sky", "red shoes", "a shoe, red"], Run())
    >>> told.order.tolist()
    [2, 1, 0]

    Args:
        question: What is looked for.
        texts: (n) at least one.
        run: Deadline and books.
        lm: Who orders them; ``None``: common words do (BM25), equal ones as they were given.

    Raises:
        UsageError: There are no texts.
    """
    if not texts:
        raise UsageError("no texts to put in order: give at least one")
    words = LexicalIndex.of(texts).score([question])[0]
    if words.max() > 0:
        words = words / words.max()
    if lm is None:
        return _ordered(words, degraded=False)
    first = np.argsort(-words, kind="stable")[:MOST_TOLD]
    heard = _heard(question, [texts[place] for place in first.tolist()], run, lm)
    if heard is None:
        return _ordered(words, degraded=True)
    # What the model did not see comes after what it saw.
    relevances = (words * np.float32(0.5 / max(2, len(texts)))).astype(np.float32)
    relevances[first] = heard
    return _ordered(relevances, degraded=False)


def _heard(
    question: str, texts: Sequence[str], run: Run, lm: LanguageModel
) -> NDArray[np.float32] | None:
    """(n,) from above 0 to 1, as the model says; ``None``: it does not say."""
    try:
        model = opened(lm, run)
        if isinstance(model, Reranker):
            told = model.rerank([question], [texts], run=run)[0]
            if np.isfinite(told).all():
                return _spread(told)
        if isinstance(model, Writer):
            return _written(question, texts, run, model)
    except Interrupted:
        raise
    except PenchantError as error:
        run.watch.note(f"the language model gave no order: {error}")
    return None


def _written(
    question: str, texts: Sequence[str], run: Run, model: Writer
) -> NDArray[np.float32] | None:
    asked = prompt(PROMPT).fill(question=question, documents=list(texts))
    reply = model.write([asked], max_tokens=16 + 6 * len(texts), run=run)[0]
    read = read_order(reply.text, len(texts))
    if reply.failure or not len(read.order):
        run.watch.note(f"the language model gave no order: {reply.failure or 'no numbers'}")
        return None
    rest = [place for place in range(len(texts)) if place not in set(read.order.tolist())]
    places = np.empty(len(texts), np.float32)
    places[[*read.order.tolist(), *rest]] = np.arange(len(texts))
    return (1 - places / (len(texts) + 1)).astype(np.float32)


def _spread(told: NDArray[np.float32]) -> NDArray[np.float32]:
    """Relevances as they are if they are chances already, else by their ranks."""
    if told.min() >= 0 and told.max() <= 1:
        return np.maximum(told, np.float32(1e-6)).astype(np.float32)
    order = np.argsort(np.argsort(-told, kind="stable"), kind="stable")
    return (1 - order / (len(told) + 1)).astype(np.float32)


def _ordered(relevances: NDArray[np.float32], *, degraded: bool) -> OrderedTexts:
    order = np.argsort(-relevances, kind="stable")
    return OrderedTexts(order, relevances[order], degraded)
