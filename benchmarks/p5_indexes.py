r"""Data set x index x task from one spec, under one budget: OpenP5's matrix.

One cell after another; each is trained for the same number of steps and keeps its figures in
``FOLDER/cells/``. A call works for at most ``--minutes``, goes on where the one before stopped, and
writes all cells that are done to ``results/NAME.json``. On Beauty each pair of indexes is
told as agreeing with, disagreeing with or undecided against "How to Index Item IDs" (Hua et al.,
arXiv:2305.06569, Table 2): by the sign of the difference where Holm's correction over all pairs
leaves p below .05::

    python benchmarks/p5_indexes.py --minutes 5 --folder /tmp/penchant-p5-indexes
    python benchmarks/p5_indexes.py --name p5_indexes_beauty --data beauty --steps 3000 \
        --batch 128 --layers 2 --queries 30000 --minutes 600 \
        --tasks "sequential, seen prompt" "sequential, unseen prompt"
"""

import argparse
import json
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
from record import write_record

import penchant as pn
from penchant.backbones import TextBackbone
from penchant.core import Deadline, DeadlinePassed, Run
from penchant.data import Split
from penchant.evaluate import bootstrap_means, evaluate, holm, permutation_p
from penchant.indexing import (
    CategoryPaths,
    CollaborativeClusters,
    Hybrid,
    IndependentCodes,
    RandomCodes,
    ResidualKMeans,
    Scheme,
    Sequential,
    TextVectors,
    TitleWords,
    report_index,
)
from penchant.recommenders.openp5 import MIXTURE

SCHEMES: dict[str, Scheme] = {
    "random": RandomCodes(),
    "independent": IndependentCodes(),
    "sequential": Sequential(),
    "collaborative": CollaborativeClusters(),
    "category": CategoryPaths(),
    "title": TitleWords(),
    "residual-kmeans": ResidualKMeans(vectors=TextVectors(encoder=pn.HashedText())),
    "category+independent": Hybrid(first=CategoryPaths(), second=IndependentCodes()),
    "collaborative+independent": Hybrid(first=CollaborativeClusters(), second=IndependentCodes()),
}
TASKS = {
    "sequential, seen prompt": "sequential-1",
    "sequential, unseen prompt": "sequential-13",
    "straightforward, seen prompt": "direct-11",
    "straightforward, unseen prompt": "direct-19",
}
METRICS = ["ndcg@10", "recall@10"]
PUBLISHED = {
    "random": 0.0277,
    "title": 0.0254,
    "independent": 0.0341,
    "sequential": 0.0368,
    "collaborative": 0.0357,
    "category": 0.0370,
    "collaborative+independent": 0.0427,
    "category+independent": 0.0411,
}
"""NDCG@10 on Beauty, sequential task, pretrained T5-small; its sequential ids leak the test."""


