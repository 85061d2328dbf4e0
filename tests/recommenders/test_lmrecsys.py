"""LMRecSys: titles by their likelihood, corrected for what they have without a past."""

from dataclasses import replace

import pytest

from penchant.core import Ragged, Run, UnknownName, UsageError
from penchant.data import Flag
from penchant.language import ScriptedLM
from penchant.recommenders.lmrecsys import LMRecSys
from penchant.testing import check_recommender, walking_world

WORLD = walking_world()


@pytest.mark.parametrize(
    "method",
    [
        LMRecSys(lm=ScriptedLM(), pool=None, length="sum", prior=0.0),
        LMRecSys(lm=ScriptedLM(behaviour="down")),
    ],
    ids=["all of it", "down"],
)
def test_however_it_asks_the_promises_of_a_method_are_kept(method):
    check_recommender(method, learns=False)


def test_a_model_that_is_down_costs_the_row_nothing_but_a_flag(ask):
    queries = replace(ask([[0]]), candidates=Ragged.of([[9, 4, 7]]))
    fitted = LMRecSys(lm=ScriptedLM(behaviour="down")).fit(WORLD, Run())
    answer = fitted.recommend(queries, 3, Run())
    assert answer.items.tolist() == [[9, 4, 7]]
    assert answer.flags.tolist() == [Flag.DEGRADED]


@pytest.mark.parametrize(
    ("options", "error", "told"),
    [
        ({"length": "men"}, UnknownName, "did you mean 'mean'"),
        ({"pool": 0}, UsageError, "pool=0"),
        ({"prior": -1.0}, UsageError, "prior=-1"),
    ],
)
def test_options_that_make_no_sense_are_refused(options, error, told):
    with pytest.raises(error, match=told):
        LMRecSys(**options)
