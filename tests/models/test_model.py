from dataclasses import replace

import numpy as np
import polars as pl
import pytest

import penchant as pn
from penchant.core import Overheard, Run, Silent, UsageError
from penchant.language import ScriptedLM


@pytest.fixture(scope="module")
def data():
    return pn.data.mini_world()


@pytest.fixture(scope="module")
def model(data):
    return pn.fit(pn.CoVisit(), data, threads=1)


@pytest.fixture(scope="module")
def user(data):
    return data.people.ids.names([int(np.argmax(data.histories().items.lengths))])[0]


def seen_by(data, user):
    return data.catalog.ids.names(data.histories().items[data.people.ids.row(user)])


def test_a_known_user_gets_new_items_best_first(model, data, user):
    answer = model.recommend(users=[user], k=8)
    assert answer["rank"].to_list() == list(range(1, 9))
    assert answer["score"].is_sorted(descending=True)
    assert not set(answer["item"]) & set(seen_by(data, user))


def test_what_was_seen_may_come_back_when_asked_for(model, data, user):
    every = model.recommend(users=[user], k=len(data.catalog), again=True)
    assert set(seen_by(data, user)) <= set(every["item"])


def test_an_unknown_user_is_answered_and_named(model):
    asked = model.ask(users=["nobody"])
    answer = model.answer(asked, k=3)
    assert len(answer.frame) == 3
    assert answer.unknown_users == ("nobody",)
    assert "nobody" in answer.notes[0]


def test_an_unknown_item_in_a_history_is_skipped_and_counted(model, data, user):
    known = seen_by(data, user)[:3]
    with_unknown = model.answer(model.ask(history=[known[0], "no-such-item", *known[1:]]), k=5)
    without = model.answer(model.ask(history=known), k=5)
    assert with_unknown.unknown_items == ("no-such-item",)
    assert with_unknown.frame["item"].to_list() == without.frame["item"].to_list()


def test_filters_hold_and_k_items_come_back(model, data, user):
    answer = model.recommend(users=[user], k=5, where="price < 15 and part = 1")
    rows = data.catalog.table.filter(pl.col("id").is_in(answer["item"].to_list()))
    assert len(answer) == 5
    assert (rows["price"] < 15).all()
    assert (rows["part"] == 1).all()


def test_excluded_items_do_not_come(model, user):
    first = model.recommend(users=[user], k=3)["item"].to_list()
    assert not set(first) & set(model.recommend(users=[user], k=3, exclude=first)["item"])


def test_more_than_the_catalogue_gives_the_catalogue(model, data):
    answer = model.answer(model.ask(history=[]), k=10_000)
    assert len(answer.frame) == len(data.catalog)
    assert any("fewer came back" in note for note in answer.notes)


@pytest.mark.parametrize("k", [0, -1, True, 2.5])
def test_a_k_that_cannot_be_is_refused(model, k):
    with pytest.raises(UsageError, match="at least 1"):
        model.recommend(history=[], k=k)


@pytest.mark.parametrize("given", [{}, {"users": ["u"], "history": []}])
def test_exactly_one_asker_is_wanted(model, given):
    with pytest.raises(UsageError, match="exactly one"):
        model.recommend(**given)


def test_a_bare_string_is_not_read_letter_by_letter(model):
    with pytest.raises(UsageError, match=r"users=\['u1'\]"):
        model.recommend(users="u1")


def test_similar_items_leave_the_item_out(model, data):
    item = data.catalog.ids.names([0])[0]
    near = model.similar(item, k=4)
    assert near["of"].unique().to_list() == [item]
    assert item not in near["item"].to_list()


def test_a_method_without_nearness_says_who_has_it(data):
    popular = pn.fit(pn.Popular(), data, threads=1)
    with pytest.raises(UsageError, match="ask covisit"):
        popular.similar(data.catalog.ids.names([0])[0])


def test_evidence_is_from_the_history_strongest_first(model, data, user):
    answer = model.recommend(users=[user], k=1)
    because = model.evidence(model.ask(users=[user]), answer["item"].to_list(), k=3)
    assert set(because["because"]) <= set(seen_by(data, user))
    assert because["contribution"].is_sorted(descending=True)


def test_an_erased_person_leaves_no_trace_and_moves_nobody(model, data, user):
    other = next(name for name in data.people.ids.series() if name != user)
    erased = model.erase([user])
    assert user not in erased.people.ids
    row = data.people.ids.row(user)
    assert erased.people.table[row].drop("id").row(0) == (None,) * (erased.people.table.width - 1)
    assert len(erased.histories.items[row]) == 0
    before, after = (m.recommend(users=[other], k=5)["item"].to_list() for m in (model, erased))
    assert before == after


def test_batches_and_single_questions_agree(model, data):
    users = data.people.ids.series().to_list()[:20]
    batch = model.recommend(users=users, k=5)
    single = pl.concat([model.recommend(users=[user], k=5) for user in users])
    assert batch["item"].to_list() == single["item"].to_list()


def test_a_language_model_that_is_down_is_told_where_nobody_watches(data):
    method = pn.Cascade(
        first=pn.CoVisit(), second=pn.LLMRank(lm=ScriptedLM(behaviour="wrong-key")), pool=5
    )
    model = pn.fit(method, data)
    ids = model.catalog.ids.names([1, 2])
    with pytest.warns(UserWarning, match=r"Cascade: 1 of 1 lists is of its fallback .*the key"):
        frame = model.recommend(history=ids, k=2)
    assert frame["degraded"].to_list() == [True, True]
    watched = replace(model, run=Run(watch=Overheard(Silent())))
    assert watched.recommend(history=ids, k=2).equals(frame)
    assert "the key was refused" in watched.run.watch.notes[0]
