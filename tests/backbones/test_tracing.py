import numpy as np
import pytest

import penchant as pn
from penchant.backbones import Decoder, HashedText
from penchant.codes import CanTrace
from penchant.core import UsageError
from penchant.data import item_vectors
from penchant.indexing import ResidualKMeans, TextVectors, index_of, place_items, tracer_of
from penchant.recommenders.compose import CascadeRecommender
from penchant.train import Supervised

SMALL = pn.Tiger(
    scheme=ResidualKMeans(vectors=TextVectors(encoder=HashedText(dimension=64))),
    model=Decoder(dimension=32, layers=1, feed_forward=64, dropout=0.0, head_dropout=0.0),
    training=Supervised(steps=30, batch_size=128, learning_rate=1e-2),
    beams=6,
)


@pytest.fixture(scope="module")
def model():
    return pn.fit(SMALL, pn.data.mini_world(), threads=1)


@pytest.fixture(scope="module")
def queries(model):
    user = model.people.ids.names([3])
    return model.ask(user).queries.unseen()


def test_the_ways_end_where_the_answers_are(model, queries):
    assert isinstance(model.recommender, CanTrace)
    trace = model.recommender.trace(queries, 5, model.run, died=4)
    found = model.recommender.recommend(queries, 5, model.run)
    last, trie = trace.levels[-1], index_of(model.recommender).trie()
    ended = trie.leaf_items[trie.first[last.nodes[last.lived][:5]]]
    assert ended.tolist() == found.items[0].tolist()
    assert last.log_probs[:5] == pytest.approx(found.scores[0], abs=1e-5)


def test_every_way_goes_on_from_one_that_lived(model, queries):
    trace = model.recommender.trace(queries, 5, model.run, beams=8, died=3)
    alive, before = {0}, {0: 0.0}
    for level in trace.levels:
        assert set(level.parents.tolist()) <= alive
        assert level.lived.sum() <= trace.beams == 8
        assert (~level.lived).sum() <= 3
        assert len(level.nodes) <= level.considered
        assert (np.diff(level.log_probs) <= 0).all()
        told = [before[node] for node in level.parents.tolist()]
        assert level.log_probs == pytest.approx(np.array(told) + level.gained, abs=1e-4)
        alive = set(level.nodes[level.lived].tolist())
        before = dict(zip(level.nodes.tolist(), level.log_probs.tolist(), strict=True))


def test_what_is_closed_is_on_no_way(model, queries):
    first = model.recommender.trace(queries, 3, model.run)
    trie = index_of(model.recommender).trie()
    last = first.levels[-1]
    best = int(trie.leaf_items[trie.first[last.nodes[0]]])
    name = model.catalog.ids.names([best])
    closed, _ = pn.models.narrowed(model.catalog, queries, exclude=name)
    leaf = int(last.nodes[0])
    after = model.recommender.trace(closed, 3, model.run)
    assert leaf not in after.levels[-1].nodes


def test_one_row_at_a_time(model):
    two = model.ask(histories=[[], []]).queries
    with pytest.raises(UsageError, match="one at a time"):
        model.recommender.trace(two, 3, model.run)


def test_vectors_are_those_of_similar(model):
    rows = np.arange(len(model.catalog))
    vectors = model.recommender.vectors(rows)
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    found = model.recommender.similar(rows[:4], 5, model.run)
    for row in range(4):
        assert found.scores[row] == pytest.approx(unit[found.items[row]] @ unit[row], abs=1e-5)


def test_a_pipeline_tells_what_its_first_part_knows(model, queries):
    tiger = model.recommender
    both = CascadeRecommender(pn.Cascade(first=SMALL, second=SMALL), tiger, tiger)
    assert tracer_of(both) is tiger
    assert index_of(both) is index_of(tiger)
    rows = np.arange(5)
    own = item_vectors(tiger, model.catalog, rows)
    assert (item_vectors(both, model.catalog, rows) == own).all()
    assert place_items(both, len(model.catalog), model.run, most=9).made_of == "vectors"
