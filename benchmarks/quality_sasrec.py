"""SASRec on the published splits: full ranking, trained on the training part only.

    PENCHANT_DATA=../shared/data python benchmarks/quality_sasrec.py beauty --seeds 0 1 2

Fits are kept below ``--folder`` and go on where they were stopped; each seed leaves its figures in
``results/quality_sasrec_DATA.json`` as soon as it has them.
"""

import argparse
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
from record import RESULTS, write_record

import penchant as pn
from penchant.core import Ragged
from penchant.data import Cases, History, published_split
from penchant.recommenders.sasrec import SASRec, SASRecRecommender
from penchant.train import Supervised

METRICS = ["ndcg@10", "recall@10"]
METHODS = {
    "beauty": SASRec(),
    "sports": SASRec(),
    "ml-1m": SASRec(
        max_history=200,
        dropout=0.2,
        negatives=512,
        training=Supervised(
            steps=9_600, batch_size=2_048, learning_rate=2e-3, evaluate_every=480, patience=6
        ),
    ),
}
"""Beauty and Sports have the same settings: the defaults."""


def main() -> None:
    """Fits and measures each seed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", choices=METHODS)
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument("--folder", type=Path, default=Path("runs/quality_sasrec"))
    asked = parser.parse_args()
    method = METHODS[asked.data]
    name = f"quality_sasrec_{asked.data}"
    seeds = _known(name)
    split = published_split(asked.data)
    for seed in asked.seeds:
        folder = asked.folder / f"{asked.data}-{seed}"
        run = pn.Run(seed=seed, folder=folder)
        fitted = method.fit(split.train, run, valid=split.valid)
        report = pn.evaluate(fitted, split.test, metrics=METRICS, names=["sasrec"], run=run)
        per_query = report.per_query["sasrec"]
        record = fitted.record
        seeds[str(seed)] = {
            "valid_without_newest": _without_newest(fitted, split.valid, run),
            **{metric: float(np.nanmean(per_query[metric].to_numpy())) for metric in METRICS},
            "fit_s": record.seconds,
            "steps": record.steps,
            "best_step": record.best_step,
            "valid_ndcg@10": [list(score) for score in record.scores],
        }
        means = {m: float(np.mean([figures[m] for figures in seeds.values()])) for m in METRICS}
        write_record(name, {"method": repr(method), "mean": means, "seeds": seeds})


def _without_newest(fitted: SASRecRecommender, valid: Cases, run: pn.Run) -> dict[str, float]:
    """Validation as it is, and with the newest item of each history taken away.

    That item is missing from most test histories of MovieLens 1M, see ``docs/methods/sasrec.md``.
    """
    whole = valid.queries.histories.items
    kept = np.ones(len(whole.values), np.bool_)
    kept[whole.offsets[1:][whole.lengths > 0] - 1] = False
    shorter = Ragged.from_rows(whole.rows()[kept], whole.values[kept], len(whole))
    torn = replace(valid, queries=replace(valid.queries, histories=History(shorter)))
    means = {}
    for name, cases in (("whole", valid), ("torn", torn)):
        report = pn.evaluate(fitted, cases, metrics=METRICS, names=["sasrec"], run=run)
        means[name] = float(np.nanmean(report.per_query["sasrec"]["ndcg@10"].to_numpy()))
    return means


def _known(name: str) -> dict[str, dict[str, object]]:
    """Figures of seeds measured before."""
    path = RESULTS / f"{name}.json"
    if not path.exists():
        return {}
    known: dict[str, dict[str, object]] = json.loads(path.read_text())["figures"]["seeds"]
    return known


if __name__ == "__main__":
    main()
