"""What every method promises that asks a language model: failures, books, budgets, secrecy."""

import json
import time
from dataclasses import dataclass, replace
from typing import get_args

import numpy as np
import polars as pl
import pytest

import penchant as pn
from penchant.backbones import HashedText
from penchant.core import AssetError, Deadline, Overheard, Ragged, Run, Silent
from penchant.data import CanRate, CanWrite, Catalog, Flag, Ids, Queries, joined
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


WAYS = {
    **METHODS,
    "bookgpt, items": BookGPT(task="item"),
    "in-context, alone": InContext(shots=0),
    "intention, vague": Intention(encoder=None, vague=True),
    "llmrank, titles": LLMRank(answer="titles", copies=2, bounded=1),
    "llmrank, likelihood": LLMRank(answer="likelihood", calibrated=True),
    "llmrank, windows": LLMRank(how="windows", window=3, stride=2),
    "llmrank, pointwise": LLMRank(how="pointwise", calibrated=True, prior=0.5),
    "llmrank, pairwise": LLMRank(how="pairwise", calibrated=True, copies=2),
    "nir, constrained": NIR(constrained=True),
    "think-first, chain": ThinkFirst(),
}
BIRDS = {"valid": "Nightingale", "test": "Kingfisher"}
"""Title of the film that everybody chose last but one, and last; nobody chose it before."""


@pytest.fixture(params=WAYS.values(), ids=WAYS)
def way(request):
    return request.param


@pytest.fixture
def split(films):
    """Films of which the two birds are held out: title, review and summary name them."""
    table = films.catalog.table
    birds = table[:2].with_columns(id=pl.Series(["f10", "f11"]), title=pl.Series([*BIRDS.values()]))
    ids = Ids([*table["id"], "f10", "f11"])
    last = films.events.group_by("user", maintain_order=True).last()
    later = [
        last.with_columns(
            pl.lit(item).cast(pl.Int32).alias("item"),
            pl.lit(10**15 + item).alias("time"),
            pl.lit(f"{bird} again.").alias("review"),
            pl.lit(bird).alias("summary"),
        ).select(films.events.columns)
        for item, bird in zip((10, 11), BIRDS.values(), strict=True)
    ]
    events = pl.concat([films.events, *later]).sort("user", "time", maintain_order=True)
    whole = replace(films, catalog=Catalog(ids, pl.concat([table, birds])), events=events)
    return pn.data.leave_last_out(whole)


def held_out(split, part, right=None):
    """The cases of a part among four candidates each, none of them held out; or ``right`` is."""
    cases = getattr(split, part)
    pools = [[i for i in range(10) if i not in row][:4] for row in cases.queries.histories.items]
    relevant = cases.relevant if right is None else Ragged.of([[pool[right]] for pool in pools])
    queries = replace(cases.queries, candidates=Ragged.of(pools))
    return replace(cases, queries=queries, relevant=relevant)


def prompts_of(method, split, part, cases, path, spoilt=lambda fitted, cases: fitted):
    """All that a model was asked for an evaluation; half of its answers cannot be read."""
    lm = ScriptedLM(heard=str(path), behaviour="prose", share=0.5)
    # What validation holds out may be seen by who chooses on it, and is asked of nobody then.
    valid = split.valid if part == "test" else None
    fitted = spoilt(replace(method, lm=lm).fit(split.train, Run(), valid=valid), cases)
    path.write_text("")  # to calibrate, any items are drawn by seed, before a case is known
    pn.evaluate(fitted, cases, metrics="ndcg@3", run=Run(watch=Overheard(Silent())))
    return [json.loads(line)["text"] for line in path.read_text().splitlines()]


def check_no_prompt_names_it(method, split, part, path, **how):
    """The title, review and summary of what a part holds out are told to nobody."""
    cases = held_out(split, part)
    assert all(split.train.catalog.titles(row) == [BIRDS[part]] for row in cases.relevant)
    prompts = prompts_of(method, split, part, cases, path, **how)
    assert len(prompts) >= len(cases)
    assert not [text for text in prompts if BIRDS[part] in text]


def check_truth_changes_no_prompt(method, split, tmp_path, **how):
    """Cases that differ only in what is right ask the very same questions as often."""
    heard = [
        prompts_of(method, split, "test", held_out(split, "test", n), tmp_path / str(n), **how)
        for n in (0, 3)
    ]
    assert heard[0] == heard[1]


@pytest.mark.parametrize("part", BIRDS)
def test_no_prompt_names_what_is_held_out(way, part, split, tmp_path):
    if isinstance(way, InContext):
        # Its examples hold any items that are neither chosen nor candidates, drawn by seed.
        way = replace(way, shots=0)
    check_no_prompt_names_it(way, split, part, tmp_path / "heard")


def test_what_is_held_out_changes_no_question_and_none_is_asked_again(way, split, tmp_path):
    check_truth_changes_no_prompt(way, split, tmp_path)


def test_a_model_that_guesses_what_is_held_out_wins_nothing(way, split):
    lm = ScriptedLM(answers=("Kingfisher", "1. Kingfisher\n2. Nightingale", "[12]"))
    fitted = replace(way, lm=lm).fit(split.train, Run(), valid=split.valid)
    queries = held_out(split, "test").queries
    found = fitted.recommend(queries, 5, Run())
    assert not np.isin(found.items, (10, 11)).any()


@dataclass(frozen=True)
class Until:
    """What published code did: a person is asked about until the right item comes first."""

    fitted: object
    relevant: Ragged

    def recommend(self, queries, k, run):
        answers = []
        for row, right in enumerate(self.relevant.values):
            for seed in range(4):
                one = self.fitted.recommend(
                    queries.take(np.array([row])), k, replace(run, seed=seed)
                )
                if one.items[0, 0] == right:
                    break
            answers.append(one)
        return joined(answers, k)


@dataclass(frozen=True)
class Among:
    """The same code: what is right is always among the candidates."""

    fitted: object
    relevant: Ragged

    def recommend(self, queries, k, run):
        pools = queries.candidates.joined(self.relevant)
        return self.fitted.recommend(replace(queries, candidates=pools), k, run)


def test_asking_until_the_truth_appears_is_caught(split, tmp_path):
    def spoilt(fitted, cases):
        return Until(fitted, cases.relevant)

    with pytest.raises(AssertionError, match="=="):
        check_truth_changes_no_prompt(LLMRank(), split, tmp_path, spoilt=spoilt)


@pytest.mark.parametrize("part", BIRDS)
def test_the_truth_among_the_candidates_is_caught(part, split, tmp_path):
    def spoilt(fitted, cases):
        return Among(fitted, cases.relevant)

    with pytest.raises(AssertionError, match="assert not"):
        check_no_prompt_names_it(LLMRank(), split, part, tmp_path / "heard", spoilt=spoilt)


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
