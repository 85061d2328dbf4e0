"""ThinkFirst: a planner thinks, the answer orders candidates, and nothing else may be named."""

import json
from dataclasses import replace

import pytest

import penchant as pn
from penchant.core import Ragged, Run, UnknownName, UsageError, read_options, write_options
from penchant.data import Flag
from penchant.language import Ledger, ScriptedLM
from penchant.prompting import (
    PLANNERS,
    ChainOfThought,
    GraphOfThoughts,
    PlanBudget,
    SelfInspiring,
    TreeOfThoughts,
)
from penchant.recommenders import KINDS, METHOD
from penchant.recommenders.thinkfirst import ThinkFirst
from penchant.testing import check_recommender

NOW = "Now answer the question"
PLANNED = {
    "chain": ChainOfThought(steps=2),
    "graph": GraphOfThoughts(thoughts=2),
    "self-inspiring": SelfInspiring(depth=1, ways=2),
    "tree": TreeOfThoughts(depth=1, ways=2, beam=1),
}


@pytest.fixture
def queries(ask):
    return replace(ask([[0, 1], []]).unseen(), candidates=Ragged.of([[4, 2, 3, 7], [5, 6]]))


def test_every_planner_is_tried_here():
    assert set(PLANNED) == set(PLANNERS)


@pytest.mark.parametrize("planner", PLANNED.values(), ids=PLANNED)
def test_whatever_it_thinks_the_promises_of_a_method_are_kept(planner):
    check_recommender(ThinkFirst(lm=ScriptedLM(), planner=planner), learns=False)


@pytest.mark.parametrize("planner", PLANNED.values(), ids=PLANNED)
def test_its_answer_orders_what_was_shown_and_its_thoughts_are_kept(films, queries, planner):
    lm = ScriptedLM(replies=((NOW, "3, 1, 4, 2"), ("", "They like quiet films about space.")))
    fitted = ThinkFirst(lm=lm, planner=planner).fit(films, Run())
    plans = fitted.plans(queries, Run())
    shown = plans.shown[0].tolist()
    answer = fitted.recommend(queries, 4, Run())
    assert answer.items[0].tolist() == [shown[place] for place in (2, 0, 3, 1)]
    assert answer.flags[0] == 0
    assert plans.made[0].trace
    assert "quiet films" in plans.made[0].trace[0].text


def test_nobody_without_history_is_asked_about(films, queries):
    fitted = ThinkFirst(lm=ScriptedLM()).fit(films, Run())
    assert fitted.plans(queries, Run()).made[1] is None
    answer = fitted.recommend(queries, 2, Run())
    assert answer.items[1].tolist() == [5, 6]
    assert not answer.flags[1] & Flag.DEGRADED


def test_a_budget_is_for_each_person_and_is_never_passed(films, ask):
    asked = replace(ask([[0, 1], [2, 3]]).unseen(), candidates=Ragged.of([[4, 5, 7]] * 2))
    method = ThinkFirst(
        lm=ScriptedLM(), planner=TreeOfThoughts(depth=3), budget=PlanBudget(calls=4)
    )
    with Ledger.open(mode="live") as books:
        run = Run(books=books)
        made = method.fit(films, run).plans(asked, run).made
        assert books.figures()["calls"] == sum(plan.calls for plan in made)
    assert [plan.calls <= 4 for plan in made] == [True, True]
    assert all(plan.failures["budget"] for plan in made)


def test_without_a_budget_for_the_answer_rows_stay_as_proposed_and_say_so(films, queries, notes):
    method = ThinkFirst(lm=ScriptedLM(), budget=PlanBudget(calls=0))
    answer = method.fit(films, Run()).recommend(queries, 4, Run(watch=notes))
    assert answer.items[0].tolist() == [4, 2, 3, 7]
    assert answer.flags[0] == Flag.DEGRADED
    assert "budget; rows without an answer stay as proposed" in notes.said[-1]


def test_a_planner_is_named_in_a_spec_with_its_options():
    written = {"method": "think-first", "planner": {"planner": "tree", "ways": 2}}
    method = read_options(written, METHOD, KINDS)
    assert method == ThinkFirst(planner=TreeOfThoughts(ways=2))
    assert read_options({"method": "think-first", "planner": "graph"}, METHOD, KINDS).planner == (
        GraphOfThoughts()
    )
    again = json.loads(json.dumps(write_options(method, KINDS)))
    assert read_options(again, METHOD, KINDS) == method
    with pytest.raises(UnknownName, match="did you mean 'chain'"):
        read_options({"method": "think-first", "planner": "chan"}, METHOD, KINDS)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"pool": 1}, "pool=1"),
        ({"history": 0}, "history=0"),
        ({"planner": "tree"}, "planner='tree': wanted a value"),
    ],
)
def test_what_leaves_nothing_to_think_about_is_refused(options, said):
    with pytest.raises(UsageError, match=said):
        ThinkFirst(**options)


def test_it_is_saved_with_its_planner(tmp_path):
    lm = ScriptedLM()
    method = pn.Cascade(first=pn.CoVisit(), second=ThinkFirst(lm=lm, planner=PLANNED["tree"]))
    data = pn.data.mini_world()
    model = pn.fit(method, data, folder=tmp_path / "fitted")
    again = pn.load(tmp_path / "fitted" / "model")
    history = data.catalog.ids.names([3, 8])
    assert again.recommend(history=history, k=5).equals(model.recommend(history=history, k=5))
