"""What people wrote in training, as examples for prompts: the newest texts, with their items."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from penchant.core import Json
from penchant.data import Dataset, event_texts

COLUMNS = ("explanation", "review", "summary")
MOST_CHARACTERS = 400
"""Of a text that is kept."""


@dataclass(frozen=True, slots=True)
class PastText:
    """What somebody wrote about an item."""

    item: int
    texts: Mapping[str, str]
    """By column"""


@dataclass(frozen=True, slots=True, eq=False)
class PastTexts:
    """The newest texts of each person.

    >>> import penchant as pn
    >>> data = pn.data.mini_world()
    >>> past = PastTexts.of(data, ("explanation",), most=2)
    >>> list(past.of_user(0, ("explanation",))[-1].texts)
    ['explanation']
    """

    rows: Mapping[int, Sequence[PastText]] = field(default_factory=dict)
    """Person -> texts, oldest first"""

    @classmethod
    def of(cls, data: Dataset, columns: Sequence[str], *, most: int) -> "PastTexts":
        """From training data.

        Args:
            data: Events with any of the columns; see :func:`penchant.data.event_texts`.
            columns: Some of ``explanation``, ``review``, ``summary``; only events with all of
                them that exist are taken.
            most: Of each person, the newest.
        """
        told = {name: event_texts(data, name) for name in columns}
        known = {name: column.to_list() for name, column in told.items() if column is not None}
        if len(known) < len(columns) or most < 1:
            return cls()
        users, items = data.events["user"].to_list(), data.events["item"].to_list()
        said = np.ones(len(users), np.bool_)
        for column in known.values():
            said &= np.array([bool(text and text.strip()) for text in column], np.bool_)
        rows: dict[int, list[PastText]] = {}
        for event in np.flatnonzero(said).tolist():
            texts = {name: known[name][event].strip()[:MOST_CHARACTERS] for name in columns}
            rows.setdefault(users[event], []).append(PastText(items[event], texts))
        return cls({user: some[-most:] for user, some in rows.items()})

    def of_user(self, user: int, columns: Sequence[str]) -> list[PastText]:
        """Those that have all of the columns; none of somebody unknown."""
        return [
            one for one in self.rows.get(user, ()) if all(name in one.texts for name in columns)
        ]

    def without(self, people: NDArray[np.integer]) -> "PastTexts":
        """The same without those of some people."""
        gone = set(people.tolist())
        return PastTexts({user: some for user, some in self.rows.items() if user not in gone})

    def json(self) -> Json:
        """For a state."""
        return [
            [user, [[one.item, dict(one.texts)] for one in some]]
            for user, some in sorted(self.rows.items())
        ]

    @classmethod
    def restore(cls, value: Json) -> "PastTexts":
        """From :meth:`json`."""
        return cls(
            {
                int(user): [PastText(int(item), texts) for item, texts in some]
                for user, some in value
            }
        )
