import signal
import subprocess
import sys

import pytest
from typer.testing import CliRunner

import penchant as pn
from penchant.cli.main import app
from penchant.experiments import find_runs, read_report

RUNNER = CliRunner()


@pytest.fixture
def shop(tmp_path):
    data = pn.data.mini_world()
    folder = tmp_path / "shop"
    folder.mkdir()
    ids, people = data.catalog.ids.series(), data.people.ids.series()
    events = data.events.with_columns(
        user=people.gather(data.events["user"]), item=ids.gather(data.events["item"])
    )
    events.select("user", "item", "time").write_csv(folder / "events.csv")
    data.catalog.table.select("id", "title", "year").write_csv(folder / "items.csv")
    return folder


def test_own_files_become_a_leaderboard_and_a_model(shop, tmp_path):
    out = tmp_path / "up"
    done = RUNNER.invoke(app, ["up", str(shop), "--out", str(out), "--no-serve"])
    assert done.exit_code == 0, done.output
    assert "was best on validation" in done.stdout
    model = pn.load(out / "covisit")
    assert model.record.metrics["ndcg@10"] > 0.3
    assert model.record.events == len(pn.data.mini_world().events)
    assert "title" in model.catalog.table.columns
    (run,) = find_runs(out / "runs")
    assert run.finished
    assert len(read_report(run).models) == 4


def test_a_log_that_has_grown_is_measured_anew(shop, tmp_path):
    out = tmp_path / "up"
    command = ["up", str(shop), "--out", str(out), "--no-serve", "-q", "--method", "popular"]
    assert RUNNER.invoke(app, command).exit_code == 0
    assert RUNNER.invoke(app, command).exit_code == 0
    assert len(find_runs(out / "runs")) == 1
    lines = (shop / "events.csv").read_text().splitlines()
    (shop / "events.csv").write_text("\n".join([*lines, lines[-1].replace(lines[-1][0], "z", 1)]))
    assert RUNNER.invoke(app, command).exit_code == 0
    assert len(find_runs(out / "runs")) == 2
    assert pn.load(out / "popular").record.events == len(lines)


def test_the_best_is_served(shop, tmp_path):
    command = [sys.executable, "-c", "from penchant.cli import main; main()"]
    command += ["up", str(shop), "--out", str(tmp_path / "up"), "--port", "0", "-q"]
    command += ["--method", "popular"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        said = process.stderr.readline()
        assert said.startswith("serving popular; its page is at http://127.0.0.1:"), said
        process.send_signal(signal.SIGTERM)
        process.stderr.read()


def test_a_folder_without_a_log_is_told(tmp_path):
    done = RUNNER.invoke(app, ["up", str(tmp_path), "--no-serve"])
    assert done.exit_code == 2
    assert "events.csv" in done.stderr
