"""A report as one HTML page that needs nothing else."""

from pathlib import Path
from typing import TYPE_CHECKING

import jinja2
import polars as pl
from markupsafe import Markup

from penchant.core import write_file
from penchant.evaluate import plots
from penchant.evaluate.names import METRICS, Metric
from penchant.evaluate.slices import group_order, slice_columns
from penchant.evaluate.svg import N_COLOURS
from penchant.evaluate.terminal import best_model, cost_columns, number, value_text

if TYPE_CHECKING:
    from penchant.evaluate.report import Report

TEMPLATE = Path(__file__).with_name("page.html.j2")


def write_page(report: "Report", path: Path, title: str) -> Path:
    """Writes the page; the same report gives the same bytes."""
    environment = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined)
    template = environment.from_string(TEMPLATE.read_text(encoding="utf-8"))
    metric = plots.first_metric(report)
    pairs = report.compare(metric)
    text = template.render(
        title=title,
        report=report,
        people=int(report.clusters().max(initial=-1)) + 1,
        metric=metric,
        finding=finding(report, pairs),
        scoreboard=_scoreboard(report),
        colours={m: i % N_COLOURS for i, m in enumerate(report.models)},
        summaries={m: METRICS[Metric.parse(m).name].summary for m in report.metrics},
        costs=list(cost_columns(report)),
        intervals=_safe(plots.intervals_plot(report)),
        trade_off=_safe(plots.trade_off_plot(report)),
        slices=[_safe(plot) for plot in _slice_plots(report)],
        significance=_safe(plots.significance_plot(report, pairs)) if len(pairs) else "",
    )
    with write_file(path) as temporary:
        temporary.write_text(text, encoding="utf-8")
    return path


def finding(report: "Report", pairs: pl.DataFrame) -> str:
    """The one sentence to take away: the best model, and whether its lead is more than luck."""
    metric = plots.first_metric(report)
    order = plots.ranked_models(report)
    if len(order) < 2:
        row = report.summary().filter(metric=metric).row(0, named=True)
        return f"{order[0]} reaches {value_text(row['value'], row['low'], row['high'])} {metric}."
    best, second = order[:2]
    either = pl.col("a").is_in(order[:2]) & pl.col("b").is_in(order[:2])
    pair = pairs.row(by_predicate=either, named=True)
    lead, p = abs(pair["difference"]), pair["p_holm"]
    verdict = (
        "a difference that chance does not explain" if p < 0.05 else "which may well be chance"
    )
    said = "p < 0.001" if p < 0.001 else f"p = {p:.3f}"
    return (
        f"{best} has the best {metric}, {lead:.4f} above {second}: {verdict} ({said} after Holm)."
    )


def _slice_plots(report: "Report") -> list[str]:
    """Wide plots first, so that narrow ones stand side by side."""
    columns = slice_columns(report.slices)
    columns.sort(key=lambda column: len(group_order(report.slices, column)) <= plots.NARROW)
    return [plots.slices_plot(report, column) for column in columns]


def _scoreboard(report: "Report") -> list[dict[str, object]]:
    rows = {(row["model"], row["metric"]): row for row in report.summary().to_dicts()}
    best = {metric: best_model(report, metric) for metric in report.metrics}
    costs = cost_columns(report)
    return [
        {
            "model": model,
            "cells": [
                (*_cell(rows[model, metric]), best[metric] == model) for metric in report.metrics
            ],
            "costs": [number(values[model]) for values in costs.values()],
        }
        for model in plots.ranked_models(report)
    ]


def _cell(row: dict[str, float]) -> tuple[str, str]:
    value, _, half = value_text(row["value"], row["low"], row["high"]).partition(" ")
    return value, half


def _safe(svg: str) -> Markup:
    # Drawn here; matplotlib has escaped the names in it.
    return Markup(svg)
