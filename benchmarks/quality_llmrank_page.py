"""Writes what ``quality_llmrank.py`` has found so far as a page of the docs, with a picture.

    python benchmarks/quality_llmrank_page.py

Reads ``results/quality_llmrank_*.json``; writes ``docs/methods/llmrank-measured.md`` and
``llmrank-measured.svg`` beside it. Measures nothing.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from quality_llmrank import methods
from record import RESULTS

from penchant.evaluate.svg import MUTED, SERIES, svg
from penchant.language import LocalLM
from penchant.trust.plots import standalone

DOCS = Path(__file__).parents[1] / "docs" / "methods"
SCENES = {
    ("ml-100k", "sampled"): "MovieLens 100K, among 19 others",
    ("games", "sampled"): "Amazon Video Games, among 19 others",
    ("ml-100k", "covisit"): "MovieLens 100K, CoVisit's first 20",
    ("games", "covisit"): "Amazon Video Games, CoVisit's first 20",
}
BASELINES = {"sasrec": "SASRec", "covisit": "CoVisit", "popular": "Popular"}
FIRST = {
    "title": "title likelihood",
    "list": "list, likelihood",
    "written": "list, written numbers",
    "titles": "list, written titles",
    "pointwise": "one by one",
    "pairwise": "pairs",
    "windows": "windows of a list, likelihood",
}
REST = {
    "sum": "sum",
    "mean": "mean token",
    "prior": "less prior",
    "half": "less half prior",
    "rrf": "reciprocal ranks",
    "mean rank": "mean rank",
    "recency": "recency-focused",
    "in context": "in-context",
}


def main() -> None:
    """Writes both files."""
    scenes = {scene: read(*scene) for scene in SCENES}
    parts = [HEAD, *(section(title, scenes[scene], scene[1]) for scene, title in SCENES.items())]
    (DOCS / "llmrank-measured.md").write_text("\n".join(parts), encoding="utf-8")
    drawn = svg(lambda figure: draw(figure, scenes), height=13.5, name="ndcg of rankers")
    picture = standalone(drawn)
    (DOCS / "llmrank-measured.svg").write_text(picture, encoding="utf-8")


HEAD = """# An untrained language model as a ranker, measured

Every way to ask that [LLMRank](llmrank.md) and [LMRecSys](lmrecsys.md) know, of the local model
of 135 million weights (SmolLM2-135M-Instruct, bfloat16, untrained), beside recommenders that were
trained. 200 people of each data set, leave-last-out. The held-out item stands among 19 seeded
uniform others, or, where CoVisit found it, among its first 20: then nobody can do better than
CoVisit's recall, which is stated. Means with 95 % intervals by person.

*Position* is Spearman's correlation between the places at which candidates were shown and those
at which they end, the mean over copies; *popularity* and *language*, that between the order and
how often items were chosen, or how likely their titles are without any past. *Faults* are
answers, or parts of them, that could not be used, a call; where nothing of an answer could be, or
it copied the order shown, the order proposed stays: CoVisit's, or a random one. Tokens and
seconds are a person's, of one busy core; tokens read from a cache count, too.

![NDCG@10 with intervals](llmrank-measured.svg)

Orange: trained on the data set. The dotted line is a random order.

A model this small loses to a count of events, and the table says by how much. Of its answers the
likelihood of a title alone is worth most, at a tenth of the tokens; copies, merges and styles
move little where the model knows nothing to merge. What each correction takes off its own bias
stands under each table.
"""


def read(data: str, candidates: str) -> dict[str, Any]:
    """Figures of one scene."""
    path = RESULTS / f"quality_llmrank_{data}_{candidates}.json"
    figures: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))["figures"]
    return figures


def cells_of(figures: Mapping[str, Any]) -> list[str]:
    """Names of what was measured, the best first."""
    cells = [name for name in figures if name not in ("gains", "scene")]
    return sorted(cells, key=lambda cell: -figures[cell]["ndcg@10"][0])


def told(cell: str) -> str:
    """A cell's name as people say it."""
    if cell in BASELINES:
        return BASELINES[cell]
    words = cell.replace("in-context", "in context").replace("mean-rank", "mean rank").split("-")
    first, rest = words[0], words[1:]
    shown = [FIRST[first]]
    for word in rest:
        if word.isdigit():
            unit = "rounds" if first == "pairwise" else "copies"
            shown += [] if word == "1" else [f"{word} {unit}"]
        else:
            shown.append(REST.get(word, word))
    return ", ".join(shown)


