"""What may be asked and what is answered: every field has a bound, unknown ones are refused."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic.config import JsonDict

from penchant.serve.events.words import LATEST, LONGEST_ID, LONGEST_KIND
from penchant.serve.settings import LONGEST_FILTER, MOST_ITEMS

Id = Annotated[
    str, Field(min_length=1, max_length=LONGEST_ID, pattern=r"^[^\x00]*$", examples=["i4"])
]
Ids = Annotated[list[Id], Field(max_length=MOST_ITEMS)]
Count = Annotated[int, Field(ge=1, le=MOST_ITEMS)]


class Shape(BaseModel):
    """A JSON object without unknown fields."""

    model_config = ConfigDict(extra="forbid", frozen=True)


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
    exclude_items: Ids = []
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


class EventIn(Shape):
    """Something that a person did."""

    event_id: Id | None = Field(default=None, description="Sent again, it is written once.")
    user_id: Id
    item_id: Id
    type: Annotated[str, Field(min_length=1, max_length=LONGEST_KIND, pattern=r"^[^\x00]*$")] = (
        "view"
    )
    ts: int | None = Field(
        default=None, ge=0, lt=LATEST, description="Microseconds since 1970; else now."
    )
    value: float | None = Field(default=None, allow_inf_nan=False)
    recommendation_id: Id | None = None


class Rejected(Shape):
    """An event that was not taken."""

    line: int
    code: Literal["invalid", "conflict", "future"]
    message: str


class EventsAnswer(Shape):
    """What became of events; accepted ones are on the disk."""

    accepted: int
    duplicate: int
    rejected: list[Rejected]


class Receipt(Shape):
    """What was erased of a person."""

    user_sha256: str
    events: int
    at: int = Field(description="Microseconds since 1970.")
    stale_models: list[str] = Field(description="Models that learned from this person's events.")


class ModelCard(Shape):
    """A model that is served."""

    name: str
    method: str
    active: bool
    items: int
    people: int
    data: str
    metrics: dict[str, float]


class Item(Shape):
    """An item of the catalogue."""

    item_id: str
    title: str
    columns: dict[str, str | int | float | bool | list[str] | None]


class ItemPage(Shape):
    """Some items, and where the next begin."""

    items: list[Item]
    cursor: str | None


class ProblemDocument(BaseModel):
    """What is wrong, where, and what to do (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    pointer: str | None = Field(
        default=None, description="The field (RFC 6901); after a # one that is not in the body."
    )
    hint: str | None = None
    request_id: str | None = None
