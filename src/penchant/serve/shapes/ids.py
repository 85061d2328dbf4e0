"""Items as codes: the tree, the map, the ways a model went."""

from typing import Annotated

from pydantic import ConfigDict, Field

from penchant.serve.shapes.recommending import Asking, Recommended
from penchant.serve.shapes.words import Shape

Prefix = Annotated[
    str,
    Field(max_length=400, pattern=r"^(\d{1,9}(\.\d{1,9}){0,39})?$", examples=["12.304"]),
]
"""Codes from the root with dots between them; empty: the root."""


class IdScheme(Shape):
    """How a model's items are coded."""

    model: str
    scheme: str
    levels: int
    widths: list[int] = Field(description="How many codes each level has.")
    items: int
    without_codes: int
    collisions: float = Field(description="Share of items that only the last code tells apart.")
    most_alike: int
    usage: list[float] = Field(description="Of each level: the share of its codes in use.")
    perplexity: list[float]
    prefixes: list[int] = Field(description="How many beginnings of 1, 2 … codes there are.")
    beams: bool = Field(description="Whether the model can tell the ways that it followed.")


class Example(Shape):
    """An item below a branch."""

    item_id: str
    title: str


class Branch(Shape):
    """What begins with the same codes."""

    prefix: str = Field(description="Codes from the root, with dots between them.")
    code: int
    label: str = Field(description="The code as a word, <b_17>: level b, code 17.")
    items: int
    leaf: bool = Field(description="It is one item, and no code comes after.")
    words: list[str] = Field(description="Frequent in titles below it, and less so elsewhere.")
    examples: list[Example]


class Tree(Shape):
    """A node and its children, the largest first."""

    model: str
    prefix: str
    path: list[Branch] = Field(description="From the root to this node, the root left out.")
    items: int
    children: list[Branch]
    cursor: str | None


class ItemPath(Shape):
    """The codes of an item."""

    model: str
    item_id: str
    title: str
    codes: list[int] = Field(description="Empty: it has none, and is never answered.")
    path: list[Branch]


class MapPoint(Shape):
    """An item on the map."""

    item_id: str
    title: str
    x: float
    y: float
    first_code: int | None


class IdMap(Shape):
    """Items in two dimensions: near means alike."""

    model: str
    made_of: str = Field(description="'vectors' of the model, or the 'codes' themselves.")
    explained: list[float] = Field(description="Share of the variance that each axis shows.")
    items: int = Field(description="All there are; the points are drawn from them.")
    points: list[MapPoint]


class BeamsRequest(Asking):
    """Ask which ways a model followed."""

    model_config = ConfigDict(json_schema_extra=Asking.model_config["json_schema_extra"])

    k: Annotated[int, Field(ge=1, le=50)] = 10
    beams: Annotated[int, Field(ge=1, le=100)] | None = Field(
        default=None, description="Ways followed at once; else as many as the model does."
    )
    died: Annotated[int, Field(ge=0, le=100)] = Field(
        default=10, description="Of each level, so many of the best that were given up."
    )


class Beam(Shape):
    """A way into the tree."""

    prefix: str
    parent: str
    label: str
    log_probability: float = Field(description="Natural log, of the way from the root.")
    step: float = Field(description="Natural log, of this code alone.")
    items: int = Field(description="Below it, open or not.")
    lived: bool = Field(description="Whether it was followed on.")
    words: list[str]


class BeamLevel(Shape):
    """The ways after so many codes, the likeliest first."""

    level: int
    beams: list[Beam]
    considered: int = Field(description="All ways that were open there.")


class BeamsAnswer(Shape):
    """How an answer came about."""

    model: str
    beams: int
    levels: list[BeamLevel]
    items: list[Recommended]
    notes: list[str]
