"""``penchant ask`` and ``penchant explain``."""

import json

import pytest
from typer.testing import CliRunner

import penchant as pn
from penchant.cli.main import app

SAYS = json.dumps({"lm": "scripted", "answers": ["Try this [2]. Watch Stalker [1]."]})
DOWN = json.dumps({"lm": "scripted", "behaviour": "down"})


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    folder = tmp_path_factory.mktemp("models") / "covisit"
    pn.fit(pn.CoVisit(), pn.data.mini_world()).save(folder)
    return str(folder)


def run(*arguments):
    return CliRunner().invoke(app, list(arguments))


def test_an_answer_is_told_with_what_it_cites(saved):
    ran = run("ask", "-m", saved, "a detective", "--lm", SAYS)
    assert ran.exit_code == 0, ran.output
    assert ran.stdout.startswith("Try this [2]. \n")
    assert "Stalker" not in ran.stdout
    assert "1 names what was not retrieved" in ran.stderr
    assert "1 calls of language models" in ran.stderr


def test_an_answer_can_be_read_by_programs(saved):
    ran = run("ask", "-m", saved, "a detective", "--lm", SAYS, "--json", "--quiet")
    said = json.loads(ran.stdout)
    assert said["answer"] == "Try this [2]."
    assert [one["number"] for one in said["evidence"] if one["cited"]] == [2]
    assert said["withheld"] == {"names what was not retrieved": 1}
    assert said["degraded"] is False
    assert ran.stderr == ""


def test_a_model_that_is_down_leaves_a_plain_answer(saved):
    ran = run("ask", "-m", saved, "a detective", "--lm", DOWN, "--json", "--quiet")
    said = json.loads(ran.stdout)
    assert ran.exit_code == 0
    assert said["degraded"] is True
    assert said["answer"].startswith("Nearest to what you ask: ")


def test_a_recorded_answer_is_replayed(saved, tmp_path):
    books = str(tmp_path / "books.sqlite")
    asked = ("ask", "-m", saved, "a detective", "--lm", SAYS, "--json", "--quiet", "--books", books)
    first = run(*asked, "--calls", "record").stdout
    assert run(*asked, "--calls", "replay").stdout == first
    other = run(*asked[:3], "a starship", *asked[4:], "--calls", "replay")
    assert other.exit_code == 1
    assert json.loads(other.stdout)["degraded"] is True


def test_why_is_told(saved):
    ran = run("explain", "-m", saved, "--item", "b14104", "--history", "b65782", "--lm", DOWN)
    assert ran.exit_code == 0, ran.output
    assert "The Royal Crown, part 4 [1], because you chose The Frozen Comet, part 1 [2]." in (
        ran.stdout
    )


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("ask", "a detective", "--lm", "locl"), "did you mean 'local'"),
        (("ask", " ", "--lm", "scripted"), "no question"),
        (("ask", "x", "--lm", "scripted", "--where", "yaer > 1"), "yaer"),
        (("explain", "--item", "b1410", "--lm", "scripted"), "b1410"),
        (("ask", "x", "--lm", "scripted", "--calls", "sometimes"), "sometimes"),
    ],
)
def test_what_cannot_be_is_told_in_a_few_lines(saved, arguments, says):
    ran = run(arguments[0], "-m", saved, *arguments[1:])
    assert ran.exit_code == 2
    assert says in ran.stderr
    assert "Traceback" not in ran.stderr


@pytest.mark.parametrize("setting", ["lm=scripted", 'lm={lm="scripted", behaviour="prose"}'])
def test_a_method_is_fitted_with_another_language_model(tmp_path, setting):
    folder = str(tmp_path / "nir")
    ran = run("fit", "nir", "--data", "mini-world", "--set", setting, "--out", folder, "-q")
    assert ran.exit_code == 0, ran.output
    told = run("recommend", "-m", folder, "--user", "u907258", "-k", "3", "--json", "-q")
    assert len(json.loads(told.stdout)) == 3


@pytest.mark.parametrize("verb", [("ask", "a detective"), ("explain", "--item", "b14104")])
def test_a_dry_run_says_what_it_would_take_and_no_more(saved, verb):
    name, *words = verb
    ran = run(name, "-m", saved, *words, "--lm", SAYS, "--dry-run", "--json", "--quiet")
    said = json.loads(ran.stdout)
    assert said["calls"] == 1
    assert said["most_tokens"] > 100
