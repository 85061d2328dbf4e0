"""Models: those that answer, and those that lie ready."""

from pydantic import Field

from penchant.serve.shapes.words import Shape


class ModelCard(Shape):
    """A model that answers, or could be loaded."""

    name: str = Field(description="Of its folder, or NAME@VERSION of one that a job fitted.")
    method: str
    active: bool = Field(description="It answers where none is named.")
    loaded: bool
    explains: bool | None = Field(
        default=None,
        description="Whether it names the past items that speak for another; null: not loaded yet.",
    )
    items: int
    people: int
    data: str
    events: int
    fit_seconds: float
    metrics: dict[str, float]
    problem: str | None = Field(default=None, description="Why it cannot be loaded.")


class Activated(Shape):
    """Which model answers where none is named."""

    active: str
    before: str


class CardText(Shape):
    """What a model is, for whoever finds it."""

    name: str
    markdown: str
