"""Tries of 1e4, 1e5 and 1e6 items: time to build, memory, and what choosing costs beside a model.

OMP_NUM_THREADS=2 python benchmarks/decoding_trie.py
"""

import argparse
from dataclasses import dataclass
from pathlib import Path

import matplotlib as mpl
import numpy as np
import torch
from decoding import FIRST, HISTORY, LEVELS, OURS, WIDTH, K, decode, model_of
from matplotlib.figure import Figure
from numpy.typing import NDArray
from record import RESULTS, seconds_of, write_record
from transformers import T5ForConditionalGeneration

from penchant.backbones import TrieTensors
from penchant.codes import build_trie
from penchant.core import Ragged

SIZES = (10_000, 100_000, 1_000_000)
BEAMS = 20
USERS = 4 * OURS


def main() -> None:
    """Measures, draws and leaves a record."""
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--threads", type=int, default=2)
    arguments.add_argument("--rounds", type=int, default=3)
    asked = arguments.parse_args()
    torch.set_num_threads(asked.threads)
    model = model_of(torch.float32)
    rows = [measured(n, model, asked.rounds) for n in SIZES]
    figures = {f"{n}_items": vars(row) for n, row in zip(SIZES, rows, strict=True)}
    write_record(
        "decoding_trie",
        figures,
        note=f"{LEVELS} codes of {WIDTH} at random; decoding as in decoding.py, fp32, {BEAMS} "
        "beams, histories excluded; times are medians",
    )
    draw(rows, RESULTS / "decoding_trie.svg")


@dataclass(frozen=True)
class Row:
    """One size."""

    build_s: float
    bytes: int
    nodes: int
    decode_ms_per_user: float
    choosing_ms_per_user: float
    """All that is done outside the model: what is open, the trie, the best beams, the ranking."""
    choosing_share: float
    free_choosing_ms_per_user: float
    """What beams cost that may write any word: scores of all words added up, and the best taken."""
    masking_share: float
    """What the trie and the constraints add to that, of the time of decoding."""


def measured(n: int, model: T5ForConditionalGeneration, rounds: int) -> Row:
    """Builds a trie of ``n`` items and decodes in it."""
    codes = distinct_codes(n)
    values = np.ascontiguousarray(codes, np.int32).ravel()
    ragged = Ragged(values, np.arange(0, values.size + 1, LEVELS))
    build_s = seconds_of(lambda: build_trie(ragged), repeats=rounds, warm_up=1)
    trie = build_trie(ragged)
    tensors = TrieTensors.of(trie, "cpu")
    histories = np.random.default_rng(1).integers(n, size=(USERS, HISTORY))
    tokens = torch.from_numpy(codes[histories].reshape(USERS, -1)) + FIRST
    found = [decode(model, tensors, tokens, BEAMS, histories=histories) for _ in range(rounds + 1)]
    seconds = float(np.median([answer.seconds for answer in found[1:]]))
    choosing = float(np.median([answer.choosing for answer in found[1:]]))
    assert found[0].items.shape == (USERS, K)
    free = free_choosing(rounds)
    row = Row(
        build_s,
        trie.n_bytes,
        len(trie),
        1e3 * seconds / USERS,
        1e3 * choosing / USERS,
        choosing / seconds,
        1e3 * free / USERS,
        max(0.0, choosing - free) / seconds,
    )
    print(n, row, flush=True)
    return row


def free_choosing(rounds: int) -> float:
    """Seconds for all users, as often as batches are decoded above."""
    words = FIRST + LEVELS * WIDTH
    said = torch.randn(OURS, BEAMS, words).log_softmax(-1)

    def choose() -> None:
        for _ in range(USERS // OURS):
            scores = torch.zeros(OURS, 1)
            for _ in range(LEVELS):
                ways = (scores[..., None] + said[:, : scores.shape[1]]).flatten(1)
                scores, places = ways.topk(BEAMS, dim=1)
                places // words, places % words

    return seconds_of(choose, repeats=rounds, warm_up=1)


def distinct_codes(n: int) -> NDArray[np.int64]:
    """(n, levels) tokens of n different tuples, drawn evenly."""
    rng = np.random.default_rng(0)
    keys = np.unique(rng.integers(WIDTH**LEVELS, size=n + n // 50))
    keys = rng.permutation(keys)[:n]
    assert len(keys) == n
    codes = np.stack(np.unravel_index(keys, (WIDTH,) * LEVELS), 1)
    return codes + np.arange(LEVELS) * WIDTH


def draw(rows: list[Row], path: Path) -> None:
    """Four small plots beside each other, one point a size."""
    mpl.rcParams.update({"svg.fonttype": "none", "svg.hashsalt": "decoding", "font.size": 9})
    figure = Figure(figsize=(11, 2.8), layout="constrained")
    panels = figure.subplots(1, 4)
    series = {
        "build, seconds": ([row.build_s for row in rows], 1.5, "goal 1.5 s at 1e6"),
        "memory, MB": ([row.bytes / 1e6 for row in rows], 50.0, "goal 50 MB at 1e6"),
        "masking, % of decoding": ([100 * row.masking_share for row in rows], 2.0, "goal 2 %"),
        "decoding, ms a user": ([row.decode_ms_per_user for row in rows], None, ""),
    }
    for panel, (title, (values, goal, words)) in zip(panels, series.items(), strict=True):
        panel.plot(SIZES, values, marker="o", color="#1f5a96")
        if goal is not None:
            panel.axhline(goal, color="#999999", linewidth=1, linestyle="--")
            place = {"xy": (SIZES[0], goal), "xytext": (0, 3), "textcoords": "offset points"}
            panel.annotate(words, color="#666666", **place)
        panel.set_xscale("log")
        panel.set_ylim(0, 1.25 * max(goal or 0, *values))
        panel.set_xlabel("items")
        panel.set_title(title, loc="left", fontsize=10)
        for value, size in zip(values, SIZES, strict=True):
            panel.annotate(f"{value:.2g}", (size, value), (0, 5), textcoords="offset points")
        panel.spines[["top", "right"]].set_visible(False)
    figure.savefig(path, metadata={"Date": None})


if __name__ == "__main__":
    main()
