"""From settings of a command line to methods."""

import pytest

import penchant as pn
from penchant.backbones import RemoteEncoder
from penchant.cli.source import build_method
from penchant.core import SpecError
from penchant.language import ScriptedLM

DOWN = pn.Cascade(first=pn.CoVisit(), second=pn.LLMRank(lm=ScriptedLM(behaviour="down")), pool=7)


@pytest.mark.parametrize(
    "second",
    [
        ["second=llmrank", "second.lm=scripted", "second.lm.behaviour=down"],
        ["second.lm.behaviour=down", "second.lm=scripted", "second=llmrank"],
        ["second.method=llmrank", "second.lm.lm=scripted", "second.lm.behaviour=down"],
        ['second={"method": "llmrank", "lm": {"lm": "scripted", "behaviour": "down"}}'],
        ["second=llmrank", 'second.lm={"lm": "scripted", "behaviour": "down"}'],
        ['second={method = "llmrank", lm = {lm = "scripted", behaviour = "down"}}'],
    ],
)
def test_a_table_is_named_in_a_word_by_its_options_or_as_json(second):
    assert build_method("cascade", ["first=covisit", *second, "pool=7"]) == DOWN


def test_a_list_in_words_is_refused_with_its_form():
    with pytest.raises(SpecError, match=r"--set parts: wanted a list such as \["):
        build_method("blend", ["parts=covisit,ease"])
    assert build_method("blend", ['parts=["covisit", "ease"]']).parts[0] == pn.CoVisit()


def test_a_name_of_two_kinds_is_of_the_kind_of_its_option():
    url = "http://localhost:8080/v1"
    made = build_method("search", ["encoder=remote", f"encoder.base_url={url}", "encoder.model=e5"])
    assert made.encoder == RemoteEncoder(base_url=url, model="e5")
