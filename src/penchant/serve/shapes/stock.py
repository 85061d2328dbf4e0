"""Items that come, change and leave."""

from typing import Annotated, Literal

from pydantic import Field, StrictBool, StrictFloat, StrictInt, StrictStr

from penchant.serve.settings import LONGEST_TEXT
from penchant.serve.shapes.words import Asked, Id, Shape

MOST_COLUMNS = 50
MOST_WORDS = 100
LARGEST = 2**53
Text = Annotated[StrictStr, Field(max_length=LONGEST_TEXT)]
Whole = Annotated[StrictInt, Field(ge=-LARGEST, le=LARGEST)]
Number = Annotated[StrictFloat, Field(allow_inf_nan=False)]
Words = Annotated[list[Text], Field(max_length=MOST_WORDS)]
Value = Text | StrictBool | Whole | Number | Words | None
Column = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[^\x00]*$")]
Columns = Annotated[
    dict[Column, Value],
    Field(max_length=MOST_COLUMNS, examples=[{"year": 2026, "categories": ["Comedy"]}]),
]


class ItemIn(Asked):
    """What is known of an item."""

    title: Text | None = None
    columns: Columns = Field(default={}, description="As the catalogue has them, without the id.")


class ItemRow(ItemIn):
    """An item among many."""

    item_id: Id
    delete: bool = Field(default=False, description="It is never recommended again.")


class ItemRows(Asked):
    """Many items."""

    items: list[ItemRow] = Field(min_length=1, max_length=10_000)


class ItemChanged(Shape):
    """What became of an item. It is on the disk, and true of the next answer."""

    item_id: str
    fate: Literal["created", "changed", "same", "deleted"]
    models: dict[str, str] = Field(
        description="Model -> how it takes new items: 'grows', or 'beside its nearest'."
    )


class ItemRejected(Shape):
    """An item that was not taken."""

    line: int = Field(description="Its place, counted from 1.")
    code: Literal["invalid"]
    message: str


class ItemsChanged(Shape):
    """What became of many items."""

    created: int
    changed: int
    same: int
    deleted: int
    rejected: list[ItemRejected]
    models: dict[str, str] = Field(description="As for one item.")
