"""What every method promises, on every method of the table."""

import json

import pytest

from penchant.backbones import HashedText, TextBackbone
from penchant.backbones.code_decoder import Decoder
from penchant.core import Run, SpecError, UnknownName, read_options, write_options
from penchant.data import Method
from penchant.indexing import CollaborativeVectors, ResidualKMeans
from penchant.language import ScriptedLM
from penchant.recommenders import KINDS, METHOD, METHODS
from penchant.recommenders.bias import RatingBias
from penchant.recommenders.bookgpt import BookGPT
from penchant.recommenders.compose import Blend, Cascade, Fallback
from penchant.recommenders.covisit import CoVisit
from penchant.recommenders.ease import EASE
from penchant.recommenders.incontext import InContext
from penchant.recommenders.intention import Intention
from penchant.recommenders.itemknn import ItemKNN
from penchant.recommenders.llmrank import LLMRank
from penchant.recommenders.lmrecsys import LMRecSys
from penchant.recommenders.markov import Markov
from penchant.recommenders.nir import NIR
from penchant.recommenders.openp5 import OpenP5
from penchant.recommenders.p5 import P5
from penchant.recommenders.popular import Popular
from penchant.recommenders.quote import Quote
from penchant.recommenders.rag import RetrievalAugmented
from penchant.recommenders.sasrec import SASRec
from penchant.recommenders.search import Search
from penchant.recommenders.thinkfirst import ThinkFirst
from penchant.recommenders.tiger import Tiger
from penchant.recommenders.tuned import Choice, Range, Tuned
from penchant.testing import check_recommender
from penchant.train import Supervised

QUICK: dict[str, Method] = {
    "blend": Blend(parts=(CoVisit(), EASE(l2=1.0), Cascade(first=Markov(), second=EASE(l2=1.0)))),
    "bookgpt": BookGPT(lm=ScriptedLM()),
    "cascade": Cascade(first=EASE(l2=1.0), second=CoVisit(), pool=8),
    "covisit": CoVisit(),
    "ease": EASE(l2=1.0),
    "fallback": Fallback(parts=(Markov(), Popular())),
    "in-context": InContext(lm=ScriptedLM()),
    "intention": Intention(lm=ScriptedLM(), encoder=HashedText()),
    "itemknn": ItemKNN(),
    "llmrank": LLMRank(lm=ScriptedLM()),
    "lmrecsys": LMRecSys(lm=ScriptedLM()),
    "markov": Markov(),
    "nir": NIR(lm=ScriptedLM()),
    "openp5": OpenP5(backbone=TextBackbone(pieces=300, dimension=32)),
    "p5": P5(backbone=TextBackbone(pieces=300, dimension=32)),
    "popular": Popular(),
    "quote": Quote(),
    "rating-bias": RatingBias(),
    "retrieval-augmented": RetrievalAugmented(lm=ScriptedLM(), encoder=HashedText()),
    "sasrec": SASRec(
        dimension=16, training=Supervised(steps=300, batch_size=256, learning_rate=5e-3)
    ),
    "search": Search(encoder=HashedText()),
    "think-first": ThinkFirst(lm=ScriptedLM()),
    "tiger": Tiger(
        scheme=ResidualKMeans(vectors=CollaborativeVectors(dimension=8)),
        model=Decoder(dimension=32, feed_forward=64, dropout=0.1, head_dropout=0.0),
        training=Supervised(steps=400, batch_size=256, learning_rate=5e-3, patience=None),
    ),
    "tuned": Tuned(
        of=CoVisit(),
        space=(
            ("recency", Range(0.0, 2.0)),
            ("window", Range(1, 5, whole=True)),
            ("back", Choice((0.0, 0.3))),
        ),
        trials=3,
    ),
}
"""Of every method, options that fit a tiny world in seconds."""
MORE: list[tuple[Method, bool]] = [
    (Popular(half_life_days=3), False),
    (Markov(order=1), False),
    (CoVisit(back=1.0, recency=0.0), True),
    (EASE(l2=1.0, recency=1.0), True),
    (ItemKNN(recency=1.0, neighbours=3), True),
    (Blend(parts=(CoVisit(), EASE(l2=1.0)), signal="rank"), True),
    (Fallback(parts=(Cascade(first=Markov(), second=CoVisit(), pool=2), Popular())), True),
]


def test_every_method_is_checked():
    assert set(QUICK) == set(METHODS)


CHECKED_WITH_THEIR_TESTS = {"openp5", "p5", "sasrec", "tiger"}
"""They train for seconds: ``test_sasrec.py``, ``test_tiger.py`` … call the same check once."""


UNTAUGHT = {
    "bookgpt",
    "in-context",
    "intention",
    "llmrank",
    "lmrecsys",
    "nir",
    "popular",
    "quote",
    "rating-bias",
    "retrieval-augmented",
    "search",
    "think-first",
}
"""They learn no order of items: what people chose is counted, or a model is asked."""


@pytest.mark.parametrize("name", sorted(set(METHODS) - CHECKED_WITH_THEIR_TESTS))
def test_a_method_keeps_its_promises(name):
    check_recommender(QUICK[name], learns=name not in UNTAUGHT)


@pytest.mark.parametrize(("method", "learns"), MORE, ids=lambda value: str(value)[:40])
def test_other_options_keep_the_promises(method, learns):
    check_recommender(method, learns=learns, run=Run(seed=1))


@pytest.mark.parametrize("name", METHODS)
def test_a_misspelt_option_is_refused_with_a_suggestion(name):
    written = json.loads(json.dumps(write_options(QUICK[name], KINDS)))
    known = next(key for key in written if key != "method")
    misspelt = {**written, known + "s_": 1}
    with pytest.raises(SpecError, match=f"did you mean '{known}'"):
        read_options(misspelt, METHOD, KINDS)


def test_a_misspelt_method_is_refused_with_a_suggestion():
    with pytest.raises(UnknownName, match="did you mean 'covisit'"):
        read_options("covist", METHOD, KINDS)


@pytest.mark.parametrize(
    "method", [Popular(), Markov(), CoVisit(), ItemKNN(), EASE()], ids=lambda m: type(m).__name__
)
@pytest.mark.parametrize("n_items", [0, 4])
def test_no_events_and_no_catalogue_give_answers_all_the_same(method, n_items, make_data, ask):
    run = Run()
    recommender = method.fit(make_data([[], []], n_items=n_items), run)
    answer = recommender.recommend(ask([[], [-1]]), 3, run)
    assert (answer.items >= 0).sum(1).tolist() == [min(3, n_items)] * 2


@pytest.mark.parametrize(
    "method", [Popular(), Markov(), CoVisit(), ItemKNN(), EASE()], ids=lambda m: type(m).__name__
)
def test_an_event_against_an_item_is_no_event(method, make_data, ask):
    run, queries = Run(), ask([[0], [1], []])
    given = make_data([[0, 1], [0, 1, 2], [3, 0]], n_items=4, weights=[1, 1, 1, None, -1, 0, 1])
    meant = make_data([[0, 1], [0, 1], [0]], n_items=4)
    scores = method.fit(given, run).score(queries, run)
    assert scores.tolist() == method.fit(meant, run).score(queries, run).tolist()
