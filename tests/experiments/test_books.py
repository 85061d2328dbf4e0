"""Runs whose methods ask language models: recorded, replayed, within one budget."""

import json
import sqlite3

import pytest
from typer.testing import CliRunner

from penchant.cli.main import app
from penchant.core import UsageError
from penchant.experiments import reproduce, run_spec
from penchant.language import LedgerOptions

LM = '{ lm = "scripted" }'
SPEC = f"""
data = "mini-world"
metrics = ["ndcg@5", "recall@5"]
[[methods]]
name = "popular"
method = "popular"
[[methods]]
name = "reranked"
method = "cascade"
first = "popular"
second = {{ method = "llmrank", lm = {LM} }}
pool = 5
"""
BROKEN = SPEC.replace(LM, '{ lm = "scripted", behaviour = "down", share = 0.3 }')


def read(folder, name):
    return (folder / name).read_bytes()


def costs_of(folder):
    return json.loads((folder / "costs.json").read_text())


def calls_in(file):
    connection = sqlite3.connect(file)
    try:
        return connection.execute("SELECT count(*) FROM calls").fetchone()[0]
    finally:
        connection.close()


@pytest.fixture(scope="module")
def recorded(tmp_path_factory):
    """A third of its calls fail, and that is on the tape too."""
    folder = tmp_path_factory.mktemp("recorded")
    tape = str(folder / "tape.sqlite")
    run_spec(BROKEN, folder / "run", calls=LedgerOptions(file=tape, mode="record"))
    return folder


def test_costs_tell_tokens_and_calls_of_methods_that_ask(recorded):
    costs = costs_of(recorded / "run")
    assert costs["popular"]["language_models"] is None
    assert costs["reranked"]["prompt_tokens"] > costs["reranked"]["calls"] > 0
    taken = costs["reranked"]["language_models"]
    assert taken["calls"] == calls_in(recorded / "tape.sqlite")
    assert 0.1 < taken["failed_down"] / taken["calls"] < 0.5


def test_a_recorded_run_is_replayed_to_the_last_byte(recorded, tmp_path):
    tape = str(recorded / "tape.sqlite")
    before = calls_in(tape)
    again = reproduce(
        recorded / "run", tmp_path / "again", calls=LedgerOptions(file=tape, mode="replay")
    )
    assert again.is_identical
    for name in ("metrics.parquet", "entries/reranked/metrics.parquet"):
        assert read(again.folder, name) == read(recorded / "run", name)
    taken = costs_of(again.folder)["reranked"]["language_models"]
    assert taken["from_books"] == taken["calls"] == before
    assert taken["spent_tokens"] == 0
    assert calls_in(tape) == before


def test_a_tape_of_another_prompt_is_told_apart_and_costs_only_the_order(recorded, tmp_path):
    tape = str(recorded / "tape.sqlite")
    other = BROKEN.replace('method = "llmrank"', 'method = "llmrank", style = "recency"')
    told = []

    class Watcher:
        def progress(self, stage, done, total, **figures):
            pass

        def note(self, text):
            told.append(text)

    found = run_spec(
        other,
        tmp_path / "run",
        calls=LedgerOptions(file=tape, mode="replay"),
        watch=Watcher(),
    )
    taken = costs_of(found.folder)["reranked"]["language_models"]
    assert taken["failed_missing"] == taken["calls"]
    assert any("missing" in note for note in told)
    summary = {(r["model"], r["metric"]): r["value"] for r in found.report.summary().to_dicts()}
    # Popular alone is measured with its ties shared out, a list as it stands.
    popular = summary["popular", "recall@5"]
    assert summary["reranked", "recall@5"] == pytest.approx(popular, rel=0.02)
    spec = tmp_path / "spec.toml"
    spec.write_text(other)
    words = ["run", str(spec), "--out", str(found.folder), "--books", tape, "--calls", "replay"]
    done = CliRunner().invoke(app, [*words, "--quiet"])
    assert done.exit_code == 1
    assert "calls are not in" in done.stderr


def test_entries_of_a_run_share_its_budget_also_when_it_goes_on(tmp_path):
    two = SPEC + SPEC[SPEC.index('[[methods]]\nname = "reranked"') :].replace(
        'name = "reranked"', 'name = "other"'
    ).replace('lm = "scripted"', 'lm = "scripted", seed = 1')
    calls = LedgerOptions(tokens=2_000)
    folder = tmp_path / "run"
    run_spec(two, folder, calls=calls)
    spent = [costs_of(folder)[name]["language_models"] for name in ("reranked", "other")]
    assert 1_000 < sum(one["spent_tokens"] for one in spent) <= 2_000
    assert spent[1]["failed_budget"] == spent[1]["calls"]
    (folder / "entries" / "other" / "outcome.json").unlink()
    run_spec(two, folder, calls=calls)
    again = costs_of(folder)["other"]["language_models"]
    assert again["spent_tokens"] == 0
    assert calls_in(folder / "calls.sqlite") < sum(one["calls"] for one in spent)


def test_a_dry_run_of_a_spec_asks_nothing_and_leaves_nothing(tmp_path):
    spec = tmp_path / "spec.toml"
    spec.write_text(SPEC)
    words = ["run", str(spec), "--out", str(tmp_path / "run"), "--dry-run", "--json", "-q"]
    done = CliRunner().invoke(app, words)
    assert done.exit_code == 0, done.output
    (row,) = json.loads(done.stdout)
    assert row["method"] == "reranked"
    assert row["estimated_tokens"] > row["calls"] > 0
    assert [path.name for path in tmp_path.iterdir()] == ["spec.toml"]


def test_a_language_model_that_is_named_and_never_asked_is_told(tmp_path):
    spec = f"""
data = "mini-world"
metrics = ["ndcg@5"]
[[methods]]
name = "never"
method = "fallback"
parts = ["popular", {{ method = "llmrank", lm = {LM} }}]
"""
    found = run_spec(spec, tmp_path / "run")
    assert "never names a language model and never asked it" in found.report.notes
    assert costs_of(found.folder)["never"]["language_models"]["calls"] == 0


def test_a_recording_without_a_file_is_refused():
    with pytest.raises(UsageError, match="name a file for the books"):
        LedgerOptions(mode="record")
