"""Who knows items by codes."""

from typing import Protocol, runtime_checkable

from penchant.codes import CanTrace, HasIndex, ItemIndex
from penchant.data import with_parts
from penchant.indexing.scheme import Coded


@runtime_checkable
class HasCoded(Protocol):
    """Holds an index with the scheme that made it."""

    @property
    def coded(self) -> Coded:
        """The codes, row for row of the catalogue."""


def index_of(recommender: object) -> ItemIndex | None:
    """The codes of a recommender's items, or of its first part that has some."""
    for part in with_parts(recommender):
        if isinstance(part, HasCoded):
            return part.coded.index
        if isinstance(part, HasIndex):
            return part.index
    return None


def tracer_of(recommender: object) -> CanTrace | None:
    """What can tell the ways of its beams: a recommender, or its first part that can."""
    parts = with_parts(recommender)
    return next((part for part in parts if isinstance(part, CanTrace)), None)


def tells_apart(recommender: object) -> bool:
    """Whether the last code of an item only tells it apart from those with its other codes."""
    for part in with_parts(recommender):
        if isinstance(part, HasCoded):
            return part.coded.tells_apart
    return False
