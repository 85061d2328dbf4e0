"""Cascade, Blend, Fallback: recommenders made of recommenders."""

import json
from dataclasses import dataclass, replace

import numpy as np
import polars as pl
import pytest

import penchant as pn
from penchant.backbones.code_decoder import Decoder
from penchant.core import DeadlinePassed, Run, UsageError
from penchant.data import Flag, Rankings, event_texts, leave_last_out
from penchant.indexing import RandomCodes
from penchant.language import ScriptedLM
from penchant.recommenders.compose import Blend, Cascade, Fallback, FallbackRecommender
from penchant.recommenders.covisit import CoVisit
from penchant.recommenders.ease import EASE
from penchant.recommenders.markov import Markov
from penchant.recommenders.popular import Popular
from penchant.recommenders.tuned import Range, Tuned
from penchant.testing import walking_world

SEQUENCES = [[0, 1, 2], [0, 1], [3, 1, 4], [2, 0], [5, 4]]


@dataclass
class Noted:
    notes: list[str]

    def progress(self, stage, done, total, **figures):
        pass

    def note(self, text):
        self.notes.append(text)


@dataclass(frozen=True)
class Late:
    """A recommender whose answers always come too late."""

    method: Popular

    def recommend(self, queries, k, run) -> Rankings:
        raise DeadlinePassed("too late")


def test_a_cascade_orders_what_was_proposed(make_data, ask):
    run, data = Run(), make_data(SEQUENCES, n_items=6)
    queries = ask([[0], []]).unseen()
    cascade = Cascade(first=Popular(), second=Markov(), pool=3).fit(data, run)
    proposed = Popular().fit(data, run).recommend(queries, 3, run)
    alone = Markov().fit(data, run)
    expected = alone.recommend(replace(queries, candidates=proposed.as_ragged()), 2, run)
    answer = cascade.recommend(queries, 2, run)
    assert answer.items.tolist() == expected.items.tolist()
    assert set(answer.items[0]) <= set(proposed.items[0])


@pytest.mark.parametrize("wanted", [0, 5])
def test_a_second_stage_learns_from_what_the_first_proposes_if_it_wants_to(wanted):
    given = []

    class Curious:
        proposals = wanted

        def fit(self, data, run, *, valid=None):
            given.append(valid)
            return Popular().fit(data, run)

    split = leave_last_out(walking_world())
    Cascade(first=CoVisit(), second=Curious(), pool=4).fit(split.train, Run(), valid=split.valid)
    if not wanted:
        assert given == [split.valid]
        return
    first = CoVisit().fit(split.train, Run())
    queries = given[0].queries
    proposed = first.recommend(replace(queries, candidates=None), 4, Run()).as_ragged()
    assert len(queries) == wanted
    assert queries.candidates.values.tolist() == proposed.values.tolist()


def test_a_cascade_never_proposes_fewer_than_are_asked_for(make_data, ask):
    run = Run()
    cascade = Cascade(first=Popular(), second=Markov(), pool=1)
    answer = cascade.fit(make_data(SEQUENCES, n_items=6), run).recommend(ask([[]]), 4, run)
    assert (answer.items >= 0).all()


def test_a_blend_of_one_ranks_as_its_part(make_data, ask):
    run, data, queries = Run(), make_data(SEQUENCES, n_items=6), ask([[0], [1, 4], []])
    blend = Blend(parts=(CoVisit(),)).fit(data, run)
    alone = CoVisit().fit(data, run)
    blended, expected = (one.recommend(queries, 6, run) for one in (blend, alone))
    assert blended.items.tolist() == expected.items.tolist()


def test_a_blend_is_the_weighted_sum_of_standardised_scores(make_data, ask):
    run, data, queries = Run(), make_data(SEQUENCES, n_items=6), ask([[0], [1, 4], []])
    methods = (CoVisit(), Popular())
    blend = Blend(parts=methods, weights=(3.0, 1.0)).fit(data, run)
    expected = np.zeros((3, 6))
    for method, weight in zip(methods, (3.0, 1.0), strict=True):
        scores = method.fit(data, run).score(queries, run).astype(np.float64)
        deviations = scores - scores.mean(1, keepdims=True)
        expected += weight * deviations / scores.std(1, keepdims=True)
    assert blend.score(queries, run) == pytest.approx(expected, abs=1e-4)


