"""What a model costs."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Costs:
    """What a model costs; nan where it was not measured."""

    fit_s: float = float("nan")
    """Seconds to fit."""
    recommend_ms: float = float("nan")
    """Milliseconds for 1,000 recommendation lists."""
    peak_memory_mb: float = float("nan")
    """Most memory held during fit and evaluation, MB."""
