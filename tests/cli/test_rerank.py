"""``penchant rerank``: proposals ordered anew from the command line."""

import json

import pytest
from typer.testing import CliRunner

import penchant as pn
from penchant.cli.main import app

RUNNER = CliRunner()
DATA = pn.data.mini_world()
SCRIPTED = '{"lm": "scripted", "answers": ["2, 1, 3"]}'


def ask(*words):
    return RUNNER.invoke(app, [str(word) for word in words])


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    folder = tmp_path_factory.mktemp("rerank") / "model"
    done = ask("fit", "covisit", "--data", "mini-world", "-q", "--out", folder)
    assert done.exit_code == 0, done.output
    return folder


def rerank(model, *words):
    user = DATA.people.ids.names([3])[0]
    return ask("rerank", "-m", model, "--user", user, "--lm", SCRIPTED, "-q", *words)


def test_proposals_are_ordered_anew(model):
    done = rerank(model, "--pool", "3", "-k", "3", "--set", "shuffled=false", "--json")
    assert done.exit_code == 0, done.output
    assert [row["before"] for row in json.loads(done.stdout)] == [2, 1, 3]


def test_a_table_is_shown_as_people_come(model):
    done = rerank(model, "--pool", "3", "-k", "3")
    assert "before" in done.stdout
    assert done.stdout.count("│") > 3


def test_answers_go_to_a_file(model, tmp_path):
    out = tmp_path / "answers.jsonl"
    rerank(model, "--pool", "3", "-k", "3", "--out", out)
    assert len(out.read_text(encoding="utf-8").splitlines()) == 3


def test_a_dry_run_asks_nobody(model):
    done = rerank(model, "--dry-run", "--json", "--set", "copies=3")
    assert json.loads(done.stdout)["calls"] == 3


def test_a_recorded_answer_is_replayed(model, tmp_path):
    words = ("--books", tmp_path / "books.sqlite", "--json", "--calls")
    first = rerank(model, *words, "record")
    again = rerank(model, *words, "replay")
    assert first.stdout == again.stdout
    other = rerank(model, *words, "replay", "--set", "style=recency")
    assert (other.exit_code, other.stdout) == (1, "")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--history", "i1"], "exactly one of --user and --history"),
        (["--method", "covisit"], "asks no language model"),
        (["--set", "how=pairwize"], "'pointwise' or 'pairwise'"),
        (["--pool", "0"], "pool=0"),
    ],
)
def test_what_makes_no_sense_is_refused(model, words, told):
    done = rerank(model, *words)
    assert done.exit_code == 2
    assert told in done.stderr.replace("\n", " ")


def test_rows_of_a_fallback_are_marked_for_programs(model):
    down = ("--lm", '{"lm": "scripted", "behaviour": "down"}')
    rows = json.loads(rerank(model, "--json", *down).stdout)
    assert [row["degraded"] for row in rows] == [True] * 10
