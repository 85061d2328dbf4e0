import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest

import penchant as pn
from penchant.core import DataError, Ragged, UsageError
from penchant.data import History, Queries, published_split
from penchant.recommenders.sasrec import SASRec
from penchant.testing import check_recommender
from penchant.train import Supervised

ROOT = Path(__file__).parents[2]
QUICK = SASRec(
    dimension=32, training=Supervised(steps=300, batch_size=256, learning_rate=3e-3), dropout=0.1
)


@pytest.fixture(scope="module")
def split():
    return pn.data.leave_last_out(pn.data.mini_world())


def ndcg(fitted, cases) -> float:
    report = pn.evaluate(fitted, cases, metrics=["ndcg@10"], names=["it"])
    return float(report.per_query["it"]["ndcg@10"].mean())


@pytest.mark.parametrize(
    "method",
    [QUICK, replace(QUICK, negatives=None), replace(QUICK, start="random", temperature=0.1)],
    ids=["sampled", "full", "random start"],
)
def test_keeps_the_contract(method):
    check_recommender(method)


def test_learns_more_than_popularity(split):
    fitted = QUICK.fit(split.train, pn.Run(), valid=split.valid)
    assert ndcg(fitted, split.test) > 2 * ndcg(pn.Popular().fit(split.train, pn.Run()), split.test)


def test_resumes_to_the_same_weights(split, tmp_path):
    method = replace(QUICK, training=replace(QUICK.training, steps=40, checkpoint_every=5))
    whole = method.fit(split.train, pn.Run(seed=2), valid=split.valid)
    run = pn.Run(seed=2, folder=tmp_path)
    method.fit(split.train, run, valid=split.valid)
    # The newest checkpoint is gone, so the last steps are made again.
    newest = max((tmp_path / "checkpoints").iterdir(), key=lambda p: int(p.name[5:]))
    (newest / "weights.safetensors").unlink()
    resumed = method.fit(split.train, run, valid=split.valid)
    for name, array in whole.state().arrays.items():
        assert np.array_equal(array, resumed.state().arrays[name]), name


def test_survives_kill_9():
    script = ROOT / "benchmarks" / "kill_training.py"
    done = subprocess.run(
        [sys.executable, script, "--trials", "3", "--no-record"],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_training_on_other_data_is_refused(split, tmp_path):
    method = replace(QUICK, training=replace(QUICK.training, steps=3))
    run = pn.Run(folder=tmp_path)
    method.fit(split.train, run)
    with pytest.raises(UsageError, match="another training \\(data"):
        method.fit(split.train_and_valid, run)


def test_answers_an_empty_history_with_the_popular(split):
    fitted = replace(QUICK, training=replace(QUICK.training, steps=3)).fit(split.train, pn.Run())
    nobody = Queries(History(Ragged.of([[], [-1]])))
    items = fitted.recommend(nobody, 3, pn.Run()).items
    counts = np.bincount(split.train.events["item"].to_numpy(), minlength=len(split.train.catalog))
    assert counts[items[0]].tolist() == np.sort(counts)[::-1][:3].tolist()
    assert items[0].tolist() == items[1].tolist()


def test_only_the_newest_part_of_a_long_history_counts(split):
    method = replace(QUICK, max_history=5, training=replace(QUICK.training, steps=3))
    fitted = method.fit(split.train, pn.Run())
    long = np.arange(40)
    both = Queries(History(Ragged.of([long, long[-5:], long[-4:]])))
    scores = fitted.score(both, pn.Run())
    np.testing.assert_allclose(scores[0], scores[1], atol=1e-5)
    assert not np.allclose(scores[1], scores[2])


def test_nothing_follows_anything():
    data = pn.data.mini_world()
    alone = replace(data, events=data.events.unique("user", keep="first", maintain_order=True))
    with pytest.raises(DataError, match=r"nobody .* has two events"):
        SASRec().fit(alone, pn.Run())
    empty = replace(data, events=data.events.clear())
    with pytest.raises(DataError, match=r"nobody .* has two events"):
        SASRec().fit(empty, pn.Run())


def test_events_that_speak_against_an_item_are_not_learned_from():
    data = pn.data.mini_world()
    events = data.events.with_columns(weight=pl.lit(-1.0))
    with pytest.raises(DataError, match="two events"):
        SASRec().fit(replace(data, events=events), pn.Run())


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"dimension": 0}, "dimension=0"),
        ({"heads": 5}, "heads=5: need a divisor of dimension=64"),
        ({"dropout": 1.0}, "dropout=1.0"),
        ({"temperature": 0.0}, "temperature=0.0"),
        ({"negatives": 0}, "negatives=0"),
        ({"max_history": 0}, "max_history=0"),
    ],
)
def test_options_that_cannot_be_are_refused(options, message):
    with pytest.raises(UsageError, match=message):
        SASRec(**options)


@pytest.mark.slow
def test_amazon_beauty():
    """The floor of one seed; benchmarks/quality_sasrec.py has the means of three."""
    folder = Path(os.environ.get("PENCHANT_DATA", ROOT.parent / "shared" / "data"))
    if not (folder / "amazon-p5").is_dir():
        pytest.skip(f"no amazon-p5 in {folder}; set PENCHANT_DATA")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PENCHANT_DATA", str(folder))
        split = published_split("beauty")
    fitted = SASRec().fit(split.train, pn.Run(), valid=split.valid)
    assert ndcg(fitted, split.test) >= 0.050
