"""Prompts from the command line."""

import json

import pytest
from typer.testing import CliRunner

from penchant.cli.main import app
from penchant.prompting import prompt, prompts

MINE = """+++
name = "rank-pair"
version = 2
task = "rank"
source = "mine"
slots.first = "a title"
slots.second = "another title"
+++
{{ first }} or {{ second }}?
"""


def ask(*words):
    return CliRunner().invoke(app, ["prompts", *map(str, words)])


@pytest.fixture
def mine(tmp_path):
    file = tmp_path / "rank-pair@2.jinja"
    file.write_text(MINE)
    return file


def test_all_prompts_are_listed():
    rows = json.loads(ask("list", "--json").stdout)
    assert [row["prompt"] for row in rows] == [made.key for made in prompts()]
    rows = json.loads(ask("list", "--preset", "PR14", "--json").stdout)
    assert {row["needs"] for row in rows} == {"candidates, history"}
    assert "rank-pair@1" in ask("list", "--task", "rank").stdout
    wrong = ask("list", "--task", "ranks")
    assert wrong.exit_code == 2
    assert "did you mean 'rank'" in wrong.stderr


def test_a_prompt_is_shown_with_its_slots():
    shown = ask("show", "rank-pair").stdout
    made = prompt("rank-pair")
    assert made.template in shown
    assert "second: another title" in shown
    assert made.text in shown
    document = json.loads(ask("show", "rank-pair", "--json").stdout)
    assert document["template"] == made.template
    assert document["text"] == made.text


def test_a_prompt_is_filled():
    words = ["--set", "first=Heat", "--set", "second=1984", "--set", 'history=["Up", "Big"]']
    done = ask("show", "rank-pair@1", *words)
    assert done.exit_code == 0, done.stderr
    told = {"first": "Heat", "second": "1984", "history": ["Up", "Big"]}
    assert done.stdout.strip() == prompt("rank-pair").fill(**told).text()
    document = json.loads(ask("show", "rank-pair@1", *words, "--json").stdout)
    assert document["messages"][0]["role"] == "system"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["rank-pairs"], "did you mean 'rank-pair'"),
        (["rank-pair", "--set", "first=Heat"], "rank-pair@1 needs history"),
        (["rank-pair", "--set", "first"], "wanted SLOT=VALUE"),
        (["rank-pair", "--set", "history=Up,Big"], """is written 'history=["Up", "Big"]'"""),
        (["user-profile-protected", "--set", "history=[]"], "protected attributes"),
    ],
)
def test_what_cannot_be_shown_is_said_in_words(words, said):
    done = ask("show", *words)
    assert done.exit_code == 2
    assert said in done.stderr


def test_protected_attributes_need_a_word():
    assert ask("show", "user-profile-protected").exit_code == 0
    done = ask("show", "user-profile-protected", "--protected", "--set", "history=[]")
    assert "gender" in done.stdout


def test_a_file_that_is_not_there_is_said_to_be_missing():
    done = ask("show", "./nothing.jinja")
    assert done.exit_code == 3
    assert "hint: name a file that is there" in done.stderr


def test_two_prompts_are_compared(mine):
    shown = ask("diff", "rank-pair", mine).stdout
    assert "--- rank-pair@1" in shown
    assert "+++ rank-pair@2" in shown
    assert "+{{ first }} or {{ second }}?" in shown
    assert ask("diff", "rank-pair", "rank-pair@1").stdout == ""
    document = json.loads(ask("diff", "rank-pair", mine, "--json").stdout)
    assert document["one"] == prompt("rank-pair").template


def test_a_broken_file_is_refused_with_its_line(mine):
    mine.write_text(MINE.replace("{{ second }}", "{{ secnd }}"))
    done = ask("show", mine)
    assert done.exit_code == 3
    assert "rank-pair@2.jinja:9: slot 'secnd' is used and not declared" in done.stderr
