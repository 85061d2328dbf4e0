import json

import polars as pl
import pytest

import penchant as pn
from tests.cli.test_verbs import ask


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    folder = tmp_path_factory.mktemp("model") / "covisit"
    pn.fit(pn.CoVisit(), pn.data.mini_world()).save(folder)
    return folder


def test_it_says_why_and_what_would_change_it(saved):
    model = pn.load(saved)
    whole = model.recommend(history=[], k=150)["item"].to_list()
    told = json.loads(ask("why-not", "-m", saved, whole[30], "--history", "", "--json").stdout)
    assert told["reason"] == "ranked"
    assert told["rank"] > 10
    text = ask("why-not", "-m", saved, whole[30], "--history", "", "--where", "year < 0").stdout
    assert "filtered" in text
    assert "would change it: leave out that clause" in text
    assert ask("why-not", "-m", saved, whole[0]).exit_code == 2


def test_lists_keep_the_rules_of_the_command_line(saved, tmp_path):
    table = pn.load(saved).catalog.table.select("id", "author")
    rules = ("--at-most", "author=1", "--diversity", 0.3)
    found = json.loads(ask("recommend", "-m", saved, "--history", "", *rules, "--json").stdout)
    authors = table.filter(pl.col("id").is_in([row["item"] for row in found]))["author"]
    assert len(found) == authors.n_unique() == 10
    queries, out = tmp_path / "queries.jsonl", tmp_path / "out.jsonl"
    queries.write_text('{"history": []}\n')
    done = ask("recommend", "-m", saved, "--queries", queries, "--out", out, *rules)
    assert done.exit_code == 0
    assert pl.read_ndjson(out)["item"].to_list() == [row["item"] for row in found]
    bad = ask("recommend", "-m", saved, "--history", "", "--at-most", "author")
    assert bad.exit_code == 2
    assert "COLUMN=N" in bad.output
