"""Biases of the packaged language model as a ranker, before and after each correction.

Run: ``PENCHANT_DATA=... python benchmarks/bias.py [PEOPLE] [CANDIDATES]``. MovieLens 100K, the last
choice of each person among random others. Place: asked once in the order given, calibrated, and
asked several times in orders of its own. Wording: likelihood of titles, with and without what the
titles have for nobody subtracted. Replies are kept in ``/tmp/penchant-bias.sqlite``, so a run
that was stopped goes on where it was. Draws ``bias.svg`` and ``bias-places.svg`` in docs/guides.
"""

import sys
from pathlib import Path

import numpy as np
from record import seconds_of, write_record

import penchant as pn
from penchant.core import Run
from penchant.evaluate import with_sampled_candidates
from penchant.language import Ledger, LocalLM, opened
from penchant.trust import BiasReport, Known, measure_bias
from penchant.trust.plots import bias_plot, place_plot

GUIDES = Path(__file__).parents[1] / "docs" / "guides"
PAIRS = (
    ("as shown", "calibrated"),
    ("as shown", "3 copies"),
    ("titles", "titles, half prior off"),
    ("titles", "titles, prior off"),
)


def main() -> None:
    """Measures, writes the record and the pictures."""
    people = int(sys.argv[1]) if len(sys.argv) > 1 else 60
    width = int(sys.argv[2]) if len(sys.argv) > 2 else 10
    split = pn.data.leave_last_out(pn.data.load("ml-100k"))
    run = Run(books=Ledger.open(Path("/tmp/penchant-bias.sqlite"), mode="cache"))
    rows = np.sort(run.rng("benchmark.bias").permutation(len(split.test))[:people])
    queries = with_sampled_candidates(
        split.test.take(rows), width - 1, len(split.train.catalog), run
    )
    told = {"noun": "movie", "chosen": "watched", "history": 6, "pool": width}
    listed = {**told, "answer": "likelihood"}
    methods = {
        "Popular": pn.Popular(),
        "CoVisit": pn.CoVisit(),
        "as shown": pn.LLMRank(**listed, shuffled=False),
        "calibrated": pn.LLMRank(**listed, shuffled=False, calibrated=True, calibration_people=40),
        "3 copies": pn.LLMRank(**listed, copies=3),
        "titles": pn.LMRecSys(**told, prior=0.0),
        "titles, half prior off": pn.LMRecSys(**told, prior=0.5),
        "titles, prior off": pn.LMRecSys(**told, prior=1.0),
    }
    rankers = {name: method.fit(split.train, run) for name, method in methods.items()}
    counts = np.bincount(
        split.train.events["item"].to_numpy(), minlength=len(split.train.catalog)
    ).astype(np.float32)
    alone = rankers["titles, prior off"]
    alone.recommend(queries, width, run)
    fluency = np.zeros(len(counts), np.float32)
    count, titles = opened(LocalLM(), run).count, split.train.catalog.titles()
    for item, log_prob in alone.alone.items():
        fluency[item] = log_prob / count(f" {titles[item]}.")
    known = Known(counts, titles, fluency)
    kept: list[BiasReport] = []
    seconds = seconds_of(lambda: kept.append(measure_bias(rankers, queries, known, run)))
    report = kept[0]
    (GUIDES / "bias.svg").write_text(bias_plot(report, run), encoding="utf-8")
    (GUIDES / "bias-places.svg").write_text(place_plot(report), encoding="utf-8")
    figures = {
        "people": people,
        "candidates": width,
        "seconds": seconds,
        "summary": report.summary(run).to_dicts(),
        **{
            f"{before} / {after}": report.compare(before, after, run).to_dicts()
            for before, after in PAIRS
        },
    }
    write_record("bias", figures, note="SmolLM2-135M-Instruct; replies may come from the books")


if __name__ == "__main__":
    main()
