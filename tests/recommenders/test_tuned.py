"""Tuned: options searched for on validation."""

import json
from dataclasses import dataclass

import pytest

from penchant.core import Run, SpecError, UsageError
from penchant.data import leave_last_out, mini_world
from penchant.evaluate import evaluate
from penchant.recommenders.compose import Blend
from penchant.recommenders.covisit import CoVisit
from penchant.recommenders.popular import Popular
from penchant.recommenders.tuned import TRIALS, Choice, Range, Tuned

SPACE = (("recency", Range(0.0, 3.0)), ("back", Choice((0.0, 0.5, 1.0))))
START = CoVisit(recency=0.0, back=1.0)


@pytest.fixture(scope="module")
def split():
    return leave_last_out(mini_world(n_users=80))


def ndcg(recommender, cases, run):
    return evaluate({"m": recommender}, cases, metrics=["ndcg@10"], run=run).summary()["value"][0]


def test_the_best_on_validation_is_what_comes_back(split, tmp_path):
    run = Run(folder=tmp_path)
    fitted = Tuned(of=START, space=SPACE, trials=6).fit(split.train, run, valid=split.valid)
    tried = json.loads((tmp_path / TRIALS).read_text())["trials"]
    assert len(tried) == 6
    assert [trial["value"] for trial in tried] == sorted((t["value"] for t in tried), reverse=True)
    assert {"recency": fitted.method.recency, "back": fitted.method.back} == tried[0]["options"]
    assert ndcg(fitted, split.valid, run) == pytest.approx(tried[0]["value"])


def test_it_is_never_worse_on_validation_than_what_it_began_with(split):
    run = Run()
    fitted = Tuned(of=START, space=SPACE, trials=3).fit(split.train, run, valid=split.valid)
    begun = START.fit(split.train, run)
    assert ndcg(fitted, split.valid, run) >= ndcg(begun, split.valid, run)


@dataclass
class StopAfter:
    left: int

    def progress(self, stage, done, total, **figures):
        self.left -= stage == "tuned"
        if self.left < 0:
            raise KeyboardInterrupt

    def note(self, text):
        pass


@pytest.mark.parametrize("stop", [2, 5, 10])
def test_an_interrupted_search_goes_on_as_if_it_was_not(stop, split, tmp_path):
    method = Tuned(of=START, space=SPACE, trials=11)
    whole, parted = tmp_path / "whole", tmp_path / "parted"
    at_once = method.fit(split.train, Run(folder=whole), valid=split.valid)
    with pytest.raises(KeyboardInterrupt):
        method.fit(split.train, Run(folder=parted, watch=StopAfter(stop)), valid=split.valid)
    assert len(json.loads((parted / TRIALS).read_text())["trials"]) == stop
    resumed = method.fit(split.train, Run(folder=parted), valid=split.valid)
    assert resumed.method == at_once.method
    assert (parted / TRIALS).read_text() == (whole / TRIALS).read_text()


def test_another_search_in_the_same_folder_is_refused(split, tmp_path):
    run = Run(folder=tmp_path)
    Tuned(of=START, space=SPACE, trials=1).fit(split.train, run, valid=split.valid)
    other = Tuned(of=START, space=SPACE[:1], trials=1)
    with pytest.raises(UsageError, match="of another search"):
        other.fit(split.train, run, valid=split.valid)


def test_options_of_options_are_reached_by_a_dot(split):
    blend = Blend(parts=(CoVisit(), Popular()), pool=10)
    with pytest.raises(SpecError, match="tuple has no option 'recency'"):
        Tuned(of=blend, space=(("parts.recency", Range(0, 1)),))
    nested = Tuned(of=Tuned(of=CoVisit(), space=(), trials=1), space=(("of.recency", Range(0, 1)),))
    fitted = nested.fit(split.train, Run(), valid=split.valid)
    assert 0 <= fitted.method.recency <= 1


def test_without_validation_there_is_nothing_to_choose_on(split):
    with pytest.raises(UsageError, match="give valid="):
        Tuned(of=CoVisit(), space=SPACE).fit(split.train, Run())


def test_a_misspelt_option_is_refused_with_a_suggestion():
    with pytest.raises(SpecError, match="no option 'recensy'; did you mean 'recency'"):
        Tuned(of=CoVisit(), space=(("recensy", Range(0, 1)),))


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: Range(2, 1), "low must be below high"),
        (lambda: Range(0, 1, log=True), "low must be above 0"),
        (lambda: Choice(()), "at least one value"),
        (lambda: Tuned(of=CoVisit(), space=(), trials=0), "trials=0"),
    ],
)
def test_a_space_that_holds_nothing_is_refused(make, said):
    with pytest.raises(UsageError, match=said):
        make()
