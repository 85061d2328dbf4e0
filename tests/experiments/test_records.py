import json
import shutil

import pytest

import penchant as pn
from penchant.core import StorageError, UnknownName, UsageError
from penchant.evaluate import slice_columns
from penchant.experiments import (
    find_run,
    find_runs,
    join_reports,
    read_curves,
    read_report,
)
from penchant.experiments.records import SLICES
from tests.experiments.quick_runs import quick_run


@pytest.fixture(scope="module")
def ran(tmp_path_factory):
    folder = tmp_path_factory.mktemp("runs")
    return folder, quick_run(folder / "shop" / "first")


def test_a_run_is_read_back_as_it_was_told(ran):
    folder, experiment = ran
    (found,) = find_runs(folder)
    assert (found.name, found.done, found.finished) == ("shop~first", ("popular", "markov"), True)
    report = read_report(find_run(folder, "shop~first"))
    told = experiment.report.summary().drop("low", "high")
    assert report.summary().drop("low", "high").equals(told)
    assert report.compare("ndcg@10").equals(experiment.report.compare("ndcg@10"))
    column = slice_columns(report.slices)[0]
    assert report.by(column).equals(experiment.report.by(column))
    assert report.costs["markov"].fit_s == experiment.report.costs["markov"].fit_s


def test_a_folder_that_is_a_run_has_its_own_name(ran):
    folder, _ = ran
    assert [run.name for run in find_runs(folder / "shop" / "first")] == ["first"]
    assert find_run(folder / "shop" / "first", "first").finished
    assert find_runs(folder / "nowhere") == []


def test_a_run_under_way_is_read_so_far_as_it_goes(ran, tmp_path):
    copy = tmp_path / "half"
    shutil.copytree(ran[0] / "shop" / "first", copy)
    (copy / "record.json").unlink()
    (copy / SLICES).unlink()
    (copy / "entries" / "markov" / "outcome.json").unlink()
    found = find_run(tmp_path, "half")
    assert (found.done, found.finished) == (("popular",), False)
    report = read_report(found)
    assert report.models == ("popular",)
    assert any("who asked was not kept" in note for note in report.notes)


def test_runs_on_the_same_cases_are_compared_others_not(ran):
    _, experiment = ran
    both = join_reports({"one": experiment.report, "two": experiment.report})
    assert both.models == ("one/popular", "one/markov", "two/popular", "two/markov")
    differences = both.compare("ndcg@10").filter(a="one/popular", b="two/popular")
    assert differences["difference"].to_list() == [0.0]
    fewer = experiment.report.slices.head(3)
    other = pn.evaluate.Report(
        per_query={"m": experiment.report.per_query["popular"].head(3)},
        totals={},
        slices=fewer,
        costs={},
        metrics=("ndcg@10",),
    )
    with pytest.raises(UsageError, match="asked different questions"):
        join_reports({"one": experiment.report, "two": other})


@pytest.mark.parametrize(
    "name", ["nowhere", "..", "shop~..~shop~first", "", "shop/first", "~", "\0"]
)
def test_other_names_lead_nowhere(ran, name):
    with pytest.raises(UnknownName, match="no run"):
        find_run(ran[0], name)


def test_what_is_no_run_is_passed_over(ran, tmp_path):
    (tmp_path / "odd").mkdir()
    (tmp_path / "odd" / "spec.toml").write_text("what = 3")
    assert find_runs(tmp_path) == []


def test_a_torn_file_is_named(ran, tmp_path):
    copy = tmp_path / "torn"
    shutil.copytree(ran[0] / "shop" / "first", copy)
    (copy / "entries" / "markov" / "outcome.json").write_text("{")
    with pytest.raises(StorageError, match="is not JSON"):
        read_report(find_run(tmp_path, "torn"))


def test_curves_are_those_of_the_training(tmp_path):
    data = pn.data.split_time(pn.data.mini_world())
    quick = pn.SASRec(dimension=16, layers=1, training=pn.Supervised(steps=40, batch_size=64))
    model = pn.fit(quick, data.train, valid=data.valid, threads=1, folder=tmp_path / "fit")
    record = model.recommender.record
    loss, valid = read_curves(tmp_path / "fit")
    assert tuple(zip(loss.steps, loss.values, strict=True)) == record.losses
    assert tuple(zip(valid.steps, valid.values, strict=True)) == record.scores
    assert {loss.figure, valid.figure, loss.best_step} == {"loss", "valid", record.best_step}
    shutil.rmtree(tmp_path / "fit" / "model")
    going, _ = read_curves(tmp_path / "fit")
    assert (going.values, going.best_step) == (loss.values, None)


def test_a_method_that_does_not_train_has_no_curves(tmp_path):
    pn.fit(pn.Popular(), pn.data.mini_world(), folder=tmp_path / "fit")
    assert read_curves(tmp_path / "fit") == []
    assert read_curves(tmp_path / "nowhere") == []


def test_a_long_curve_is_thinned_and_keeps_its_ends(tmp_path):
    losses = [[step, 1.0 / (step + 1)] for step in range(5_000)]
    head = {"values": {"record": {"losses": losses, "scores": [], "best_step": 7}}, "parts": []}
    (tmp_path / "recommender.json").write_text(json.dumps(head))
    (curve,) = read_curves(tmp_path)
    assert (len(curve.steps), curve.steps[0], curve.steps[-1]) == (1_000, 0, 4_999)
