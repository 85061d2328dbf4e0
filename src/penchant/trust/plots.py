"""Pictures of biases and of chances, as SVG text."""

import re
from collections.abc import Mapping
from textwrap import fill

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from penchant.core import Run
from penchant.evaluate.svg import GRID, INK, MUTED, N_COLOURS, PAPER, SERIES, svg
from penchant.trust.bias import MEASURES, BiasReport
from penchant.trust.calibration import Chances, calibration_error, reliability

_LIGHT = (
    "--ink:#1c1d20;--muted:#666a73;--grid:#e3e3df;--paper:#fff;--series-0:#2a63c4;"
    "--series-1:#d8700c;--series-2:#1d8a5a;--series-3:#b9418a;--series-4:#6a50c7;"
    "--series-5:#0f8599;--series-6:#8a5a33;--series-7:#c23636"
)
_DARK = (
    "--ink:#ececea;--muted:#a0a4ad;--grid:#32353c;--paper:#1b1d21;--series-0:#7eb0ff;"
    "--series-1:#f2a355;--series-2:#5fd09b;--series-3:#ec8fc8;--series-4:#ad9bfa;"
    "--series-5:#5fc6d8;--series-6:#cfa27b;--series-7:#f28080"
)


def bias_plot(report: BiasReport, run: Run) -> str:
    """Each measure with its interval: a panel a measure, a line a ranker, 0 marked."""
    table = report.summary(run)
    rankers = table["ranker"].unique(maintain_order=True).to_list()
    measures = table["measure"].unique(maintain_order=True).to_list()

    def draw(figure: Figure) -> None:
        n_rows = -(-len(measures) // 3)
        panels = figure.subplots(n_rows, 3, sharey=True, squeeze=False)
        for axis, measure in zip(panels.flat, measures, strict=False):
            for place, ranker in enumerate(rankers):
                row = table.filter(ranker=ranker, measure=measure).row(0, named=True)
                _dot(axis, place, (row["value"], row["low"], row["high"]))
            axis.axvline(0, color=MUTED, linewidth=1)
            axis.set_title(measure)
            axis.set_xlabel(fill(MEASURES[measure], 40), fontsize=8.5)
            axis.grid(visible=False, axis="y")
            axis.xaxis.set_major_locator(mpl.ticker.MaxNLocator(5))
            axis.margins(x=0.1)
        for axis in panels.flat[len(measures) :]:
            axis.set_visible(False)
        panels[0][0].set_yticks([-place for place in range(len(rankers))], rankers)
        panels[0][0].set_ylim(-len(rankers) + 0.4, 0.6)

    rows = -(-len(measures) // 3)
    height = rows * (1.35 + 0.3 * len(rankers))
    return standalone(svg(draw, height=height, name="biases of rankers"))


def place_plot(report: BiasReport) -> str:
    """What place a candidate gets, by the place at which it is shown: level without a bias."""
    rankers = report.places["ranker"].unique(maintain_order=True).to_list()

    def draw(figure: Figure) -> None:
        left, right = figure.subplots(1, 2, squeeze=False)[0]
        for number, ranker in enumerate(rankers):
            part = report.places.filter(ranker=ranker)
            shown, colour = part["shown"].to_numpy(), SERIES[number % N_COLOURS]
            left.fill_between(shown, part["low"], part["high"], color=colour, alpha=0.18, lw=0)
            left.plot(shown, part["given"], color=colour, linewidth=2, label=ranker)
            right.plot(shown, 100 * part["first"].to_numpy(), color=colour, linewidth=2)
        width = int(report.places["shown"].to_numpy().max())
        left.axhline((width + 1) / 2, color=MUTED, linewidth=1, linestyle=(0, (4, 3)))
        right.axhline(100 / width, color=MUTED, linewidth=1, linestyle=(0, (4, 3)))
        left.invert_yaxis()
        left.yaxis.set_major_locator(mpl.ticker.MaxNLocator(8, integer=True))
        left.set_title("mean place given")
        right.set_title("how often it is put first, %")
        right.set_ylim(bottom=0)
        for axis in (left, right):
            axis.set_xlabel("place at which a candidate is shown")
            axis.xaxis.set_major_locator(mpl.ticker.MaxNLocator(8, integer=True))
            axis.tick_params(axis="x", labelcolor=INK)
        figure.legend(loc="outside lower center", ncols=min(4, len(rankers)), frameon=False)

    return standalone(svg(draw, height=3.9, name="place shown and place given"))


def reliability_plot(told: Mapping[str, Chances], *, bins: int = 10) -> str:
    """What was said against what came true; on the diagonal a chance is what it says.

    Args:
        told: By name, at most 8.
        bins: Of equally many answers, so that each point is as sure as the others.
    """

    def draw(figure: Figure) -> None:
        axis, below = figure.subplots(2, 1, height_ratios=(3, 1), sharex=True)
        axis.plot((0, 1), (0, 1), color=MUTED, linewidth=1, linestyle=(0, (4, 3)))
        for number, (name, chances) in enumerate(told.items()):
            table = reliability(chances, bins=bins, by="count")
            colour = SERIES[number]
            error = calibration_error(chances)
            label = f"{name}: error {error:.3f}"
            axis.plot(table["said"], table["true"], color=colour, linewidth=2, alpha=0.55)
            axis.plot(
                table["said"],
                table["true"],
                "o",
                color=colour,
                markersize=6.5,
                markeredgecolor=PAPER,
                label=label,
            )
            heights, edges = np.histogram(chances.read().chance, 20, (0, 1))
            below.stairs(heights, edges, color=colour, linewidth=1.6)
        axis.set_ylim(-0.02, 1.02)
        axis.set_xlim(-0.02, 1.02)
        axis.set_ylabel("share that came true")
        axis.legend(loc="upper left", frameon=False)
        below.set_ylabel("answers")
        below.set_xlabel("chance that was said")

    return standalone(svg(draw, height=5.2, width=5.6, name="chances said and come true"))


def standalone(drawing: str) -> str:
    """A drawing whose colours are its own, light or dark, so that it is a file by itself."""
    style = (
        f"<style>svg{{{_LIGHT}}}"
        f"@media(prefers-color-scheme:dark){{svg{{{_DARK}}}}}</style>"
        '<rect width="100%" height="100%" style="fill:var(--paper)"/>'
    )
    if "xmlns=" not in drawing[: drawing.index(">")]:
        drawing = drawing.replace("<svg", '<svg xmlns="http://www.w3.org/2000/svg"', 1)
    return re.sub(r"(<svg[^>]*>)", lambda match: match[1] + style, drawing, count=1)


def _dot(axis: Axes, place: int, told: tuple[float, float, float]) -> None:
    value, low, high = told
    colour = SERIES[place % N_COLOURS]
    if place % 2:
        axis.axhspan(-place - 0.5, -place + 0.5, color=GRID, alpha=0.35, linewidth=0)
    if np.isfinite([low, high]).all():
        axis.plot((low, high), (-place, -place), color=colour, linewidth=2, alpha=0.55)
    axis.plot(value, -place, "o", color=colour, markersize=6.5, markeredgecolor=PAPER)
