from dataclasses import replace

import numpy as np
import pytest

from penchant.backbones import TextBackbone
from penchant.core import Ragged, Run, UsageError, read_options, write_options
from penchant.data import History, Queries, join_datasets, leave_last_out
from penchant.evaluate import evaluate
from penchant.indexing import IndependentCodes
from penchant.recommenders import KINDS, METHOD
from penchant.recommenders.openp5 import OpenP5
from penchant.recommenders.popular import Popular
from penchant.tasks import Mixture
from penchant.testing import check_recommender, walking_world
from penchant.train import Supervised

SMALL = OpenP5(
    backbone=TextBackbone(
        pieces=400,
        dimension=64,
        heads=2,
        head_dimension=32,
        feed_forward=128,
        encoder_layers=1,
        decoder_layers=1,
        dropout=0.0,
    ),
    scheme=IndependentCodes(spare=4),
    mixture=Mixture(
        (("sequential", 1.0), ("direct", 0.3)),
        cuts="every",
        templates=("sequential-1", "sequential-14", "direct-11"),
    ),
    max_history=5,
    nobody=0.5,
    training=Supervised(
        steps=200, batch_size=48, learning_rate=2e-3, embedding_rate=5.0, evaluate_every=1_000
    ),
)
N_ITEMS = 20


def asked(histories, **options):
    return Queries(History(Ragged.of(histories)), **options)


@pytest.fixture(scope="module")
def both():
    """People who walk on, and people in another place who do so, too."""
    there = replace(walking_world(seed=1, n_people=100), name="elsewhere")
    return join_datasets([walking_world(n_people=100), there])


@pytest.fixture(scope="module")
def fitted(both):
    training = replace(SMALL.training, steps=300)
    return replace(SMALL, training=training).fit(leave_last_out(both).train, Run())


def test_one_model_learns_two_data_sets(fitted, both):
    split = leave_last_out(both)
    popular = Popular().fit(split.train, Run())
    report = evaluate({"openp5": fitted, "popular": popular}, split.test, metrics=["ndcg@10"])
    mine, theirs = (report.per_query[name]["ndcg@10"].to_numpy() for name in report.per_query)
    for number in (0, 1):
        users = split.test.slices["user"].to_numpy()
        here = fitted.origins.of_user[users] == number
        assert mine[here].mean() > theirs[here].mean() + 0.15


def test_each_data_set_has_words_of_its_own(fitted):
    words = [set(fitted.texts[row]) for row in (0, N_ITEMS)]
    first = [fitted.texts[row].partition(">")[0] for row in range(2 * N_ITEMS)]
    assert set(first[:N_ITEMS]).isdisjoint(first[N_ITEMS:])
    assert words[0] != words[1]


def test_a_history_of_one_data_set_is_answered_from_it(fitted):
    walks = [[start, start + 1, start + 2] for start in range(10)]
    queries = asked([*walks, *([N_ITEMS + item for item in walk] for walk in walks)]).unseen()
    found = fitted.recommend(queries, 1, Run()).items[:, 0]
    assert (found // N_ITEMS).tolist() == [0] * 10 + [1] * 10
    everything = fitted.recommend(queries, 2 * N_ITEMS, Run()).items
    assert ((everything >= 0).sum(1) == 2 * N_ITEMS - 3).all()


def test_another_prompt_is_a_view_that_is_kept(fitted, both):
    direct = replace(fitted, prompt="direct-19")
    queries = asked([[3, 4], []], users=np.array([1, 150], np.int32))
    found = direct.recommend(queries, 3, Run())
    assert (found.items >= 0).all()
    again = fitted.method.restore(direct.state(), both.catalog, Run())
    assert again.prompt == "direct-19@1"
    after = again.recommend(queries, 3, Run())
    assert after.scores.tolist() == found.scores.tolist()
    assert again.origins.names == ("walking world", "elsewhere")


def test_a_foreign_catalogue_and_a_prompt_without_items_are_refused(fitted):
    with pytest.raises(UsageError, match="another catalogue"):
        fitted.method.restore(fitted.state(), walking_world().catalog, Run())
    with pytest.raises(UsageError, match="wants an answer of the kind"):
        OpenP5(prompt="direct-1")
    with pytest.raises(UsageError, match="wants an answer of the kind"):
        replace(fitted, prompt="direct-1").recommend(asked([[1]]), 1, Run())


def test_batches_take_turns_and_are_a_function_of_the_step(fitted, both):
    batch, per_pass = SMALL._examples(both, fitted, Run(seed=3))
    texts = [[example.source for example in batch(step)] for step in range(2 * per_pass)]
    assert [e.source for e in batch(5)] == texts[5]
    whole_pass = sorted(text for step in texts[:per_pass] for text in step)
    second = sorted(text for step in texts[per_pass:] for text in step)
    assert len(whole_pass) == len(second)
    named = [sum("elsewhere" in text for text in step) for step in texts]
    assert 0 < sum(count > 0 for count in named) < len(named)


def test_options_go_through_json_and_back():
    for method in (SMALL, OpenP5(), OpenP5.paper()):
        assert read_options(write_options(method, KINDS), METHOD, KINDS) == method


@pytest.mark.parametrize("options", [{"beams": 0}, {"nobody": -1.0}, {"most_read": 4}])
def test_impossible_options_are_refused(options):
    with pytest.raises(UsageError, match="need"):
        OpenP5(**options)


def test_it_keeps_to_what_every_method_must():
    walks = Mixture((("sequential", 1.0),), cuts="every", templates=("sequential-1",))
    check_recommender(replace(SMALL, mixture=walks))


def test_the_ways_of_the_beams_end_where_the_answers_are(fitted, both):
    queries = leave_last_out(both).test.queries.take(np.array([0])).unseen()
    trace = fitted.trace(queries, 4, Run(), beams=fitted.method.beams, died=2)
    found = fitted.recommend(queries, 4, Run())
    last, trie = trace.levels[-1], fitted.index.trie()
    ended = trie.leaf_items[trie.first[last.nodes[last.lived][:4]]]
    assert ended.tolist() == found.items[0].tolist()
    assert last.log_probs[:4] == pytest.approx(found.scores[0], abs=1e-4)
