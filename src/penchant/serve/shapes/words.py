"""What all shapes are made of."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from penchant.serve.events.words import LONGEST_ID
from penchant.serve.settings import MOST_ITEMS

Id = Annotated[
    str, Field(min_length=1, max_length=LONGEST_ID, pattern=r"^[^\x00]*$", examples=["i4"])
]
Ids = Annotated[list[Id], Field(max_length=MOST_ITEMS)]
Count = Annotated[int, Field(ge=1, le=MOST_ITEMS)]


class Shape(BaseModel):
    """A JSON object without unknown fields."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Asked(Shape):
    """What comes in: a number is no text and no yes, though it could be read as one."""

    model_config = ConfigDict(strict=True)
