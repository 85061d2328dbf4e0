"""What language models are asked, and what that costs."""

from typing import Literal

from pydantic import Field

from penchant.serve.shapes.words import Shape


class SlotCard(Shape):
    """What a prompt is filled with."""

    name: str
    kind: Literal["text", "passage", "list", "rows"]
    meaning: str
    columns: list[str]
    default: str | None = Field(description="null: it has to be given.")
    most: int = Field(description="Characters of each text in it.")


class PromptCard(Shape):
    """A prompt in a line."""

    prompt: str = Field(description="name@version")
    name: str
    version: int
    task: str
    preset: str
    needs: list[str]
    protected: list[str] = Field(description="Protected attributes that it speaks of.")


class PromptText(PromptCard):
    """A prompt, word for word."""

    source: str
    sha256: str
    slots: list[SlotCard]
    system: str
    text: str
    begun: str
    plain: bool


class PromptPage(Shape):
    """Some prompts, and where the next begin."""

    prompts: list[PromptCard]
    cursor: str | None


class Sum(Shape):
    """Calls of a day, a model, a prompt or a verb."""

    name: str
    calls: int
    failed: int
    kept: int = Field(description="Answers that need not be asked again.")
    prompt_tokens: int
    completion_tokens: int
    seconds: float
    cost: float = Field(description="In the currency of the prices.")


class Spend(Shape):
    """What language models were asked, and what they took."""

    kept: bool = Field(description="Whether the service keeps books in a file.")
    total: Sum
    by_day: list[Sum] = Field(description="The oldest first.")
    by_model: list[Sum] = Field(description="The dearest first.")
    by_prompt: list[Sum]
    by_verb: list[Sum]
    failures: dict[str, int] = Field(description="Calls that failed, by kind.")
    next: str | None = Field(description="What to do where there is nothing to see.")
