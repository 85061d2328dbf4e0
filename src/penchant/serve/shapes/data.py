"""What the data are like, and what is wrong with a file."""

from typing import Literal

from pydantic import Field

from penchant.serve.shapes.values import Value
from penchant.serve.shapes.words import Shape

Cell = str | int | float | bool | None


class Bin(Shape):
    """A stretch of time."""

    begins: int = Field(description="Microseconds since 1970.")
    ends: int
    events: int
    people: int
    new_people: int = Field(description="Whose first event is in it.")
    new_items: int = Field(description="That nobody had chosen before.")


class TailPoint(Shape):
    """How unevenly events are spread."""

    items: int = Field(description="So many of the most chosen …")
    share_of_items: float
    share_of_events: float = Field(description="… have this share of all events.")
    events: int = Field(description="Of the last of them.")


class SplitPart(Shape):
    """Events of a part of a split, bin by bin."""

    part: Literal["train", "valid", "test"]
    events: int
    first: int | None
    last: int | None
    by_bin: list[int]


class LeakBand(Shape):
    """From the first query that is tested to the last event that is learned from."""

    begins: int
    ends: int
    events: int = Field(description="Learned from, though later than the first query.")
    share: float = Field(description="Of all that is learned from.")


class SplitPicture(Shape):
    """Who learns from when."""

    split: Literal["time", "last"]
    claim: str
    parts: list[SplitPart]
    leak: LeakBand | None = Field(description="null: nothing learned from is later.")


class Quantile(Shape):
    """How many events people and items have."""

    quantile: float
    per_person: float | None
    per_item: float | None


class Valued(Shape):
    """How often a value stands."""

    value: Cell
    events: int


class DataPicture(Shape):
    """A data set."""

    name: str
    source: Literal["data", "model"] = Field(
        description="The data folder of the service, or the histories that the model holds."
    )
    counts: dict[str, Cell]
    spread: list[Quantile]
    timeline: list[Bin] = Field(description="Empty: the events have no times.")
    tail: list[TailPoint]
    ratings: list[Valued]
    kinds: list[Valued]
    splits: list[SplitPicture]
    notes: list[str]


class Fault(Shape):
    """Something wrong (the file is refused) or odd, at a cell where it has one."""

    level: Literal["error", "warning"]
    problem: str
    row: int | None = Field(description="Of the file, the header being row 1.")
    column: str | None
    value: str | None
    wanted: str
    hint: str


class Understood(Shape):
    """How a file was read."""

    format: str
    separator: str | None
    header: bool | None
    columns: list[str]
    roles: dict[str, str] = Field(description="Role -> the column that plays it.")
    unused: list[str]
    playable: list[str] = Field(description="Roles that columns of this table can play.")


class Checked(Shape):
    """What a file holds, and what is wrong with it."""

    ok: bool
    bytes: int
    errors: int
    warnings: int
    findings: list[Fault]
    understood: Understood | None
    counts: dict[str, Cell]
    preview: list[dict[str, Value]] = Field(description="The first rows, as they were read.")
    next: str = Field(description="What to do now.")
