"""``penchant ids``: an index is built, shown, checked, appended to."""

import json

import numpy as np
import polars as pl
import pytest
from typer.testing import CliRunner

from penchant.cli.main import app

RUNNER = CliRunner()


def ask(*words):
    return RUNNER.invoke(app, ["ids", *(str(word) for word in words)])


@pytest.fixture
def shop(tmp_path):
    """A log and its catalogue: everybody walks shoes, then hats."""
    log = "".join(f"u{u},i{i},{u * 10 + i}\n" for u in range(12) for i in range(u % 3, 6))
    items = "".join(f"i{i},{'Shoe' if i < 3 else 'Hat'} {i // 2}\n" for i in range(6))
    (tmp_path / "log.csv").write_text("user,item,time\n" + log)
    (tmp_path / "items.csv").write_text("item,title\n" + items)
    (tmp_path / "more.csv").write_text("item,title\n" + items + "i6,Hat 9\ni7,Shoe 1\n")
    return tmp_path


def build(shop, scheme="title", *words):
    data = ["--data", shop / "log.csv", "--items", shop / "items.csv"]
    return ask("build", scheme, *data, "--out", shop / "index", "-q", *words)


def test_an_index_is_built_and_reported(shop):
    done = build(shop, "digits", "--set", "base=4", "--set", "spare=0", "--json")
    assert done.exit_code == 0, done.output
    report = json.loads(done.stdout)
    assert (report["scheme"], report["widths"], report["n_items"]) == ("digits", [4, 4], 6)
    assert (shop / "index" / "index.json").exists()
    assert "next:  penchant ids show" in build(shop).stdout


def test_the_same_seed_builds_the_same_index(shop):
    indices = []
    for seed in (1, 1, 2):
        build(shop, "independent", "--seed", seed)
        indices.append((shop / "index" / "index.codes.safetensors").read_bytes())
    assert indices[0] == indices[1] != indices[2]


def test_it_is_shown_as_a_tree_of_titles(shop):
    build(shop)
    done = ask("show", shop / "index", "--depth", 1, "--titles", 2)
    assert done.exit_code == 0, done.output
    assert "6 items" in done.stdout
    assert any("3 items: Shoe 0, Shoe 0, …" in line for line in done.stdout.splitlines())
    tree = json.loads(ask("show", shop / "index", "--depth", 1, "--json").stdout)["tree"]
    assert [node["items"] for node in tree] == [3, 3]


def test_a_whole_index_passes_and_is_kept_as_json(shop):
    build(shop)
    done = ask("check", shop / "index", "--json", "--out", shop / "checks.json")
    assert done.exit_code == 0, done.output
    document = json.loads(done.stdout)
    assert document == json.loads((shop / "checks.json").read_text())
    assert [(one["name"], one["outcome"]) for one in document["checks"]] == [
        ("unique", "passed"),
        ("whole", "passed"),
    ]


def test_another_catalogue_is_refused(shop):
    build(shop)
    done = ask("check", shop / "index", "--data", "mini-world", "-q")
    assert done.exit_code == 3
    assert "failed: catalogue" in done.stdout


def test_codes_made_of_whole_histories_are_found_out(tmp_path):
    rng = np.random.default_rng(0)
    items = np.concatenate([rng.choice(1_500, 6, replace=False) for _ in range(400)])
    users = np.repeat(np.arange(400), 6)
    events = pl.DataFrame({"user": users, "item": items, "time": np.arange(2_400)})
    events.write_csv(tmp_path / "log.csv")
    data, outcomes = ["--data", tmp_path / "log.csv"], {}
    for split in ("none", "last"):
        ask("build", "sequential", *data, "--split", split, "--out", tmp_path / split, "-q")
        done = ask("check", tmp_path / split, *data, "-q", "--json")
        checks = json.loads(done.stdout)["checks"]
        outcomes[split] = (done.exit_code, *(check["outcome"] for check in checks[-2:]))
        assert [check["name"] for check in checks[-2:]] == ["code-order", "made-of"]
    assert outcomes == {"none": (3, "failed", "warned"), "last": (0, "passed", "passed")}


def test_new_items_are_appended_and_the_others_keep_their_codes(shop):
    build(shop)
    before = json.loads(ask("show", shop / "index", "--depth", 9, "--json").stdout)["tree"]
    data = ["--data", shop / "log.csv", "--items", shop / "more.csv"]
    done = ask("append", shop / "index", *data, "--out", shop / "grown", "-q", "--json")
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout) == {"index": str(shop / "grown"), "added": 2, "removed": 0}
    after = json.loads(ask("show", shop / "grown", "--depth", 9, "--json").stdout)
    assert after["n_items"] == 8
    assert paths(before) <= paths(after["tree"])
    gone = ask("append", shop / "grown", "--data", shop / "log.csv", "--remove", "-q", "--json")
    assert json.loads(gone.stdout)["removed"] == 2
    checked = ask("check", shop / "grown")
    assert checked.exit_code == 0
    assert "2 of 8 items have no codes" in checked.stdout


def paths(tree):
    """(codes, title) of every item."""
    found = set()
    for node in tree:
        found |= paths(node["branches"]) or {(node["codes"], *node["titles"])}
    return found


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["build", "sequentail", "--data", "mini-world", "--out", "x"], 2, "'sequential'"),
        (["build", "title", "--data", "mini-world", "--out", "x", "--set", "longst=3"], 2,
         "did you mean 'longest'"),
        (["build", "title", "--data", "mini-wrold", "--out", "x"], 2, "'mini-world'"),
        (["show", "nothing"], 1, "is no index"),
        (["check", "nothing"], 1, "is no index"),
        (["append", "nothing", "--data", "mini-world"], 1, "is no index"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_with_what_to_do(words, code, said, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    done = ask(*words)
    assert done.exit_code == code, done.output
    assert said in done.stderr
    assert "Traceback" not in done.output


def test_impossible_depths_are_refused(shop):
    build(shop)
    done = ask("show", shop / "index", "--depth", 0)
    assert (done.exit_code, "need 1 or more" in done.stderr) == (2, True)


def test_the_index_of_a_model_can_be_looked_at_and_grown_elsewhere(tmp_path):
    words = ["--set", "scheme=category", "--set", "training.steps=2", "--out", tmp_path / "tiger"]
    fit = ["fit", "tiger", "--data", "mini-world", "-q", *map(str, words)]
    assert RUNNER.invoke(app, fit).exit_code == 0
    shown = json.loads(ask("show", tmp_path / "tiger", "--depth", 2, "--json").stdout)
    assert (shown["scheme"], shown["n_items"]) == ("category", 150)
    grow = ["append", tmp_path / "tiger", "--data", "mini-world", "-q"]
    refused = ask(*grow)
    assert (refused.exit_code, "is a model" in refused.stderr) == (2, True)
    assert ask(*grow, "--out", tmp_path / "index").exit_code == 0
    assert ask("check", tmp_path / "index").exit_code == 0
