"""Why an item is not among the answers."""

from typing import Literal

from pydantic import ConfigDict, Field

from penchant.serve.shapes.recommending import Asking
from penchant.serve.shapes.values import Value
from penchant.serve.shapes.words import Count, Id, Shape


class WhyNotRequest(Asking):
    """Ask why an item was not recommended; all else as it was asked for recommendations."""

    model_config = ConfigDict(json_schema_extra=Asking.model_config["json_schema_extra"])

    item_id: Id
    k: Count = 10


class Clause(Shape):
    """A part of the filter that does not let the item through."""

    clause: str
    values: dict[str, Value] = Field(
        description="What the item has in the columns that the clause asks about."
    )


class Instead(Shape):
    """A past that would have done it."""

    item_id: str = Field(description="Had this been the last of the history …")
    title: str
    rank: int = Field(description="… the item would stand here.")


class WhyNot(Shape):
    """Why an item is not there, and what would bring it."""

    model: str
    item_id: str
    title: str
    reason: Literal[
        "recommended", "seen", "excluded", "filtered", "left", "no-codes", "ranked", "unknown"
    ]
    told: str = Field(description="The same in a sentence.")
    clauses: list[Clause] = Field(description="Of a filter: those that keep it out.")
    rank: int | None = Field(
        description="Where it stands, or would without what keeps it out; null: cannot be told."
    )
    open_items: int | None = Field(description="Among so many.")
    score: float | None
    needed: float | None = Field(description="The score of the last item that was recommended.")
    instead: list[Instead]
    change: list[str] = Field(description="What would have to change, each enough by itself.")
