"""Ratings from the command line."""

import json

import polars as pl
import pytest
from typer.testing import CliRunner

import penchant as pn
from penchant.cli.main import app

RUNNER = CliRunner()
DATA = pn.data.mini_world()


def ask(*words):
    return RUNNER.invoke(app, [str(word) for word in words])


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("rate")
    for name, method in (("bias", "rating-bias"), ("popular", "popular"), ("quote", "quote")):
        words = ["fit", method, "--data", "mini-world", "--split", "time", "-q", "--out"]
        done = ask(*words, folder / name)
        assert done.exit_code == 0, done.output
    pairs = {"user": DATA.people.ids.series()[:2], "item": DATA.catalog.ids.series()[:2]}
    pl.DataFrame(pairs).write_csv(folder / "pairs.csv")
    return folder


def test_a_file_of_pairs_gets_ratings(folder):
    done = ask("rate", "-m", folder / "bias", "--pairs", folder / "pairs.csv", "--json")
    rows = json.loads(done.stdout)
    assert [row["item"] for row in rows] == DATA.catalog.ids.series()[:2].to_list()
    assert all(1 <= row["rating"] <= 5 for row in rows)
    out = folder / "rated.parquet"
    ask("rate", "-m", folder / "bias", "--pairs", folder / "pairs.csv", "--out", out)
    assert pl.read_parquet(out).columns == ["user", "item", "title", "rating"]


def test_ratings_are_measured_on_the_events_of_the_split(folder):
    words = ["--data", "mini-world", "--split", "time", "--metrics", "rmse,unreadable", "--json"]
    done = ask("evaluate", "-m", folder / "bias", *words)
    assert done.exit_code == 0, done.output
    split = pn.data.split_time(DATA)
    fitted = pn.RatingBias().fit(split.train, pn.Run())
    mine = pn.evaluate(fitted, pn.data.rated_cases(split.test, DATA), metrics="rmse")
    found = {row["metric"]: row["value"] for row in json.loads(done.stdout)["summary"]}
    assert found["rmse"] == pytest.approx(mine.summary()["value"][0])
    assert found["unreadable"] == 0


def test_a_file_of_pairs_gets_texts(folder):
    done = ask("write", "-m", folder / "quote", "--pairs", folder / "pairs.csv", "--json")
    rows = json.loads(done.stdout)
    said = set(DATA.events["review"].drop_nulls())
    assert len(rows) == 2
    assert {row["text"] for row in rows} <= said


def test_reviews_are_measured_on_the_events_of_the_split(folder):
    words = ["--data", "mini-world", "--metrics", "rouge_l", "--json"]
    done = ask("evaluate", "-m", folder / "quote", *words)
    assert done.exit_code == 0, done.output
    row = json.loads(done.stdout)["summary"][0]
    assert 0 < row["low"] < row["value"] < row["high"] < 1


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["rate", "-m", "popular", "--pairs", "pairs.csv"], 2, "cannot foretell ratings"),
        (["write", "-m", "bias", "--pairs", "pairs.csv"], 2, "cannot write"),
        (["rate", "-m", "bias", "--pairs", "none.csv"], 3, "no such file"),
        (
            ["evaluate", "-m", "popular", "--data", "mini-world", "--metrics", "mae"],
            2,
            "cannot rate",
        ),
        (["evaluate", "-m", "bias", "--data", "mini-world", "--metrics", "mae,mrr"], 2, "ratings"),
    ],
)
def test_what_cannot_be_is_refused_with_what_to_do(folder, monkeypatch, words, code, said):
    monkeypatch.chdir(folder)
    done = ask(*words)
    assert done.exit_code == code, done.output
    assert said in done.stderr
    assert "Traceback" not in done.output


def test_ratings_are_measured_on_ones_own_later_events(folder):
    bought = set(DATA.events.filter(user=0)["item"])
    new = [row for row in range(len(DATA.catalog)) if row not in bought][:3]
    names, users = DATA.catalog.ids.series(), DATA.people.ids.series()
    later = pl.DataFrame(
        {
            "user": [users[0]] * 3,
            "item": [names[row] for row in new],
            "time": [2_000_000_000, 2_000_000_001, 2_000_000_002],
            "rating": [5, None, 2],
        }
    )
    later.write_csv(folder / "later.csv")
    words = ["--events", folder / "later.csv", "--metrics", "mae,unreadable", "--json"]
    done = ask("evaluate", "-m", folder / "bias", *words)
    assert done.exit_code == 0, done.output
    pairs = later.filter(pl.col("rating").is_not_null()).select("user", "item")
    ratings = pn.load(folder / "bias").rate(pairs)["rating"]
    # The second is asked after the first was rated: its history holds one rating more.
    near = (abs(ratings[0] - 5) + abs(ratings[1] - 2)) / 2
    found = {row["metric"]: row for row in json.loads(done.stdout)["summary"]}
    assert found["mae"]["queries"] == 2
    assert found["mae"]["value"] == pytest.approx(near, abs=0.1)
