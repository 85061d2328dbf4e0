"""What all shapes are made of."""

from typing import Annotated

from fastapi import Path
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from penchant.serve.events.words import LONGEST_ID
from penchant.serve.guard.slashes import with_slashes
from penchant.serve.settings import MOST_ITEMS

Id = Annotated[
    str, Field(min_length=1, max_length=LONGEST_ID, pattern=r"^[^\x00]*$", examples=["i4"])
]
PathId = Annotated[Id, Path(), BeforeValidator(with_slashes)]
"""An id in a path, where ``%2F`` is a slash of its own."""
Ids = Annotated[list[Id], Field(max_length=MOST_ITEMS)]
Count = Annotated[int, Field(ge=1, le=MOST_ITEMS)]


class Shape(BaseModel):
    """A JSON object without unknown fields."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Asked(Shape):
    """What comes in: a number is no text and no yes, though it could be read as one."""

    model_config = ConfigDict(strict=True)
