"""People that a model knows."""

from pydantic import Field

from penchant.serve.shapes.values import Value
from penchant.serve.shapes.words import Shape


class Person(Shape):
    """Somebody, in a line."""

    user_id: str
    events: int
    newest: list[str] = Field(description="Titles of the last items, the newest first.")


class PersonPage(Shape):
    """Some people, and where the next begin."""

    people: list[Person]
    cursor: str | None


class PastEvent(Shape):
    """One item of a history."""

    item_id: str
    title: str
    ts: int | None = Field(description="Microseconds since 1970.")
    rating: float | None
    live: bool = Field(description="It came in after the model was fitted.")


class PersonCard(Shape):
    """Somebody with a history."""

    user_id: str
    known: bool = Field(description="Whether the model was fitted with this person.")
    columns: dict[str, Value]
    events: int
    history: list[PastEvent] = Field(description="Newest first.")
    cursor: str | None
