"""Language models from the command line: tried, budgeted, recorded, replayed."""

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


def read(*words):
    done = ask(*words, "--json")
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A cascade whose second method asks a scripted model."""
    folder = tmp_path_factory.mktemp("llm")
    method = {
        "method": "cascade",
        "first": {"method": "popular"},
        "second": {"method": "llmrank", "lm": {"lm": "scripted"}},
        "pool": 5,
    }
    fitted = pn.fit(pn.models.read_method(method), pn.data.split_time(DATA).train)
    pn.models.save(fitted, folder / "model")
    pn.data.write_dataset(DATA, folder / "data")
    return folder


def users(n):
    return [word for name in DATA.people.ids.series()[:n] for word in ("--user", name)]


def test_a_model_is_tried_and_shows_what_it_can_do():
    found = read("llm", "test", "scripted", "-q")
    assert {row["verb"]: row["can"] for row in found["verbs"]} == dict.fromkeys(
        ("write", "json", "stream", "score", "embed", "rerank"), True
    )
    assert found["name"] == "scripted-orderly"
    assert found["figures"]["spent_tokens"] > 0


def test_a_model_that_fails_is_told_with_the_reason_and_the_exit_code():
    done = ask("llm", "test", "scripted", "--set", "behaviour=down", "-q", "--json")
    assert done.exit_code == 1
    written = json.loads(done.stdout)["verbs"][0]
    assert written["can"] is False
    assert written["found"].startswith("down: nothing listens there; start the server")


def test_a_wrong_key_and_no_endpoint_are_errors_with_the_next_step():
    done = ask("llm", "test", "scripted", "--set", "behaviour=wrong-key", "-q")
    assert done.exit_code == 1
    assert "set the environment variable that key_env names" in done.stderr
    done = ask("llm", "test", "--base-url", "http://127.0.0.1:9/v1", "--model", "x", "-q")
    assert done.exit_code == 1
    assert "start the server" in done.stderr


@pytest.mark.parametrize(
    ("words", "flags"),
    [
        (["remote"], "needs --base-url and --model;"),
        (["remote", "--set", "model=qwen3"], "needs --base-url;"),
        (["--base-url", "http://127.0.0.1:9/v1"], "needs --model;"),
    ],
)
def test_what_an_endpoint_needs_is_named_as_it_is_given(words, flags):
    done = ask("llm", "test", *words)
    assert done.exit_code == 2
    assert flags in done.stderr


def test_an_option_that_does_not_exist_is_refused():
    done = ask("llm", "test", "scripted", "--set", "behavior=down")
    assert done.exit_code == 2
    assert "did you mean 'behaviour'" in done.stderr


def test_recommendations_are_recorded_and_replayed(folder):
    books = ("--books", folder / "tape.sqlite")
    words = ("recommend", "-m", folder / "model", *users(3), "-k", 5, *books)
    recorded = read(*words, "--calls", "record", "-q")
    done = ask(*words, "--calls", "replay", "--json")
    assert json.loads(done.stdout) == recorded
    assert "answered from the books, 0 tokens spent" in done.stderr
    costs = read("llm", "cost", folder / "tape.sqlite", "--by", "prompt")
    assert sum(row["calls"] for row in costs) >= 3
    assert all(row["prompt"].count("@") == 1 for row in costs)


def test_a_replay_that_lacks_calls_is_an_error_and_says_what_is_missing(folder):
    tape = folder / "other.sqlite"
    words = ("-m", folder / "model", "-k", 5, "--books", tape, "--calls")
    read("recommend", *users(1), *words, "record", "-q")
    done = ask("recommend", *users(2), *words, "replay", "--json")
    assert (done.exit_code, done.stdout) == (1, "")
    assert "error: 1 of 2 calls are not in" in done.stderr
    assert "other.sqlite has no such call of scripted" in done.stderr
    assert "record again, or ask with --calls cache" in done.stderr


def test_a_budget_of_zero_asks_nothing_and_still_recommends(folder):
    done = ask("recommend", "-m", folder / "model", *users(2), "--max-tokens", 0, "--json")
    assert done.exit_code == 0
    assert len(json.loads(done.stdout)) == 20
    assert "0 of 0 tokens are spent" in done.stderr


def test_a_model_that_is_down_is_not_measured_or_compared_in_its_own_name(folder):
    second = '{"method": "llmrank", "lm": {"lm": "scripted", "behaviour": "down"}}'
    data = ("--data", folder / "data", "--split", "time", "-q")
    words = ("--out", folder / "down", "--set", "first=covisit", "--set", f"second={second}")
    assert ask("fit", "cascade", *data, *words).exit_code == 0
    models = ("-m", folder / "down", "-m", folder / "model", *data[:-1])
    report = read("evaluate", *models, "--metrics", "ndcg@10", "-q")
    assert report["degraded"]["down"] == 1.0
    assert "836 of 836 lists are of its fallback" in report["notes"][0]
    compared = ask("compare", *models, "--json")
    assert report["notes"][0] in compared.stderr
    assert len(json.loads(compared.stdout)) == 1


def test_a_dry_run_tells_what_it_would_take(folder):
    words = ("-m", folder / "model", *users(2), "-k", 5, "--books", folder / "dry.sqlite")
    done = ask("recommend", *words, "--dry-run", "--json")
    assert (done.exit_code, done.stderr) == (0, "")
    planned = json.loads(done.stdout)
    assert planned["calls"] >= 2
    assert planned["from_books"] == 0
    read("recommend", *words, "-q")
    spent = read("llm", "cost", folder / "dry.sqlite")[0]
    assert spent["calls"] == planned["calls"]
    assert spent["prompt_tokens"] + spent["completion_tokens"] <= planned["most_tokens"]
    assert read("recommend", *words, "--dry-run", "-q")["most_tokens"] == 0


def test_answers_are_forgotten_and_their_cost_is_not(folder):
    books = folder / "forgotten.sqlite"
    words = ("recommend", "-m", folder / "model", *users(2), "--books", books, "-q")
    read(*words)
    before = read("llm", "cost", books)[0]
    assert read("llm", "cache", books, "--forget", "--prompt", "none")["forgotten"] == 0
    (held,) = [row for row in read("llm", "cache", books) if row["kept"]]
    name = held["prompt"].partition("@")[0]
    assert read("llm", "cache", books, "--forget", "--prompt", name)["forgotten"] == held["kept"]
    after = read("llm", "cost", books)[0]
    assert (after["kept"], after["prompt_tokens"]) == (0, before["prompt_tokens"])
    read(*words)
    assert read("llm", "cost", books)[0]["calls"] == 2 * before["calls"]


BAD = {
    "no such books": ("llm", "cost", "{}/none.sqlite"),
    "did you mean 'model'": ("llm", "cost", "{}/kept.sqlite", "--by", "modell"),
    "did you mean 'replay'": ("llm", "test", "scripted", "--calls", "reply"),
    "name a file for the books": ("llm", "test", "scripted", "--calls", "replay"),
    "say what to --forget": ("llm", "cache", "{}/kept.sqlite", "--prompt", "rank"),
    "a budget of -3 tokens": ("llm", "test", "scripted", "--max-tokens", "-3"),
}


@pytest.mark.parametrize("said", BAD)
def test_what_cannot_be_is_refused_with_the_next_step(tmp_path, said):
    ask("llm", "test", "scripted", "--books", tmp_path / "kept.sqlite", "-q")
    done = ask(*(word.format(tmp_path) for word in BAD[said]))
    assert done.exit_code in (1, 2)
    assert said in done.stderr


def test_the_books_say_what_calls_cost_by_day_to_a_file(tmp_path):
    ask("llm", "test", "scripted", "--books", tmp_path / "b.sqlite", "-q")
    out = tmp_path / "cost.csv"
    assert ask("llm", "cost", tmp_path / "b.sqlite", "--by", "day", "--out", out).exit_code == 0
    assert pl.read_csv(out).columns[:2] == ["day", "calls"]


def test_a_dry_run_of_a_fit_counts_calibration_and_leaves_nothing(folder, tmp_path):
    words = ("--data", folder / "data", "-o", tmp_path / "fitted", "--set", "lm=scripted")
    calibrated = ("--set", "calibrated=true", "--set", "how=pointwise")
    planned = read("fit", "llmrank", *words, *calibrated, "--dry-run", "-q")
    assert planned["calls"] == 200
    assert not (tmp_path / "fitted").exists()


def test_a_dry_run_of_a_comparison_counts_what_the_models_would_ask(folder, tmp_path):
    pn.fit("popular", pn.data.split_time(DATA).train).save(tmp_path / "popular")
    models = ("-m", folder / "model", "-m", tmp_path / "popular")
    words = ("compare", *models, "--data", folder / "data")
    planned = read(*words, "--dry-run", "-q")
    assert planned["calls"] > 50
    assert planned["most_tokens"] > 50 * planned["calls"]
    assert ask(*words, "--max-tokens", 0, "--json").exit_code == 0
