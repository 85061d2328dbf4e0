"""Asking for items, and the answers."""

from typing import Annotated, Literal, cast

from pydantic import ConfigDict, Field, model_validator
from pydantic.config import JsonDict

from penchant.serve.settings import LONGEST_FILTER, LONGEST_TEXT, MOST_ITEMS
from penchant.serve.shapes.talking import Call, Understood, Usage
from penchant.serve.shapes.words import Asked, Count, Id, Ids, Shape

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
NOBODY: JsonDict = {
    "required": ["query"],
    "properties": {
        "query": {"type": "string"},
        "user_id": {"type": "null"},
        "history": {"type": "null"},
    },
}
ONE_ASKS_OR_SAYS: JsonDict = {
    "oneOf": [*cast(list[JsonDict], ONE_ASKS["oneOf"]), NOBODY]
}  # cast: it is one
"""Of a schema: a user, a history, or nobody who says something."""


class Asking(Asked):
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


class RerankStep(Asked):
    """A language model orders what was proposed; it sees titles and the history, nothing else."""

    how: Literal["listwise", "windows", "pointwise", "pairwise"] = "listwise"
    pool: Annotated[int, Field(ge=2, le=100)] = Field(
        default=20, description="Items that it sees; the others follow as they were proposed."
    )
    copies: Annotated[int, Field(ge=1, le=5)] = Field(
        default=1, description="Times that it is asked, each in another order."
    )
    show_prompts: bool = Field(default=False, description="Tell what it was asked, and said.")


class QuotaIn(Asked):
    """At most so many items of a kind."""

    column: Annotated[str, Field(min_length=1, max_length=200, examples=["categories"])]
    value: Annotated[str, Field(max_length=400)] | float | bool | None = Field(
        default=None, description="Only items with this value are counted; else each value."
    )
    most: Annotated[int, Field(ge=1, le=MOST_ITEMS)]


class RecommendRequest(Asking):
    """Ask for the best items."""

    model_config = ConfigDict(json_schema_extra=ONE_ASKS_OR_SAYS)

    query: Annotated[str, Field(min_length=1, max_length=LONGEST_TEXT)] | None = Field(
        default=None,
        description="What is looked for, in words: read as a filter and a search. Nobody has to be "
        "named beside it.",
        examples=["a mystery after 2010, under 20 euros"],
    )
    rerank: RerankStep | None = Field(
        default=None, description="Needs a language model: --lm of the service."
    )
    k: Count = 10
    diversity: float = Field(
        default=0.0, ge=0, le=1, description="0: the best items; 1: the most different ones."
    )
    quotas: Annotated[list[QuotaIn], Field(max_length=20)] = Field(
        default=[], description="How many of a kind a list may hold."
    )
    explain: bool = Field(default=False, description="Name the past items that speak for each.")

    @model_validator(mode="after")
    def _one_asks(self) -> "RecommendRequest":
        if self.user_id is not None and self.history is not None:
            raise ValueError("give a user_id or a history, not both")
        if self.user_id is None and self.history is None and self.query is None:
            raise ValueError("give either user_id or history, or a query")
        return self


class ScoreRequest(Asking):
    """Ask how given items stand."""

    items: Annotated[list[Id], Field(min_length=1, max_length=MOST_ITEMS)]


class ExplainRequest(Asked):
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


class SimilarRequest(Asked):
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
    prior_rank: int | None = Field(
        default=None, description="The rank at which it was proposed, before a re-ranking."
    )


class Answered(Shape):
    """An answer."""

    recommendation_id: str
    model: str
    degraded: bool = Field(description="The model did not answer in time, or not as it should.")
    items: list[Recommended]
    notes: list[str]
    cached: bool = Field(default=False, description="As it was answered before; nothing changed.")
    took_ms: float
    understood: Understood | None = Field(default=None, description="What was made of the query.")
    prompt: str | None = Field(default=None, description="name@version of the re-ranking's prompt.")
    usage: Usage | None = None
    calls: list[Call] | None = Field(default=None, description="With show_prompts.")
