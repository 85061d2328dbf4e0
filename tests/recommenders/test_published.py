"""Floors of quality on the published splits; benchmarks/quality_beauty.py has the figures."""

import os
import time
from dataclasses import replace
from pathlib import Path

import pytest

import penchant as pn
from penchant.data import published_split

FOLDER = Path(
    os.environ.get("PENCHANT_DATA", Path(__file__).parents[3] / "shared" / "data")
).absolute()


@pytest.fixture(scope="module")
def published():
    """Splits by name, read once."""
    if not (FOLDER / "amazon-p5").is_dir():
        pytest.skip(f"no amazon-p5 in {FOLDER}; set PENCHANT_DATA")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PENCHANT_DATA", str(FOLDER))
        return {name: published_split(name) for name in ("beauty", "sports")}


def ndcg(recommender, cases) -> float:
    report = pn.evaluate({"it": recommender}, cases, metrics=["ndcg@10"], run=pn.Run())
    return float(report.values("it", "ndcg@10").mean())


@pytest.mark.parametrize(
    ("name", "train", "refitted"), [("beauty", 0.0525, 0.0600), ("sports", 0.0330, 0.0380)]
)
def test_one_preset_of_covisit_serves_two_shops(name, train, refitted, published):
    split, run = published[name], pn.Run()
    assert ndcg(pn.CoVisit().fit(split.train, run), split.test) >= train
    assert ndcg(pn.CoVisit().fit(split.train_and_valid, run), split.test) >= refitted


def test_covisit_answers_everybody_in_seconds(published):
    split, run = published["beauty"], pn.Run(threads=2)
    started = time.process_time()
    fitted = pn.CoVisit().fit(split.train_and_valid, run)
    fitted.ranks(split.test.queries, split.test.relevant, run)
    assert time.process_time() - started < 5


@pytest.mark.slow
def test_ease_plain_and_recent(published):
    split, run = published["beauty"], pn.Run(threads=2)
    learned = pn.EASE().fit(split.train, run)
    assert ndcg(learned, split.test) >= 0.037
    refitted = pn.EASE().fit(split.train_and_valid, run)
    assert ndcg(refitted, split.test) >= 0.043
    recent = replace(refitted, method=pn.EASE(recency=1.0))
    assert ndcg(recent, split.test) >= 0.052
