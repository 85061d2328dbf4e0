"""Intention: from what a person has in mind to items, in the words of a language model."""

from dataclasses import replace

import pytest

from penchant.backbones import HashedText
from penchant.core import Ragged, Run, UnknownName, UsageError
from penchant.data import Flag
from penchant.language import ScriptedLM
from penchant.recommenders.intention import Intention


def script(tmp_path, *answers):
    return ScriptedLM(answers=answers, heard=str(tmp_path / "heard"))


def fitted(films, lm, **options):
    return Intention(lm=lm, **{"encoder": None, **options}).fit(films, Run())


def test_queries_that_the_model_writes_are_searched_for(films, ask, tmp_path, heard):
    queries = replace(ask([[0]]).unseen(), texts=["a rainy evening"])
    lm = script(tmp_path, "1. quiet film of 1972\n2. toys")
    found = fitted(films, lm).recommend(queries, 3, Run())
    assert {*found.items[0].tolist()} == {5, 3, 4}
    assert found.flags[0] == 0
    assert 'I say: "a rainy evening"' in heard()[0]
    assert "1. Heat" in heard()[0]


def test_own_words_are_searched_for_beside_them(films, ask):
    queries = replace(ask([[]]), texts=["space"])
    lm = ScriptedLM(answers=("crime",))
    own = fitted(films, lm, own_words=5.0).recommend(queries, 1, Run())
    models = fitted(films, lm, own_words=0.0).recommend(queries, 1, Run())
    assert own.items[0, 0] in (1, 2)
    assert models.items[0, 0] == 0


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        (("funny", [], False), "now the user search that funny"),
        (("funny", [], True), "related to the user's funny"),
        (("funny", [0], False), 'recently purchased the following "Heat"'),
        (("funny", [0], True), 'has interacted with the following "Heat"'),
        (("", [0], False), "the customer has bought: Heat."),
    ],
)
def test_items_are_asked_for_in_the_instructions_of_instructrec(
    films, ask, tmp_path, heard, asked, words
):
    said, history, vague = asked
    queries = replace(ask([history]), texts=[said])
    model = fitted(films, script(tmp_path, "Solaris"), writes="items", vague=vague)
    assert model.recommend(queries, 1, Run()).items[0, 0] == 5
    assert words in heard()[0]


def test_titles_come_first_in_their_order(films, ask):
    queries = replace(ask([[0]]).unseen(), texts=["space"])
    lm = ScriptedLM(answers=("1. Ran\n2. Emma\n3. Heat",))
    found = fitted(films, lm, writes="items").recommend(queries, 3, Run())
    assert found.items[0, :2].tolist() == [7, 6]
    assert found.items[0, 2] in (1, 2)


@pytest.mark.parametrize("behaviour", ["down", "limited", "silent", "wrong-key"])
@pytest.mark.parametrize("writes", ["items", "queries"])
def test_without_an_answer_own_words_are_searched_for(films, ask, behaviour, writes, notes):
    queries = replace(ask([[]]), texts=["toys"])
    model = fitted(films, ScriptedLM(behaviour=behaviour), writes=writes)
    found = model.recommend(queries, 2, Run(watch=notes))
    assert {*found.items[0].tolist()} == {3, 4}
    assert found.flags[0] == Flag.DEGRADED
    assert "their own words are searched for" in notes.said[-1]


@pytest.mark.parametrize("behaviour", ["prose", "foreign", "hostile", "declining", "copying"])
def test_what_is_no_search_query_is_not_searched_for(films, ask, behaviour, notes):
    queries = replace(ask([[0, 5]]), texts=["toys"])
    lm = ScriptedLM(behaviour=behaviour)
    found = fitted(films, lm).recommend(queries, 2, Run(watch=notes))
    assert {*found.items[0].tolist()} == {3, 4}
    assert found.flags[0] == Flag.DEGRADED
    assert "1 unreadable; their own words are searched for" in notes.said[-1]


@pytest.mark.parametrize("writes", ["items", "queries"])
def test_lines_that_are_of_no_use_are_counted(films, ask, writes, notes):
    queries = replace(ask([[0]]).unseen(), texts=["toys"])
    lm = ScriptedLM(answers=("Ran\n<b>1979</b>\nThe Film That Nobody Ever Made at All, Part 2",))
    found = fitted(films, lm, writes=writes).recommend(queries, 3, Run(watch=notes))
    assert 7 in found.items[0]
    assert found.flags[0] == 0
    assert "1 question: 2 invalid" in notes.said[-1]


@pytest.mark.parametrize("behaviour", ["hostile", "prose", "foreign", "inventing"])
def test_whatever_the_model_writes_only_open_items_come_back(films, ask, behaviour):
    queries = replace(ask([[0]]).unseen(), texts=["toys"], candidates=Ragged.of([[0, 3, 6, 9]]))
    model = fitted(films, ScriptedLM(behaviour=behaviour), writes="items", encoder=HashedText())
    assert {*model.recommend(queries, 3, Run()).items[0].tolist()} == {3, 6, 9}


def test_nobody_who_says_nothing_and_chose_nothing_is_asked_about(films, ask, tmp_path, heard):
    found = fitted(films, script(tmp_path, "x")).recommend(ask([[], [-1]]), 2, Run())
    assert heard() == []
    assert found.flags.tolist() == [0, 0]


@pytest.mark.parametrize(
    ("options", "error"), [({"writes": "poems"}, UnknownName), ({"lines": 0}, UsageError)]
)
def test_what_cannot_be_is_refused(options, error):
    with pytest.raises(error):
        Intention(**options)
