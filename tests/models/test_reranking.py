"""What a model proposes, ordered anew by a language model."""

from dataclasses import replace

import numpy as np
import polars as pl
import pytest

import penchant as pn
from penchant.core import Overheard, Run, Silent, UsageError
from penchant.data import Flag
from penchant.language import ScriptedLM
from penchant.models import Pool, rerank
from penchant.models.reranking import known_data

DATA = pn.data.mini_world()


@pytest.fixture(scope="module")
def model():
    return pn.fit(pn.CoVisit(), DATA)


def last_first(n):
    """Answers with the numbers from n down."""
    return ScriptedLM(answers=(", ".join(str(one) for one in range(n, 0, -1)),))


def test_what_was_proposed_is_put_in_the_order_of_the_language_model(model):
    users = model.people.ids.names([3, 4])
    method = pn.LLMRank(lm=last_first(5), shuffled=False, pool=5)
    frame = pl.concat(rerank(model, model.ask(users), method, k=3, pool=Pool(5)))
    assert frame.columns == ["user", "rank", "item", "title", "score", "before", "degraded"]
    assert frame["before"].to_list() == [5, 4, 3] * 2
    assert not frame["degraded"].any()
    proposed = model.recommend(users=users, k=5)
    for user in users:
        mine = frame.filter(user=user)["item"].to_list()
        assert mine == proposed.filter(user=user)["item"].to_list()[:1:-1]


def test_named_items_are_ordered_for_everybody(model):
    names = model.catalog.ids.names([5, 9, 2])
    method = pn.LLMRank(lm=last_first(3), shuffled=False)
    asked = model.ask(history=model.catalog.ids.names([1]))
    frame = pl.concat(rerank(model, asked, method, pool=Pool(candidates=names)))
    assert frame["item"].to_list() == names[::-1]


def test_people_come_a_few_at_a_time(model):
    asked = model.ask(model.people.ids.names(list(range(20))))
    frames = list(rerank(model, asked, pn.LLMRank(lm=ScriptedLM()), k=2))
    assert [frame["user"].n_unique() for frame in frames] == [8, 8, 4]


def test_a_pool_that_is_smaller_than_the_answer_grows_and_that_is_said(model):
    notes = Overheard(Silent())
    told = replace(model, run=Run(watch=notes))
    asked = told.ask(model.people.ids.names([1]))
    frame = pl.concat(rerank(told, asked, pn.LLMRank(lm=ScriptedLM()), k=3, pool=Pool(1)))
    assert len(frame) == 3
    assert notes.notes == ["pool=1: 3 items are asked for, and so proposed"]


def test_a_filter_holds_for_what_is_proposed(model):
    asked = model.ask(model.people.ids.names([1]))
    pool = Pool(10, where="year > 2000")
    frame = pl.concat(rerank(model, asked, pn.LLMRank(lm=ScriptedLM()), pool=pool))
    years = model.catalog.table.filter(pl.col("id").is_in(frame["item"].to_list()))["year"]
    assert len(frame) == 10
    assert years.min() > 2000


def test_what_a_model_knows_of_people_is_what_it_learned_from(model):
    known = known_data(model)
    columns = ["user", "item", "time", "rating"]
    assert known.events.select(columns).equals(DATA.events.select(columns))
    assert known.events.schema["kind"] == pl.String


def test_a_calibrated_method_learns_from_histories(model):
    method = pn.LLMRank(lm=ScriptedLM(), answer="likelihood", calibrated=True)
    asked = model.ask(model.people.ids.names([1]))
    assert len(pl.concat(rerank(model, asked, method))) == 10


def test_a_model_that_is_down_leaves_the_order_proposed(model):
    asked = model.ask(model.people.ids.names([1]))
    method = pn.LLMRank(lm=ScriptedLM(behaviour="down"))
    with pytest.warns(UserWarning, match="LLMRank: 1 of 1 lists is of its fallback .*1 down"):
        frame = pl.concat(rerank(model, asked, method))
    assert frame["before"].to_list() == list(range(1, 11))
    assert frame["degraded"].all()
    rankings = method.fit(DATA, Run()).recommend(asked.queries, 3, Run())
    assert np.array_equal(rankings.flags, [Flag.DEGRADED])


def test_nothing_to_order_is_refused(model):
    asked = model.ask(model.people.ids.names([1]))
    with pytest.raises(UsageError, match="pool=0"):
        next(rerank(model, asked, pn.LLMRank(lm=ScriptedLM()), pool=Pool(0)))
    with pytest.raises(UsageError, match="no id 'nothing'"):
        next(rerank(model, asked, pn.LLMRank(lm=ScriptedLM()), pool=Pool(candidates=["nothing"])))
