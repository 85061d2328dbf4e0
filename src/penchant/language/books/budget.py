"""How much may be spent, and what is left while calls are in flight."""

from dataclasses import dataclass

from penchant.core import UsageError


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """The most that an account may spend; hard.

    A call is made only if it fits with the longest answer that it may get, beside all that is
    spent and all that this process has in flight. So the budget is overrun by no more than
    what estimates miss, and what other processes have in flight.
    """

    tokens: int | None = None
    """Of prompts and answers together; 0 asks nothing; ``None``: any number."""
    cost: float | None = None
    """Money, in the currency of the prices."""

    def __post_init__(self) -> None:
        if self.tokens is not None and self.tokens < 0:
            raise UsageError(f"a budget of {self.tokens} tokens: need 0 or more")
        if self.cost is not None and not self.cost >= 0:
            raise UsageError(f"a budget of {self.cost} money: need 0 or more")

    @property
    def is_limited(self) -> bool:
        """Whether there is any limit."""
        return self.tokens is not None or self.cost is not None

    def has_room(self, amount: "Amount") -> bool:
        """Whether so much in all is within the budget."""
        return (self.tokens is None or amount.tokens <= self.tokens) and (
            self.cost is None or amount.cost <= self.cost
        )

    def describe(self, spent: "Amount", wanted: "Amount") -> str:
        """What is spent, what the next call may take, and what to do, for messages."""
        limits = []
        if self.tokens is not None:
            limits.append(f"{spent.tokens:,} of {self.tokens:,} tokens")
        if self.cost is not None:
            limits.append(f"{spent.cost:.4g} of {self.cost:.4g} money")
        money = "" if self.cost is None else f" and {wanted.cost:.4g} money"
        most = f"the next call may take up to {wanted.tokens:,} tokens{money}"
        return f"{' and '.join(limits)} are spent; {most}: raise the budget"


@dataclass(frozen=True, slots=True)
class Amount:
    """Tokens and money."""

    tokens: int = 0
    cost: float = 0.0

    def __add__(self, other: "Amount") -> "Amount":
        return Amount(self.tokens + other.tokens, self.cost + other.cost)

    def __sub__(self, other: "Amount") -> "Amount":
        return Amount(self.tokens - other.tokens, self.cost - other.cost)
