"""Evaluation: models and cases in, a report out."""

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from penchant.core import Ragged, Run, UsageError
from penchant.data import (
    CanRank,
    Cases,
    Dataset,
    Queries,
    Rankings,
    Ranks,
    Rated,
    Written,
    chunks,
    open_items,
)
from penchant.evaluate.answered import evaluate_answers
from penchant.evaluate.costs import Costs, called, with_calls
from penchant.evaluate.fallbacks import Fallbacks
from penchant.evaluate.listed import TOTALS, Background, list_metrics, shown_counts
from penchant.evaluate.measured import (
    CanRecommend,
    HoldsRecommender,
    Models,
    listed_models,
    named_models,
)
from penchant.evaluate.metrics import rank_metrics, ranks_in
from penchant.evaluate.names import (
    DEFAULT,
    DEFAULT_OF_RATINGS,
    DEFAULT_OF_TEXTS,
    Metric,
    parse_metrics,
)
from penchant.evaluate.report import Report
from penchant.evaluate.slices import with_popularity

BLOCK = 8_192
"""Queries between two reports of progress."""

WHOLE_LIST = 10
"""How long the lists are that a metric without cutoff sees, of models that cannot rank."""


def evaluate(
    models: Models,
    cases: Cases | Rated | Written,
    *,
    metrics: str | Sequence[str] = DEFAULT,
    run: Run | None = None,
    names: Sequence[str] | None = None,
    train: Dataset | Background | None = None,
    costs: Mapping[str, Costs] | None = None,
) -> Report:
    """Measures models on the same cases.

    Args:
        models: One, several, or by name.
        cases: Queries with the items that should come back, or with the ratings that were given, or
            with the texts that were written.
        metrics: Names such as ``ndcg@10``; see :data:`METRICS`. The default leaves ``coverage@10``
            out where the size of the catalogue is not known; for ratings and texts it is what
            measures those.
        run: Seed, and who watches.
        names: One for each model.
        train: What the models learned from: for novelty, popularity_lift, ild, coverage and gini.
        costs: By model name; what is missing is left empty, but time to recommend is measured.

    Raises:
        UnknownName: A metric does not exist.
        UsageError: A metric needs ``train``, or names do not fit the models.
    """
    run = run or Run()
    if not isinstance(cases, Cases):
        default = DEFAULT_OF_RATINGS if isinstance(cases, Rated) else DEFAULT_OF_TEXTS
        wanted = parse_metrics(default if metrics is DEFAULT else metrics)
        return evaluate_answers(named_models(models, names), cases, wanted, run, costs or {})
    background = Background.of(train) if isinstance(train, Dataset) else train
    named = _recommenders(named_models(models, names))
    n_items = _catalogue_size(models, background, cases)
    wanted = parse_metrics(metrics)
    if metrics is DEFAULT and n_items is None:
        wanted = [metric for metric in wanted if metric.formula.source != "totals"]
    _check(wanted, background, n_items)
    given = costs or {}
    outcomes = {}
    for name, model in named.items():
        fallbacks = Fallbacks.over(run.watch)
        told = replace(run, watch=fallbacks.watch)
        job = _Job(name, model, wanted, background, n_items, told, fallbacks)
        outcomes[name] = _measure(job, cases, given.get(name, Costs()))
        fallbacks.warn(name, run.watch)
    return Report(
        per_query={name: outcome.per_query for name, outcome in outcomes.items()},
        totals={name: outcome.totals for name, outcome in outcomes.items()},
        slices=cases.slices if background is None else with_popularity(cases, background).slices,
        costs={name: outcome.costs for name, outcome in outcomes.items()},
        metrics=tuple(str(metric) for metric in wanted),
        name=cases.name,
        run=run,
        notes=tuple(note for outcome in outcomes.values() for note in outcome.notes),
        degraded={name: outcome.degraded for name, outcome in outcomes.items()},
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Job:
    name: str
    recommender: CanRecommend
    metrics: list[Metric]
    background: Background | None
    n_items: int | None
    run: Run
    fallbacks: Fallbacks

    def of(self, source: str) -> list[Metric]:
        """The metrics with this source, against the whole catalogue."""
        return [m for m in self.metrics if m.formula.source == source and m.sampled is None]

    @property
    def ranks(self) -> bool:
        return isinstance(self.recommender, CanRank)

    def lists(self, queries: Queries, k: int) -> Rankings:
        """What is recommended; those of a fallback are counted."""
        rankings = self.recommender.recommend(queries, k, self.run)
        self.fallbacks.count(rankings)
        return rankings


@dataclass(frozen=True, slots=True, eq=False)
class _Outcome:
    per_query: pl.DataFrame
    totals: dict[str, float]
    costs: Costs
    notes: tuple[str, ...]
    degraded: float


def _measure(job: _Job, cases: Cases, costs: Costs) -> _Outcome:
    """One model on all cases, block by block."""
    counts = {m: np.zeros(job.n_items or 0, np.int64) for m in job.of("totals")}
    parts: list[Mapping[Metric, NDArray[np.float64]]] = []
    seconds, listed, before = 0.0, 0, called(job.run)
    for start in range(0, len(cases), BLOCK):
        block = cases.take(np.arange(start, min(start + BLOCK, len(cases))))
        values = dict(_sampled(job, block))
        k = _longest_list(job)
        if k:
            began = time.perf_counter()
            rankings = job.lists(block.queries, k)
            seconds, listed = seconds + time.perf_counter() - began, listed + len(block)
            for metric in counts:
                counts[metric] += shown_counts(rankings, metric.k or k, len(counts[metric]))
            if job.background is not None:
                past = block.queries.histories.items
                values |= list_metrics(rankings, past, job.of("lists"), job.background)
        if job.of("ranks"):
            ranks = _ranks(job, block.queries, block.relevant) if job.ranks else None
            ranks = ranks or ranks_in(rankings, block.relevant)
            values |= rank_metrics(ranks, block.relevant, job.of("ranks"))
        parts.append(values)
        job.run.watch.progress(f"evaluate {job.name}", start + len(block), len(cases))
    per_query = [m for m in job.metrics if m.formula.source != "totals"]
    columns = {str(m): np.concatenate([np.zeros(0), *(p[m] for p in parts)]) for m in per_query}
    totals = {str(metric): TOTALS[metric.name](shown) for metric, shown in counts.items()}
    if np.isnan(costs.recommend_ms) and listed:
        costs = replace(costs, recommend_ms=seconds / listed * 1e6)
    costs = with_calls(costs, before, job.run, len(cases))
    notes = (*_notes(job), *job.fallbacks.told(job.name))
    return _Outcome(pl.DataFrame(columns), totals, costs, notes, job.fallbacks.share)


def _ranks(job: _Job, queries: Queries, relevant: Ragged) -> Ranks:
    if isinstance(job.recommender, CanRank):
        return job.recommender.ranks(queries, relevant, job.run)
    width = int(queries.candidates.lengths.max(initial=1)) if queries.candidates else 1
    return ranks_in(job.lists(queries, width), relevant)


def _sampled(job: _Job, cases: Cases) -> Iterator[tuple[Metric, NDArray[np.float64]]]:
    """Metrics against random other items, drawn anew for each number of them."""
    for sampled in sorted({m.sampled for m in job.metrics if m.sampled}):
        metrics = [m for m in job.metrics if m.sampled == sampled]
        queries = with_sampled_candidates(cases, sampled, job.n_items or 0, job.run)
        ranks = _ranks(job, queries, cases.relevant)
        yield from rank_metrics(ranks, cases.relevant, metrics).items()


def with_sampled_candidates(cases: Cases, n: int, n_items: int, run: Run) -> Queries:
    """Queries whose candidates are the relevant items and ``n`` random others.

    The others are drawn evenly from open items that are neither relevant nor in the history. All
    stand in a random order, so that a re-ranker cannot tell the relevant one by its place.
    """
    drawn: list[NDArray[np.int32]] = []
    start = 0
    for part in chunks(cases.queries, n_items):
        rows = np.arange(start, start + len(part))
        relevant = cases.relevant.take(rows)
        mask = open_items(part, n_items)
        mask[relevant.rows(), relevant.values] = False
        past = part.histories.items
        mask[past.rows(), past.values] = False
        keys = run.rng("evaluate.sampled", n, start, len(part)).random(mask.shape, np.float32)
        keys[~mask] = np.inf
        width = min(n, n_items)
        best = np.argpartition(keys, width - 1, axis=1)[:, :width].astype(np.int32)
        usable = np.isfinite(np.take_along_axis(keys, best, axis=1))
        drawn += [row[ok] for row, ok in zip(best, usable, strict=True)]
        start += len(part)
    joined = cases.relevant.joined(Ragged.of(drawn))
    places = run.rng("evaluate.sampled.order", n).random(len(joined.values))
    order = np.lexsort((places, joined.rows()))
    return replace(cases.queries, candidates=Ragged(joined.values[order], joined.offsets))


def _recommenders(named: Mapping[str, object]) -> dict[str, CanRecommend]:
    found: dict[str, CanRecommend] = {}
    for name, model in named.items():
        if not isinstance(model, CanRecommend):
            raise UsageError(f"{name} cannot recommend: fit it first")
        found[name] = model
    return found


def _catalogue_size(models: Models, background: Background | None, cases: Cases) -> int | None:
    if background is not None:
        return len(background)
    if cases.queries.allowed is not None:
        return len(cases.queries.allowed)
    sizes = {len(m.catalog) for m in listed_models(models) if isinstance(m, HoldsRecommender)}
    if len(sizes) > 1:
        raise UsageError(f"the models know catalogues of {sorted(sizes)} items: fit them on one")
    return sizes.pop() if sizes else None


def _check(metrics: list[Metric], background: Background | None, n_items: int | None) -> None:
    for metric in metrics:
        if metric.formula.source in {"ratings", "texts"}:
            held = "rated_cases" if metric.formula.source == "ratings" else "written_cases"
            raise UsageError(f"{metric} measures {metric.formula.source}: give {held}(…)")
        if metric.formula.source == "lists" and background is None:
            raise UsageError(f"{metric} needs the training data: evaluate(…, train=split.train)")
        if (metric.formula.source == "totals" or metric.sampled) and n_items is None:
            raise UsageError(
                f"{metric} needs the size of the catalogue: evaluate(…, train=split.train)"
            )


def _longest_list(job: _Job) -> int:
    """The longest list that is needed; 0 when ranks are enough."""
    shown = [m.k or 0 for m in (*job.of("lists"), *job.of("totals"))]
    if job.ranks:
        return max(shown, default=0)
    ranked = [m.k or WHOLE_LIST for m in job.of("ranks")]
    return max([*shown, *ranked], default=0)


def _notes(job: _Job) -> tuple[str, ...]:
    if job.ranks:
        return ()
    open_ended = [str(m) for m in job.of("ranks") if m.k is None]
    if not open_ended:
        return ()
    return (
        f"{job.name} answers lists: {', '.join(open_ended)} see only its first "
        f"{_longest_list(job)} (auc: no value)",
    )
