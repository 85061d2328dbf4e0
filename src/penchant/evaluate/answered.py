"""Models that rate or write, measured on what people gave and wrote."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from penchant.core import Run, UsageError
from penchant.data import (
    CanRate,
    CanWrite,
    Cases,
    Dataset,
    Rated,
    Written,
    rated_cases,
    with_parts,
    written_cases,
)
from penchant.evaluate.costs import Costs, called, with_calls
from penchant.evaluate.intervals import bootstrap_means, clusters_of
from penchant.evaluate.names import Metric, parse_metrics
from penchant.evaluate.report import Report
from penchant.evaluate.texts import bleu_counts, bleu_of, rouge

Floats = NDArray[np.float64]
BLOCK = 8_192
"""Answers between two reports of progress."""


def evaluate_answers(
    named: Mapping[str, object],
    cases: Rated | Written,
    metrics: Sequence[Metric],
    run: Run,
    costs: Mapping[str, Costs],
) -> Report:
    """What models rate or write, against what people did.

    Raises:
        UsageError: A model cannot do what is asked, or a metric measures something else.
        MissingExtra: ``bleu_4`` is asked for without sacrebleu.
    """
    source = "ratings" if isinstance(cases, Rated) else "texts"
    for metric in metrics:
        if metric.formula.source != source:
            raise UsageError(
                f"{metric} does not measure {source}: {_HINTS[source]}, or give other cases"
            )
    if isinstance(cases, Rated):
        raters = {name: _rater(name, model) for name, model in named.items()}
        outcomes = {name: _rates(name, one, cases, metrics, run) for name, one in raters.items()}
    else:
        writers = {name: _writer(name, model) for name, model in named.items()}
        if any(metric.name == "bleu_4" for metric in metrics):
            bleu_counts([], [])  # what is missing is said before anything is written
        outcomes = {name: _writes(name, one, cases, metrics, run) for name, one in writers.items()}
    known = {name: costs.get(name, Costs()) for name in named}
    return Report(
        per_query={name: outcome.per_query for name, outcome in outcomes.items()},
        totals={name: outcome.totals for name, outcome in outcomes.items()},
        slices=slices_of(cases),
        costs={n: _costs(known[n], outcomes[n], len(cases), run) for n in named},
        metrics=tuple(map(str, metrics)),
        name=cases.name,
        run=run,
        notes=tuple(note for outcome in outcomes.values() for note in outcome.notes),
        samples={name: outcome.samples for name, outcome in outcomes.items()},
        texts={name: outcome.texts for name, outcome in outcomes.items() if outcome.texts},
    )


def cases_for(cases: Cases, data: Dataset, metrics: str | Sequence[str]) -> Cases | Rated | Written:
    """The held-out events as what the metrics measure: lists, ratings or reviews.

    >>> import penchant as pn
    >>> data = pn.data.mini_world()
    >>> split = pn.data.split_time(data)
    >>> type(cases_for(split.test, data, "rmse,mae")).__name__
    'Rated'

    Args:
        cases: The part of a split.
        data: What was split, whole.
        metrics: As for :func:`penchant.evaluate`.

    Raises:
        UsageError: Some metrics measure one thing and some another.
        DataError: The held-out events have no ratings, or no reviews.
    """
    kinds = {_KINDS.get(metric.formula.source, "lists") for metric in parse_metrics(metrics)}
    if len(kinds) > 1:
        raise UsageError(f"metrics of {' and of '.join(sorted(kinds))}: measure them apart")
    if kinds == {"ratings"}:
        return rated_cases(cases, data)
    return written_cases(cases, data) if kinds == {"texts"} else cases


_KINDS = {"ratings": "ratings", "texts": "texts"}
_HINTS = {
    "ratings": "measure rmse, mae or unreadable",
    "texts": "measure bleu_4, rouge_1, rouge_2 or rouge_l",
}


@dataclass(frozen=True, slots=True, eq=False)
class _Outcome:
    per_query: pl.DataFrame
    totals: dict[str, float]
    seconds: float
    notes: tuple[str, ...] = ()
    samples: dict[str, Floats] = field(default_factory=dict)
    called: Mapping[str, float] = field(default_factory=dict)
    """What the books held before the first answer"""
    texts: tuple[str, ...] = ()


RATING_METRICS: Mapping[str, Callable[[Floats], Floats]] = {
    "mae": np.abs,
    "rmse": np.square,
    "unreadable": lambda errors: np.isnan(errors).astype(np.float64),
}
"""From errors (n,) to values (n,); the mean of rmse's is rooted."""


