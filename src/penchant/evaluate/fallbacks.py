"""Answers of a fallback, counted: a language model that is down has no figures of its own."""

import warnings
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from penchant.core import Overheard, Silent, Watcher
from penchant.data import Flag, Rankings

TOLD = 3
"""Notes of why that are told, at most."""


@dataclass(slots=True, eq=False)
class Fallbacks:
    """Lists of one model, how many a fallback gave, and what was noted meanwhile.

    >>> counted = Fallbacks.over(Silent())
    >>> counted.watch.note("llmrank, 2 questions: 2 slow")
    >>> rows = np.zeros((2, 1))
    >>> counted.count(Rankings(rows, rows, np.array([Flag.DEGRADED, 0], np.uint8)))
    >>> counted.share, counted.told("rerank")
    (0.5, ('rerank: 1 of 2 lists is of its fallback (llmrank, 2 questions: 2 slow)',))
    """

    watch: Overheard
    """Who is to be told while the model answers"""
    lists: int = 0
    degraded: int = 0

    @classmethod
    def over(cls, watch: Watcher) -> "Fallbacks":
        """Nothing counted so far; ``watch`` is told what is noted."""
        return cls(Overheard(watch))

    def count(self, rankings: Rankings) -> None:
        """Counts the lists of one answer."""
        self.lists += len(rankings)
        self.degraded += int(degraded_rows(rankings).sum())

    @property
    def share(self) -> float:
        """Of the lists, those of a fallback; nan where no lists were asked for."""
        return self.degraded / self.lists if self.lists else float("nan")

    def told(self, name: str) -> tuple[str, ...]:
        """One line on the model of that name; none where no list is of a fallback."""
        if not self.degraded:
            return ()
        verb = "is" if self.degraded == 1 else "are"
        said = list(dict.fromkeys(self.watch.notes))[:TOLD]
        why = "; ".join(note.replace("\n  hint: ", "; hint: ") for note in said)
        counted = f"{name}: {self.degraded:,} of {self.lists:,} lists {verb} of its fallback"
        return (f"{counted} ({why})" if why else counted,)

    def warn(self, name: str, watch: Watcher, *, above: int = 3) -> None:
        """A Python warning of what failed, where nobody watches: at the line of who called.

        A method that is short by design, such as ``Fallback``, notes no failure, and warns of none.
        """
        if isinstance(watch, Silent) and self.watch.notes:
            for line in self.told(name):
                warnings.warn(line, stacklevel=above)


def degraded_rows(rankings: Rankings) -> NDArray[np.bool_]:
    """(n,) whether a fallback gave the row."""
    if rankings.flags is None:
        return np.zeros(len(rankings), np.bool_)
    return (rankings.flags & np.uint8(Flag.DEGRADED)) > 0
