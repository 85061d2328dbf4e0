"""Words of others in prompts: fenced, on one line, not too long."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

import penchant as pn
from penchant.core import UsageError
from penchant.tasks import Names, fenced, names_of, numbered_item, plain

DATA = pn.data.mini_world()


@given(st.text(), st.integers(1, 50))
def test_a_text_is_one_short_line_without_marks_of_a_model(text, limit):
    said = plain(text, limit)
    assert len(said) <= limit
    assert said == said.strip()
    assert not set(said) & set("<>\n\r\t\x00\u2028")


@given(st.text(), st.integers(1, 50))
def test_a_fenced_text_cannot_close_its_fence(text, limit):
    said = fenced(text, limit)
    assert said[0] == said[-1] == '"'
    assert '"' not in said[1:-1]
    assert len(said) <= limit + 2


def test_a_text_as_long_as_a_book_takes_no_longer():
    assert plain("word " * 10_000_000, 20) == "word word word word"


def test_names_of_a_catalogue():
    names = names_of(DATA.catalog, DATA.people)
    assert names.item(0) == '"The Royal Crown, part 4"'
    assert names.user(3) == "user_3"
    assert names.person is not None
    assert names.person(0) == "age 45, gender female, locale en"
    assert names.person(-1) == "a stranger"
    assert set(names.facts) == {"categories", "description", "details", "price", "title", "year"}
    assert all(len(told) == len(DATA.catalog) for told in names.facts.values())
    assert names.facts["details"][0].startswith(
        'title "The Royal Crown, part 4", categories "books'
    )


def test_a_catalogue_of_ids_has_no_facts(make_catalog):
    names = names_of(make_catalog({"id": ["a", "b"]}))
    assert names.facts == {}
    assert names.person is None
    assert [names.item(0), names.item(1)] == ['"a"', '"b"']


def test_what_a_catalogue_does_not_say_is_unknown(make_catalog):
    names = names_of(make_catalog({"id": ["a", "b"], "title": ["A", None], "price": [None, 2.5]}))
    assert names.facts["price"] == ["unknown", "2.5"]
    assert names.facts["details"] == ['title "A"', 'title "b", price 2.5']


def test_facts_have_known_names():
    with pytest.raises(UsageError, match="colour"):
        Names(numbered_item, facts={"colour": ["red"]})
    with pytest.raises(UsageError, match="text_limit=0"):
        Names(numbered_item, text_limit=0)
