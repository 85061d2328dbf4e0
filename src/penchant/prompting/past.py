"""How much of a history fits into a prompt: the newest that a number of tokens can hold."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from penchant.core import Ragged, Run, UsageError, offsets_of
from penchant.language import LanguageModel
from penchant.prompting.evidence import token_counter
from penchant.prompting.ranking import Question


@dataclass(frozen=True, slots=True)
class Selected:
    """What is told of a history."""

    texts: tuple[str, ...]
    """Oldest first, as in the history"""
    cut: int
    """How many older ones are not told"""
    tokens: int
    """Of what is told"""
    budget: int

    @property
    def note(self) -> str:
        """What was cut, in words; empty: nothing."""
        if not self.cut:
            return ""
        everything = self.cut + len(self.texts)
        return (
            f"the oldest {self.cut} of {everything} are not told: "
            f"{self.budget} tokens hold the newest {len(self.texts)}"
        )


def select_history(
    texts: Sequence[str], *, budget: int, count: Callable[[str], int], most: int | None = None
) -> Selected:
    """The newest texts of a history that a number of tokens can hold.

    >>> told = select_history(["a", "b c", "d"], budget=3, count=lambda text: len(text.split()))
    >>> told.texts, told.note
    (('b c', 'd'), 'the oldest 1 of 3 are not told: 3 tokens hold the newest 2')

    Args:
        texts: Oldest first.
        budget: Tokens of all that is told.
        count: Tokens of a text, as :meth:`penchant.language.OpenModel.count`.
        most: Texts at most, whatever the budget.

    Raises:
        UsageError: ``budget`` is negative or ``most`` below 1.
    """
    if budget < 0 or (most is not None and most < 1):
        raise UsageError(f"budget={budget}, most={most}: need tokens from 0 and texts from 1")
    window = list(texts if most is None else texts[-most:])
    used = np.cumsum([count(text) for text in reversed(window)], dtype=np.int64)
    kept = int(np.searchsorted(used, budget, side="right"))
    chosen = tuple(window[len(window) - kept :])
    return Selected(chosen, len(texts) - kept, int(used[kept - 1]) if kept else 0, budget)


def told_within(
    questions: Sequence[Question],
    titles: Sequence[str],
    budget: int | None,
    lm: LanguageModel,
    run: Run,
) -> list[Question]:
    """Questions with as much of each history as a number of tokens can hold, the newest.

    Args:
        questions: Any number.
        titles: (n_items,)
        budget: Tokens of a history as the model counts them; ``None``: any number.
        lm: Who is asked.
        run: Is told once what was left out.
    """
    if budget is None:
        return list(questions)
    count, kept, cut = token_counter(lm, run), [], []
    for one in questions:
        told = select_history([titles[item] for item in one.history], budget=budget, count=count)
        kept.append(replace(one, history=one.history[told.cut :]))
        cut.append(told.cut)
    if any(cut):
        run.watch.note(
            f"{sum(map(bool, cut)):,} of {len(cut):,} histories are not told whole: "
            f"{budget:,} tokens hold no more, up to {max(cut):,} of the oldest items are left out"
        )
    return kept


def newest_within(histories: Ragged, tokens: NDArray[np.integer], budget: int) -> Ragged:
    """The newest items of each history that a number of tokens can hold.

    >>> newest_within(Ragged.of([[0, 1, 2], [1]]), np.array([1, 5, 2]), 6)[0].tolist()
    [2]

    Args:
        histories: (n) items, oldest first, all known.
        tokens: (n_items,) of the words of each item, at least 1.
        budget: Tokens of a history.

    Raises:
        UsageError: ``budget`` is negative.
    """
    if budget < 0:
        raise UsageError(f"budget={budget}: need tokens from 0")
    used = np.concatenate([[0], np.cumsum(np.asarray(tokens, np.int64)[histories.values])])
    rows = histories.rows()
    # Tokens from this item to the newest of its history.
    newer = used[histories.offsets[1:]][rows] - used[:-1]
    kept = newer <= budget
    lengths = np.bincount(rows[kept], minlength=len(histories))
    return Ragged(histories.values[kept], offsets_of(lengths))
