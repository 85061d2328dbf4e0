"""What tools answer. All texts of items are cleaned: an agent's model reads them."""

from pydantic import BaseModel, Field


class AgentItem(BaseModel):
    """An item."""

    item_id: str
    title: str
    score: float | None = None


class AgentItems(BaseModel):
    """Items, the best first."""

    items: list[AgentItem]
    recommendation_id: str | None = Field(default=None, description="For record_feedback.")
    filter: str | None = Field(default=None, description="What was read out of the words.")
    degraded: bool = Field(default=False, description="The model did not answer in time.")
    notes: list[str] = []


class FoundItem(AgentItem):
    """An item that was found, with what is known of it."""

    about: str = Field(description="Columns of the catalogue.")


class FoundItems(BaseModel):
    """Items that have the words, the best first."""

    items: list[FoundItem]
    filter: str | None = Field(default=None, description="What was read out of the words.")


class Reason(BaseModel):
    """Why an item would be recommended."""

    text: str
    because: list[AgentItem] = Field(description="Items of the history that speak for it.")
    degraded: bool = Field(default=False, description="The language model gave no reason.")


class Feedback(BaseModel):
    """What became of an event."""

    accepted: int
    duplicate: int
