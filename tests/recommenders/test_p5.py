from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from penchant.backbones import TextBackbone
from penchant.core import DataError, Ragged, Run, UsageError, read_options, write_options
from penchant.data import CanRate, CanWrite, History, Queries, leave_last_out
from penchant.evaluate import evaluate
from penchant.indexing import IndependentCodes
from penchant.models import fit, load
from penchant.recommenders import KINDS, METHOD
from penchant.recommenders.p5 import P5
from penchant.recommenders.popular import Popular
from penchant.tasks import Mixture
from penchant.testing import check_recommender, walking_world
from penchant.train import Supervised

TINY = TextBackbone(
    pieces=400,
    dimension=64,
    heads=2,
    head_dimension=32,
    feed_forward=128,
    encoder_layers=1,
    decoder_layers=1,
    dropout=0.0,
)
SMALL = P5(
    backbone=TINY,
    scheme=IndependentCodes(spare=4),
    mixture=Mixture(
        (("sequential", 1.0), ("rating", 0.5), ("explanation", 0.5)),
        cuts="every",
        templates=("sequential-1", "sequential-3", "rating-1", "explanation-1"),
    ),
    max_history=5,
    nobody=0.5,
    training=Supervised(
        steps=300, batch_size=48, learning_rate=2e-3, embedding_rate=5.0, evaluate_every=1_000
    ),
)
N_ITEMS = 20
OFTEN = 16
"""Items that are in the training part of the walks often enough to be known."""
SAID = {0: "Too steep for me.", 1: "A fine walk, well worth it!"}


def told_walks():
    """The walking world, in which odd stages get 5 and praise, even ones 2 and blame."""
    data = walking_world()
    odd = pl.col("item") % 2 == 1
    events = data.events.with_columns(
        rating=pl.when(odd).then(5.0).otherwise(2.0).cast(pl.Float32),
        review=pl.when(odd).then(pl.lit(SAID[1])).otherwise(pl.lit(SAID[0])),
    )
    return replace(data, events=events)


def asked(histories, **options):
    return Queries(History(Ragged.of(histories)), **options)


@pytest.fixture(scope="module")
def split():
    return leave_last_out(told_walks())


@pytest.fixture(scope="module")
def fitted(split):
    return SMALL.fit(split.train, Run())


def test_it_beats_popularity_where_people_walk(fitted, split):
    popular = Popular().fit(split.train, Run())
    report = evaluate({"p5": fitted, "popular": popular}, split.test, metrics=["ndcg@10"])
    mine, theirs = (report.per_query[name]["ndcg@10"].mean() for name in ("p5", "popular"))
    assert mine > 0.7
    assert mine > theirs + 0.3


def test_it_rates_as_people_do(fitted):
    items = np.arange(OFTEN, dtype=np.int32)
    ratings = fitted.rate(asked([[]] * OFTEN), items, Run())
    assert ratings.dtype == np.float32
    assert (ratings == np.where(items % 2 == 1, 5, 2)).mean() >= 0.9
    assert isinstance(fitted, CanRate)


def test_expected_ratings_lie_between_those_there_are(fitted):
    items = np.arange(OFTEN, dtype=np.int32)
    method = replace(fitted.method, ratings="expected")
    ratings = replace(fitted, method=method).rate(asked([[]] * OFTEN), items, Run())
    assert ((ratings >= 2) & (ratings <= 5)).all()
    odd = items % 2 == 1
    assert ratings[odd].mean() > 4
    assert ratings[~odd].mean() < 3


def test_it_says_what_people_say(fitted):
    items = np.arange(OFTEN, dtype=np.int32)
    users = items % 10
    texts = fitted.write(asked([[]] * OFTEN, users=users), items, Run())
    right = [text == SAID[item % 2] for item, text in zip(items, texts, strict=True)]
    assert np.mean(right) >= 0.8
    assert isinstance(fitted, CanWrite)


def test_what_cannot_be_read_is_no_rating(split):
    untaught = replace(SMALL, training=replace(SMALL.training, steps=1))
    fitted = untaught.fit(split.train, Run())
    ratings = fitted.rate(asked([[]] * 4), np.arange(4, dtype=np.int32), Run())
    assert np.isnan(ratings).all()


def test_every_answer_is_a_real_open_item(fitted):
    taken = asked([[1, 2], [], [-1, 99, 5]], excluded=Ragged.of([[3, 4], [0], []]))
    found = fitted.recommend(taken, N_ITEMS, Run())
    for row, closed in enumerate(({3, 4}, {0}, set())):
        items = [item for item in found.items[row].tolist() if item >= 0]
        assert sorted(items) == sorted(set(range(N_ITEMS)) - closed)


