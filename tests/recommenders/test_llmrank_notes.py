"""LLMRank: what it says of candidates and people whom the model is not asked about."""

from dataclasses import replace

import penchant as pn
from penchant.core import Run
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
