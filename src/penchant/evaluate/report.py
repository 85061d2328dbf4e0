"""What came out: values per query, their means with intervals, costs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray

from penchant.core import Run, UnknownName
from penchant.evaluate.arithmetic import mean_of_known
from penchant.evaluate.costs import Costs
from penchant.evaluate.files import write_json, write_parquet
from penchant.evaluate.intervals import clusters_of, intervals
from penchant.evaluate.names import Metric
from penchant.evaluate.significance import holm, paired
from penchant.evaluate.slices import group_order, groups

if TYPE_CHECKING:
    from rich.table import Table


@dataclass(frozen=True, slots=True, eq=False)
class Report:
    """The outcome of :func:`evaluate`."""

    per_query: Mapping[str, pl.DataFrame]
    """model -> one row a query, one column a metric; nan where a query has no value.

    Of ``rmse`` the squared error: the root is taken of means."""
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
    samples: Mapping[str, Mapping[str, NDArray[np.float64]]] = field(default_factory=dict)
    """model -> metric of :attr:`totals` -> (b,) its values in bootstrap samples of people"""
    texts: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """model -> (n,) what it wrote, where that was asked"""
    degraded: Mapping[str, float] = field(default_factory=dict)
    """model -> share of its lists that a fallback gave; nan: it was asked for none"""

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

    def only(self, models: Sequence[str]) -> "Report":
        """The same about some of the models.

        Raises:
            UnknownName: There is none of that name.
        """
        for name in models:
            if name not in self.per_query:
                raise UnknownName("model", name, self.per_query)
        kept = {name: self.per_query[name] for name in models}
        return replace(self, per_query=kept, totals={n: self.totals.get(n, {}) for n in models})

    def summary(self, *, confidence: float = 0.95) -> pl.DataFrame:
        """Means with intervals.

        Returns:
            One row a model and metric: model, metric, value, low, high, queries (with a value).
        """
        found = self._means(self._columns(), np.arange(len(self.slices)), confidence)
        for model, totals in self.totals.items():
            for name, value in totals.items():
                drawn = self.samples.get(model, {}).get(name, np.array([np.nan]))
                tail = (1.0 - confidence) / 2
                low, high = np.quantile(drawn, [tail, 1.0 - tail]).tolist()
                found[model, name] = (value, low, high, len(self.slices))
        keys = [(model, name) for model in self.models for name in self.metrics]
        rows = [(*key, *found[key]) for key in keys if key in found]
        return pl.DataFrame(rows, schema=_SUMMARY, orient="row")

    def figures(self, model: str) -> dict[str, float]:
        """What is known of one model, by metric.

        Raises:
            UnknownName: There is none of that name.
        """
        known = self.only([model]).summary().filter(pl.col("value").is_finite())
        return dict(zip(known["metric"], known["value"], strict=True))

    def by(self, column: str, *, confidence: float = 0.95) -> pl.DataFrame:
        """Means within groups of cases, with intervals.

        Args:
            column: One of :attr:`slices`.
            confidence: Of the intervals.

        Returns:
            One row a group, model and metric: group, model, metric, value, low, high, queries.
        """
        member = groups(self.slices, column)
        parts = []
        for group in group_order(self.slices, column):
            rows = np.flatnonzero((member == group).fill_null(value=False).to_numpy())
            found = self._means(self._columns(), rows, confidence)
            parts += [(group, *key, *values) for key, values in found.items()]
        return pl.DataFrame(parts, schema={"group": pl.String, **_SUMMARY}, orient="row")

    def compare(
        self,
        metric: str,
        *,
        against: str | None = None,
        test: Literal["permutation", "bootstrap"] = "permutation",
        confidence: float = 0.95,
    ) -> pl.DataFrame:
        """Paired differences between models, on the queries where both have a value.

        Args:
            metric: One with a value a query.
            against: Compare all others with this model; ``None``: every pair.
            test: Whose p-values Holm's correction is applied to.
            confidence: Of the intervals, not corrected for the number of pairs.

        Returns:
            One row a pair: a, b, difference (a - b), low, high, p_permutation, p_bootstrap, p_holm,
            people (who asked).
        """
        metric = str(Metric.parse(metric))
        rooted = Metric.parse(metric).formula.rooted
        values = np.stack([self.values(model, metric) for model in self.models], 1)
        if against is not None and against not in self.models:
            raise UnknownName("model", against, self.models)
        pairs = [
            (a, b)
            for a, b in combinations(range(len(self.models)), 2)
            if against in (None, self.models[a], self.models[b])
        ]
        pairs = [(b, a) if self.models[a] == against else (a, b) for a, b in pairs]
        first, second = ([pair[side] for pair in pairs] for side in (0, 1))
        table = paired(
            values[:, first], values[:, second], self.clusters(), self.run, confidence, rooted
        )
        names = pl.DataFrame(
            [(self.models[a], self.models[b]) for a, b in pairs],
            schema={"a": pl.String, "b": pl.String},
            orient="row",
        )
        corrected = pl.Series("p_holm", holm(table[f"p_{test}"].to_numpy()))
        frame = names.hstack(table.get_columns()).with_columns(corrected)
        people = len(np.unique(self.clusters()))
        return frame.with_columns(people=pl.lit(people, pl.Int64))

    def to_json(self, path: Path | str) -> Path:
        """Writes means, comparisons, slices and costs; nan becomes null."""
        return write_json(self, Path(path))

    def to_parquet(self, path: Path | str) -> Path:
        """Writes every value: model, query, the columns of :attr:`slices`, the metrics.

        The same evaluation writes the same bytes.
        """
        return write_parquet(self, Path(path))

    def to_html(self, path: Path | str, *, title: str = "Evaluation") -> Path:
        """Writes one page that needs nothing else: tables and plots, light and dark."""
        from penchant.evaluate.page import write_page  # matplotlib takes a second to import

        return write_page(self, Path(path), title)

    def table(self) -> "Table":
        """The summary and the costs, for a terminal: ``rich.print(report.table())``."""
        from penchant.evaluate.terminal import scoreboard  # only terminals need rich

        return scoreboard(self)

    def clusters(self) -> NDArray[np.int64]:
        """(n,) who asked, as numbers from 0: what the bootstrap draws."""
        if "user" not in self.slices.columns:
            return np.arange(len(self.slices))
        return clusters_of(self.slices["user"].to_numpy())

    def _columns(self) -> list[tuple[str, str]]:
        return [(model, name) for model in self.models for name in self.per_query[model].columns]

    def _means(
        self, columns: list[tuple[str, str]], rows: NDArray[np.int64], confidence: float
    ) -> dict[tuple[str, str], tuple[float, float, float, int]]:
        """Of each (model, metric) on some queries: mean, low, high, queries with a value."""
        picked = [self.values(*column)[rows] for column in columns]
        values = np.stack(picked, 1) if picked else np.zeros((len(rows), 0))
        low, high = intervals(values, self.clusters()[rows], self.run, confidence=confidence)
        means, counts = mean_of_known(values), np.isfinite(values).sum(0)
        rooted = np.array([Metric.parse(name).formula.rooted for _, name in columns], np.bool_)
        for figures in (means, low, high):
            np.sqrt(figures, out=figures, where=rooted)
        found = zip(means.tolist(), low.tolist(), high.tolist(), counts.tolist(), strict=True)
        return dict(zip(columns, found, strict=True))


_SUMMARY = {
    "model": pl.String,
    "metric": pl.String,
    "value": pl.Float64,
    "low": pl.Float64,
    "high": pl.Float64,
    "queries": pl.Int64,
}