def test_a_blend_chooses_its_weights_on_validation():
    split = leave_last_out(walking_world())
    run = Run()
    blend = Blend(parts=(Popular(), Markov())).fit(split.train, run, valid=split.valid)
    weights = blend.method.weights
    assert weights is not None
    assert sum(weights) == pytest.approx(1)
    assert weights[1] > weights[0]


def test_weights_that_were_chosen_hold_for_a_refit():
    split, run = leave_last_out(walking_world()), Run()
    blend = Blend(parts=(CoVisit(), Markov())).fit(split.train, run, valid=split.valid)
    refitted = blend.method.fit(split.train_and_valid, run)
    assert refitted.method == blend.method


def test_a_blend_without_validation_weighs_alike_and_says_so(make_data):
    watch = Noted([])
    blend = Blend(parts=(CoVisit(), Popular())).fit(
        make_data(SEQUENCES, n_items=6), Run(watch=watch)
    )
    assert blend.method.weights == (0.5, 0.5)
    assert watch.notes == ["blend: no validation, so all parts weigh the same"]


def test_a_blend_remembers_what_its_parts_chose():
    split, run = leave_last_out(walking_world()), Run()
    tuned = Tuned(of=CoVisit(), space=(("recency", Range(0.1, 2.0)),), trials=2)
    blend = Blend(parts=(tuned, Popular())).fit(split.train, run, valid=split.valid)
    assert blend.method.parts == (blend.parts[0].method, Popular())
    restored = Blend(parts=(tuned, Popular())).restore(blend.state(), split.train.catalog, run)
    assert restored.method == blend.method


@pytest.mark.parametrize(
    ("weights", "said"),
    [((1.0,), "1 weights for 2 parts"), ((1.0, -1.0), "numbers from 0"), ((0.0, 0.0), "above 0")],
)
def test_weights_that_mean_nothing_are_refused(weights, said):
    with pytest.raises(UsageError, match=said):
        Blend(parts=(CoVisit(), EASE()), weights=weights)


@pytest.mark.parametrize("method", [Blend, Fallback])
def test_nothing_has_no_parts(method):
    with pytest.raises(UsageError, match="at least one method"):
        method(parts=())


def test_an_empty_pool_is_refused():
    with pytest.raises(UsageError, match="pool=0"):
        Cascade(first=Popular(), second=Popular(), pool=0)


def test_a_fallback_fills_short_rows_and_says_so(make_data, ask):
    run = Run()
    first = Cascade(first=Popular(), second=Markov(), pool=1)
    fallback = Fallback(parts=(first, Popular())).fit(make_data(SEQUENCES, n_items=6), run)
    one = replace(fallback, parts=(FixedRecommender(fallback.parts[0]), fallback.parts[1]))
    queries = ask([[0], []]).unseen()
    answer = one.recommend(queries, 4, run)
    assert answer.items[:, 0].tolist() == [5, 5]
    assert (answer.items >= 0).all()
    assert (answer.flags == Flag.DEGRADED).all()
    assert all(len(set(row)) == 4 for row in answer.items.tolist())
    assert (np.diff(answer.scores) <= 0).all()


@dataclass(frozen=True)
class FixedRecommender:
    """Knows one item only."""

    method: object

    def recommend(self, queries, k, run) -> Rankings:
        items = np.full((len(queries), k), -1, np.int32)
        scores = np.full((len(queries), k), np.nan, np.float32)
        items[:, 0], scores[:, 0] = 5, 1.0
        return Rankings(items, scores)


def test_a_fallback_that_is_not_needed_is_not_seen(make_data, ask):
    run, data = Run(), make_data(SEQUENCES, n_items=6)
    answer = Fallback(parts=(Markov(), Popular())).fit(data, run).recommend(ask([[0]]), 3, run)
    alone = Markov().fit(data, run).recommend(ask([[0]]), 3, run)
    assert answer.items.tolist() == alone.items.tolist()
    assert answer.flags.tolist() == [0]


