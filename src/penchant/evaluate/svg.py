"""Drawings as SVG text whose colours are the page's own.

Matplotlib draws with stand-in colours, which become CSS variables: so one drawing serves light and
dark. Text stays text: it can be read aloud, searched and copied.
"""

import re
from collections.abc import Callable
from io import StringIO
from typing import Any

import matplotlib as mpl
from matplotlib.figure import Figure

N_COLOURS = 8
INK, MUTED, GRID, PAPER, GOOD, BAD = (f"#01010{i}" for i in range(6))
SERIES = [f"#02020{i}" for i in range(N_COLOURS)]
_VARIABLES = {
    INK: "--ink",
    MUTED: "--muted",
    GRID: "--grid",
    PAPER: "--paper",
    GOOD: "--good",
    BAD: "--bad",
    **{colour: f"--series-{i}" for i, colour in enumerate(SERIES)},
}

_STYLE: Any = {  # Any: matplotlib types the names of settings one by one
    "svg.fonttype": "none",
    "text.parse_math": False,
    "font.family": "DejaVu Sans",
    "font.size": 10,
    "text.color": INK,
    "axes.edgecolor": GRID,
    "axes.facecolor": "none",
    "axes.labelcolor": MUTED,
    "axes.titlecolor": INK,
    "axes.titlesize": 11,
    "axes.titlelocation": "left",
    "axes.titleweight": "bold",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": GRID,
    "grid.linewidth": 0.8,
    "xtick.color": MUTED,
    "ytick.color": MUTED,
    "xtick.labelcolor": MUTED,
    "ytick.labelcolor": INK,
    "xtick.major.size": 0,
    "ytick.major.size": 0,
    "xtick.minor.size": 0,
    "figure.facecolor": "none",
}


def svg(draw: Callable[[Figure], None], *, height: float, name: str, width: float = 9.8) -> str:
    """What ``draw`` puts on a figure, as an element for the page.

    Args:
        draw: Draws on the figure.
        height: Inches, of which the page's full width has 9.8.
        name: For those who do not see it, and so that identifiers on one page differ.
        width: Inches.
    """
    with mpl.rc_context({**_STYLE, "svg.hashsalt": name}):
        figure = Figure(figsize=(width, height), dpi=72, layout="constrained")
        draw(figure)
        out = StringIO()
        figure.savefig(out, format="svg", metadata={"Date": None, "Creator": None})
    text = out.getvalue()
    text = text[text.index("<svg") :]
    for colour, variable in _VARIABLES.items():
        text = text.replace(colour, f"var({variable})")
    text = re.sub(
        r'<g id="(?:figure|axes|patch|line2d|text|matplotlib|xtick|ytick)[^"]*"', "<g", text
    )
    text = re.sub(r"<metadata>.*?</metadata>\s*", "", text, flags=re.DOTALL)
    head = f'<svg role="img" aria-label="{name}" style="--width:{width / 9.8:.3f}"'
    return re.sub(
        r'<svg(?= )(.*?) width="[^"]*"|<svg', lambda m: head + (m[1] or ""), text, count=1
    )
