"""From data to the model to use: several methods fitted, one chosen on validation, told by test."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from penchant.core import UsageError, Watcher
from penchant.core.run import Silent
from penchant.data import Dataset, Method, Split, leave_last_out, split_time
from penchant.evaluate import Report, evaluate
from penchant.models import Model, fit

METRICS = ("ndcg@10", "recall@10", "coverage@10")
FIRST = METRICS[0]
"""What is chosen by."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """The method that did best on validation, and what all of them did."""

    name: str
    model: Model
    """Of this method, fitted on all events."""
    valid: Report
    test: Report
    claim: str
    """What the split holds out, and what it leaks."""


def choose(
    methods: Mapping[str, Method],
    data: Dataset,
    folder: Path,
    *,
    seed: int = 0,
    watch: Watcher | None = None,
) -> Chosen:
    """Fits each method on the training part, chooses on validation, measures on test.

    The one that is chosen is fitted once more, on all events. Everything resumes in ``folder``.

    Args:
        methods: Name -> method.
        data: All that is known.
        folder: ``NAME/`` for each fit, ``model/`` for the chosen one.
        seed: Of every draw.
        watch: Is told how work goes on.

    Raises:
        UsageError: No methods.
        DataError: Too few events to hold some out.
    """
    if not methods:
        raise UsageError("no methods to choose from: name some, such as covisit and ease")
    split = usual_split(data)
    quiet = watch or Silent()
    fitted = {
        name: fit(
            method, split.train, valid=split.valid, seed=seed, folder=folder / name, watch=quiet
        )
        for name, method in methods.items()
    }
    valid = evaluate(fitted, split.valid, metrics=list(METRICS))
    best = max(fitted, key=lambda name: float(valid.values(name, FIRST).mean()))
    test = evaluate(fitted, split.test, metrics=list(METRICS))
    model = fit(methods[best], data, seed=seed, folder=folder / "model", watch=quiet)
    return Chosen(best, model, valid, test, split.claim)


def usual_split(data: Dataset) -> Split:
    """By time where there are times, else everybody's last event."""
    return split_time(data) if data.has_times else leave_last_out(data)
