"""Which ways through the trie a model followed, and which it gave up."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from penchant.codes.index import ItemIndex
from penchant.core import Run
from penchant.data import Queries


@dataclass(frozen=True, slots=True, eq=False)
class TracedLevel:
    """The ways after so many codes, the likeliest first."""

    nodes: NDArray[np.int64]
    """(m,) where each way leads in the trie"""
    parents: NDArray[np.int64]
    """(m,) the node before; that of the way itself where it waits at its item"""
    log_probs: NDArray[np.float32]
    """(m,) natural log of the probability of the way from the root, non-increasing"""
    gained: NDArray[np.float32]
    """(m,) the same of the last code alone; 0 where the way waits"""
    lived: NDArray[np.bool_]
    """(m,) whether it was followed on"""
    considered: int
    """How many ways were open"""


@dataclass(frozen=True, slots=True, eq=False)
class Trace:
    """How one answer came about."""

    levels: Sequence[TracedLevel]
    beams: int
    """Ways followed at once"""


@runtime_checkable
class HasIndex(Protocol):
    """Knows its items by codes."""

    @property
    def index(self) -> ItemIndex:
        """The codes, row for row of the catalogue."""


@runtime_checkable
class CanTrace(Protocol):
    """Finds items code by code, and can tell how."""

    def trace(
        self, queries: Queries, k: int, run: Run, *, beams: int | None = None, died: int = 10
    ) -> Trace:
        """The ways that lead to the best ``k`` open items of one row.

        Args:
            queries: One row.
            k: Answers.
            run: Its seed.
            beams: Ways followed at once; ``None``: as many as the method does.
            died: Of each level, so many of the best ways that were given up.
        """
