"""What a model costs."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from penchant.core import Run


@dataclass(frozen=True, slots=True)
class Costs:
    """What a model costs; nan where it was not measured."""

    fit_s: float = float("nan")
    """Seconds to fit."""
    recommend_ms: float = float("nan")
    """Milliseconds for 1,000 recommendation lists."""
    peak_memory_mb: float = float("nan")
    """Most memory held during fit and evaluation, MB."""
    calls: float = float("nan")
    """Calls of language models for 1,000 answers, those from the books counted too, like the
    tokens and the money below: what a method takes does not depend on what was asked before."""
    prompt_tokens: float = float("nan")
    """For 1,000 answers."""
    completion_tokens: float = float("nan")
    """For 1,000 answers."""
    money: float = float("nan")
    """For 1,000 answers, in the currency of the prices."""


def with_calls(costs: Costs, before: Mapping[str, float], run: Run, n: int) -> Costs:
    """With what language models took for ``n`` answers; as it is where none was asked.

    Args:
        costs: So far.
        before: What :func:`called` said before the first answer.
        run: Its books tell.
        n: Answers.
    """
    taken = {name: value - before.get(name, 0.0) for name, value in called(run).items()}
    if not n or not taken.get("calls"):
        return costs
    each = {name: value / n * 1000 for name, value in taken.items()}
    return replace(
        costs,
        calls=each["calls"],
        prompt_tokens=each["prompt_tokens"],
        completion_tokens=each["completion_tokens"],
        money=each["cost"],
    )


def called(run: Run) -> Mapping[str, float]:
    """What the books of a run hold by now; nothing where it has none."""
    return run.books.figures() if run.books is not None else {}
