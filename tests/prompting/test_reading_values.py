"""Scores, choices and JSON out of answers in the wild."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from penchant.language import JsonShape
from penchant.prompting import count_failures, read_json, read_option, read_score
from penchant.prompting.reading import KINDS
from penchant.tasks import Scale

TEN = Scale(0, 10)
PROFILE = JsonShape.of(
    "profile",
    {
        "type": "object",
        "required": ["genres"],
        "properties": {"genres": {"type": "array", "items": {"type": "string"}}},
    },
)


@pytest.mark.parametrize(
    ("text", "scale", "value", "share"),
    [
        ("(4 stars, 85%)", None, 4.0, 0.85),
        ("4.5 stars, 90 %", None, 4.5, 0.9),
        ("(5.0 stars, 100%)", None, 5.0, 1.0),
        ("5", None, 5.0, None),
        ("7.5", TEN, 7.5, None),
        ("7/10", TEN, 7.0, None),
        ("I would give it 7 out of 10.", TEN, 7.0, None),
        ("<think>3? no</think>4", None, 4.0, None),
        ("four stars, 80 percent", None, 4.0, 0.8),
    ],
)
def test_a_score_is_read_with_how_sure_it_is(text, scale, value, share):
    read = read_score(text, scale)
    assert (read.value, read.share, read.failures) == (value, share, {})


@pytest.mark.parametrize(
    ("text", "failures"),
    [
        ("", {"unreadable": 1}),
        ("I cannot rate products.", {"unreadable": 1}),
        ("85%", {"unreadable": 1}),
        ("2 or maybe 4, hard to say, 5?", {"unreadable": 1}),
        ("9", {"invalid": 1}),
        ("8/10", {"invalid": 1}),
    ],
)
def test_what_is_no_score_is_counted_by_kind(text, failures):
    read = read_score(text)
    assert (read.value, read.failures) == (None, failures)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("2", 1),
        ("(b)", 1),
        ("Number 2.", 1),
        ("Heat", 1),
        ("I would take **Heat** tonight.", 1),
        ("Up in the Air", 2),
        ("Up", 0),
    ],
)
def test_an_option_is_read_by_number_letter_or_words(text, place):
    read = read_option(text, ["Up", "Heat", "Up in the Air"])
    assert (read.place, read.failures) == (place, {})


@pytest.mark.parametrize(
    ("text", "failures"),
    [
        ("", {"unreadable": 1}),
        ("Either is fine.", {"unreadable": 1}),
        ("Up or Heat", {"unreadable": 1}),
        ("7", {"invalid": 1}),
    ],
)
def test_what_is_no_option_is_counted_by_kind(text, failures):
    assert read_option(text, ["Up", "Heat"]).failures == failures


@pytest.mark.parametrize(
    "text",
    [
        '{"genres": ["drama"]}',
        "Sure!\n```json\n{'genres': ['drama'],}\n```",
        '{"genres": ["drama"]',
    ],
)
def test_json_is_found_and_mended(text):
    assert read_json(text, PROFILE).value == {"genres": ["drama"]}


def test_json_of_another_shape_is_invalid():
    assert read_json('{"genres": "drama"}', PROFILE).failures == {"invalid": 1}
    assert read_json("drama, mostly", PROFILE).failures == {"unreadable": 1}


@given(st.text(max_size=200))
def test_whatever_a_model_says_nothing_is_raised(text):
    read = (read_score(text), read_option(text, ["Up", "Heat"]), read_json(text, PROFILE))
    assert set(count_failures(read)) <= set(KINDS)
    score, option, found = read
    assert bool(score.failures) == (score.value is None)
    assert bool(option.failures) == (option.place is None)
    assert bool(found.failures) == (found.value is None)
