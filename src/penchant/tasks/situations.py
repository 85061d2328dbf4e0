"""One situation that is asked about, and the words that fill the slots of a template with it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import polars as pl
from numpy.typing import NDArray

from penchant.core import UsageError
from penchant.data import Dataset
from penchant.tasks.prompt_template import Template
from penchant.tasks.slots import FENCED, ITEM_FACTS, UNKNOWN, Names, fenced, plain


@dataclass(frozen=True, slots=True)
class Scale:
    """The ratings that can be given.

    >>> Scale().middle
    3.0
    """

    lowest: float = 1.0
    highest: float = 5.0

    def __post_init__(self) -> None:
        if not self.lowest < self.highest:
            raise UsageError(
                f"a scale from {self.lowest:g} to {self.highest:g}: give the lowest rating first"
            )

    @property
    def middle(self) -> float:
        """A rating above it is a good one."""
        return (self.lowest + self.highest) / 2

    @classmethod
    def of(cls, data: Dataset) -> "Scale":
        """From the lowest to the highest rating in the data; 1 to 5 where there are none."""
        known = data.events["rating"].drop_nulls()
        known = known.filter(known.is_finite()) if known.dtype.is_float() else known
        low, high = known.cast(pl.Float64).min(), known.cast(pl.Float64).max()
        if not isinstance(low, float) or not isinstance(high, float):
            return cls()
        return cls(low, high) if low < high else cls(min(low, 0.0), max(high, 1.0))


@dataclass(frozen=True, slots=True, eq=False)
class Situation:
    """Who, what, and what was before; a template shows what it has slots for."""

    user: int
    item: int = -1
    """-1: none is asked about"""
    history: Sequence[int] | NDArray[np.int32] = ()
    """Oldest first"""
    history_ratings: Sequence[float] | NDArray[np.float32] = ()
    """As long as history, or empty: unknown"""
    candidates: Sequence[int] = ()
    rating: float = float("nan")
    stars: float = float("nan")
    right: bool = True
    """Whether yes is the answer"""
    scale: Scale = Scale()
    texts: Mapping[str, str] = field(default_factory=dict)
    """review, summary, explanation, feature"""
    person: str | None = None
    """What the person tells of themselves; ``None``: what the names tell"""


@dataclass(frozen=True, slots=True, eq=False)
class Filler:
    """Puts situations into templates."""

    names: Names

    def ask(self, template: Template, situation: Situation) -> str:
        """The prompt."""
        return template.ask(self._values(template.asked_slots, situation, fenced))

    def reply(self, template: Template, situation: Situation) -> str:
        """The right answer."""
        return template.reply(self._values(template.replied_slots, situation, plain))

    def _values(
        self, slots: Sequence[str], situation: Situation, mark: Callable[[str, int], str]
    ) -> dict[str, object]:
        values: dict[str, object] = {}
        for slot in slots:
            if slot in situation.texts:
                text = situation.texts[slot]
                put = mark if slot in FENCED else plain
                values[slot] = put(text, self.names.text_limit)
            elif slot in ITEM_FACTS:
                values[slot] = self.names.facts[slot][situation.item]
            elif slot in _WORDS:
                values[slot] = _WORDS[slot](situation, self.names)
        return values


def number(value: float) -> str:
    """A rating in digits.

    >>> number(4.0), number(3.5)
    ('4', '3.5')
    """
    return f"{value:g}"


def _rated(situation: Situation, names: Names) -> list[str]:
    known = len(situation.history_ratings) == len(situation.history)
    ratings = situation.history_ratings if known else [float("nan")] * len(situation.history)
    return [
        f"{names.item(int(item))}: {number(rating) if np.isfinite(rating) else UNKNOWN}"
        for item, rating in zip(situation.history, ratings, strict=True)
    ]


def _person(situation: Situation, names: Names) -> str:
    if situation.person is not None:
        return situation.person
    return names.person(situation.user) if names.person else UNKNOWN


_WORDS: Mapping[str, Callable[[Situation, Names], object]] = {
    "answer": lambda s, _: "yes" if s.right else "no",
    "candidates": lambda s, names: [names.item(int(item)) for item in s.candidates],
    "choice": lambda s, _: str(list(s.candidates).index(s.item) + 1),
    "dataset": lambda _, names: names.dataset,
    "highest": lambda s, _: number(s.scale.highest),
    "history": lambda s, names: [names.item(int(item)) for item in s.history],
    "item": lambda s, names: names.item(s.item),
    "lowest": lambda s, _: number(s.scale.lowest),
    "person": _person,
    "rated_history": _rated,
    "rating": lambda s, _: number(s.rating),
    "stars": lambda s, _: number(s.stars),
    "user": lambda s, names: names.user(s.user),
}
"""How each slot is filled that neither the catalogue nor a text fills."""
