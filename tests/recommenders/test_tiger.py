from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from penchant.backbones import HashedText
from penchant.backbones.code_decoder import Decoder
from penchant.backbones.seq2seq import EncoderDecoder
from penchant.core import DataError, Ragged, Run, UsageError, read_options, write_options
from penchant.data import EVENT_SCHEMA, Catalog, Dataset, History, Ids, People, Queries, mini_world
from penchant.indexing import JoinedVectors, RandomCodes, ResidualKMeans, TextVectors
from penchant.recommenders import KINDS, METHOD
from penchant.recommenders.tiger import Tiger
from penchant.testing import check_recommender
from penchant.train import Supervised

WORDS = TextVectors(encoder=HashedText(dimension=64))
SMALL = Tiger(
    scheme=ResidualKMeans(vectors=WORDS),
    model=Decoder(dimension=32, layers=1, feed_forward=64, dropout=0.0, head_dropout=0.0),
    training=Supervised(steps=150, batch_size=128, learning_rate=1e-2),
)
SEQ2SEQ = EncoderDecoder(
    dimension=32, heads=2, head_dimension=16, feed_forward=64, encoder_layers=1, dropout=0.0
)
N_ITEMS, N_PEOPLE, LENGTH = 20, 40, 8


def walkers(n_items=N_ITEMS, columns=("title",)):
    """Every person walks i0, i1, i2, … from somewhere, and round again."""
    starts = np.random.default_rng(0).integers(0, n_items, N_PEOPLE)
    items = (starts[:, None] + np.arange(LENGTH)) % n_items
    users = np.repeat(np.arange(N_PEOPLE), LENGTH)
    events = pl.DataFrame(
        {"user": users, "item": items.ravel(), "time": np.arange(len(users))},
    ).with_columns(rating=pl.lit(None), kind=pl.lit(None))
    names = pl.DataFrame({"id": [f"i{i}" for i in range(n_items)]})
    table = names.with_columns(title=pl.format("walk number {}", "id")) if columns else names
    people = pl.DataFrame({"id": [f"u{u}" for u in range(N_PEOPLE)]})
    return Dataset(
        Catalog(Ids(table["id"]), table),
        People(Ids(people["id"]), people),
        events.cast(dict(EVENT_SCHEMA)).select(*EVENT_SCHEMA),
    )


def asked(histories, **options):
    return Queries(History(Ragged.of(histories)), **options)


@pytest.fixture(scope="module")
def fitted():
    return SMALL.fit(walkers(), Run())


def test_it_learns_where_people_walk(fitted):
    queries = asked([[i, (i + 1) % N_ITEMS, (i + 2) % N_ITEMS] for i in range(N_ITEMS)])
    found = fitted.recommend(queries.unseen(), 3, Run())
    right = found.items[:, 0] == (np.arange(N_ITEMS) + 3) % N_ITEMS
    assert right.mean() >= 0.9


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"causal": False},
        {"position_per_code": True},
        {"causal": False, "position_per_code": True},
    ],
)
def test_it_learns_with_the_encoders_of_the_paper_too(options):
    fitted = replace(SMALL, model=replace(SEQ2SEQ, **options)).fit(walkers(), Run())
    found = fitted.recommend(asked([[3, 4, 5], [8, 9]]), 1, Run())
    assert found.items[:, 0].tolist() == [6, 10]


def test_batch_equals_singles(fitted):
    histories = [[1, 2], [], [5, 6, 7, 8, 9], [3]]
    together = fitted.recommend(asked(histories), 5, Run())
    for row, history in enumerate(histories):
        alone = fitted.recommend(asked([history]), 5, Run())
        assert alone.items[0].tolist() == together.items[row].tolist()
        assert alone.scores[0] == pytest.approx(together.scores[row], abs=1e-4)


def test_all_open_items_come_back_when_asked_for(fitted):
    excluded = Ragged.of([[0, 1, 2]])
    found = fitted.recommend(asked([[4, 5]], excluded=excluded), N_ITEMS, Run())
    assert sorted(found.items[0].tolist()) == [-1, -1, -1, *range(3, N_ITEMS)]
    assert found.flags.tolist() == [2]


def test_unknown_items_and_empty_histories_are_borne(fitted):
    found = fitted.recommend(asked([[-1, 999, 5, 6], [5, 6], []]), 4, Run())
    assert found.items[0].tolist() == found.items[1].tolist()
    assert (found.items >= 0).all()


def test_people_are_told_apart_by_their_tokens():
    data = walkers()
    heard = replace(SMALL, model=replace(SMALL.model, user_tokens=N_PEOPLE))
    fitted = heard.fit(data, Run())
    of = {user: asked([[3, 4]], users=np.array([user], np.int32)) for user in (-1, 0, 1)}
    scores = {user: fitted.recommend(q, 5, Run()).scores.tolist() for user, q in of.items()}
    unknown = fitted.recommend(asked([[3, 4]]), 5, Run()).scores.tolist()
    assert scores[-1] == unknown
    assert scores[0] != scores[1] != unknown


