"""Questions in people's own words, to any model."""

from dataclasses import replace

import pytest

import penchant as pn
from penchant.core import Run, UnknownName, UsageError
from penchant.language import LocalLM, RemoteLM, ScriptedLM
from penchant.models import ask, explain, read_language_model
from penchant.testing import serve_model
from tests.notes import Notes


@pytest.fixture(scope="module")
def model():
    return pn.fit(pn.CoVisit(), pn.data.mini_world())


def script(*answers):
    return ScriptedLM(answers=answers)


def test_any_model_can_be_asked(model):
    advice = ask(model, "a detective in a locked room", lm=script("Try this [2]. Or this [1]."))
    assert list(advice.sentences) == ["Try this [2].", "Or this [1]."]
    evidence = advice.evidence()
    assert evidence.columns == ["number", "item", "title", "cited"]
    assert evidence["cited"].to_list()[:3] == [2, 1, None]
    assert not advice.degraded
    first = model.catalog.ids.row(evidence["item"][0])
    assert "mystery" in model.catalog.table["categories"][first].to_list()


def test_the_history_of_a_user_is_not_retrieved(model):
    row = model.people.ids.row("u907258")
    seen = {model.catalog.ids.series()[item] for item in model.histories.items[row].tolist()}
    advice = ask(model, "a letter by the sea", lm=script("[1]."), user="u907258")
    assert list(advice.sentences)
    assert not seen & {*advice.evidence()["item"]}


def test_filters_hold(model):
    advice = ask(model, "a letter by the sea", lm=script("x"), where="year > 2015")
    assert list(advice.sentences)
    years = dict(model.catalog.table.select("id", "year").iter_rows())
    assert all(years[item] > 2015 for item in advice.evidence()["item"])


@pytest.mark.parametrize("behaviour", ["down", "prose", "hostile", "wrong-key", "cut"])
def test_a_model_that_fails_is_degraded_to_a_plain_sentence(model, behaviour):
    advice = ask(model, "a detective", lm=ScriptedLM(behaviour=behaviour))
    assert " ".join(advice.sentences).startswith("Nearest to what you ask: ")
    assert advice.degraded


def test_why_an_item_suits_is_told_from_past_choices(model):
    told = explain(model, "b65782", lm=script("Like that one [2]."), history=["b36501", "b14104"])
    assert list(told.sentences) == ["Like that one [2]."]
    assert {*told.evidence()["item"]} == {"b65782", "b36501", "b14104"}
    assert told.evidence()["item"][0] == "b65782"


def test_a_model_with_a_language_model_uses_its_own():
    method = pn.RetrievalAugmented(lm=script("Its own [1]."), encoder=None)
    fitted = pn.fit(method, pn.data.mini_world())
    assert list(ask(fitted, "a detective").sentences) == ["Its own [1]."]
    other = ask(fitted, "a detective", lm=script("Another [1]."))
    assert list(other.sentences) == ["Another [1]."]


def test_what_is_not_known_is_said():
    notes = Notes()
    fitted = pn.fit(pn.Popular(), pn.data.mini_world(), watch=notes)
    list(ask(fitted, "a detective", lm=script("[1]."), user="nobody").sentences)
    assert any("1 unknown user ('nobody')" in text for text in notes.said)


def test_a_question_is_read_up_to_a_length(model):
    advice = ask(model, "x" * 10_000, lm=script("[1]."))
    assert len(advice.gate.evidence.own_words) == 600
    assert list(advice.sentences)


def test_what_cannot_be_asked_is_refused(model):
    with pytest.raises(UsageError, match="no question"):
        ask(model, "  ")
    with pytest.raises(UsageError, match="not both"):
        ask(model, "x", user="u907258", history=["b14104"])
    with pytest.raises(UsageError, match="no id 'b1410'"):
        explain(model, "b1410")


def test_language_models_are_read_by_name_or_with_options():
    assert read_language_model("local") == LocalLM()
    assert read_language_model('{"lm": "scripted", "behaviour": "down"}').behaviour == "down"
    with pytest.raises(UnknownName, match="did you mean 'local'"):
        read_language_model("locl")
    with pytest.raises(UsageError, match="is no JSON"):
        read_language_model('{"lm": ')
    with pytest.raises(UsageError, match="did you mean 'behaviour'"):
        read_language_model('{"lm": "scripted", "behavior": "down"}')


@pytest.fixture
def at_home(tmp_path, monkeypatch):
    """Models at an endpoint on this machine; what it can do is remembered in an empty cache."""
    monkeypatch.setenv("PENCHANT_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret-of-the-test")

    def make(server, **options):
        return RemoteLM(base_url=server.base_url, model="scripted", retries=0, **options)

    return make


def test_an_endpoint_streams_an_answer(model, at_home):
    with serve_model(script("Try this [1]. Watch Stalker [1]. Or this [2].").open(Run())) as server:
        advice = ask(model, "a detective", lm=at_home(server))
        assert list(advice.sentences) == ["Try this [1].", "Or this [2]."]


@pytest.mark.parametrize("fault", ["401", "404-model", "429", "500", "close", "cut", "garbled"])
def test_an_endpoint_that_fails_leaves_a_plain_answer(model, at_home, fault):
    notes = Notes()
    watched = replace(model, run=replace(model.run, watch=notes))
    with serve_model(script("Try this [1].").open(Run()), always=fault) as server:
        advice = ask(watched, "a detective", lm=at_home(server))
        said = list(advice.sentences)
    # What came before a stream was cut off may be a whole sentence.
    assert said == ["Try this [1]."] or said[0].startswith("Nearest to what you ask: ")
    assert fault == "cut" or advice.degraded
    assert not any("sk-secret" in text for text in notes.said)


def test_no_endpoint_at_all_leaves_a_plain_answer(model, at_home):
    lm = RemoteLM(base_url="http://127.0.0.1:9/v1", model="none", retries=0, timeout_s=2)
    advice = ask(model, "a detective", lm=lm)
    assert " ".join(advice.sentences).startswith("Nearest to what you ask: ")
    assert advice.degraded
