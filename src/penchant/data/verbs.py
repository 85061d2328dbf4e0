"""What a method and a recommender can do, as protocols."""

from dataclasses import dataclass
from typing import Any, ClassVar, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from penchant.core import Ragged, Run, State
from penchant.data.words import Cases, Catalog, Dataset, Queries, Rankings


class Recommender(Protocol):
    """What was learned, never the training data."""

    @property
    def method(self) -> Any:  # Any: the frozen dataclass that was fitted, of the method's own type
        """The options that made it."""

    def recommend(self, queries: Queries, k: int, run: Run) -> Rankings:
        """The best ``k`` open items for each row."""

    def state(self) -> State:
        """All that save and load need."""


class Method(Protocol):
    """A frozen dataclass of hyperparameters: the record of what was run."""

    __dataclass_fields__: ClassVar[dict[str, Any]]  # Any: how the standard library types it

    def fit(self, data: Dataset, run: Run, *, valid: Cases | None = None) -> Recommender:
        """Learns from ``data`` only; ``valid`` is for choosing."""

    def restore(self, state: State, catalog: Catalog, run: Run) -> Recommender:
        """The recommender that gave this state."""


@runtime_checkable
class CanScore(Protocol):
    """Scores the whole catalogue at once, for a chunk of rows that the caller keeps small."""

    def score(self, queries: Queries, run: Run) -> NDArray[np.float32]:
        """(n, n_items), higher is better, finite; says nothing of what is open."""


@runtime_checkable
class CanRank(Protocol):
    """Knows where given items stand without listing all that stand above them."""

    def ranks(self, queries: Queries, relevant: Ragged, run: Run) -> "Ranks":
        """Where each relevant item stands among the row's open items."""


@runtime_checkable
class CanFindSimilar(Protocol):
    """Knows items like an item."""

    def similar(self, items: NDArray[np.int32], k: int, run: Run) -> Rankings:
        """The ``k`` items nearest to each of ``items``, itself left out."""


@runtime_checkable
class CanExplain(Protocol):
    """Knows which past events speak for an item."""

    def evidence(self, queries: Queries, items: NDArray[np.int32], run: Run) -> NDArray[np.float32]:
        """What each past event adds to the score of the row's item.

        Args:
            queries: n rows.
            items: (n,) one item a row.
            run: Threads and seed.

        Returns:
            (n_values of ``queries.histories.items``,) contributions, in the unit of the score.
        """


@runtime_checkable
class CanRate(Protocol):
    """Foretells ratings."""

    def rate(self, queries: Queries, items: NDArray[np.int32], run: Run) -> NDArray[np.float32]:
        """(n,) the rating of each row's item, on the scale of the data; nan: unreadable."""


@runtime_checkable
class CanWrite(Protocol):
    """Writes what a person would say about an item, or why it suits them."""

    def write(self, queries: Queries, items: NDArray[np.int32], run: Run) -> list[str]:
        """(n) a text for each row's item."""


@runtime_checkable
class CanGrow(Protocol):
    """Takes up items that nobody has chosen yet, without training."""

    def with_items(self, catalog: Catalog, run: Run) -> Recommender:
        """The same recommender for a catalogue with more items after the present ones."""


@runtime_checkable
class CanForget(Protocol):
    """Keeps what people wrote, and can leave it out."""

    def forget(self, people: NDArray[np.integer]) -> Recommender:
        """The same recommender without what these rows of people wrote."""


@dataclass(frozen=True, slots=True, eq=False)
class Ranks:
    """Where items stand, with ties kept apart; one entry for each value of a :class:`Ragged`."""

    above: NDArray[np.int64]
    """(n_values,) how many open items score higher.

    -1: not ranked at all (excluded, or below the list)
    """
    tied: NDArray[np.int64]
    """(n_values,) how many open items have the same score, itself counted"""
    open: NDArray[np.int64]
    """(n,) how many items were open in the row"""
