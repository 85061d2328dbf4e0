"""The scoreboard in a terminal."""

from typing import TYPE_CHECKING

import numpy as np
from rich.table import Table
from rich.text import Text

from penchant.evaluate.names import METRICS, Metric

if TYPE_CHECKING:
    from penchant.evaluate.report import Report


NONE = "-"
"""What stands where there is no figure."""


def scoreboard(report: "Report") -> Table:
    """Models by metrics, the best of each column bold, with half-widths of intervals and costs."""
    table = Table(
        title=f"{report.name}: {len(report.slices):,} queries, "
        f"{int(report.clusters().max(initial=-1)) + 1:,} people"
    )
    table.add_column("model", no_wrap=True)
    summary = {(row["model"], row["metric"]): row for row in report.summary().to_dicts()}
    for name in report.metrics:
        table.add_column(name, justify="right")
    costs = cost_columns(report)
    for heading in costs:
        table.add_column(heading, justify="right", no_wrap=True)
    best = {name: best_model(report, name) for name in report.metrics}
    for model in report.models:
        cells = [Text(model)]
        for name in report.metrics:
            row = summary[model, name]
            text = value_text(row["value"], row["low"], row["high"])
            cells.append(Text(text, style="bold" if model == best[name] else ""))
        cells += [Text(number(values[model])) for values in costs.values()]
        table.add_row(*cells)
    if report.notes:
        table.caption = "\n".join(report.notes)
    return table


def cost_columns(report: "Report") -> dict[str, dict[str, float]]:
    """Heading -> model -> figure, for the costs that are known of any model."""
    found = {
        "fit s": {model: costs.fit_s for model, costs in report.costs.items()},
        "ms / 1,000": {model: costs.recommend_ms for model, costs in report.costs.items()},
        "peak MB": {model: costs.peak_memory_mb for model, costs in report.costs.items()},
        "tokens / 1,000": {
            model: costs.prompt_tokens + costs.completion_tokens
            for model, costs in report.costs.items()
        },
        "money / 1,000": {model: costs.money or np.nan for model, costs in report.costs.items()},
    }
    return {name: by for name, by in found.items() if np.isfinite(list(by.values())).any()}


def best_model(report: "Report", metric: str) -> str | None:
    """The model with the best value; none for metrics that are neither good nor bad."""
    better = METRICS[Metric.parse(metric).name].better
    rows = report.summary().filter(metric=metric).drop_nans("value")
    if better == "neither" or rows.is_empty() or len(report.models) < 2:
        return None
    model: str = rows.sort("value", descending=better == "higher")["model"][0]
    return model


def value_text(value: float, low: float, high: float) -> str:
    """``.0412 ±.0030``, or a dash where there is no value."""
    if not np.isfinite(value):
        return NONE
    text = f"{value:.4f}" if abs(value) < 10 else f"{value:.2f}"
    return f"{text} ±{(high - low) / 2:.4f}" if np.isfinite(high) else text


def number(value: float) -> str:
    """Three significant digits (two below 0.1) with thousands apart, or a dash."""
    if not np.isfinite(value):
        return NONE
    if abs(value) < 0.1:
        return f"{value:.2g}"
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
