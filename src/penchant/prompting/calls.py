"""Many prompts asked at once, for answers in words; whatever fails is counted and never raised."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from penchant.core import (
    DeadlinePassed,
    Interrupted,
    PenchantError,
    Run,
    UsageError,
    VectorBooks,
)
from penchant.language import (
    GREEDY,
    JsonShape,
    LanguageModel,
    Prompt,
    Sampling,
    Scorer,
    Usage,
    Writer,
    opened,
)

UNUSABLE = "unusable"
"""The model could not even be opened; the note says what to do."""


_LARGER = "name a larger model: this one does not answer as it was asked"
HINTS: dict[str, str] = {
    "budget": "raise the budget",
    "copied": "put fewer items into a list (pool), or name a model that orders lists",
    "cut": "ask again: answers broke off",
    "down": "see that the model's server runs, and ask again",
    "duplicate": _LARGER,
    "empty": _LARGER,
    "garbled": "ask again, or another endpoint: what came back was no answer",
    "history": _LARGER,
    "invalid": _LARGER,
    "limited": "ask again later, or fewer at once (concurrency)",
    "missing": "record again, or ask with --calls cache",
    "refused": "the provider would not answer: ask another model",
    "slow": "give more time",
    "too-long": "tell less (history, pool, context), or give a larger window",
    "unreadable": _LARGER,
    UNUSABLE: "mend what the line before says",
}
"""Kind of failure, of a call or of an answer -> what to do."""


@dataclass(frozen=True, slots=True, eq=False)
class Texts:
    """What was answered."""

    texts: Sequence[str | None]
    """One a prompt; ``None``: no answer"""
    failures: Mapping[str, int]
    """Kind -> prompts without an answer"""
    usage: Usage


def check_writer(lm: LanguageModel, run: Run) -> None:
    """Opens a model once, so that what a person can mend is told before any work is done.

    Raises:
        PenchantError: It cannot be opened, or does not write.
    """
    model = opened(lm, run)
    if not isinstance(model, Writer):
        raise UsageError(f"{model.name} does not write; name a model that answers in words")


def ask_for_texts(
    lm: LanguageModel,
    prompts: Sequence[Prompt],
    *,
    max_tokens: int,
    run: Run,
    shape: JsonShape | None = None,
    sampling: Sampling = GREEDY,
) -> Texts:
    """An answer to each prompt, as far as there is one.

    Args:
        lm: Who is asked.
        prompts: Any number.
        max_tokens: Of each answer.
        run: Deadline, watcher, and the books.
        shape: The JSON that an answer must be.
        sampling: How tokens are drawn.
    """
    if not prompts:
        return Texts([], {}, Usage())
    try:
        model = opened(lm, run)
        if not isinstance(model, Writer):
            raise UsageError(f"{model.name} does not write; name a model that answers in words")
        replies = model.write(
            prompts, max_tokens=max_tokens, shape=shape, sampling=sampling, run=run
        )
    except Interrupted:
        raise
    except PenchantError as error:
        kind = "slow" if isinstance(error, DeadlinePassed) else UNUSABLE
        run.watch.note(f"the language model did not answer: {error}")
        return Texts([None] * len(prompts), {kind: len(prompts)}, Usage())
    failures = Counter(str(reply.failure) for reply in replies if reply.failure)
    texts = [None if reply.failure else reply.text for reply in replies]
    return Texts(texts, dict(failures), sum((reply.usage for reply in replies), Usage()))


def ask_for_shares(
    lm: LanguageModel, prompts: Sequence[Prompt], answers: Sequence[str], *, run: Run
) -> tuple[NDArray[np.float64], Mapping[str, int]]:
    """How likely each of a few answers is, among them.

    Args:
        lm: Who is asked; one that knows likelihoods.
        prompts: n of them.
        answers: m of them, the same to each prompt.
        run: Deadline and books.

    Returns:
        (n, m) shares with sum 1; rows of nan where there is no answer. And why, by kind.
    """
    nothing = np.full((len(prompts), len(answers)), np.nan)
    if not prompts:
        return nothing, {}
    try:
        model = opened(lm, run)
        if not isinstance(model, Scorer):
            raise UsageError(f"{model.name} tells no likelihoods; name a model that scores")
        found = model.score(prompts, [answers] * len(prompts), run=run)
    except Interrupted:
        raise
    except PenchantError as error:
        kind = "slow" if isinstance(error, DeadlinePassed) else UNUSABLE
        run.watch.note(f"the language model did not answer: {error}")
        return nothing, {kind: len(prompts)}
    logs = found.log_probs.reshape(nothing.shape).astype(np.float64)
    odds = np.exp(logs - logs.max(1, keepdims=True))
    return odds / odds.sum(1, keepdims=True), dict(found.failures)


def note_failures(run: Run, who: str, failures: Mapping[str, int], n: int, instead: str) -> None:
    """Tells the run what became of ``n`` questions, once, where anything failed.

    A dry run is told nothing: its questions were only counted.

    >>> class Said:
    ...     note = staticmethod(print)
    >>> note_failures(Run(watch=Said()), "bookgpt", {"slow": 2, "unreadable": 1}, 9, "left out")
    bookgpt, 9 questions: 2 slow, 1 unreadable; left out
      hint: give more time; name a larger model: this one does not answer as it was asked
    """
    counted = ", ".join(f"{count:,} {kind}" for kind, count in sorted(failures.items()) if count)
    is_dry = isinstance(run.books, VectorBooks) and run.books.asks_nothing
    if counted and not is_dry:
        asked = f"{n:,} question{'' if n == 1 else 's'}"
        mended = dict.fromkeys(hint for kind, hint in HINTS.items() if failures.get(kind))
        hints = f"\n  hint: {'; '.join(mended)}" if mended else ""
        run.watch.note(f"{who}, {asked}: {counted}; {instead}{hints}")
