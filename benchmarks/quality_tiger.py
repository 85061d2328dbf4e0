"""Tiger on Amazon Beauty: leave-last-out, full ranking, learned from the training part only.

    export PENCHANT_DATA=../shared/data
    python benchmarks/quality_tiger.py decoder --seeds 0 1 2
    python benchmarks/quality_tiger.py prefix-wise --steps 600 --seeds 0

Each variant is measured alone and blended with CoVisit, weights chosen on validation, with paired
tests by person. Fits are kept below ``--folder`` and go on where they were stopped; each seed
leaves its figures in ``results/quality_tiger.json`` as soon as it has them.
"""

import argparse
import json
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from record import RESULTS, write_record

import penchant as pn
from penchant.backbones.code_decoder import Decoder
from penchant.backbones.seq2seq import EncoderDecoder
from penchant.data import Split, published_split
from penchant.indexing import RandomCodes, ResidualKMeans, report_index
from penchant.recommenders.tiger import Tiger, TigerRecommender
from penchant.train import Supervised

PUBLISHED = {"ndcg@10": 0.0384, "recall@10": 0.0648}
"""Rajput 2023, Table 1, Beauty."""
RECIPE = Tiger(
    beams=50,
    passes=100_000,
    training=Supervised(
        steps=8_000,
        batch_size=1_024,
        learning_rate=3e-3,
        weight_decay=0.01,
        evaluate_every=800,
        patience=None,
        checkpoint_every=400,
    ),
)
CODES = EncoderDecoder(feed_forward=512, encoder_layers=2, decoder_layers=2)
VARIANTS = {
    "decoder": RECIPE,
    "users": replace(RECIPE, model=Decoder(user_tokens=2_000)),
    "encoder-decoder": replace(RECIPE, model=CODES),
    "prefix-wise": replace(
        RECIPE,
        model=replace(CODES, causal=False, position_per_code=True),
        max_history=20,
        training=replace(RECIPE.training, batch_size=256, learning_rate=1e-3, checkpoint_every=25),
    ),
    "random-codes": replace(RECIPE, scheme=RandomCodes()),
    "wide-codes": replace(RECIPE, scheme=ResidualKMeans(width=512)),
}


def measured(fitted: TigerRecommender, split: Split, run: pn.Run) -> dict[str, Any]:
    """Alone, and blended with CoVisit, with 95 % intervals by person and paired tests."""
    counts = pn.CoVisit().fit(split.train, run)
    blend = pn.Blend(parts=(fitted.method, counts.method)).mix(
        [fitted, counts], len(split.train.catalog), run, split.valid
    )
    models = {"tiger": fitted, "covisit": counts, "blend": blend}
    started = time.perf_counter()
    report = pn.evaluate(models, split.test, metrics=list(PUBLISHED), run=run)
    rows = report.summary().to_dicts()
    return {
        name: {r["metric"]: [r["value"], r["low"], r["high"]] for r in rows if r["model"] == name}
        for name in models
    } | {
        "weights": list(blend.method.weights or ()),
        "against": report.compare("ndcg@10", against="blend", test="bootstrap").to_dicts(),
        "evaluate_s": time.perf_counter() - started,
    }


def main() -> None:
    """Trains on, and measures when done."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("variant", choices=VARIANTS)
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument("--steps", type=int, default=None)
    parser.add_argument("--evaluations", type=int, default=10, help="on validation, in all")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--folder", type=Path, default=Path("runs/quality_tiger"))
    asked = parser.parse_args()
    method = VARIANTS[asked.variant]
    steps = asked.steps or method.training.steps
    every = max(1, steps // asked.evaluations)
    training = replace(method.training, steps=steps, evaluate_every=every)
    method = replace(method, training=training)
    split = published_split("beauty")
    path = RESULTS / "quality_tiger.json"
    figures = json.loads(path.read_text())["figures"] if path.exists() else {}
    figures.pop("published", None)
    for seed in asked.seeds:
        folder = asked.folder / f"{asked.variant}-{steps}-{seed}"
        run = pn.Run(seed, threads=asked.threads, folder=folder)
        fitted = method.fit(split.train, run, valid=split.valid)
        index = report_index(fitted.coded.index)
        mine = figures.setdefault(asked.variant, {"seeds": {}})
        mine["method"] = str(method)
        mine["seeds"][str(seed)] = {
            **measured(fitted, split, pn.Run(seed, threads=asked.threads)),
            "parameters": sum(p.numel() for p in fitted.learner.network.parameters()),
            "threads": asked.threads,
            "steps": fitted.record.steps,
            "best_step": fitted.record.best_step,
            "training_s": fitted.record.seconds,
            "valid_ndcg@10": [list(entry) for entry in fitted.record.scores],
            "codes_colliding": index.collisions,
        }
        mine["mean"] = {
            metric: float(np.mean([s["tiger"][metric][0] for s in mine["seeds"].values()]))
            for metric in PUBLISHED
        }
        write_record("quality_tiger", {**figures, "published": PUBLISHED}, note=split.claim)


if __name__ == "__main__":
    main()
