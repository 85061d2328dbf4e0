"""Attributes of items: asked for, checked, and never in place of what is known."""

import json

import polars as pl
import pytest

import penchant as pn
from penchant.core import Overheard, Run, Silent, UsageError
from penchant.language import ScriptedLM
from penchant.prompting import Trait, exact_matches, filled_in, write_attributes
from penchant.prompting.attributes import ATTRIBUTES, read_attributes

AUTHOR = [Trait("author")]


@pytest.fixture(scope="module")
def catalog():
    return pn.data.mini_world().catalog


@pytest.mark.parametrize(
    "text",
    [
        "Ron Underwood, USA, English",
        "Ron Underwood, USA, English.",
        "Sure, here you are, as asked:\nRon Underwood, USA, English",
        "director: Ron Underwood, country: USA, language: English",
        '{"director": "Ron Underwood", "country": "USA", "language": "English"}',
        "Director: Ron Underwood\nCountry: USA\nLanguage: English",
    ],
)
def test_attributes_in_the_wild_are_read(text):
    read = read_attributes(text, ATTRIBUTES)
    assert read.values == {
        "director": ("Ron Underwood",),
        "country": ("USA",),
        "language": ("English",),
    }
    assert not read.failures


@pytest.mark.parametrize(
    ("text", "failures"),
    [
        ("Ron Underwood", {"unreadable": 1}),
        ("", {"unreadable": 1}),
        ("Hard to say, as each has its own charm, and so much depends on it", {"unreadable": 1}),
        ("Das weiß ich leider nicht, aber alle sind schön. 好, 請自行選擇。", {"unreadable": 1}),
        ("Well, I think so, maybe", {"unreadable": 1}),
        ("unknown, unknown, English", {"says that it does not know": 2}),
        ("director: Ron Underwood", {"not said": 2}),
    ],
)
def test_what_is_missing_is_counted(text, failures):
    assert read_attributes(text, ATTRIBUTES).failures == failures


@pytest.mark.parametrize("behaviour", ["prose", "foreign", "declining", "hostile", "repeating"])
def test_an_answer_in_sentences_gives_no_values(catalog, behaviour):
    found = write_attributes(ScriptedLM(behaviour=behaviour), catalog, [0, 1], run=Run())
    assert found.frame.is_empty()
    assert found.failures == {"unreadable": 2}


def test_names_with_initials_and_small_words_are_values():
    read = read_attributes("Samuel L. Jackson Jr., Republic of Korea, English", ATTRIBUTES)
    assert [one for (one,) in read.values.values()] == [
        "Samuel L. Jackson Jr",
        "Republic of Korea",
        "English",
    ]


def test_only_known_values_are_taken_where_they_are_given():
    languages = [Trait("language", ("English", "French"))]
    assert read_attributes("language: french", languages).values == {"language": ("French",)}
    assert read_attributes("language: Elvish", languages).failures["not a known value"] == 1


def test_the_prompt_does_not_tell_the_answer(catalog, tmp_path):
    path = tmp_path / "heard"
    write_attributes(ScriptedLM(heard=str(path)), catalog, range(20), run=Run(), attributes=AUTHOR)
    authors = catalog.table["author"].to_list()
    lines = [json.loads(line)["text"] for line in path.read_text().splitlines()]
    assert len(lines) == 20
    assert not any(author in line for author, line in zip(authors[:20], lines, strict=True))


def test_what_is_known_stays_and_gaps_are_filled(catalog):
    known = catalog.table["author"].to_list()
    gaps = pl.Series("author", [None if row < 3 else name for row, name in enumerate(known)])
    poor = pn.data.Catalog(catalog.ids, catalog.table.with_columns(gaps))
    lm = ScriptedLM(answers=("author: Jo March",))
    found = write_attributes(lm, poor, range(5), run=Run(), attributes=AUTHOR)
    filled = filled_in(poor, found).table["author"].to_list()
    assert filled == ["Jo March"] * 3 + known[3:]


def test_a_new_column_holds_what_was_said(catalog):
    lm = ScriptedLM(answers=("mood: dark, quiet",))
    found = write_attributes(lm, catalog, [2], run=Run(), attributes=[Trait("mood")])
    column = filled_in(catalog, found).table["mood"]
    assert column.drop_nulls().to_list() == ["dark, quiet"]
    assert column[2] == "dark, quiet"


def test_exact_matches_are_counted_without_case_and_accents(catalog):
    truth = catalog.table["author"][0]
    lm = ScriptedLM(answers=(f"author: {truth.upper()}", "author: Nobody", "no idea"))
    found = write_attributes(lm, catalog, [0, 1, 2], run=Run(), attributes=AUTHOR)
    assert exact_matches(found, catalog, "author") == (1, 2, 3)
    with pytest.raises(UsageError, match="no column 'director'"):
        exact_matches(found, catalog, "director")


def test_what_cannot_be_asked_is_refused(catalog):
    with pytest.raises(UsageError, match="no item 150"):
        write_attributes(ScriptedLM(), catalog, [150], run=Run())
    with pytest.raises(UsageError, match="no attributes"):
        write_attributes(ScriptedLM(), catalog, [0], run=Run(), attributes=[])
    lm = ScriptedLM(answers=("year: 1999",))
    found = write_attributes(lm, catalog, [0], run=Run(), attributes=[Trait("year")])
    with pytest.raises(UsageError, match="only columns of texts"):
        filled_in(catalog, found)


def test_a_value_that_was_not_said_is_no_call_that_is_missing_from_the_books(catalog):
    heard = Overheard(Silent())
    lm = ScriptedLM(answers=("director: Jo March",))
    write_attributes(lm, catalog, [0], run=Run(watch=heard))
    assert heard.notes == ["attributes, 1 question: 2 not said; what was not valid is left out"]