def test_the_state_gives_the_same_answers(fitted):
    data = walkers()
    again = SMALL.restore(fitted.state(), data.catalog, Run())
    queries = asked([[1, 2, 3], []])
    before, after = (one.recommend(queries, 6, Run()) for one in (fitted, again))
    assert before.items.tolist() == after.items.tolist()
    assert before.scores.tolist() == after.scores.tolist()
    with pytest.raises(UsageError, match="another catalogue"):
        SMALL.restore(fitted.state(), walkers(19).catalog, Run())


def test_the_same_seed_gives_the_same_model(fitted):
    again = SMALL.fit(walkers(), Run())
    other = SMALL.fit(walkers(), Run(seed=1))
    weights = [one.state().arrays["codes.weight"] for one in (fitted, again, other)]
    assert (weights[0] == weights[1]).all()
    assert weights[1].shape != weights[2].shape or (weights[1] != weights[2]).any()


def test_similar_items_leave_out_the_item_itself(fitted):
    found = fitted.similar(np.array([3, 7], np.int32), 4, Run())
    assert found.items.shape == (2, 4)
    assert 3 not in found.items[0]
    assert (np.diff(found.scores, axis=1) <= 0).all()


def test_new_items_get_codes_and_can_be_answered(fitted):
    more = walkers(N_ITEMS + 2).catalog
    grown = fitted.with_items(more, Run())
    new = np.zeros(N_ITEMS + 2, np.bool_)
    new[N_ITEMS:] = True
    found = grown.recommend(asked([[1, 2]], allowed=new), 5, Run())
    assert sorted(found.items[0].tolist()) == [-1, -1, -1, N_ITEMS, N_ITEMS + 1]
    old = grown.recommend(asked([[1, 2]], allowed=~new), 5, Run())
    assert old.items.tolist() == fitted.recommend(asked([[1, 2]]), 5, Run()).items.tolist()


def test_a_new_item_has_an_even_share_among_those_with_its_codes(fitted):
    grown = fitted.with_items(walkers(N_ITEMS + 2).catalog, Run())
    codes = grown.coded.index.padded()
    found = grown.recommend(asked([[1, 2]]), N_ITEMS + 2, Run())
    score = np.empty(N_ITEMS + 2)
    score[found.items[0]] = found.scores[0]
    for new in (N_ITEMS, N_ITEMS + 1):
        beside = (codes[:, :-1] == codes[new, :-1]).all(1)
        taught = beside & (np.arange(N_ITEMS + 2) < N_ITEMS)
        together = np.logaddexp.reduce(score[taught])
        assert score[new] == pytest.approx(together - np.log(beside.sum()), abs=0.2)


class Notes:
    def __init__(self):
        self.notes = []

    def progress(self, stage, done, total, **figures):
        pass

    def note(self, text):
        self.notes.append(text)


def test_without_texts_codes_come_from_who_chose_what():
    watch = Notes()
    short = replace(SMALL, training=Supervised(steps=2, batch_size=64))
    fitted = short.fit(walkers(columns=()), Run(watch=watch))
    assert "no texts of items" in watch.notes[0]
    assert (fitted.recommend(asked([[1]]), 3, Run()).items >= 0).all()


@pytest.mark.parametrize(
    "scheme", [ResidualKMeans(vectors=JoinedVectors(parts=(WORDS,))), RandomCodes(width=8)]
)
def test_other_codes_serve_as_well(scheme):
    short = replace(SMALL, training=Supervised(steps=2, batch_size=64), scheme=scheme)
    fitted = short.fit(mini_world(), Run())
    assert (fitted.recommend(asked([[1, 2]]), 3, Run()).items >= 0).all()
    grown = fitted.coded.index
    assert grown.trie().n_leaves == len(mini_world().catalog)


def test_a_stopped_fit_goes_on_where_it_was(tmp_path):
    short = replace(SMALL, training=Supervised(steps=6, batch_size=64, checkpoint_every=2))
    kept = short.fit(walkers(), Run(folder=tmp_path))
    again = short.fit(walkers(), Run(folder=tmp_path))
    free = short.fit(walkers(), Run())
    for one in (again, free):
        assert (one.state().arrays["codes.weight"] == kept.state().arrays["codes.weight"]).all()


def test_data_without_sequences_is_refused():
    data = walkers()
    with pytest.raises(DataError, match="nobody"):
        SMALL.fit(replace(data, events=data.events.unique("user")), Run())


def test_options_go_through_json_and_back():
    for method in (SMALL, replace(SMALL, scheme=RandomCodes(levels=2)), Tiger.paper(), Tiger()):
        assert read_options(write_options(method, KINDS), METHOD, KINDS) == method


@pytest.mark.parametrize("options", [{"beams": 0}, {"max_history": 0}, {"passes": 0}])
def test_impossible_options_are_refused(options):
    with pytest.raises(UsageError, match="need"):
        Tiger(**options)


@pytest.mark.parametrize("model", [SMALL.model, SEQ2SEQ], ids=["decoder", "encoder-decoder"])
def test_it_keeps_to_what_every_method_must(model):
    training = replace(SMALL.training, steps=400)
    check_recommender(replace(SMALL, model=model, training=training))
