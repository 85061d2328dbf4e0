import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from penchant.data import Catalog, Ids
from penchant.models import FilterError, allowed_items

TABLE = pl.DataFrame(
    {
        "id": ["a", "b", "c", "d"],
        "title": ["Night Sea", "Sea's End", "Hill", None],
        "year": [1990, 1995, 2000, None],
        "price": [1.5, 2.5, None, 4.5],
        "categories": [["Comedy"], ["Drama", "Comedy"], [], None],
        "stock": [True, False, True, None],
        "odd name": [1, 2, 3, 4],
    }
)
CATALOG = Catalog(Ids(TABLE["id"]), TABLE)


def kept(where):
    return "".join(np.array(TABLE["id"])[allowed_items(CATALOG, where)])


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        ("year > 1990", "bc"),
        ("year >= 1990 and price < 2", "a"),
        ("year = 1990 or year == 2000", "ac"),
        ("year != 1990", "bc"),
        ("not (year = 1990)", "bc"),
        ("categories has 'Comedy'", "ab"),
        ("title has 'Sea'", "ab"),
        ('title = "Sea\'s End"', "b"),
        ("title in ['Hill', 'Night Sea']", "ac"),
        ("year not in [1990]", "bc"),
        ("year is missing", "d"),
        ("price is not missing", "abd"),
        ("stock", "ac"),
        ("not stock", "b"),
        ("`odd name` >= 3", "cd"),
        ("year = 1990 or year = 1995 and price > 2", "ab"),
        ("(year = 1990 or year = 1995) and price > 2", "b"),
    ],
)
def test_filters_worked_by_hand(where, expected):
    assert kept(where) == expected


@pytest.mark.parametrize(
    ("where", "said"),
    [
        ("yaer > 1990", "did you mean 'year'"),
        ("year >", "wanted"),
        ("year > 'x'", "year"),
        ("title > 3", "title"),
        ("(year > 1", "bracket"),
        ("year > 1)", "wanted"),
        ("year > 1 price < 2", "wanted"),
        ("", "wanted"),
        ("year ; drop", "column 6"),
        ("(" * 20 + "stock" + ")" * 20, "brackets"),
        ("stock and " * 600 + "stock", "at most 5000"),
    ],
)
def test_what_cannot_be_read_is_refused_at_its_place(where, said):
    with pytest.raises(FilterError, match=said):
        allowed_items(CATALOG, where)


@given(st.text(max_size=60))
def test_no_text_does_anything_but_filter_or_be_refused(text):
    try:
        mask = allowed_items(CATALOG, text)
    except FilterError:
        return
    assert mask.shape == (4,)


COLUMNS = ("year", "price", "title", "stock", "categories")
KEYS = ("and", "or", "not", "in", "has", "is", "missing", "true")
SIGNS = ("(", ")", "[", "]", ",", "=", "<", ">", "1", "'x'")


@given(st.lists(st.sampled_from(COLUMNS + KEYS + SIGNS), max_size=12).map(" ".join))
def test_no_order_of_words_breaks_the_reader(text):
    try:
        refused = allowed_items(CATALOG, text).shape != (4,)
    except FilterError as error:
        refused = "^" not in str(error)
    assert not refused
