"""From data to the model to use: methods measured, one chosen on validation and fitted again."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from penchant.core import DataError, Silent, UsageError, Watcher
from penchant.data import CHECKS, Dataset
from penchant.evaluate import Metric, Report, evaluate
from penchant.experiments.running import Experiment, booked, run_spec
from penchant.language import LedgerOptions
from penchant.models import Model, asks_language_models, fit, load

METRICS = ("ndcg@10", "recall@10", "coverage@10")


@dataclass(frozen=True, slots=True)
class Chosen:
    """The method that did best on validation, and what all of them did."""

    name: str
    model: Model
    """Of this method, fitted on all events; its record has the figures of the test part."""
    valid: Report
    experiment: Experiment
    """Its report is of the test part."""


def usual_spec(methods: Sequence[str], data: Dataset, events: str, *, seed: int = 0) -> str:
    """An experiment on own data, to choose among methods by their names.

    The split is by time where there are times, else everybody's last event is held out. What the
    leak audit finds stops nothing: people who buy a thing twice, say, are no fault of the data.

    Args:
        methods: As ``penchant methods`` lists them.
        data: What is in ``events``.
        events: A log, or a data set folder; relative to the base of the run.
        seed: Of every draw.

    Raises:
        UsageError: No methods.
    """
    if not methods:
        raise UsageError("no methods to choose from: name some, such as covisit and ease")
    lines = (
        f"data = {{ events = {json.dumps(events, ensure_ascii=False)} }}",
        f"methods = {json.dumps(list(methods))}",
        f"metrics = {json.dumps(METRICS)}",
        f"seed = {seed}",
        f"allow = {json.dumps(CHECKS)}",
        "[split]",
        f'kind = "{"time" if data.has_times else "last"}"',
    )
    return "\n".join(lines) + "\n"


def choose(
    spec: str,
    folder: Path | str,
    *,
    base: Path | None = None,
    watch: Watcher | None = None,
    calls: LedgerOptions | None = None,
) -> Chosen:
    """Runs an experiment, chooses by its first metric on validation, fits the best on everything.

    Args:
        spec: TOML text, such as :func:`usual_spec` gives.
        folder: The run folder; ``chosen/`` in it holds the fit on all events. Everything resumes.
        base: What paths in the spec are relative to; the current folder.
        watch: Is told how work goes on.
        calls: As :func:`run_spec` has it.

    Raises:
        DataError: Nothing is held out to choose by.
    """
    watch = watch or Silent()
    done = run_spec(spec, folder, base=base, watch=watch, calls=calls)
    if not len(done.split.valid):
        raise DataError(f"no events are held out to choose by: {done.split.claim}")
    methods = {entry.name: entry.method for entry in done.spec.entries}
    fitted = {name: load(done.folder / "entries" / name / "fit") for name in methods}
    valid = evaluate(fitted, done.split.valid, metrics=list(done.spec.metrics))
    name = best(valid, done.spec.metrics[0])
    model = fit(
        methods[name],
        done.spec.data.load(base or Path(), watch),
        seed=done.spec.seed,
        folder=done.folder / "chosen",
        watch=watch,
        books=booked(calls, done.folder).open() if asks_language_models(methods[name]) else None,
    )
    return Chosen(name, model.with_metrics(done.report.figures(name)), valid, done)


def best(report: Report, metric: str) -> str:
    """The model with the best mean; of several, the first."""
    means = {name: float(np.nanmean(report.values(name, metric))) for name in report.models}
    lower = Metric.parse(metric).formula.better == "lower"
    return min(means, key=means.__getitem__) if lower else max(means, key=means.__getitem__)
