import numpy as np
import polars as pl
import pytest

import penchant as pn
from penchant.data import item_vectors
from penchant.models import Change, with_catalog, with_events, with_stock, without_people
from penchant.models.asking import ERASED
from penchant.models.beside import Beside

LIKE = 3
"""A row of the catalogue that the new item is a copy of."""


@pytest.fixture(scope="module")
def data():
    return pn.data.mini_world()


@pytest.fixture(scope="module", params=[pn.Popular, pn.CoVisit, pn.EASE, pn.Markov])
def model(request, data):
    return pn.fit(request.param(), data)


@pytest.fixture(scope="module")
def copied(data):
    row = data.catalog.table.row(LIKE, named=True)
    return Change("copy", {name: value for name, value in row.items() if name != "id"})


def test_a_new_item_stands_right_behind_the_one_it_is_like(model, data, copied):
    grown = with_stock(model, [copied])
    like = data.catalog.ids.series()[LIKE]
    for user in data.people.ids.series()[:20].to_list():
        before = model.recommend([user], k=150, again=True)["item"].to_list()
        after = grown.recommend([user], k=151, again=True)["item"].to_list()
        assert [item for item in after if item != "copy"] == before
        if like in before:
            assert after[after.index(like) + 1] == "copy"


def test_it_is_answered_where_the_one_it_is_like_is_not(model, data, copied):
    grown = with_stock(model, [copied])
    like = data.catalog.ids.series()[LIKE]
    told = grown.recommend(history=[like], k=3, exclude=[like], where="id = 'copy'")
    assert told["item"].to_list() == ["copy"]
    assert grown.recommend(history=["copy"], k=151)["item"].is_in(["copy"]).any() is False
    assert grown.recommend(history=[], k=1, exclude=["copy"], where="id = 'copy'").is_empty()


def test_batches_are_answered_as_singles(model, data, copied):
    grown = with_stock(model, [copied, Change(data.catalog.ids.series()[0], gone=True)])
    users = data.people.ids.series()[:8].to_list()
    together = grown.recommend(users, k=20)
    alone = pl.concat([grown.recommend([user], k=20) for user in users])
    assert together["item"].equals(alone["item"])
    scores = together["score"].to_numpy()
    assert np.allclose(scores, alone["score"].to_numpy(), atol=1e-4)


def test_many_changes_at_once_or_one_after_another(model, copied):
    later = Change("copy", {**copied.columns, "year": 2044})
    changes = [copied, Change("other", {"title": "Nothing like it: zzz"}), later]
    at_once = with_stock(model, changes)
    singly = model
    for change in changes:
        singly = with_stock(singly, [change])
    assert isinstance(singly.recommender, Beside)
    assert singly.recommender.nearest.tolist() == at_once.recommender.nearest.tolist()
    assert singly.catalog.table.equals(at_once.catalog.table)
    assert singly.recommend(history=[], k=1, where="year = 2044")["item"].to_list() == ["copy"]


def test_what_left_is_no_answer_and_stays_in_histories(model, data):
    gone = data.catalog.ids.series()[:5].to_list()
    left = with_stock(model, [Change(item, gone=True) for item in gone])
    users = data.people.ids.series()[:10].to_list()
    assert not set(left.recommend(users, k=150, again=True)["item"]) & set(gone)
    assert left.histories is model.histories
    back = with_stock(left, [Change(gone[0], {}, whole=False)])
    assert gone[0] in back.recommend(users, k=150, again=True)["item"].to_list()


def test_nothing_changes_the_model_itself(model, copied):
    table = model.catalog.table.clone()
    with_stock(model, [copied, Change(table["id"][0], {"title": "x"}), Change("y", gone=True)])
    assert model.catalog.table.equals(table)
    assert model.closed is None


def test_erasing_a_person_goes_through(model, data, copied):
    user = data.people.ids.series()[0]
    erased = with_stock(model, [copied]).erase([user])
    assert user not in erased.people.ids
    assert "copy" in erased.recommend(history=[], k=151)["item"].to_list()


def test_data_are_renewed(data, copied):
    events = pl.DataFrame(
        {
            "user": ["ada", "ada", data.people.ids.series()[0], "ada"],
            "item": ["copy", data.catalog.ids.series()[5], "copy", "unknown"],
            "time": [3_000_000_000_000_000, 2_000_000_000_000_000, 3_000_000_000_000_000, 1],
            "kind": ["view", "rating", "buy", "view"],
            "value": [None, 4.0, 9.99, None],
        }
    )
    renewed, left_out = with_events(with_catalog(data, [copied]), events)
    assert left_out == 1
    assert len(renewed.events) == len(data.events) + 3
    ada = renewed.events.filter(pl.col("user") == renewed.people.ids.row("ada"))
    assert ada["item"].to_list() == [5, renewed.catalog.ids.row("copy")]
    assert ada["rating"].to_list() == [4.0, None]
    lengths = renewed.histories().items.lengths
    assert lengths.sum() == len(renewed.events)
    assert renewed.events["user"].is_sorted()
    model = pn.fit(pn.CoVisit(), renewed)
    assert "copy" not in model.recommend(["ada"], k=150)["item"].to_list()


def test_people_who_were_erased_are_in_no_data(data):
    gone = data.people.ids.series()[:2].to_list()
    left = without_people(data, lambda user: user in gone)
    assert len(left.people) == len(data.people)
    assert [name.startswith(ERASED) for name in left.people.ids.series()[:3]] == [True, True, False]
    assert left.events["user"].min() == 2
    assert without_people(data, lambda user: False) is data


def test_a_new_item_is_placed_where_the_one_it_is_like_is(data, copied):
    quick = pn.SASRec(dimension=16, layers=1, training=pn.Supervised(steps=2, batch_size=64))
    model = pn.fit(quick, data, threads=1)
    grown = with_stock(model, [copied])
    rows = np.array([0, LIKE, len(data.catalog)])
    own, told = (item_vectors(m.recommender, grown.catalog, rows[:2]) for m in (model, grown))
    assert (own == told).all()
    new = item_vectors(grown.recommender, grown.catalog, rows[1:])
    assert (new[0] == new[1]).all()
    assert np.linalg.norm(new[1]) == pytest.approx(1)
