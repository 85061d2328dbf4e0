"""What every method promises that asks a language model: failures, books, budgets, secrecy."""

import time
from dataclasses import replace
from typing import get_args

import numpy as np
import pytest

from penchant.backbones import HashedText
from penchant.core import AssetError, Deadline, Ragged, Run
from penchant.data import CanRate, CanWrite, Flag, Queries
from penchant.language import Budget, Ledger, LocalLM, ScriptedLM
from penchant.language.scripted.value import Behaviour
from penchant.prompting import TreeOfThoughts
from penchant.recommenders.bookgpt import BookGPT
from penchant.recommenders.incontext import InContext
from penchant.recommenders.intention import Intention
from penchant.recommenders.llmrank import LLMRank
from penchant.recommenders.lmrecsys import LMRecSys
from penchant.recommenders.nir import NIR
from penchant.recommenders.rag import RetrievalAugmented
from penchant.recommenders.thinkfirst import ThinkFirst

METHODS = {
    "bookgpt": BookGPT(),
    "in-context": InContext(),
    "in-context, next": InContext(task="next", shots=0),
    "in-context, nearest": InContext(examples="nearest"),
    "intention": Intention(encoder=HashedText()),
    "intention, items": Intention(encoder=None, writes="items"),
    "llmrank": LLMRank(),
    "lmrecsys": LMRecSys(),
    "nir": NIR(),
    "retrieval-augmented": RetrievalAugmented(encoder=HashedText()),
    "think-first": ThinkFirst(planner=TreeOfThoughts(depth=1, ways=2, beam=1)),
}
BEHAVIOURS = [one for one in get_args(Behaviour) if one != "slow"]


@pytest.fixture(params=METHODS.values(), ids=METHODS)
def method(request):
    return request.param


@pytest.fixture
def queries(films):
    """Three people with what they chose and what they say, each with three candidates."""
    histories = films.histories().take(np.array([0, 1, 2]))
    texts = ["something quiet", "space", ""]
    asked = Queries(histories, np.arange(3, dtype=np.int32), texts=texts).unseen()
    return replace(asked, candidates=Ragged.of([[7, 6, 3], [8, 9, 3], [9, 2, 6]]))


@pytest.mark.parametrize("behaviour", BEHAVIOURS)
def test_however_a_model_behaves_open_items_come_back(method, behaviour, films, queries):
    lm = ScriptedLM(behaviour=behaviour)
    fitted = replace(method, lm=lm).fit(films, Run())
    found = fitted.recommend(queries, 3, Run())
    for row, pool in enumerate([{7, 6, 3}, {8, 9, 3}, {9, 2, 6}]):
        assert {*found.items[row].tolist()} == pool


@pytest.mark.parametrize("behaviour", ["down", "limited", "refused", "garbled", "cut"])
def test_a_model_that_fails_is_told_once_and_flagged(method, behaviour, films, queries, notes):
    fitted = replace(method, lm=ScriptedLM(behaviour=behaviour)).fit(films, Run())
    found = fitted.recommend(queries, 2, Run(watch=notes))
    assert (found.flags & Flag.DEGRADED).all()
    assert any(behaviour in text for text in notes.said)
    assert len(notes.said) <= 2


def test_a_budget_of_nothing_asks_nothing(method, films, queries, tmp_path, heard):
    lm = ScriptedLM(heard=str(tmp_path / "heard"))
    fitted = replace(method, lm=lm).fit(films, Run())
    with Ledger.open(None, budget=Budget(tokens=0)) as books:
        run = Run(books=books)
        asked = fitted if not hasattr(fitted, "model") else restored(fitted, films, run)
        found = asked.recommend(queries, 2, run)
    assert heard() == []
    assert (found.flags & Flag.DEGRADED).all()


def test_a_deadline_that_passed_asks_nothing(method, films, queries, tmp_path, heard):
    lm = ScriptedLM(heard=str(tmp_path / "heard"))
    fitted = replace(method, lm=lm).fit(films, Run())
    late = Run(deadline=Deadline(time.monotonic() - 1))
    found = fitted.recommend(queries, 2, late)
    assert heard() == []
    assert (found.flags & Flag.DEGRADED).all()


def restored(fitted, films, run):
    """Some methods keep an open model, which keeps the books it was opened with."""
    return fitted.method.restore(fitted.state(), films.catalog, run)


def test_a_recorded_answer_is_replayed_without_the_model(method, films, queries, tmp_path, heard):
    lm, path = ScriptedLM(heard=str(tmp_path / "heard")), tmp_path / "books.sqlite"
    fitted = replace(method, lm=lm).fit(films, Run())
    answers = []
    for mode in ("record", "replay"):
        with Ledger.open(path, mode=mode) as books:
            run = Run(books=books)
            asked = restored(fitted, films, run)
            found = asked.recommend(queries, 3, run)
            said = (
                asked.rate(queries, queries.candidates.values[::3], run)
                if isinstance(asked, CanRate)
                else None
            )
            wrote = (
                asked.write(queries, queries.candidates.values[::3], run)
                if isinstance(asked, CanWrite)
                else None
            )
            answers.append((found.items.tolist(), found.scores.tolist(), repr(said), wrote))
            if mode == "replay":
                assert books.figures()["spent_tokens"] == 0
                assert books.figures()["failed"] == 0
        if mode == "record":
            asked_before = len(heard())
    assert answers[0] == answers[1]
    assert len(heard()) == asked_before > 0


def test_no_prompt_tells_what_is_held_out(method, films, queries, tmp_path, heard):
    # Solaris is what u0 takes next, and no candidate.
    lm = ScriptedLM(heard=str(tmp_path / "heard"))
    if isinstance(method, InContext):
        # Its examples hold any items that are neither chosen nor candidates, drawn by seed.
        method = replace(method, shots=0)
    fitted = replace(method, lm=lm).fit(films, Run())
    fitted.recommend(queries.take(np.array([0])), 3, Run())
    assert heard()
    assert not any("Solaris" in text for text in heard())


@pytest.mark.slow
def test_the_small_model_answers_with_open_items(method, films, queries, notes):
    try:
        fitted = replace(method, lm=LocalLM()).fit(films, Run())
    except AssetError as error:
        pytest.skip(f"the model could not be fetched: {error}")
    found = fitted.recommend(queries, 3, Run(watch=notes))
    for row, pool in enumerate([{7, 6, 3}, {8, 9, 3}, {9, 2, 6}]):
        assert {*found.items[row].tolist()} == pool
    if isinstance(fitted, CanRate):
        ratings = fitted.rate(queries, np.array([5, 5, 5], np.int32), Run())
        assert ((ratings >= 1) & (ratings <= 5) | np.isnan(ratings)).all()
    if isinstance(fitted, CanWrite):
        assert len(fitted.write(queries, np.array([5, 5, 5], np.int32), Run())) == 3