def _rater(name: str, model: object) -> CanRate:
    able = next((one for one in with_parts(model) if isinstance(one, CanRate)), None)
    if able is None:
        raise UsageError(f"{name} cannot rate; RatingBias can")
    return able


def _writer(name: str, model: object) -> CanWrite:
    able = next((one for one in with_parts(model) if isinstance(one, CanWrite)), None)
    if able is None:
        raise UsageError(f"{name} cannot write; Quote can")
    return able


def _rates(
    name: str, model: CanRate, cases: Rated, metrics: Sequence[Metric], run: Run
) -> _Outcome:
    began, before = time.perf_counter(), called(run)
    given = np.zeros(len(cases))
    for rows in _blocks(len(cases), name, run):
        block = cases.take(rows)
        given[rows] = _checked(name, model.rate(block.queries, block.items, run), len(block))
    seconds = time.perf_counter() - began
    errors = given - cases.ratings.astype(np.float64)
    columns = {str(m): RATING_METRICS[m.name](errors) for m in metrics}
    unread = int(np.isnan(errors).sum())
    notes = (f"{name} gave no rating for {unread:,} of {len(cases):,}: left out of rmse and mae",)
    return _Outcome(pl.DataFrame(columns), {}, seconds, notes if unread else (), called=before)


def _checked(name: str, given: NDArray[np.float32], n: int) -> Floats:
    if given.shape != (n,):
        raise UsageError(f"{name} gave ratings of shape {given.shape} for {n} rows: wanted ({n},)")
    return np.where(np.isfinite(given), given, np.nan).astype(np.float64)


def _writes(
    name: str, model: CanWrite, cases: Written, metrics: Sequence[Metric], run: Run
) -> _Outcome:
    began, before = time.perf_counter(), called(run)
    texts: list[str] = []
    for rows in _blocks(len(cases), name, run):
        block = cases.take(rows)
        texts += model.write(block.queries, block.items, run)
    seconds = time.perf_counter() - began
    if len(texts) != len(cases):
        raise UsageError(f"{name} wrote {len(texts)} texts for {len(cases)} rows: want one each")
    columns: dict[str, Floats] = {}
    totals: dict[str, float] = {}
    samples: dict[str, Floats] = {}
    for metric in metrics:
        if metric.name == "bleu_4":
            counts = bleu_counts(texts, cases.references)
            totals[str(metric)] = float(bleu_of(counts.sum(0)[None])[0])
            samples[str(metric)] = _samples(counts, cases, run)
        else:
            columns[str(metric)] = rouge(texts, cases.references, metric.name)
    frame = pl.DataFrame(columns)
    return _Outcome(frame, totals, seconds, samples=samples, called=before, texts=tuple(texts))


def _samples(counts: Floats, cases: Written, run: Run) -> Floats:
    """(b,) BLEU in bootstrap samples of people."""
    clusters = clusters_of(slices_of(cases)["user"].to_numpy())
    # Means times rows: sums but for the size of the sample, which BLEU does not depend on.
    return bleu_of(bootstrap_means(counts, clusters, run) * len(counts))


def _blocks(n: int, name: str, run: Run) -> Iterator[NDArray[np.int64]]:
    """Rows to answer together; says how far it is once they are answered."""
    for start in range(0, n, BLOCK):
        rows = np.arange(start, min(start + BLOCK, n))
        yield rows
        run.watch.progress(f"evaluate {name}", start + len(rows), n)


def slices_of(cases: Cases | Rated | Written) -> pl.DataFrame:
    """What the rows can be grouped by; what the queries tell where nothing is given."""
    if cases.slices is not None:
        return cases.slices
    n = len(cases)
    users = cases.queries.users if cases.queries.users is not None else np.full(n, -1, np.int32)
    lengths = cases.queries.histories.items.lengths.astype(np.int32)
    return pl.DataFrame({"user": users, "history_length": lengths})


def _costs(costs: Costs, outcome: _Outcome, n: int, run: Run) -> Costs:
    if n and not np.isfinite(costs.recommend_ms):
        costs = replace(costs, recommend_ms=outcome.seconds / n * 1e6)
    return with_calls(costs, outcome.called, run, n)
