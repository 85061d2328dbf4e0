"""What tokens cost, in money: given by whoever pays, never guessed."""

from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from penchant.core import UsageError
from penchant.language.words import Usage

PER = 1_000_000
"""Prices are for so many tokens."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prices:
    """Money for a million tokens, in any one currency.

    >>> Prices(prompt=0.5, completion=1.5).of(Usage(prompt_tokens=1000, completion_tokens=100))
    0.00065
    """

    prompt: float = 0.0
    completion: float = 0.0
    reused: float | None = None
    """For tokens of the prompt that the provider had computed before; ``None``: as the others."""

    def __post_init__(self) -> None:
        for name in ("prompt", "completion", "reused"):
            value = getattr(self, name)
            if value is not None and not 0 <= value < float("inf"):
                raise UsageError(f"price {name}={value}: need money for a million tokens, from 0")

    @property
    def are_given(self) -> bool:
        """Whether anything costs anything."""
        return bool(self.prompt or self.completion or self.reused)

    def of(self, usage: Usage) -> float:
        """What a call costs."""
        reused = usage.reused_tokens if self.reused is not None else 0
        fresh = (usage.prompt_tokens - reused) * self.prompt
        return (
            fresh + reused * (self.reused or 0.0) + usage.completion_tokens * self.completion
        ) / PER


@runtime_checkable
class Priced(Protocol):
    """An open model that knows what its tokens cost, so that a call can be refused before it."""

    @property
    def prices(self) -> Prices:
        """Of the endpoint and model that are asked."""
