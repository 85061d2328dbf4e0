"""LLMRank: what it says of candidates and people whom the model is not asked about."""

from dataclasses import replace

import polars as pl

import penchant as pn
from penchant.core import Ragged, Run
from penchant.data import Flag
from penchant.language import ScriptedLM
from penchant.testing import walking_world

WORLD = walking_world()
LM = ScriptedLM()


def test_a_cascade_says_how_many_of_its_pool_the_model_is_shown(ask, notes):
    method = pn.Cascade(first=pn.Popular(), second=pn.LLMRank(lm=LM, pool=4), pool=9)
    method.fit(WORLD, Run()).recommend(ask([[0, 2]]), 3, Run(watch=notes))
    assert "llmrank shows the model 4 of up to 9 candidates" in notes.said[0]
    assert "second.pool=9" in notes.said[0]
    enough = replace(method, second=pn.LLMRank(lm=LM, pool=9))
    enough.fit(WORLD, Run()).recommend(ask([[0, 2]]), 3, Run(watch=notes))
    assert len(notes.said) == 1


def test_people_without_a_history_are_told_of(ask, notes):
    fitted = pn.LLMRank(lm=LM).fit(WORLD, Run())
    answer = fitted.recommend(ask([[], [0, 2]]), 3, Run(watch=notes))
    assert answer.flags.tolist() == [Flag.DEGRADED, 0]
    assert notes.said == [
        "1 of 2 rows have no history: no model is asked about them, and they stay as proposed"
    ]


def test_candidates_without_a_title_are_told_of(ask, notes):
    titles = WORLD.catalog.titles()
    titles[9] = " "
    table = WORLD.catalog.table.with_columns(title=pl.Series(titles))
    data = replace(WORLD, catalog=replace(WORLD.catalog, table=table))
    asked = replace(ask([[0, 2]]), candidates=Ragged.of([[9, 4, 7]]))
    for how in ("listwise", "windows", "pointwise", "pairwise"):
        fitted = pn.LLMRank(lm=LM, how=how).fit(data, Run())
        fitted.recommend(asked, 3, Run(watch=notes))
        assert "1 of 3 candidates have no title" in notes.said.pop()
        assert not notes.said