def section(title: str, figures: Mapping[str, Any], candidates: str) -> str:
    """One scene as Markdown."""
    metric = "ndcg@10(sampled=19)" if candidates == "sampled" else "ndcg@10"
    lines = [
        f"## {title}\n",
        f"Recall of the candidates: {figures['scene']['recall']:.3f}.\n",
        f"| | {metric} | position | popularity | language | faults | tokens | s |",
        "| --- " * 8 + "|",
        *(row(name, figures[name]) for name in cells_of(figures)),
        "\n| correction | before | after | its size less by |",
        "| --- " * 4 + "|",
    ]
    for name, gain in figures["gains"].items():
        low, high = gain["less"]
        sides = f"{gain['before']:+.2f} | {gain['after']:+.2f}"
        lines.append(f"| {name} | {sides} | {low:.2f} to {high:.2f} |")
    missing = [told(name) for name in methods(LocalLM(), "", "") if name not in figures]
    if missing:
        lines.append(f"\nNot measured: {'; '.join(missing)}.")
    return "\n".join([*lines, ""])


def row(name: str, cell: Mapping[str, Any]) -> str:
    """One line of a table."""
    value, low, high = cell["ndcg@10"]
    biases = [mean(cell.get(bias)) for bias in ("position", "popularity", "language")]
    faults, tokens, seconds = "", "", ""
    if "calls" in cell:
        faults = f"{sum(cell['failures'].values()) / cell['calls']:.2f}"
        used = cell["prompt_tokens"] + cell["written_tokens"]
        people = len(cell["popularity"])
        tokens, seconds = f"{used / people:,.0f}", f"{cell['model_s'] / people:.2f}"
    shown = " | ".join([*biases, faults, tokens, seconds])
    return f"| {told(name)} | {value:.3f} ({low:.3f} to {high:.3f}) | {shown} |"


def mean(values: list[float | None] | None) -> str:
    """Of what is known."""
    known = [value for value in values or [] if value is not None]
    return f"{np.mean(known):+.2f}" if known else ""


def draw(figure: Figure, scenes: Mapping[tuple[str, str], Mapping[str, Any]]) -> None:
    """A panel a scene."""
    axes = figure.subplots(2, 2)
    for axis, (scene, title) in zip(axes.flat, SCENES.items(), strict=True):
        panel(axis, scenes[scene])
        axis.set_title(title.removeprefix("Amazon "), fontsize=9)
    for axis in axes[1]:
        axis.set_xlabel("NDCG@10")


def panel(axis: Axes, figures: Mapping[str, Any]) -> None:
    """Dots with intervals, the best on top."""
    cells = cells_of(figures)
    for place, name in enumerate(cells):
        value, low, high = figures[name]["ndcg@10"]
        colour = SERIES[1] if name in BASELINES else SERIES[0]
        axis.plot([low, high], [-place, -place], color=colour, alpha=0.5)
        axis.plot(value, -place, "o", color=colour, markersize=4)
    axis.set_yticks([-place for place in range(len(cells))], map(told, cells), fontsize=7.5)
    if figures["scene"]["recall"] == 1:
        axis.axvline(0.2270, color=MUTED, linewidth=0.8, linestyle=":")
    axis.grid(visible=False, axis="y")
    axis.set_xlim(left=0)


if __name__ == "__main__":
    main()
