"""The classical recommenders, SASRec and their blend on a published split: full ranking.

    export PENCHANT_DATA=../shared/data
    python benchmarks/quality_beauty.py beauty --refit
    python benchmarks/quality_beauty.py sports --methods covisit --refit

Options are the methods' own defaults, the same for every data set. Learned from the training part,
measured on test; with ``--refit`` also learned from training and validation. A blend takes the
fits of its parts; its weights are chosen on validation, with parts that never saw it. SASRec's fits
are kept below ``--folder`` and shared with ``quality_sasrec.py``. Leaves
``results/quality_DATA.json``; methods that are not named keep their figures of an earlier call.
"""

import argparse
import json
import time
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from record import RESULTS, seconds_of, write_record

import penchant as pn
from penchant.data import Cases, Dataset, Method, Recommender, Split, published_split
from penchant.evaluate import Report

METRICS = ["ndcg@10", "recall@10"]
PARTS: dict[str, Method] = {
    "popular": pn.Popular(),
    "markov": pn.Markov(),
    "itemknn": pn.ItemKNN(),
    "covisit": pn.CoVisit(),
    "ease": pn.EASE(),
    "ease_recent": pn.EASE(recency=1.0),
    "sasrec": pn.SASRec(),
}
BLENDS = {
    "blend_counts": ("covisit", "ease_recent"),
    "blend": ("covisit", "ease_recent", "sasrec"),
}
SEEDED = {"sasrec"}
"""Drawn anew for each seed; the others are the same for every seed."""


@dataclass(frozen=True)
class Fits:
    """What was fitted for one seed, and how long it took."""

    data: str
    split: Split
    run: pn.Run
    folder: Path
    done: dict[str, tuple[Recommender, float]] = field(default_factory=dict)

    def get(self, name: str) -> tuple[Recommender, float]:
        """A recommender, and the seconds that its fit took (those of a blend: its weights)."""
        if name not in self.done:
            started = time.perf_counter()
            made = self._blend(name) if name in BLENDS else self._part(name)
            took = time.perf_counter() - started
            # A fit that was finished before is only read back: its own record knows better.
            self.done[name] = (made, made.record.seconds if name in SEEDED else took)
        return self.done[name]

    def _part(self, name: str) -> Recommender:
        folder = self.folder / f"{self.data}-{self.run.seed}"
        run = pn.Run(self.run.seed, threads=self.run.threads, folder=folder)
        used = run if name in SEEDED else self.run
        return PARTS[name].fit(self.split.train, used, valid=self.split.valid)

    def _blend(self, name: str) -> Recommender:
        parts = [self.get(part)[0] for part in BLENDS[name]]
        blend = pn.Blend(parts=tuple(PARTS[part] for part in BLENDS[name]))
        n_items = len(self.split.train.catalog)
        return blend.mix(parts, n_items, self.run, self.split.valid)


def measured(report: Report, name: str) -> dict[str, Any]:
    """Means with 95 % intervals by person."""
    rows = report.summary().filter(model=name).to_dicts()
    return {row["metric"]: [row["value"], row["low"], row["high"]] for row in rows}


def recommend_ms(model: Recommender, cases: Cases, run: pn.Run) -> float:
    """Milliseconds for ten items each of 1,000 people."""
    queries = cases.queries.take(np.arange(1_000))
    return 1_000 * seconds_of(lambda: model.recommend(queries, 10, run), repeats=3, warm_up=1)


def refitted(method: Method, data: Dataset, cases: Cases, run: pn.Run) -> dict[str, Any]:
    """Figures after learning from training and validation."""
    started = time.perf_counter()
    made = method.fit(data, run)
    fit_s = time.perf_counter() - started
    started = time.perf_counter()
    report = pn.evaluate({"it": made}, cases, metrics=METRICS, run=run)
    rank_s = time.perf_counter() - started
    return {**measured(report, "it"), "fit_s": fit_s, "evaluate_s": rank_s}


def main() -> None:
    """Fits, measures, compares."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", choices=["beauty", "sports", "games"], nargs="?", default="beauty")
    parser.add_argument("--methods", nargs="+", choices=[*PARTS, *BLENDS], default=None)
    parser.add_argument("--seeds", type=int, nargs="+", default=[0])
    parser.add_argument("--refit", action="store_true")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--folder", type=Path, default=Path("runs/quality_sasrec"))
    asked = parser.parse_args()
    wanted = asked.methods or [*PARTS, *BLENDS]
    needed = {part for name in wanted for part in BLENDS.get(name, (name,))}
    names = [name for name in PARTS if name in needed] + [n for n in BLENDS if n in wanted]
    split = published_split(asked.data)
    figures = known(f"quality_{asked.data}")
    for seed in asked.seeds:
        run = pn.Run(seed, threads=asked.threads)
        fits = Fits(asked.data, split, run, asked.folder)
        models = {name: fits.get(name)[0] for name in names}
        report = pn.evaluate(models, split.test, metrics=METRICS, run=run)
        for name, model in models.items():
            found = {
                **measured(report, name),
                "fit_s": fits.get(name)[1],
                "recommend_1000_ms": recommend_ms(model, split.test, run),
                "method": str(model.method),
            }
            if asked.refit and name not in BLENDS and name not in SEEDED:
                found["refitted"] = refitted(PARTS[name], split.train_and_valid, split.test, run)
            before = figures.setdefault(name, {}).get(str(seed), {})
            figures[name][str(seed)] = {**before, **found}
        for blend in [name for name in names if name in BLENDS]:
            figures[blend][str(seed)]["against"] = against_parts(report, blend)
        write_record(f"quality_{asked.data}", figures, note=split.claim)


def against_parts(report: Report, blend: str) -> list[dict[str, Any]]:
    """Paired bootstrap by person of a blend's ndcg@10 against each part's, Holm's correction."""
    compared = {name: report.per_query[name] for name in (blend, *BLENDS[blend])}
    pairs = replace(report, per_query=compared)
    return pairs.compare("ndcg@10", against=blend, test="bootstrap").to_dicts()


def known(name: str) -> dict[str, Any]:
    """Figures of an earlier call."""
    path = RESULTS / f"{name}.json"
    figures: dict[str, Any] = json.loads(path.read_text())["figures"] if path.exists() else {}
    return figures


if __name__ == "__main__":
    main()
