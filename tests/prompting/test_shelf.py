"""Titles that models write, as open items."""

import sys
from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from penchant.core import MissingExtra, Ragged, Run
from penchant.data import EVENT_SCHEMA, Catalog, Dataset, Flag, History, Ids, People, Queries
from penchant.prompting import Shelf, genres_of, item_lines

TITLES = ["Heat", "Alien", "Aliens", "Toy Story", "Toy Story 2", "Amélie", "Up", "Heat"]


def shop(counts=(0, 3, 1, 2, 1, 0, 0, 5), **columns):
    ids = Ids([f"i{row}" for row in range(len(TITLES))])
    table = pl.DataFrame({"id": ids.series(), "title": TITLES, **columns})
    items = [item for item, n in enumerate(counts) for _ in range(n)]
    events = pl.DataFrame(
        {"user": [0] * len(items), "item": items, "time": None, "rating": None, "kind": None},
        schema=dict(EVENT_SCHEMA),
    )
    people = Ids(["u0"])
    return Dataset(
        Catalog(ids, table), People(people, pl.DataFrame({"id": people.series()})), events
    )


def asked(*histories):
    return Queries(History(Ragged.of(histories))).unseen()


def found(text, history=(), **changes):
    shelf = Shelf.of(shop())
    listed = shelf.find([text], replace(asked(list(history)), **changes))
    return listed.items[0], dict(listed.failures)


@pytest.mark.parametrize(
    ("text", "items"),
    [
        ("1. Toy Story\n2. Alien", [3, 1]),
        ("['Alien', 'Up']", [1, 6]),
        ('["Amelie"]', [5]),
        ("toy stroy 2", [4]),
        ("Sure! Here you are:\n- ALIENS (1986)\n- Up", [2, 6]),
    ],
)
def test_lists_in_the_wild_become_items(text, items):
    assert found(text)[0] == items


def test_of_items_with_the_same_title_the_most_chosen_is_meant():
    assert found("Heat")[0] == [7]
    assert found("Heat", excluded=Ragged.of([[7]]))[0] == [0]


def test_what_is_no_open_item_is_counted_by_kind():
    items, failures = found("1. Alien\n2. Up\n3. Up\n4. Solaris", history=[1])
    assert items == [6]
    assert failures == {"duplicate": 1, "history": 1, "invalid": 1}


@pytest.mark.parametrize("text", ["", "What a lovely selection!", "]]] {{{ \x00"])
def test_an_answer_without_items_is_unreadable(text):
    items, failures = found(text)
    assert items is None
    assert failures["unreadable"] == 1


def test_no_answer_is_no_failure_of_reading():
    assert Shelf.of(shop()).find([None], asked([])).failures == {}


def test_filters_hold_whatever_the_model_writes():
    allowed = np.arange(len(TITLES)) < 3
    assert found("Toy Story, Up", allowed=allowed)[0] is None
    assert found("1. Up\n2. Alien", candidates=Ragged.of([[1, 3]]))[0] == [1]


def test_named_items_come_first_and_the_most_chosen_follow():
    shelf = Shelf.of(shop())
    ranked = shelf.ranked([[6, 5], None], asked([7], []), 4, Run())
    assert ranked.items.tolist() == [[6, 5, 1, 3], [7, 1, 3, ranked.items[1, 3]]]
    assert ranked.scores[0] == pytest.approx([1, 1 / 2, 1 / 3, 1 / 4])
    assert ranked.flags.tolist() == [0, Flag.DEGRADED]


def test_candidates_keep_the_order_in_which_they_were_proposed():
    shelf = Shelf.of(shop())
    queries = replace(asked([], []), candidates=Ragged.of([[5, 0, 7], [2, 6]]))
    ranked = shelf.ranked([[0], None], queries, 3, Run())
    assert ranked.items.tolist() == [[0, 5, 7], [2, 6, -1]]
    assert ranked.flags.tolist() == [0, Flag.DEGRADED | Flag.SHORT]


def test_numbers_name_items_of_the_pool():
    pools, past = Ragged.of([[5, 0, 7], [1]]), Ragged.of([[3], [3]])
    listed = Shelf.of(shop()).numbered(["2, 1, 9", None], pools, past)
    assert listed.items == [[0, 5], None]
    assert listed.failures == {"invalid": 1}


def test_titles_name_items_of_the_pool():
    pools = Ragged.of([[4, 3, 1]])
    listed = Shelf.of(shop()).titled(["['Toy Story', 'Heat', 'Alien']"], pools, Ragged.of([[7]]))
    assert listed.items == [[3, 1]]
    assert listed.failures == {"history": 1}


def test_titles_of_the_history_are_told_from_invented_ones_where_numbers_were_asked_for():
    pools, past = Ragged.of([[0, 1]]), Ragged.of([[3]])
    listed = Shelf.of(shop()).numbered(["1. Toy Story\n2. Heat"], pools, past)
    assert listed.items == [[0]]
    assert listed.failures == {"history": 1}


def test_a_copied_list_names_nothing():
    pools, past = Ragged.of([[5, 0, 4, 1, 2]]), Ragged.of([[3]])
    shelf = Shelf.of(shop())
    titles = "\n".join(shelf.titles[item] for item in pools[0])
    for listed in (
        shelf.numbered(["1, 2, 3, 4, 5"], pools, past),
        shelf.titled([titles], pools, past),
    ):
        assert listed.items == [None]
        assert listed.failures == {"copied": 1}


def test_a_line_tells_title_year_and_categories():
    data = shop(
        year=[1995, None, 1986, 1995, 1999, 2001, 2009, 1986],
        categories=[["crime", "drama"], [], None, ["toys"], ["toys"], ["love"], [], []],
    )
    lines = item_lines(data.catalog)
    assert lines[:3] == ["Heat (1995), crime|drama", "Alien", "Aliens (1986)"]
    assert genres_of(data.catalog)[:3] == [("crime", "drama"), (), ()]


def test_categories_in_one_text_are_several():
    data = shop(categories=["Comedy|Drama", "Comedy, War", None, "", "a", "b", "c", "d"])
    assert genres_of(data.catalog)[:4] == [("Comedy", "Drama"), ("Comedy", "War"), (), ()]


def test_an_empty_catalogue_is_no_trouble():
    ids = Ids([])
    catalog = Catalog(ids, pl.DataFrame({"id": ids.series()}))
    shelf = Shelf.restore(np.zeros(0, np.float32), catalog)
    assert shelf.find(["Heat"], asked([])).items == [None]


def test_candidates_by_number_need_no_index(monkeypatch):
    monkeypatch.setitem(sys.modules, "bm25s", None)
    shelf = Shelf.of(shop())
    assert shelf.numbered(["2"], Ragged.of([[5, 0]]), Ragged.of([[]])).items == [[0]]
    with pytest.raises(MissingExtra, match=r"penchant\[retrieve\]"):
        shelf.find(["Heat"], asked([]))
