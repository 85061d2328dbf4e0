"""Tiger on Amazon Beauty: leave-last-out, full ranking, learned from the training part only.

Resumable: each call trains for at most ``--minutes`` and goes on where the one before stopped. The
call that reaches the last step measures the test cases and writes ``results/quality_tiger.json``::

    python benchmarks/quality_tiger.py --minutes 6 --folder /tmp/tiger-beauty
"""

import argparse
import time
from pathlib import Path

from record import write_record

import penchant as pn
from penchant.core import Deadline, DeadlinePassed, Run
from penchant.evaluate import evaluate
from penchant.indexing import (
    CollaborativeVectors,
    JoinedVectors,
    ResidualKMeans,
    TextVectors,
    report_index,
)
from penchant.recommenders.tiger import Tiger
from penchant.train import Supervised

PUBLISHED = {"ndcg@5": 0.0321, "ndcg@10": 0.0384, "recall@10": 0.0648}
"""Rajput 2023, Table 1, Beauty."""
VECTORS = {"text": TextVectors(), "collaborative": CollaborativeVectors(), "both": JoinedVectors()}


class Printed:
    """Says how it goes, now and then."""

    def __init__(self) -> None:
        self.said = 0.0

    def progress(self, stage: str, done: int, total: int | None, **figures: float) -> None:
        if time.monotonic() - self.said > 10:
            self.said = time.monotonic()
            print(stage, done, total, {k: round(v, 4) for k, v in figures.items()}, flush=True)

    def note(self, text: str) -> None:
        print(text, flush=True)


def main() -> None:
    """Trains on, and measures when done."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--minutes", type=float, default=6.0)
    parser.add_argument("--folder", type=Path, default=Path("/tmp/tiger-beauty"))
    parser.add_argument("--steps", type=int, default=2_000)
    parser.add_argument("--vectors", choices=sorted(VECTORS), default="text")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--queries", type=int, default=0, help="measure a sample; 0: all")
    options = parser.parse_args()
    training = Supervised(
        steps=options.steps,
        batch_size=1_024,
        learning_rate=3e-3,
        weight_decay=0.01,
        evaluate_every=max(1, options.steps // 6),
        patience=None,
        checkpoint_every=100,
        dtype="bfloat16",
    )
    method = Tiger(
        scheme=ResidualKMeans(vectors=VECTORS[options.vectors]),
        dimension=96,
        heads=3,
        feed_forward=192,
        training=training,
        passes=1_000,
    )
    split = pn.data.leave_last_out(pn.data.load("beauty"))
    run = Run(
        seed=options.seed,
        folder=options.folder,
        watch=Printed(),
        deadline=Deadline.after(60 * options.minutes),
    )
    try:
        fitted = method.fit(split.train, run, valid=split.valid)
    except DeadlinePassed:
        print("not done yet: call again")
        return
    run = Run(seed=options.seed, watch=Printed())
    test = split.test
    if options.queries:
        rows = run.rng("benchmark.sample").choice(len(test), options.queries, replace=False)
        test = test.take(rows)
    started = time.perf_counter()
    report = evaluate({"tiger": fitted}, test, metrics=list(PUBLISHED), run=run)
    seconds = time.perf_counter() - started
    measured = {name: float(report.per_query["tiger"][name].mean()) for name in PUBLISHED}
    index = report_index(fitted.coded.index)
    write_record(
        "quality_tiger",
        {
            **measured,
            "published": PUBLISHED,
            "steps": fitted.record.steps,
            "best_step": fitted.record.best_step,
            "training_s": fitted.record.seconds,
            "evaluation_s": seconds,
            "queries": len(test),
            "valid_ndcg@10": [list(entry) for entry in fitted.record.scores],
            "vectors": options.vectors,
            "codes_colliding": index.collisions,
            "code_perplexity": index.perplexity,
        },
        note="1 thread; training part only; times were taken on a shared machine",
    )


if __name__ == "__main__":
    main()
