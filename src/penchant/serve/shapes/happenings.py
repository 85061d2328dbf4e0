"""Events that are sent, and what became of them."""

from typing import Annotated, Literal

from pydantic import Field

from penchant.serve.events.words import LATEST, LONGEST_KIND
from penchant.serve.shapes.words import Asked, Id, Shape

EARLIEST_US = 100_000_000_000_000
"""March 1973. Now, told in seconds or milliseconds, would be before it."""


class EventIn(Asked):
    """Something that a person did."""

    event_id: Id | None = Field(default=None, description="Sent again, it is written once.")
    user_id: Id
    item_id: Id
    type: Annotated[str, Field(min_length=1, max_length=LONGEST_KIND, pattern=r"^[^\x00]*$")] = (
        "view"
    )
    ts: int | None = Field(
        default=None,
        ge=0,
        lt=LATEST,
        description="Microseconds since 1970; else now.",
        json_schema_extra={"minimum": EARLIEST_US},
    )
    value: float | None = Field(default=None, allow_inf_nan=False)
    recommendation_id: Id | None = None


class Rejected(Shape):
    """An event that was not taken."""

    line: int
    code: Literal["invalid", "conflict", "future", "past"]
    message: str
    pointer: str | None = Field(default=None, description="Its field (RFC 6901).")
    hint: str | None = None


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
