"""Search: items whose texts say what a person says."""

from dataclasses import replace

import numpy as np
import pytest

import penchant as pn
from penchant.backbones import HashedText
from penchant.core import Ragged, Run, UsageError
from penchant.data import Flag
from penchant.recommenders.search import Search


def answer(films, queries, k=3, **options):
    return Search(**{"encoder": None, **options}).fit(films, Run()).recommend(queries, k, Run())


def test_what_is_said_is_found(films, ask):
    queries = replace(ask([[], []]), texts=["something in SPACE, from 1979", "toys"])
    found = answer(films, queries)
    assert found.items[0, 0] == 1
    assert {*found.items[1, :2].tolist()} == {3, 4}
    assert found.flags.tolist() == [0, 0]


def test_who_says_nothing_gets_more_of_what_they_chose(films, ask):
    found = answer(films, ask([[1]]).unseen(), k=1, encoder=HashedText())
    assert found.items[0].tolist() == [2]


def test_the_history_has_its_say_beside_the_wish(films, ask):
    queries = replace(ask([[2]]).unseen(), texts=["art"])
    wished = answer(films, queries, k=9, past=0.0).items[0].tolist()
    both = answer(films, queries, k=9, encoder=HashedText(), past=5.0).items[0].tolist()
    assert 1 not in wished[:5]
    assert both[0] == 1


def test_what_cannot_be_found_is_degraded_and_who_asks_nothing_is_not(films, ask):
    queries = replace(ask([[], [], []]), texts=["zzzz", "", "space"])
    found = answer(films, queries)
    assert found.flags.tolist() == [Flag.DEGRADED, 0, 0]
    assert (found.items >= 0).all()
    assert found.items[0].tolist() == found.items[1].tolist()


def test_only_open_items_are_found(films, ask):
    queries = replace(ask([[1]]).unseen(), texts=["space"], candidates=Ragged.of([[1, 5, 6]]))
    assert {*answer(films, queries, k=2).items[0].tolist()} == {5, 6}


def test_meaning_counts_beside_words(films, ask):
    queries = replace(ask([[]]), texts=["alienss"])
    assert answer(films, queries, k=1).flags[0] & Flag.DEGRADED
    assert answer(films, queries, k=1, encoder=HashedText()).items[0, 0] in (1, 2)


def test_a_saved_model_finds_the_same(tmp_path):
    data = pn.data.mini_world()
    model = pn.fit(pn.Search(encoder=HashedText()), data)
    model.save(tmp_path / "search")
    back = pn.load(tmp_path / "search")
    before = model.recommend(users=["u907258"], k=9)
    assert back.recommend(users=["u907258"], k=9).equals(before)
    assert np.isfinite(before["score"].to_numpy()).all()


@pytest.mark.parametrize("options", [{"newest": -1}, {"depth": 0}, {"past": -1}])
def test_what_cannot_be_is_refused(options):
    with pytest.raises(UsageError, match=next(iter(options))):
        Search(**options)
