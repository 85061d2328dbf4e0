"""What an untrained language model is worth when it is asked for ratings, choices and profiles.

100 people of MovieLens 100K, leave-last-out: ratings of the held-out film beside RatingBias; the
film among 19 seeded uniform others, by three questions (NIR) and by titles (InContext), beside
Popular and CoVisit; profiles of 50 people from training. A cell leaves its figures as soon as it
has them, and calls stand in the books, so that a run that is stopped goes on where it was::

    export PENCHANT_DATA=../shared/data
    python benchmarks/quality_asked.py [--only in-context-5]

Leaves ``results/quality_asked.json``.
"""

import argparse
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from record import RESULTS, write_record

import penchant as pn
from penchant.core import Run
from penchant.data import Flag, Method, Split
from penchant.evaluate import with_sampled_candidates
from penchant.language import Ledger, LocalLM
from penchant.prompting import write_profiles

PEOPLE, PROFILES, OTHERS = 100, 50, 19
LM = LocalLM()
RATING: dict[str, Method] = {
    "rating-bias": pn.RatingBias(),
    "in-context-0": pn.InContext(lm=LM, shots=0),
    "in-context-5": pn.InContext(lm=LM, shots=5),
    "in-context-0-expected": pn.InContext(lm=LM, shots=0, ratings="expected"),
    "in-context-5-expected": pn.InContext(lm=LM, shots=5, ratings="expected"),
    "bookgpt-item": pn.BookGPT(lm=LM, task="item", noun="movie", author="-"),
    "bookgpt-person": pn.BookGPT(lm=LM, noun="movie", author="-"),
}
RANKING: dict[str, Method] = {
    "popular": pn.Popular(),
    "covisit": pn.CoVisit(),
    "nir-1": pn.NIR(lm=LM, steps=1, noun="movie", chosen="watched"),
    "nir-3": pn.NIR(lm=LM, noun="movie", chosen="watched"),
    "nir-1-constrained": pn.NIR(lm=LM, steps=1, noun="movie", chosen="watched", constrained=True),
    "in-context-direct-0": pn.InContext(lm=LM, shots=0),
}


class Heard:
    """Keeps the notes of a cell: what failed, by kind."""

    def __init__(self) -> None:
        self.notes: list[str] = []

    def note(self, text: str) -> None:
        self.notes.append(text)

    def progress(self, stage: str, done: int, total: int | None, **figures: float) -> None:
        """Says nothing."""


def rated(method: Method, split: Split, run: Run) -> dict[str, Any]:
    """Errors of ratings, and how many are missing."""
    whole = pn.data.load("ml-100k")
    cases = pn.data.rated_cases(split.test.take(people(split)), whole)
    report = pn.evaluate(method.fit(split.train, run), cases, run=run)
    columns = report.summary().select("metric", "value", "low", "high").to_dicts()
    return {row.pop("metric"): row for row in columns}


def ranked(method: Method, split: Split, run: Run) -> dict[str, Any]:
    """NDCG of the held-out film among others, and how many rows nobody ordered."""
    cases = split.test.take(people(split))
    queries = with_sampled_candidates(cases, OTHERS, len(split.train.catalog), Run(seed=0))
    fitted = method.fit(split.train, run)
    # The order of proposal is random here: who copies it is at chance.
    answer = fitted.recommend(queries, OTHERS + 1, run)
    hit = answer.items == cases.relevant.values[:, None]
    place = hit.argmax(1)
    gain = np.where(place < 10, 1 / np.log2(place + 2), 0.0)
    draws = Run(seed=0).rng("quality.bootstrap").integers(0, len(gain), (10_000, len(gain)))
    low, high = np.quantile(gain[draws].mean(1), [0.025, 0.975])
    flags = np.zeros(len(gain), np.uint8) if answer.flags is None else answer.flags
    return {
        f"ndcg@10(sampled={OTHERS})": {"value": gain.mean(), "low": low, "high": high},
        "degraded": float((flags & Flag.DEGRADED > 0).mean()),
    }


def profiled(split: Split, run: Run) -> dict[str, Any]:
    """Profiles with a value that could be taken, and what could not."""
    made = write_profiles(LM, split.train, people(split)[:PROFILES].tolist(), run=run)
    return {"asked": made.n_asked, "valid": made.n_valid, "failures": dict(made.failures)}


def people(split: Split) -> np.ndarray:
    """Rows of the test part."""
    rng = Run(seed=0).rng("quality.people")
    return np.sort(rng.choice(len(split.test), PEOPLE, replace=False))


def main() -> None:
    """Cells from the cheapest on; those that have their figures are left out."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", help="one cell")
    parser.add_argument("--books", type=Path, default=Path("quality_asked.sqlite"))
    only = parser.parse_args()
    split = pn.data.leave_last_out(pn.data.load("ml-100k"))
    cells: dict[str, Callable[[Run], dict[str, Any]]] = {
        **{f"rating: {k}": lambda run, m=m: rated(m, split, run) for k, m in RATING.items()},
        **{f"ranking: {k}": lambda run, m=m: ranked(m, split, run) for k, m in RANKING.items()},
        "profiles": lambda run: profiled(split, run),
    }
    path = RESULTS / "quality_asked.json"
    done = json.loads(path.read_text())["figures"] if path.exists() else {}
    for name, measure in cells.items():
        if name in done or (only.only and only.only not in name):
            continue
        heard = Heard()
        with Ledger.open(only.books, mode="cache") as books:
            run, began = Run(seed=0, threads=1, watch=heard, books=books), time.monotonic()
            figures = measure(run)
            spent = books.figures()
        done[name] = {
            **figures,
            "notes": heard.notes,
            "calls": spent["calls"],
            "tokens": spent["prompt_tokens"] + spent["completion_tokens"],
            "seconds": round(time.monotonic() - began, 1),
        }
        write_record("quality_asked", done, note="seconds on busy cores; calls in books take none")


if __name__ == "__main__":
    main()
