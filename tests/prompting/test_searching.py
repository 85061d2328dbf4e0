"""Search in a catalogue, by words and by meaning."""

from dataclasses import replace

import pytest

import penchant as pn
from penchant.backbones import HashedText
from penchant.core import Ragged, Run, read_state, write_state
from penchant.data import History, Queries
from penchant.prompting import ItemSearch, PastTexts, asked_texts, item_descriptions


@pytest.fixture(scope="module")
def catalog():
    return pn.data.mini_world().catalog


def asked(*histories):
    return Queries(History(Ragged.of(histories)))


def test_descriptions_are_searched(catalog):
    search = ItemSearch.of(catalog, None, Run())
    found = search.found(["signal nobody sent", "", "zzzz"], asked([], [], []), 5, Run())
    assert list(found) == ["words"]
    categories = catalog.table["categories"].to_list()
    assert all("space" in categories[item] for item in found["words"].items[0])
    assert (found["words"].items[1:] == -1).all()


def test_only_open_items_are_found(catalog):
    search = ItemSearch.of(catalog, HashedText(), Run())
    queries = replace(asked([]), candidates=Ragged.of([[3, 4, 5]]))
    found = search.found(["the royal railway"], queries, 5, Run())
    assert set(found) == {"words", "vectors"}
    for answer in found.values():
        assert {*answer.items[0].tolist()} <= {3, 4, 5, -1}


def test_nothing_is_near_to_saying_nothing(catalog):
    search = ItemSearch.of(catalog, HashedText(), Run())
    assert (search.found(["  "], asked([]), 5, Run())["vectors"].items == -1).all()


def test_a_search_comes_back_from_disk(catalog, tmp_path):
    search = ItemSearch.of(catalog, HashedText(), Run())
    write_state(search.state(), tmp_path, "search")
    back = ItemSearch.restore(read_state(tmp_path, "search"), HashedText())
    for name, answer in search.found(["a letter"], asked([]), 9, Run()).items():
        same = back.found(["a letter"], asked([]), 9, Run())[name]
        assert same.items.tolist() == answer.items.tolist()


def test_who_says_nothing_is_understood_by_their_history():
    titles = ["Heat", "Alien", "Up"]
    queries = replace(asked([0, 1, -1, 2], [1], []), texts=["", " funny ", ""])
    assert asked_texts(queries, titles, newest=2) == ["Alien . Up", "funny", ""]
    assert asked_texts(asked([0]), titles, newest=0) == [""]


def test_a_catalogue_without_descriptions_is_silent(catalog):
    bare = pn.data.Catalog(catalog.ids, catalog.table.drop("description"))
    assert set(item_descriptions(bare)) == {""}
    assert item_descriptions(catalog)[0].startswith("An empire")


def test_past_texts_are_the_newest_of_each_person():
    data = pn.data.mini_world()
    past = PastTexts.of(data, ("review",), most=2)
    reviews = data.events.filter(user=0).filter(~data.events.filter(user=0)["review"].is_null())
    assert [one.texts["review"] for one in past.of_user(0, ("review",))] == (
        reviews["review"].to_list()[-2:]
    )
    assert [one.item for one in past.of_user(0, ("review",))] == reviews["item"].to_list()[-2:]
    assert past.of_user(-1, ("review",)) == []
    assert past.of_user(0, ("summary",)) == []
    back = PastTexts.restore(past.json())
    assert back.of_user(0, ("review",)) == past.of_user(0, ("review",))


def test_without_such_texts_there_are_no_examples():
    assert PastTexts.of(pn.data.mini_world(), ("review", "summary"), most=2).rows == {}
    assert PastTexts.of(pn.data.mini_world(), ("review",), most=0).rows == {}


def test_an_encoder_is_opened_once(catalog, monkeypatch):
    times = []

    def count(self, run, _open=HashedText.open):
        times.append(1)
        return _open(self, run)

    monkeypatch.setattr(HashedText, "open", count)
    search = ItemSearch.of(catalog, HashedText(), Run())
    for _ in range(3):
        search.found(["a letter"], asked([]), 3, Run())
    assert len(times) == 1
