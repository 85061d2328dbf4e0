"""What came out: values per query, their means with intervals, costs."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import polars as pl
from numpy.typing import NDArray

from penchant.core import Run, UnknownName
from penchant.evaluate.intervals import clusters_of, intervals


@dataclass(frozen=True, slots=True)
class Costs:
    """What a model costs; nan where it was not measured."""

    fit_s: float = float("nan")
    """Seconds to fit."""
    recommend_ms: float = float("nan")
    """Milliseconds for 1,000 recommendation lists."""
    peak_memory_mb: float = float("nan")
    """Most memory held during fit and evaluation, MB."""


@dataclass(frozen=True, slots=True, eq=False)
class Report:
    """The outcome of :func:`evaluate`."""

    per_query: Mapping[str, pl.DataFrame]
    """model -> one row a query, one column a metric; nan where a query has no value"""
    totals: Mapping[str, Mapping[str, float]]
    """model -> metric -> value, for metrics of all lists together (coverage, gini)"""
    slices: pl.DataFrame
    """One row a query: user, history_length, warm_user, …"""
    costs: Mapping[str, Costs]
    metrics: tuple[str, ...]
    """As asked for, in that order."""
    name: str = "test"
    """The cases' name."""
    run: Run = field(default_factory=Run)
    """Seed of the resampling."""
    notes: tuple[str, ...] = ()
    """What a reader must know before comparing."""

    @property
    def models(self) -> tuple[str, ...]:
        """Names, in the order given."""
        return tuple(self.per_query)

    def values(self, model: str, metric: str) -> NDArray[np.float64]:
        """(n,) one value a query."""
        if model not in self.per_query:
            raise UnknownName("model", model, self.per_query)
        if metric not in self.per_query[model].columns:
            raise UnknownName("metric per query", metric, self.per_query[model].columns)
        return self.per_query[model][metric].to_numpy()

    def summary(self, *, confidence: float = 0.95) -> pl.DataFrame:
        """Means with intervals.

        Returns:
            One row a model and metric: model, metric, value, low, high, queries (with a value).
        """
        columns = [
            (model, metric) for model in self.models for metric in self.per_query[model].columns
        ]
        stacked = np.stack([self.values(*column) for column in columns], 1) if columns else None
        values = np.zeros((len(self.slices), 0)) if stacked is None else stacked
        low, high = intervals(values, self.clusters(), self.run, confidence=confidence)
        known = np.isfinite(values)
        counts = known.sum(0)
        sums = np.where(known, values, 0.0).sum(0)
        means = np.divide(sums, counts, out=np.full(len(counts), np.nan), where=counts > 0)
        found = {
            column: (means[i], low[i], high[i], int(counts[i])) for i, column in enumerate(columns)
        }
        nan = float("nan")
        for model, totals in self.totals.items():
            found |= {(model, name): (v, nan, nan, len(self.slices)) for name, v in totals.items()}
        rows = [
            (model, name, *found[model, name])
            for model in self.models
            for name in self.metrics
            if (model, name) in found
        ]
        return pl.DataFrame(rows, schema=_SUMMARY, orient="row")

    def clusters(self) -> NDArray[np.int64]:
        """(n,) who asked, as numbers from 0: what the bootstrap draws."""
        if "user" not in self.slices.columns:
            return np.arange(len(self.slices))
        return clusters_of(self.slices["user"].to_numpy())


_SUMMARY = {
    "model": pl.String,
    "metric": pl.String,
    "value": pl.Float64,
    "low": pl.Float64,
    "high": pl.Float64,
    "queries": pl.Int64,
}