def test_a_fallback_answers_when_the_first_part_is_late(make_data, ask):
    watch = Noted([])
    run = Run(watch=watch)
    popular = Popular().fit(make_data(SEQUENCES, n_items=6), run)
    fallback = FallbackRecommender(
        Fallback(parts=(Popular(), Popular())), (Late(Popular()), popular)
    )
    answer = fallback.recommend(ask([[0], [1]]), 2, run)
    assert answer.items.tolist() == popular.recommend(ask([[0], [1]]), 2, run).items.tolist()
    assert (answer.flags == Flag.DEGRADED).all()
    assert watch.notes == ["fallback: Popular did not answer: too late"]


SAID = (pn.InContext(lm=ScriptedLM(), writing="explanation"), pn.Quote())
JOINED = {
    "cascade": Cascade(first=Popular(), second=SAID[0]),
    "blend": Blend(parts=SAID),
    "fallback": Fallback(parts=(Popular(), Cascade(first=SAID[1], second=SAID[0]))),
    "retrieval": pn.RetrievalAugmented(lm=ScriptedLM(), collaborative=SAID[1], encoder=None),
}


@pytest.mark.parametrize("method", JOINED.values(), ids=JOINED)
def test_an_erased_person_is_quoted_by_no_part(method):
    data = pn.data.mini_world()
    fitted = method.fit(data, Run())
    everybody = np.arange(len(data.people))
    before = json.dumps(states(fitted.state()))
    after = json.dumps(states(fitted.forget(everybody).state()))
    said = [
        text for text in event_texts(data, "explanation") if text and json.dumps(text) in before
    ]
    assert len(said) > 10
    assert not [text for text in said if text in after]


def states(state):
    """All that a state says in JSON."""
    return [state.json, [states(part) for part in state.parts.values()]]


def test_a_pipeline_tells_what_its_parts_can_tell():
    data = pn.data.mini_world()
    cascade = pn.fit(Cascade(first=CoVisit(), second=pn.RatingBias()), data)
    alone, rater = pn.fit(CoVisit(), data), pn.fit(pn.RatingBias(), data)
    person, history = data.people.ids.series()[0], data.catalog.ids.names([3, 8])
    asked = cascade.ask(history=history)
    items = cascade.recommend(history=history, k=1)["item"].to_list()
    assert len(cascade.evidence(asked, items))
    assert cascade.evidence(asked, items).equals(alone.evidence(asked, items))
    assert cascade.similar(history[0], 3).equals(alone.similar(history[0], 3))
    pairs = pl.DataFrame({"user": [person], "item": [history[0]]})
    assert cascade.rate(pairs).equals(rater.rate(pairs))
    with pytest.raises(UsageError, match="cannot write"):
        cascade.write(pairs)


def test_of_a_blend_the_heaviest_part_speaks_first():
    parts = (Popular(), CoVisit(), Markov())
    blend = Blend(parts=parts, weights=(0.0, 1.0, 3.0)).fit(pn.data.mini_world(), Run())
    assert [type(part.method) for part in blend.speakers] == [Markov, CoVisit]


QUICK = pn.Tiger(
    scheme=RandomCodes(),
    model=Decoder(dimension=16, layers=1),
    training=pn.Supervised(steps=5, batch_size=64),
)


@pytest.mark.parametrize(
    "method",
    [
        Cascade(first=QUICK, second=pn.LLMRank(lm=ScriptedLM())),
        Blend(parts=(QUICK, QUICK)),
        Fallback(parts=(QUICK, QUICK)),
    ],
    ids=["cascade", "blend", "fallback"],
)
def test_a_pipeline_grows_if_all_its_parts_do(method, tmp_path):
    model = pn.fit(method, pn.data.mini_world())
    old = model.catalog.ids.series().to_list()
    grown = model.with_items(pl.DataFrame({"item": ["new"], "title": ["The New One"]}))
    assert grown.recommend(history=old[:2], k=1, exclude=old)["item"].to_list() == ["new"]
    again = pn.load(grown.save(tmp_path / "grown"))
    assert again.recommend(history=old[:2], k=5).equals(grown.recommend(history=old[:2], k=5))


def test_a_part_that_cannot_grow_is_named():
    model = pn.fit(Cascade(first=Popular(), second=QUICK), pn.data.mini_world())
    with pytest.raises(UsageError, match="Popular, a part of this model, cannot take up items"):
        model.with_items(pl.DataFrame({"item": ["new"], "title": ["The New One"]}))