def main() -> None:
    """Trains and measures cells until the time is up."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", nargs="+", default=["mini-world", "ml-100k"])
    parser.add_argument("--schemes", nargs="+", default=list(SCHEMES), choices=list(SCHEMES))
    parser.add_argument("--steps", type=int, default=400)
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--dimension", type=int, default=64)
    parser.add_argument("--layers", type=int, default=1)
    parser.add_argument("--tasks", nargs="+", default=list(TASKS), choices=list(TASKS))
    parser.add_argument("--queries", type=int, default=2_000, help="a sample of the test cases")
    parser.add_argument("--minutes", type=float, default=5.0)
    parser.add_argument("--folder", type=Path, default=Path("/tmp/penchant-p5-indexes"))
    parser.add_argument("--name", default="p5_indexes", help="of the record")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    deadline = Deadline.after(60 * options.minutes)
    budget = f"{options.steps}x{options.batch}-{options.dimension}-{options.layers}-{options.seed}"
    folder = options.folder / budget
    (folder / "cells").mkdir(parents=True, exist_ok=True)
    try:
        for data in options.data:
            split = split_of(data)
            for scheme in options.schemes:
                cell = folder / "cells" / f"{data}--{scheme}.json"
                if not cell.exists():
                    run = Run(options.seed, folder=folder / f"{data}--{scheme}", deadline=deadline)
                    figures = measured(split, SCHEMES[scheme], options, run)
                    cell.write_text(json.dumps(figures), encoding="utf-8")
                    print(data, scheme, figures["tasks"], flush=True)
    except DeadlinePassed:
        print("not all done yet: call again")
    record(folder / "cells", options)


def split_of(data: str) -> Split:
    """Leave-last-out, as the paper has it."""
    return pn.data.leave_last_out(
        pn.data.mini_world() if data == "mini-world" else pn.data.load(data)
    )


def measured(
    split: Split, scheme: Scheme, options: argparse.Namespace, run: Run
) -> dict[str, object]:
    """One cell of each task."""
    families = {TASKS[task].partition("-")[0] for task in options.tasks}
    method = pn.OpenP5(
        scheme=scheme,
        mixture=replace(
            MIXTURE,
            families=tuple(pair for pair in MIXTURE.families if pair[0] in families),
            templates=tuple(name for name in MIXTURE.templates if name.split("-")[0] in families),
        ),
        backbone=TextBackbone(
            pieces=600,
            dimension=options.dimension,
            head_dimension=options.dimension // 4,
            feed_forward=2 * options.dimension,
            encoder_layers=options.layers,
            decoder_layers=options.layers,
        ),
        max_history=10,
        passes=1_000_000,
        training=pn.Supervised(
            steps=options.steps,
            batch_size=options.batch,
            learning_rate=1e-3,
            embedding_rate=5.0,
            patience=None,
            checkpoint_every=100,
        ),
    )
    fitted = method.fit(split.train, run)
    test, quiet = split.test, Run(options.seed)
    if len(test) > options.queries:
        rows = quiet.rng("benchmark.sample").choice(len(test), options.queries, replace=False)
        test = test.take(np.sort(rows))
    views = {task: replace(fitted, prompt=TASKS[task]) for task in options.tasks}
    started = time.perf_counter()
    report = evaluate(views, test, metrics=METRICS, run=quiet)
    index = report_index(fitted.answers.index)
    return {
        "training_s": fitted.record.seconds,
        "last_loss": fitted.record.losses[-1][1],
        "evaluation_s": time.perf_counter() - started,
        "queries": len(test),
        "vocabulary": fitted.answers.index.vocabulary,
        "depth": fitted.answers.index.depth,
        "collisions": index.collisions,
        "tasks": {
            task: {m: float(report.per_query[task][m].mean()) for m in METRICS} for task in views
        },
        "sequential ndcg@10 by query": report.per_query[options.tasks[0]]["ndcg@10"].to_list(),
    }


def pairs(cells: dict[str, dict[str, object]], run: Run) -> list[dict[str, object]]:
    """Each pair of indexes that are published: its difference here, and whether it agrees."""
    names = [name for name in PUBLISHED if name in cells]
    both = [(a, b) for place, a in enumerate(names) for b in names[place + 1 :]]
    if not both:
        return []
    values = {name: np.array(cells[name]["sequential ndcg@10 by query"]) for name in names}
    differences = np.stack([values[a] - values[b] for a, b in both], 1)
    people = np.arange(len(differences))
    ends = np.quantile(bootstrap_means(differences, people, run), [0.025, 0.975], axis=0)
    corrected = holm(permutation_p(differences, people, run))
    told = []
    for column, (a, b) in enumerate(both):
        mine, theirs = float(differences[:, column].mean()), PUBLISHED[a] - PUBLISHED[b]
        verdict = "agrees" if mine * theirs > 0 else "disagrees"
        told.append(
            {
                "a": a,
                "b": b,
                "difference": mine,
                "low": float(ends[0, column]),
                "high": float(ends[1, column]),
                "p_holm": float(corrected[column]),
                "published_difference": round(theirs, 4),
                "verdict": verdict if corrected[column] < 0.05 else "undecided",
            }
        )
    return told


def record(cells: Path, options: argparse.Namespace) -> None:
    """All cells that are done, and what is known without a model."""
    done: dict[str, dict[str, dict[str, object]]] = {}
    for file in sorted(cells.glob("*.json")):
        data, _, scheme = file.stem.partition("--")
        done.setdefault(data, {})[scheme] = json.loads(file.read_text(encoding="utf-8"))
    run = Run(options.seed)
    compared = pairs(done.get("beauty", {}), run)
    for data, schemes in done.items():
        for cell in schemes.values():
            cell.pop("sequential ndcg@10 by query")
        split = split_of(data)
        baselines = {
            name: method.fit(split.train, run)
            for name, method in {"Popular": pn.Popular(), "CoVisit": pn.CoVisit()}.items()
        }
        report = evaluate(baselines, split.test, metrics=METRICS, run=run)
        done[data]["baselines"] = {
            name: {m: float(report.per_query[name][m].mean()) for m in METRICS}
            for name in baselines
        }
    spec = {"steps": options.steps, "examples_a_step": options.batch, "layers": options.layers}
    write_record(
        options.name,
        {
            "budget": {**spec, "dimension": options.dimension, "seed": options.seed},
            "cells": done,
            "beauty_pairs": compared,
        },
        note="leave-last-out; training part only; one seed; 1 thread of a shared machine",
    )


if __name__ == "__main__":
    main()
