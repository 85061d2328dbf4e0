"""What an index is worth: Tiger with each scheme, all under one budget.

On Amazon Beauty as published, or on a mini world of 750 items and 1,000 people: leave-last-out,
learned from the training part, best look on validation, full ranking. Each scheme gets the same
model, the same steps and the same seeds. Fits are kept below ``--folder`` and go on where they were
stopped; each leaves its figures, and its metrics of all people, as soon as it has them. Differences
to ``residual-kmeans`` are told with 95 % intervals by person::

    python benchmarks/quality_indices.py category collaborative --steps 500 --seeds 0
    python benchmarks/quality_indices.py random --data mini-world --steps 150 --seeds 0 1 2
"""

import argparse
import json
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from record import RESULTS, write_record

import penchant as pn
from penchant.data import Split, leave_last_out, mini_world, published_split
from penchant.indexing import (
    RQVAE,
    BalancedResidualKMeans,
    ByPopularity,
    CategoryPaths,
    CollaborativeClusters,
    CollaborativeVectors,
    Hybrid,
    IndependentCodes,
    JoinedVectors,
    RandomCodes,
    ResidualKMeans,
    Scheme,
    Sequential,
)
from penchant.recommenders.tiger import Tiger
from penchant.train import Supervised

METRICS = ["ndcg@10", "recall@10"]
AGAINST = "residual-kmeans"
SCHEMES: dict[str, Scheme] = {
    "residual-kmeans": ResidualKMeans(),
    "residual-kmeans-joined": ResidualKMeans(vectors=JoinedVectors()),
    "residual-kmeans-collaborative": ResidualKMeans(vectors=CollaborativeVectors()),
    "balanced-residual-kmeans": BalancedResidualKMeans(),
    "rq-vae": RQVAE(),
    "collaborative": CollaborativeClusters(),
    "category": CategoryPaths(),
    "category+independent": Hybrid(),
    "collaborative+independent": Hybrid(first=CollaborativeClusters()),
    "sequential": Sequential(base=100),
    "popularity": ByPopularity(base=100),
    "random": RandomCodes(),
    "independent": IndependentCodes(),
}


def fitted_and_measured(
    scheme: Scheme, steps: int, seed: int, folder: Path, split: Split
) -> dict[str, Any]:
    """Figures of one fit; the metrics of all people stand in ``folder``."""
    training = Supervised(
        steps=steps,
        batch_size=1_024,
        learning_rate=3e-3,
        weight_decay=0.01,
        evaluate_every=max(1, steps // 4),
        patience=None,
        checkpoint_every=50,
    )
    method = Tiger(scheme=scheme, passes=1_000_000, training=training)
    fitted = method.fit(split.train, pn.Run(seed, folder=folder), valid=split.valid)
    report = pn.evaluate({"it": fitted}, split.test, metrics=METRICS, run=pn.Run(seed))
    values = {metric: report.values("it", metric) for metric in METRICS}
    pl.DataFrame(values).write_parquet(folder / "values.parquet")
    return {
        **{metric: float(np.mean(column)) for metric, column in values.items()},
        "steps": fitted.record.steps,
        "best_step": fitted.record.best_step,
        "training_s": fitted.record.seconds,
        "parameters": sum(p.numel() for p in fitted.learner.network.parameters()),
        "valid_ndcg@10": [list(entry) for entry in fitted.record.scores],
    }


def differences(folder: Path, steps: int, figures: dict[str, Any]) -> dict[str, Any]:
    """NDCG@10 of each scheme less that of :data:`AGAINST`, paired by person, means over seeds.

    Intervals by a bootstrap over people.
    """

    def of(name: str) -> pl.Series:
        seeds = figures[name]["seeds"]
        columns = [
            pl.read_parquet(folder / f"{name}-{steps}-{seed}" / "values.parquet")["ndcg@10"]
            for seed in seeds
        ]
        return pl.Series(np.mean([column.to_numpy() for column in columns], axis=0))

    if AGAINST not in figures:
        return {}
    base, told = of(AGAINST).to_numpy(), {}
    rng = pn.Run(0).rng("benchmark.bootstrap")
    drawn = rng.integers(len(base), size=(500, len(base)))
    for name in figures:
        if name != AGAINST:
            gained = of(name).to_numpy() - base
            low, high = np.quantile(gained[drawn].mean(1), [0.025, 0.975])
            told[name] = [float(gained.mean()), float(low), float(high)]
    return told


def main() -> None:
    """Fits what is not fitted yet, and measures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("schemes", nargs="+", choices=SCHEMES)
    parser.add_argument("--data", choices=["beauty", "mini-world"], default="beauty")
    parser.add_argument("--seeds", type=int, nargs="+", default=[0])
    parser.add_argument("--steps", type=int, default=600)
    parser.add_argument("--folder", type=Path, default=Path("runs/quality_indices"))
    asked = parser.parse_args()
    small = asked.data == "mini-world"
    split = leave_last_out(mini_world(scale=5)) if small else published_split("beauty")
    title = f"quality_indices_{asked.data}"
    path = RESULTS / f"{title}.json"
    record = json.loads(path.read_text())["figures"] if path.exists() else {}
    figures = record.get("schemes", {}) if record.get("steps") == asked.steps else {}
    for name in asked.schemes:
        for seed in asked.seeds:
            folder = asked.folder / asked.data / f"{name}-{asked.steps}-{seed}"
            mine = figures.setdefault(name, {"scheme": str(SCHEMES[name]), "seeds": {}})
            mine["seeds"][str(seed)] = fitted_and_measured(
                SCHEMES[name], asked.steps, seed, folder, split
            )
            for metric in METRICS:
                mine[metric] = float(np.mean([s[metric] for s in mine["seeds"].values()]))
            write_record(
                title,
                {
                    "steps": asked.steps,
                    "schemes": figures,
                    "against": AGAINST,
                    "difference_of_ndcg@10": differences(
                        asked.folder / asked.data, asked.steps, figures
                    ),
                },
                note=f"{split.claim}; Tiger with its default decoder, 1,024 items a step, 1 thread",
            )


if __name__ == "__main__":
    main()
