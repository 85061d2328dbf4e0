"""LLMRank at an endpoint: whatever breaks there costs a row nothing but a flag."""

from dataclasses import replace
from typing import get_args

import numpy as np
import pytest

from penchant.core import Deadline, Ragged, Run
from penchant.data import Flag
from penchant.language import RemoteLM, ScriptedLM, forget_open_models
from penchant.recommenders.llmrank import LLMRank
from penchant.testing import serve_model, walking_world
from penchant.testing.spoiling import Fault
from tests.notes import Notes

WORLD = walking_world()
POOLS = [[9, 4, 7, 1, 12], [3, 15, 6]]
PRIOR = [[9, 4, 7, 1, 12], [3, 15, 6, -1, -1]]
HARMLESS = {"no-done", "no-usage"}
"""Faults that leave the answer as it is."""


@pytest.fixture(autouse=True)
def own_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("PENCHANT_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    yield
    forget_open_models()


@pytest.fixture
def queries(ask):
    return replace(ask([[0, 2], [5]]), candidates=Ragged.of(POOLS))


def method_of(base_url, **options):
    lm = RemoteLM(
        base_url=base_url,
        model="scripted",
        retries=1,
        pause_s=0.001,
        pause_most_s=1.0,
        timeout_s=0.3,
        concurrency=2,
    )
    return LLMRank(lm=lm, **options)


def ranked(method, queries, run):
    return method.fit(WORLD, run).recommend(queries, 5, run)


def is_prior(answer):
    return answer.items.tolist() == PRIOR and bool((answer.flags & Flag.DEGRADED).all())


@pytest.mark.parametrize("fault", sorted({*get_args(Fault)} - HARMLESS))
def test_every_fault_leaves_the_order_proposed(fault, queries):
    notes = Notes()
    with serve_model(ScriptedLM().open(Run()), always=fault) as server:
        answer = ranked(method_of(server.base_url), queries, Run(watch=notes))
        assert server.asked
    assert is_prior(answer)
    assert any("keeps its place" in text for text in notes.said)


@pytest.mark.parametrize("fault", ["429-after", "500", "close", "cut", "garbled", "empty-choices"])
def test_a_fault_that_passes_leaves_no_trace(fault, queries):
    with serve_model(ScriptedLM().open(Run())) as server:
        calm = ranked(method_of(server.base_url), queries, Run())
    forget_open_models()
    with serve_model(ScriptedLM().open(Run()), faults=[fault]) as server:
        shaken = ranked(method_of(server.base_url), queries, Run())
    assert not (calm.flags & Flag.DEGRADED).any()
    assert np.array_equal(calm.items, shaken.items)
    assert np.array_equal(calm.flags, shaken.flags)


def test_nothing_listens(queries):
    with serve_model(ScriptedLM().open(Run())) as server:
        gone = server.base_url
    assert is_prior(ranked(method_of(gone), queries, Run()))


def test_a_key_that_is_wrong_and_a_model_that_is_not_there(queries):
    with serve_model(ScriptedLM().open(Run()), key="right") as server:
        assert is_prior(ranked(method_of(server.base_url), queries, Run()))
    with serve_model(ScriptedLM().open(Run()), name="other") as server:
        assert is_prior(ranked(method_of(server.base_url), queries, Run()))


def test_a_server_that_stops_between_two_answers(queries):
    with serve_model(ScriptedLM().open(Run())) as server:
        fitted = method_of(server.base_url).fit(WORLD, Run())
        assert not (fitted.recommend(queries, 5, Run()).flags & Flag.DEGRADED).any()
    assert is_prior(fitted.recommend(queries, 5, Run()))


def test_a_deadline_that_is_near_is_kept(queries):
    with serve_model(ScriptedLM().open(Run()), always="hang") as server:
        fitted = method_of(server.base_url).fit(WORLD, Run())
        assert is_prior(fitted.recommend(queries, 5, Run(deadline=Deadline.after(0.1))))


def test_an_endpoint_without_likelihoods_leaves_the_order_proposed(queries):
    with serve_model(ScriptedLM().open(Run()), abilities=["chat", "max_tokens"]) as server:
        method = method_of(server.base_url, answer="likelihood")
        assert is_prior(ranked(method, queries, Run()))
    forget_open_models()
    with serve_model(ScriptedLM().open(Run())) as server:
        method = method_of(server.base_url, answer="likelihood")
        assert not (ranked(method, queries, Run()).flags & Flag.DEGRADED).any()
