import json
import signal
import subprocess
import sys
import time

import polars as pl
import pytest

import penchant as pn
from penchant.core import PenchantError, StorageError, UsageError
from penchant.experiments import reproduce, run_spec

SPEC = """
data = "mini-world"
methods = ["popular", "markov"]
metrics = ["ndcg@10", "coverage@10"]
"""


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    folder = tmp_path_factory.mktemp("run") / "run"
    return run_spec(SPEC, folder)


def test_every_method_is_measured_on_the_same_cases(finished):
    summary = finished.report.summary().filter(pl.col("metric") == "ndcg@10")
    assert summary["model"].to_list() == ["popular", "markov"]
    assert summary["queries"].n_unique() == 1
    assert summary["value"].is_between(0.01, 0.9).all()


def test_the_folder_holds_figures_costs_and_how_they_came_to_be(finished):
    record = json.loads((finished.folder / "record.json").read_text())
    costs = json.loads((finished.folder / "costs.json").read_text())
    metrics = pl.read_parquet(finished.folder / "metrics.parquet")
    assert record["data"]["name"] == "mini-world"
    assert set(costs) == {"popular", "markov"}
    assert costs["popular"]["peak_memory_mb"] > 10
    assert len(metrics) == 2 * len(finished.split.test)
    assert (finished.folder / "report.html").read_text().startswith("<!doctype html>")


def test_a_spec_may_measure_ratings(tmp_path):
    spec = """
data = "mini-world"
metrics = ["rmse", "unreadable"]
[[methods]]
method = "rating-bias"
[[methods]]
method = "rating-bias"
name = "mode"
items = false
people = false
answer = "mode"
"""
    found = run_spec(spec, tmp_path / "run")
    values = {row["model"]: row["value"] for row in found.report.summary().to_dicts()[::2]}
    assert values["rating-bias"] < values["mode"]
    data = pn.data.mini_world()
    rated = pn.data.rated_cases(found.split.test, data)
    assert len(found.report.slices) == len(rated)
    model = pn.load(tmp_path / "run" / "entries" / "mode" / "fit")
    mine = pn.evaluate(model, rated, metrics="rmse").summary()["value"][0]
    assert values["mode"] == mine
    assert reproduce(tmp_path / "run", tmp_path / "again").is_identical


def test_each_fitted_model_can_be_loaded_and_knows_its_figures(finished):
    model = pn.load(finished.folder / "entries" / "markov" / "fit")
    assert len(model.recommend(history=[], k=3)) == 3
    assert set(model.record.metrics) == {"ndcg@10", "coverage@10"}
    assert model.record.metrics == pytest.approx(finished.report.figures("markov"))


def test_a_finished_run_is_not_run_again(finished):
    before = (finished.folder / "entries" / "popular" / "outcome.json").stat().st_mtime_ns
    run_spec(SPEC, finished.folder)
    assert (finished.folder / "entries" / "popular" / "outcome.json").stat().st_mtime_ns == before


def test_a_folder_of_another_run_is_refused(finished, tmp_path):
    with pytest.raises(UsageError, match="another spec"):
        run_spec(SPEC + "seed = 1", finished.folder)
    (tmp_path / "letter.txt").write_text("dear")
    with pytest.raises(UsageError, match="no run"):
        run_spec(SPEC, tmp_path)


def test_a_repetition_is_identical(finished, tmp_path):
    again = reproduce(finished.folder, tmp_path / "again")
    assert again.is_identical
    assert again.data_is_same
    assert again.environment == {}


def test_a_figure_that_was_altered_is_found(finished, tmp_path):
    copy = tmp_path / "copy"
    copy.mkdir()
    for name in ("spec.toml", "record.json"):
        (copy / name).write_bytes((finished.folder / name).read_bytes())
    metrics = pl.read_parquet(finished.folder / "metrics.parquet")
    raised = pl.when(pl.col("query") == 3).then(pl.col("ndcg@10") + 0.5).otherwise("ndcg@10")
    metrics.with_columns(raised.alias("ndcg@10")).write_parquet(copy / "metrics.parquet")
    again = reproduce(copy, tmp_path / "again")
    assert not again.is_identical
    assert again.differences["queries_that_differ"].to_list() == [1, 1]


def test_no_run_to_repeat(tmp_path):
    with pytest.raises(StorageError, match="no finished run"):
        reproduce(tmp_path, tmp_path / "again")


def test_the_error_of_a_method_names_it(tmp_path):
    (tmp_path / "log.csv").write_text("user,item,time\nu1,i1,1600000000\nu1,i2,1600000001\n" * 1)
    spec = 'methods = ["popular"]\n[data]\nevents = "missing.csv"\n'
    with pytest.raises(PenchantError, match=r"missing\.csv"):
        run_spec(spec, tmp_path / "run", base=tmp_path)


def test_ctrl_c_leaves_a_run_that_the_same_call_continues(tmp_path):
    code = (
        "import sys; from pathlib import Path; from penchant.experiments import run_spec;"
        "run_spec(Path(sys.argv[1]), Path(sys.argv[2]))"
    )
    spec = tmp_path / "spec.toml"
    spec.write_text(SPEC)
    folder = tmp_path / "run"
    running = subprocess.Popen(
        [sys.executable, "-c", code, str(spec), str(folder)], stderr=subprocess.PIPE
    )
    while not (folder / "entries").exists() and running.poll() is None:
        time.sleep(0.01)
    running.send_signal(signal.SIGINT)
    assert b"Interrupted" in running.communicate(timeout=60)[1]
    done = run_spec(spec, folder)
    assert done.report.models == ("popular", "markov")
