"""Names of metrics: ``ndcg@10``, ``mrr``, ``recall@20(sampled=99)``."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from penchant.core import UnknownName, UsageError

Source = Literal["ranks", "lists", "totals", "ratings", "texts"]
"""What a metric is computed from.

``ranks``: where the relevant items stand, one value a query. ``lists``: the first k answers, one
value a query. ``totals``: the first k answers of all queries together, one value in all.
``ratings``: what was given and what was foretold. ``texts``: what was written by a person and by a
model.
"""


@dataclass(frozen=True, slots=True)
class Formula:
    """What stands behind a name."""

    source: Source
    summary: str
    """One line for people, with the unit."""
    cutoff: Literal["required", "optional", "none"]
    """Whether the name takes ``@k``."""
    better: Literal["higher", "lower", "neither"] = "higher"
    rooted: bool = False
    """Whether values are squares: the metric is the root of their mean."""


METRICS = {
    "auc": Formula("ranks", "share of (relevant, other) pairs in the right order", "none"),
    "bleu_4": Formula("texts", "BLEU-4 of all texts together, 0 to 1", "none"),
    "coverage": Formula("totals", "share of the catalogue that anybody was shown", "required"),
    "gini": Formula(
        "totals", "inequality of how often items are shown, 0 even to 1", "required", "lower"
    ),
    "hr": Formula("ranks", "chance that a relevant item is in the first k", "required"),
    "ild": Formula("lists", "mean distance between two shown items, 0 to 1", "required"),
    "mae": Formula("ratings", "mean distance from the rating given, in stars", "none", "lower"),
    "map": Formula("ranks", "mean precision at the relevant items", "optional"),
    "mrr": Formula("ranks", "1 / rank of the first relevant item", "optional"),
    "ndcg": Formula("ranks", "gain discounted by log2 of rank, best possible = 1", "optional"),
    "novelty": Formula("lists", "mean surprise of shown items, bits", "required", "neither"),
    "popularity_lift": Formula(
        "lists", "shown against past items in popularity, 0 = alike", "required", "neither"
    ),
    "precision": Formula("ranks", "share of the first k that is relevant", "required"),
    "recall": Formula("ranks", "share of the relevant items in the first k", "required"),
    "rmse": Formula(
        "ratings", "root of the mean squared distance, in stars", "none", "lower", rooted=True
    ),
    "rouge_1": Formula("texts", "words shared with the person's text, F1, 0 to 1", "none"),
    "rouge_2": Formula("texts", "pairs of words shared, F1, 0 to 1", "none"),
    "rouge_l": Formula("texts", "longest common subsequence of words, F1, 0 to 1", "none"),
    "unreadable": Formula("ratings", "share of answers that give no rating", "none", "lower"),
}
"""Every metric; ``docs/metrics.md`` has formulas and edge cases."""

DEFAULT = ("ndcg@10", "recall@10", "mrr@10", "coverage@10")
"""What is reported when nothing else is asked for."""

DEFAULT_OF_RATINGS = ("rmse", "mae", "unreadable")
"""The same for ratings."""

DEFAULT_OF_TEXTS = ("bleu_4", "rouge_1", "rouge_2", "rouge_l")
"""The same for texts."""

_PATTERN = re.compile(r"([a-z][a-z_0-9]*)(?:@(\d+))?(?:\(sampled=(\d+)\))?")


@dataclass(frozen=True, slots=True)
class Metric:
    """A name that was understood.

    >>> Metric.parse("ndcg@10"), str(Metric.parse("hr@5(sampled=99)"))
    (Metric(name='ndcg', k=10, sampled=None), 'hr@5(sampled=99)')
    """

    name: str
    k: int | None = None
    """Cutoff; ``None``: the whole ranking."""
    sampled: int | None = None
    """Rank against so many random other items instead of against the catalogue."""

    @classmethod
    def parse(cls, text: str) -> "Metric":
        """Reads a name.

        Raises:
            UnknownName: No metric is called so.
            UsageError: The cutoff is missing, zero or out of place.
        """
        match = _PATTERN.fullmatch(text.strip().lower())
        name = match[1] if match else text.strip().lower().partition("@")[0].partition("(")[0]
        if name not in METRICS:
            raise UnknownName("metric", name, METRICS, where=text)
        if match is None:
            raise UsageError(f"metric {text!r}: write it as {_example(name)!r}")
        metric = cls(name, int(match[2]) if match[2] else None, int(match[3]) if match[3] else None)
        metric._check(text)
        return metric

    def _check(self, text: str) -> None:
        cutoff = self.formula.cutoff
        if self.k == 0 or self.sampled == 0:
            raise UsageError(f"metric {text!r}: numbers must be at least 1")
        if cutoff == "required" and self.k is None:
            raise UsageError(f"metric {text!r} needs a cutoff: write {_example(self.name)!r}")
        if cutoff == "none" and self.k is not None:
            raise UsageError(f"metric {text!r} takes no cutoff: write {self.name!r}")
        if self.sampled and self.formula.source != "ranks":
            raise UsageError(f"metric {text!r}: only metrics of ranks can be sampled")

    @property
    def formula(self) -> Formula:
        """What it is."""
        return METRICS[self.name]

    def __str__(self) -> str:
        cutoff = f"@{self.k}" if self.k else ""
        return f"{self.name}{cutoff}" + (f"(sampled={self.sampled})" if self.sampled else "")


def parse_metrics(names: str | Iterable[str]) -> list[Metric]:
    """One name, several, or names joined by commas; repeats are dropped, order is kept."""
    listed = names.split(",") if isinstance(names, str) else list(names)
    metrics = list(dict.fromkeys(Metric.parse(name) for name in listed))
    if not metrics:
        raise UsageError("no metrics: name at least one, such as 'ndcg@10'")
    return metrics


def _example(name: str) -> str:
    return name if METRICS[name].cutoff == "none" else f"{name}@10"
