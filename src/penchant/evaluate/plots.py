"""The plots of a report, as SVG text."""

from textwrap import fill
from typing import TYPE_CHECKING

import matplotlib as mpl
import numpy as np
import polars as pl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from penchant.core import UsageError
from penchant.evaluate.names import METRICS, Metric
from penchant.evaluate.slices import group_order
from penchant.evaluate.svg import BAD, GOOD, GRID, INK, MUTED, N_COLOURS, PAPER, SERIES, svg
from penchant.evaluate.terminal import number

if TYPE_CHECKING:
    from penchant.evaluate.report import Report

NARROW = 3
"""So many groups, or fewer, fit into half the width."""

MARKERS = "osD^vPX*"
"""The second round of colours has another shape."""


def intervals_plot(report: "Report") -> str:
    """Means with intervals: a panel a metric (the first four), models from best to worst."""
    summary = report.summary()
    metrics = [m for m in report.metrics if m in report.per_query[report.models[0]].columns][:4]
    order = ranked_models(report)

    def draw(figure: Figure) -> None:
        axes = figure.subplots(1, len(metrics), sharey=True, squeeze=False)[0]
        for axis, metric in zip(axes, metrics, strict=True):
            for place, model in enumerate(order):
                row = summary.row(by_predicate=_is(model, metric), named=True)
                _dot(axis, report, model, (row["value"], -place), (row["low"], row["high"]), "x")
            axis.set_title(metric)
            summary_of = METRICS[Metric.parse(metric).name].summary
            axis.set_xlabel(fill(summary_of, 104 // len(metrics)), fontsize=8.5)
            axis.grid(visible=False, axis="y")
            axis.xaxis.set_major_locator(mpl.ticker.MaxNLocator(4))
            axis.margins(x=0.08)
        axes[0].set_yticks([-place for place in range(len(order))], order)
        axes[0].set_ylim(-len(order) + 0.4, 0.6)

    return svg(draw, height=1.15 + 0.34 * len(order), name="intervals")


def trade_off_plot(report: "Report") -> str:
    """The first metric against coverage, time to recommend and time to fit, where known."""
    metric = first_metric(report)
    means = report.summary().filter(metric=metric)
    value = dict(means.select("model", "value").iter_rows())
    coverage = next((m for m in report.metrics if m.startswith("coverage")), None)
    shares = {model: totals[coverage] for model, totals in report.totals.items() if coverage}
    panels = [
        (f"against {coverage}", "share of the catalogue shown", shares, False),
        (
            "against time to recommend",
            "ms for 1,000 lists",
            {model: costs.recommend_ms for model, costs in report.costs.items()},
            True,
        ),
        (
            "against time to fit",
            "seconds",
            {model: costs.fit_s for model, costs in report.costs.items()},
            True,
        ),
    ]
    shown = [panel for panel in panels if np.isfinite([*panel[2].values(), np.nan]).any()]
    if not shown:
        return ""

    def draw(figure: Figure) -> None:
        axes = figure.subplots(1, len(shown), sharey=True, squeeze=False)[0]
        for axis, (title, unit, figures, logarithmic) in zip(axes, shown, strict=True):
            known = {m: x for m, x in figures.items() if np.isfinite([x, value[m]]).all()}
            for model, x in known.items():
                _dot(axis, report, model, (x, value[model]), None, "x", size=8)
            if logarithmic:
                axis.set_xscale("log")
                axis.xaxis.set_major_formatter(lambda x, _: number(x))
                axis.xaxis.set_minor_formatter(mpl.ticker.NullFormatter())
            axis.set_title(title)
            axis.set_xlabel(unit)
            axis.margins(x=0.28, y=0.16)
            if not logarithmic:
                axis.set_xlim(left=-0.04 * max(known.values(), default=1.0))
            axis.set_ylim(bottom=min(0.0, axis.get_ylim()[0]))
            _label(axis, [(model, known[model], value[model]) for model in known])
        axes[0].set_ylabel(metric)

    return svg(draw, height=4.0, name="trade-off")


def slices_plot(report: "Report", column: str) -> str:
    """The first metric within the groups of one column; the number of queries under each."""
    metric = first_metric(report)
    frame = report.by(column).filter(metric=metric)
    names = [g for g in group_order(report.slices, column) if g in set(frame["group"])]

    def draw(figure: Figure) -> None:
        axis = figure.subplots()
        models = ranked_models(report)
        step = min(0.12, 0.7 / max(len(models), 1))
        for place, group in enumerate(names):
            if place % 2:
                axis.axvspan(place - 0.5, place + 0.5, color=GRID, alpha=0.35, linewidth=0)
            for i, model in enumerate(models):
                row = frame.filter(group=group, model=model).row(0, named=True)
                x = place + (i - (len(models) - 1) / 2) * step
                _dot(axis, report, model, (x, row["value"]), (row["low"], row["high"]), "y", size=5)
        counts = [frame.filter(group=group)["queries"][0] for group in names]
        labels = [f"{group}\nn = {n:,}" for group, n in zip(names, counts, strict=True)]
        axis.set_xticks(range(len(names)), labels)
        axis.set_xlim(-0.5, len(names) - 0.5)
        axis.set_ylim(bottom=min(0.0, axis.get_ylim()[0]))
        axis.grid(visible=False, axis="x")
        axis.set_title(f"{column.replace('_', ' ')}")
        axis.set_ylabel(metric)

    return svg(draw, height=3.0, name=f"slice-{column}", width=4.8 if len(names) <= NARROW else 9.8)


def significance_plot(report: "Report", table: pl.DataFrame) -> str:
    """Row minus column; full colour where Holm's p is below 0.05.

    Args:
        report: For the order of models.
        table: What ``report.compare`` said of the first metric, every pair.
    """
    order = ranked_models(report)
    place = {model: i for i, model in enumerate(order)}
    largest = max(np.abs(table["difference"].to_numpy()).max(initial=0.0), 1e-12)

    def draw(figure: Figure) -> None:
        axis = figure.subplots()
        for row in table.to_dicts():
            for a, b, sign in ((row["a"], row["b"], 1), (row["b"], row["a"], -1)):
                _cell(axis, (place[b], -place[a]), sign * row["difference"], row["p_holm"], largest)
        axis.set_xticks(range(len(order)), order, rotation=30, ha="left")
        axis.xaxis.tick_top()
        axis.set_yticks([-i for i in range(len(order))], order)
        axis.set_xlim(-0.5, len(order) - 0.5)
        axis.set_ylim(-len(order) + 0.5, 0.5)
        axis.tick_params(axis="x", labelcolor=INK)
        axis.grid(visible=False)
        axis.spines[:].set_visible(False)

    size = len(order)
    width = min(9.8, 2.0 + 0.95 * size)
    return svg(draw, height=1.2 + 0.5 * size, name="significance", width=width)


def ranked_models(report: "Report") -> list[str]:
    """Models from best to worst in the first metric."""
    metric = first_metric(report)
    rows = report.summary().filter(metric=metric).fill_nan(None)
    falling = METRICS[Metric.parse(metric).name].better != "lower"
    return rows.sort("value", descending=falling, nulls_last=True)["model"].to_list()


def first_metric(report: "Report") -> str:
    """The first metric that has a value a query: the one that plots and tests are about.

    Raises:
        UsageError: There is none.
    """
    with_values = report.per_query[report.models[0]].columns
    found = next((metric for metric in report.metrics if metric in with_values), None)
    if found is None:
        raise UsageError(
            f"{', '.join(report.metrics)}: one figure for all queries together; a page needs a "
            "metric with a value a query, such as rouge_l or ndcg@10"
        )
    return found


def _is(model: str, metric: str) -> pl.Expr:
    return (pl.col("model") == model) & (pl.col("metric") == metric)


def _dot(
    axis: Axes,
    report: "Report",
    model: str,
    at: tuple[float, float],
    interval: tuple[float, float] | None,
    along: str,
    size: float = 6.5,
) -> None:
    number_of = report.models.index(model)
    colour = SERIES[number_of % N_COLOURS]
    marker = MARKERS[number_of // N_COLOURS % len(MARKERS)]
    if interval is not None and np.isfinite(interval).all():
        line = (interval, (at[1], at[1])) if along == "x" else ((at[0], at[0]), interval)
        axis.plot(*line, color=colour, linewidth=2, solid_capstyle="round", alpha=0.55)
    axis.plot(*at, marker, color=colour, markersize=size, markeredgecolor=PAPER, markeredgewidth=1)


def _cell(axis: Axes, at: tuple[float, float], difference: float, p: float, largest: float) -> None:
    sure = p < 0.05
    colour = (GOOD if difference > 0 else BAD) if sure else GRID
    strength = 0.25 + 0.5 * abs(difference) / largest if sure else 0.45
    x, y = at
    axis.fill_between(
        [x - 0.47, x + 0.47], y - 0.44, y + 0.44, color=colour, alpha=strength, linewidth=0
    )
    ink = INK if sure else MUTED
    p_text = "p < .001" if p < 0.001 else f"p = {p:.3f}"
    weight = "bold" if sure else "normal"
    axis.text(
        x,
        y + 0.14,
        f"{difference:+.4f}",
        size=9,
        weight=weight,
        color=ink,
        ha="center",
        va="center",
    )
    axis.text(x, y - 0.2, p_text, size=7.5, color=ink, ha="center", va="center")


def _label(axis: Axes, points: list[tuple[str, float, float]]) -> None:
    """Names beside their points, each where it covers neither a point nor another name."""
    spots = axis.transData.transform(np.array([(x, y) for _, x, y in points]))
    frame = axis.get_window_extent()
    taken = [(x - 6, y - 6, x + 6, y + 6) for x, y in spots]
    for (name, x, y), (px, py) in zip(points, spots, strict=True):
        width, height = 5.6 * len(name), 11
        ways = [(9, 0), (-9 - width, 0), (-width / 2, 13), (-width / 2, -13)]
        ways += [(dx, dy) for dy in (12, -12, 24, -24, 36, -36) for dx in (9, -9 - width)]
        boxes = [
            (px + dx, py + dy - height / 2, px + dx + width, py + dy + height / 2)
            for dx, dy in ways
        ]
        free = (
            i
            for i, box in enumerate(boxes)
            if box[0] >= frame.x0 and not any(_meet(box, old) for old in taken)
        )
        chosen = next(free, 0)
        taken.append(boxes[chosen])
        dx, dy = ways[chosen]
        axis.annotate(
            name,
            (x, y),
            (dx, dy),
            textcoords="offset points",
            va="center",
            fontsize=9,
            color=INK,
        )


def _meet(a: tuple[float, ...], b: tuple[float, ...]) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]
