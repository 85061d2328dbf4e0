import numpy as np
import polars as pl
import pytest

import penchant as pn
from penchant.data import read_catalog
from penchant.models import allowed_items, read_wish, read_wishes


@pytest.fixture(scope="module")
def catalog():
    return pn.data.mini_world().catalog


@pytest.mark.parametrize(
    ("said", "where"),
    [
        ("something after 2010", "(year > 2010)"),
        ("since 2010, please", "(year >= 2010)"),
        ("older than 2010", "(year < 2010)"),
        ("until 2010", "(year <= 2010)"),
        ("a story of 2010", "(year = 2010)"),
        ("between 2010 and 2012", "(year >= 2010 and year <= 2012)"),
        ("from the 90s", "(year >= 1990 and year <= 1999)"),
        ("2010s", "(year >= 2010 and year <= 2019)"),
        ("under 20 euros", "(price < 20)"),
        ("at most $9.50", "(price <= 9.50)"),
        ("price above 12", "(price > 12)"),
        ("at least 15 dollars", "(price >= 15)"),
        ("part under 3", "(part < 3)"),
        ("under 20", None),
        ("a mystery", "(categories has 'mystery')"),
        ("mysteries", "(categories has 'mystery')"),
        ("no mystery", "(not categories has 'mystery')"),
        ("nothing with history", "(not categories has 'history')"),
        ("a mystery or a romance", "(categories has 'mystery' or categories has 'romance')"),
        ("spacious mysteriously", None),
        ("", None),
    ],
)
def test_words_are_read_as_a_filter(catalog, said, where):
    assert read_wish(said, catalog).where == where


def test_what_is_said_cannot_write_a_filter_of_its_own(catalog):
    said = "x' or true) or (year > 0; a mystery') or price > 0 or not (title = 'x"
    assert read_wish(said, catalog).where == "(categories has 'mystery')"


def test_values_are_quoted():
    table = pl.DataFrame({"item": ["a", "b"], "title": ["A", "B"], "genre": ["rock'n'roll", "x\\"]})
    odd = read_catalog(table)
    wish = read_wish("rock'n'roll", odd)
    assert allowed_items(odd, wish.where).tolist() == [True, False]


def test_columns_with_odd_names_are_quoted():
    odd = read_catalog(
        pl.DataFrame({"item": ["a", "b"], "title": ["A", "B"], "page count": [9, 90]})
    )
    wish = read_wish("page count under 50", odd)
    assert allowed_items(odd, wish.where).tolist() == [True, False]


def test_values_that_nothing_has_are_searched_for_only(catalog):
    table = {"item": ["a", "b"], "genre": ["crime", "love"], "year": [1999, 2005]}
    few = read_catalog(pl.DataFrame({**table, "title": ["A", "B"]}))
    wish = read_wish("a crime after 2000", few)
    assert wish.where == "(year > 2000)"
    assert wish.notes == (
        "nothing is all of that, so this was searched for only: categories has 'crime'",
    )
    refused = read_wish("no crime, no love, a love", few)
    assert not allowed_items(few, refused.where).any()


def test_a_conversation_goes_on(catalog):
    said = ["a mystery after 2010 with a detective", "under 12 euros", "before 2015 rather"]
    wish = read_wishes(said, catalog)
    assert wish.where == "(year < 2015) and (categories has 'mystery') and (price < 12)"
    assert wish.query == "under 12 euros before 2015 rather"
    assert not wish.another
    assert read_wishes([*said, "another one"], catalog).another
    assert read_wishes([" "], catalog).where is None


def test_every_filter_that_is_read_can_be_read_again(catalog):
    rng = np.random.default_rng(0)
    words = ["no", "a", "mystery", "history", "under", "20", "euros", "after", "2010", "'", "\\"]
    words += [
        "between",
        "and",
        "2012",
        "part",
        "at most",
        "(",
        ")",
        "or",
        "90s",
        "\u017fpace",
        "\x00",
    ]
    for _ in range(300):
        said = " ".join(rng.choice(words, 8))
        where = read_wish(said, catalog).where
        assert where is None or len(allowed_items(catalog, where)) == len(catalog)
