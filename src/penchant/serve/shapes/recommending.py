"""Asking for items, and the answers."""

from typing import Annotated

from pydantic import ConfigDict, Field, model_validator
from pydantic.config import JsonDict

from penchant.serve.settings import LONGEST_FILTER, MOST_ITEMS
from penchant.serve.shapes.words import Count, Id, Ids, Shape

ONE_ASKS: JsonDict = {
    "oneOf": [
        {
            "required": ["user_id"],
            "properties": {"user_id": {"type": "string"}, "history": {"type": "null"}},
        },
        {
            "required": ["history"],
            "properties": {"history": {"type": "array"}, "user_id": {"type": "null"}},
        },
    ]
}
"""Of a schema: either a user or a history."""


class Asking(Shape):
    """Who asks, of what is open."""

    model_config = ConfigDict(json_schema_extra=ONE_ASKS)

    user_id: Id | None = None
    history: Ids | None = Field(
        default=None, description="Item ids, oldest first, instead of a user."
    )
    model: Id | None = Field(default=None, description="Which model answers; else the active one.")
    where: str | None = Field(
        default=None,
        max_length=LONGEST_FILTER,
        examples=["year > 1990 and categories has 'Comedy'"],
    )
    exclude_items: Ids = Field(default=[])
    exclude_seen: bool = True
    deadline_ms: int | None = Field(default=None, ge=1, le=60_000)

    @model_validator(mode="after")
    def _one_asks(self) -> "Asking":
        if (self.user_id is None) == (self.history is None):
            raise ValueError("give either user_id or history")
        return self


class RecommendRequest(Asking):
    """Ask for the best items."""

    k: Count = 10
    explain: bool = Field(default=False, description="Name the past items that speak for each.")


class ScoreRequest(Asking):
    """Ask how given items stand."""

    items: Annotated[list[Id], Field(min_length=1, max_length=MOST_ITEMS)]


class ExplainRequest(Shape):
    """Ask why given items would be recommended."""

    model_config = ConfigDict(json_schema_extra=ONE_ASKS)

    user_id: Id | None = None
    history: Ids | None = None
    model: Id | None = None
    items: Annotated[list[Id], Field(min_length=1, max_length=50)]

    @model_validator(mode="after")
    def _one_asks(self) -> "ExplainRequest":
        if (self.user_id is None) == (self.history is None):
            raise ValueError("give either user_id or history")
        return self


class SimilarRequest(Shape):
    """Ask for items like an item."""

    item_id: Id
    k: Count = 10
    model: Id | None = None


class Evidence(Shape):
    """A past item that speaks for a recommended one."""

    item_id: str
    title: str
    contribution: float


class Recommended(Shape):
    """One item of an answer."""

    item_id: str
    title: str
    rank: int
    score: float
    evidence: list[Evidence] | None = None


class Answered(Shape):
    """An answer."""

    recommendation_id: str
    model: str
    degraded: bool = Field(description="The model did not answer in time, or not as it should.")
    items: list[Recommended]
    notes: list[str]
    took_ms: float
