"""Examples of a prompt from what people did before: the newest, those most alike, or any.

Ratings are the person's own. Texts are the person's own newest, or those of anybody in training
that are most like what is asked about (Liu et al., DeeLIO 2022, arXiv:2101.06804).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np

from penchant.core import Run
from penchant.data import Dataset, Queries
from penchant.prompting.demonstrations import Demonstrations, Nearness
from penchant.prompting.past_texts import PastText, PastTexts
from penchant.tasks import Scale

Examples = Literal["recent", "nearest", "random"]
KEPT = 20
"""Texts of a person that are kept where others may be asked with them as examples."""
MOST_STEPS = 11
"""Ratings whose likelihoods are asked for."""
_BY: dict[Examples, Nearness] = {"nearest": "words", "random": "random"}


@dataclass(frozen=True, eq=False)
class OwnExamples:
    """Where examples come from.

    >>> examples = OwnExamples(["Heat", "Heat 2", "Up"], PastTexts(), "nearest", 1)
    >>> examples.rated([(0, 4.0), (2, 1.0)], 1, Run())
    [(0, 4.0)]
    """

    lines: Sequence[str]
    """(n_items,) what items are found by"""
    past: PastTexts
    choice: Examples = "recent"
    shots: int = 5
    """At most so many; 0: none"""

    def rated(
        self, given: Sequence[tuple[int, float]], item: int, run: Run
    ) -> list[tuple[int, float]]:
        """Of what a person rated, oldest first, the examples for a question about an item."""
        if self.choice == "recent" or not self.shots or not given:
            return list(given[-self.shots :]) if self.shots else []
        ratings = dict(given)
        barred = np.ones((1, len(self.lines)), np.bool_)
        barred[0, list(ratings)] = False
        found = self._items.nearest(
            [self.lines[item]], self.shots, run=run, by=_BY[self.choice], barred=barred
        )[0]
        rows = [row["item"] for row in found]
        return [(row, ratings[row]) for row in rows if isinstance(row, int)]

    def texts(self, user: int, question: str, columns: Sequence[str], run: Run) -> list[PastText]:
        """Texts with all of the columns; none where somebody unknown asks for their own."""
        if not self.shots:
            return []
        if self.choice == "recent":
            return self.past.of_user(user, columns)[-self.shots :] if user >= 0 else []
        by = _BY[self.choice]
        found = self._written.nearest([question], self.shots, run=run, by=by)[0]
        texts = [row["text"] for row in found]
        return [
            one
            for one in texts
            if isinstance(one, PastText) and all(name in one.texts for name in columns)
        ]

    @cached_property
    def _items(self) -> Demonstrations:
        return Demonstrations.of(self.lines, [{"item": row} for row in range(len(self.lines))])

    @cached_property
    def _written(self) -> Demonstrations:
        written = [one for some in self.past.rows.values() for one in some]
        told = [f"{self.lines[one.item]}\n{one.texts.get('review', '')}" for one in written]
        return Demonstrations.of(told, [{"text": one} for one in written])


def texts_kept(choice: Examples, shots: int) -> int:
    """How many texts of each person may be needed as examples."""
    return shots if choice == "recent" or not shots else max(shots, KEPT)


def own_ratings(query: Queries) -> list[tuple[int, float]]:
    """What the person of a single row rated, oldest first: item and rating."""
    history = query.histories
    if history.ratings is None:
        return []
    pairs = zip(history.items.values.tolist(), history.ratings.tolist(), strict=True)
    return [pair for pair in pairs if pair[0] >= 0 and np.isfinite(pair[1])]


def rating_steps(data: Dataset) -> tuple[float, ...]:
    """The ratings that people give, rising; of more than can be asked about, even steps."""
    steps = data.events["rating"].drop_nulls().drop_nans().unique().sort().to_numpy()
    if 2 <= len(steps) <= MOST_STEPS:
        return tuple(steps.tolist())
    scale, n = Scale.of(data), 5 if len(steps) < 2 else MOST_STEPS
    return tuple(np.linspace(scale.lowest, scale.highest, n).round(2).tolist())
