"""P5 task by task: ratings, ranking, explanations and summaries, seen against unseen prompts.

Resumable: each call trains for at most ``--minutes`` and goes on where the one before stopped; the
call that reaches the last step measures and writes ``results/p5_DATA.json``::

    python benchmarks/p5.py mini-world --steps 1500 --minutes 4
    python benchmarks/p5.py ml-100k --steps 1500 --minutes 4
    python benchmarks/p5.py amazon-all-beauty-2018 --steps 1500 --minutes 4

Splits are global in time. A held-out explanation is the first sentence of a review; a held-out
summary is asked for with the review in the prompt. The baseline of texts quotes what others said of
the item.
"""

import argparse
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
from record import write_record

import penchant as pn
from penchant.backbones import TextBackbone
from penchant.core import Deadline, DeadlinePassed, Run
from penchant.data import Dataset, Split
from penchant.evaluate import Report
from penchant.recommenders.p5 import P5Recommender
from penchant.tasks import Mixture

RANKING = ["ndcg@10", "recall@10"]
SETTINGS = {
    "mini-world": pn.P5(
        backbone=TextBackbone(
            pieces=1_000, dimension=64, head_dimension=16, feed_forward=128, encoder_layers=1
        ),
        max_history=10,
    ),
    "ml-100k": pn.P5(
        backbone=TextBackbone(
            pieces=1_000, dimension=64, head_dimension=16, feed_forward=128, encoder_layers=1
        ),
        mixture=Mixture((("sequential", 0.5), ("direct", 2.0), ("rating", 0.5)), cuts="every"),
        max_history=10,
    ),
    "amazon-all-beauty-2018": pn.P5(
        backbone=TextBackbone(
            pieces=2_000, dimension=64, head_dimension=16, feed_forward=128, encoder_layers=1
        ),
        mixture=Mixture(
            (
                ("sequential", 1.0),
                ("direct", 1.0),
                ("rating", 1.0),
                ("explanation", 1.0),
                ("review", 1.0),
            ),
            cuts="every",
        ),
        most_read=192,
        most_written=32,
        max_history=10,
    ),
}


class Printed:
    """Says how it goes, now and then."""

    def __init__(self) -> None:
        self.said = 0.0

    def progress(self, stage: str, done: int, total: int | None, **figures: float) -> None:
        if time.monotonic() - self.said > 20:
            self.said = time.monotonic()
            print(stage, done, total, {k: round(v, 4) for k, v in figures.items()}, flush=True)

    def note(self, text: str) -> None:
        print(text, flush=True)


def main() -> None:
    """Trains on, and measures when done."""
    parser = argparse.ArgumentParser()
    parser.add_argument("data", choices=sorted(SETTINGS))
    parser.add_argument("--steps", type=int, default=1_500)
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--minutes", type=float, default=4.0)
    parser.add_argument("--folder", type=Path, default=Path("/tmp/penchant-p5"))
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    data = pn.data.mini_world() if options.data == "mini-world" else pn.data.load(options.data)
    split = pn.data.split_time(data)
    training = pn.Supervised(
        steps=options.steps,
        batch_size=options.batch,
        learning_rate=1e-3,
        embedding_rate=5.0,
        evaluate_every=max(1, options.steps // 5),
        patience=None,
        checkpoint_every=100,
    )
    method = replace(SETTINGS[options.data], training=training, passes=1_000)
    folder = options.folder / f"{options.data}-{options.steps}-{options.seed}"
    deadline = Deadline.after(60 * options.minutes)
    run = Run(seed=options.seed, folder=folder, watch=Printed(), deadline=deadline)
    try:
        fitted = method.fit(split.train, run, valid=split.valid)
    except DeadlinePassed:
        print("not done yet: call again")
        return
    measured = measure(fitted, data, split, Run(seed=options.seed, watch=Printed()))
    budget = {
        "steps": fitted.record.steps,
        "best_step": fitted.record.best_step,
        "examples_a_step": options.batch,
        "training_s": fitted.record.seconds,
        "weights": sum(p.numel() for p in fitted.answers.model.parameters()),
        "valid_ndcg@10": [list(entry) for entry in fitted.record.scores],
    }
    write_record(
        f"p5_{options.data}",
        {"budget": budget, **measured},
        note="1 thread, one seed, training part only; times were taken on a shared machine",
    )


def measure(fitted: P5Recommender, data: Dataset, split: Split, run: Run) -> dict[str, object]:
    """All that the data can ask."""
    train = split.train
    views = {
        "sequential-1 (seen)": fitted,
        "sequential-13 (unseen)": replace(fitted, prompt="sequential-13"),
        "direct-11 (seen)": replace(fitted, prompt="direct-11"),
        "direct-19 (unseen)": replace(fitted, prompt="direct-19"),
        "Popular": pn.Popular().fit(train, run),
        "CoVisit": pn.CoVisit().fit(train, run),
    }
    found: dict[str, object] = {
        "ranking": figures(pn.evaluate(views, split.test, metrics=RANKING, run=run))
    }
    raters = {
        "rating-1 (seen)": fitted,
        "rating-10 (unseen)": replace(fitted, rating_prompt="rating-10"),
        "rating-1, expected": replace(fitted, method=replace(fitted.method, ratings="expected")),
        "bias": pn.RatingBias().fit(train, run),
        "bias, median": pn.RatingBias(answer="median").fit(train, run),
        "commonest": pn.RatingBias(items=False, people=False, answer="mode").fit(train, run),
    }
    rated = pn.data.rated_cases(split.test, data)
    found["ratings"] = figures(pn.evaluate(raters, rated, run=run))
    if "review" in data.events.columns:
        found["explanations"] = texts(
            fitted, data, split, run, "explanation", ("explanation-1", "explanation-13"), None
        )
    if "summary" in data.events.columns:
        found["summaries"] = texts(
            fitted, data, split, run, "summary", ("review-1", "review-6"), "review"
        )
    return found


def texts(
    fitted: P5Recommender,
    data: Dataset,
    split: Split,
    run: Run,
    column: str,
    prompts: tuple[str, str],
    about: str | None,
) -> dict[str, dict[str, float]]:
    """BLEU and ROUGE of a seen prompt, an unseen one, and of what others said."""
    written = pn.data.written_cases(split.test, data, column, about=about)
    seen, unseen = prompts
    writers = {
        f"{seen} (seen)": replace(fitted, writing_prompt=seen),
        f"{unseen} (unseen)": replace(fitted, writing_prompt=unseen),
        "Quote": pn.Quote(column=column).fit(split.train, run),
    }
    shown = written.take(np.arange(min(3, len(written))))
    for said, reference in zip(
        writers[f"{seen} (seen)"].write(shown.queries, shown.items, run),
        shown.references,
        strict=True,
    ):
        print(f"{said!r} where somebody wrote {reference!r}")
    return figures(pn.evaluate(writers, written, run=run))


def figures(report: Report) -> dict[str, dict[str, float]]:
    """Model -> metric -> value."""
    found: dict[str, dict[str, float]] = {}
    for row in report.summary().iter_rows(named=True):
        found.setdefault(row["model"], {"queries": row["queries"]})[row["metric"]] = row["value"]
    return found


if __name__ == "__main__":
    main()