def test_another_prompt_is_a_view(fitted):
    queries = asked([[3, 4, 5]]).unseen()
    seen = fitted.recommend(queries, 3, Run())
    unseen = replace(fitted, prompt="sequential-13")
    other = unseen.recommend(queries, 3, Run())
    assert (other.items >= 0).all()
    assert other.scores.tolist() != seen.scores.tolist()
    again = SMALL.restore(unseen.state(), told_walks().catalog, Run())
    assert again.prompt == "sequential-13@1"
    assert again.recommend(queries, 3, Run()).scores.tolist() == other.scores.tolist()
    assert fitted.prompt == "sequential-1"


@pytest.mark.parametrize(
    ("options", "verb"),
    [
        ({"prompt": "sequential-11"}, "recommend"),
        ({"rating_prompt": "sequential-1"}, "rate"),
        ({"writing_prompt": "rating-1"}, "write"),
    ],
)
def test_a_prompt_for_another_verb_is_refused(fitted, options, verb):
    with pytest.raises(UsageError, match="wants an answer of the kind"):
        P5(**options)
    view, items = replace(fitted, **options), np.zeros(1, np.int32)
    with pytest.raises(UsageError, match="wants an answer of the kind"):
        if verb == "recommend":
            view.recommend(asked([[1]]), 1, Run())
        else:
            getattr(view, verb)(asked([[1]]), items, Run())


def test_items_outside_the_catalogue_are_refused(fitted):
    with pytest.raises(UsageError, match="row 1 asks about item 99"):
        fitted.rate(asked([[], []]), np.array([1, 99], np.int32), Run())


def test_the_state_gives_the_same_answers(fitted):
    catalog = told_walks().catalog
    again = SMALL.restore(fitted.state(), catalog, Run())
    queries, items = asked([[1, 2, 3], []]), np.array([4, 5], np.int32)
    before, after = (one.recommend(queries, 6, Run()) for one in (fitted, again))
    assert before.items.tolist() == after.items.tolist()
    assert before.scores.tolist() == after.scores.tolist()
    assert fitted.write(queries, items, Run()) == again.write(queries, items, Run())
    assert fitted.rate(queries, items, Run()).tolist() == again.rate(queries, items, Run()).tolist()
    fewer = replace(catalog, ids=type(catalog.ids)(catalog.ids.series()[:19]))
    with pytest.raises(UsageError, match="another catalogue"):
        SMALL.restore(fitted.state(), fewer, Run())


def test_new_items_can_be_answered_at_once(fitted):
    more = walking_world(n_items=N_ITEMS + 2).catalog
    grown = fitted.with_items(more, Run())
    new = np.arange(N_ITEMS + 2) >= N_ITEMS
    found = grown.recommend(asked([[1, 2]], allowed=new), 5, Run())
    assert sorted(found.items[0].tolist()) == [-1, -1, -1, N_ITEMS, N_ITEMS + 1]
    old = grown.recommend(asked([[1, 2]], allowed=~new), 5, Run())
    assert old.items.tolist() == fitted.recommend(asked([[1, 2]]), 5, Run()).items.tolist()
    assert grown.rate(asked([[]]), np.array([N_ITEMS], np.int32), Run()).shape == (1,)


def test_a_model_around_it_is_saved_and_loaded(split, tmp_path):
    quick = replace(SMALL, training=replace(SMALL.training, steps=3))
    model = fit(quick, split.train)
    model.save(tmp_path / "model")
    again = load(tmp_path / "model")
    wanted = model.recommend(users=["u1", "u2"], k=4)
    assert again.recommend(users=["u1", "u2"], k=4).equals(wanted)


def test_a_stopped_fit_goes_on_where_it_was(split, tmp_path):
    first = replace(SMALL, passes=1, training=replace(SMALL.training, steps=6, checkpoint_every=2))
    kept = first.fit(split.train, Run(folder=tmp_path))
    again = first.fit(split.train, Run(folder=tmp_path))
    free = first.fit(split.train, Run())
    name = "t5.shared.weight"
    weights = [one.state().parts["model"].arrays[name] for one in (kept, again, free)]
    assert (weights[0] == weights[1]).all()
    assert (weights[0] == weights[2]).all()


def test_data_that_feed_no_family_are_refused(split):
    reviewed = replace(SMALL, mixture=Mixture((("review", 1.0),), templates=("review-1",)))
    with pytest.raises(DataError, match="no family of tasks"):
        reviewed.fit(split.train, Run())


def test_options_go_through_json_and_back():
    for method in (SMALL, P5(), P5.paper(), P5.paper("models/t5-small")):
        assert read_options(write_options(method, KINDS), METHOD, KINDS) == method


@pytest.mark.parametrize(
    "options", [{"beams": 0}, {"nobody": 2.0}, {"most_read": 4}, {"ratings": "x"}]
)
def test_impossible_options_are_refused(options):
    with pytest.raises(UsageError, match="need"):
        P5(**options)


def test_it_keeps_to_what_every_method_must():
    training = replace(SMALL.training, steps=200)
    walks = Mixture((("sequential", 1.0),), cuts="every", templates=("sequential-1",))
    check_recommender(replace(SMALL, training=training, mixture=walks))
