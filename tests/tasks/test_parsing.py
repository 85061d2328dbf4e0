"""What a model wrote, read; nothing raises, and failures have kinds."""

import math
import string

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import penchant as pn
from penchant.core import Ragged
from penchant.tasks import (
    ItemWords,
    Scale,
    as_array,
    names_of,
    read_choice,
    read_choices,
    read_items,
    read_rating,
    read_ratings,
    read_yes_no,
    read_yes_noes,
)
from penchant.tasks.parsing import (
    BOTH,
    EMPTY,
    NEITHER,
    NO_NUMBER,
    OUT_OF_RANGE,
    OUT_OF_SCALE,
    SEVERAL,
)

ANY = st.text() | st.text(string.printable) | st.text('0123456789.,-/ %[]"abc\n', max_size=60)


@pytest.mark.parametrize(
    ("text", "rating"),
    [
        ("4", 4),
        ("4.0", 4),
        (" 4.5 stars\n", 4.5),
        ("4,5", 4.5),
        ("Four.", 4),
        ("three and a half stars", 3.5),
        ("4/5", 4),
        ("4 out of 5", 4),
        ("out of 5, I give it a 2", 2),
        ("(4 stars, 85%)", 4),
        ("I would say 5-star", 5),
        ("a 4, one of the best", 4),
        ("3-4", 3.5),
        ("between 3 and 4", None),
        ("3 to 5", 4),
        ("from 1 to 5", None),
        ("On a scale of 1-5: 4", 4),
        ("1 - 5", None),
        ("rating: 2", 2),
        ("The rating is 3. Yes, 3!", 3),
        ("2 or 5, hard to say, perhaps 3", None),
        ("", None),
        ("no idea", None),
        ("6", None),
        ("-3", None),
        ("\N{MINUS SIGN}3", None),
        ("12345678901234567890", None),
        ("someone", None),
    ],
)
def test_ratings(text, rating):
    assert read_rating(text) == rating


def test_the_scale_decides():
    assert read_rating("8", Scale(1, 10)) == 8
    assert read_rating("0", Scale(0, 1)) == 0
    assert read_rating("-2", Scale(-10, 10)) == -2
    assert read_rating("8") is None


def test_failures_of_ratings_are_counted_by_kind():
    parsed = read_ratings(["4", "", "?", "9", "1 and 4", "7"])
    assert parsed.values == (4, None, None, None, None, None)
    assert parsed.failures == {EMPTY: 1, NO_NUMBER: 1, OUT_OF_SCALE: 2, SEVERAL: 1}
    assert parsed.unread == 5
    assert len(parsed) == 6
    array = as_array(parsed)
    assert array.dtype == np.float32
    assert np.isnan(array).sum() == 5


@given(ANY)
def test_a_rating_is_on_the_scale_or_nothing(text):
    rating = read_rating(text)
    assert rating is None or 1 <= rating <= 5
    parsed = read_ratings([text])
    assert parsed.values == (rating,)
    assert sum(parsed.failures.values()) == parsed.unread


@given(st.floats(1, 5).map(lambda value: round(value, 2)))
def test_a_rating_in_digits_is_read(rating):
    found = read_rating(f"I give {rating:.2f} stars out of 5")
    assert found is not None
    assert math.isclose(found, rating)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Yes", True),
        ("no.", False),
        (" **Yes**, because it is not dull", True),
        ("No, although yes would be nicer", False),
        ("I think yes", True),
        ("It is not", False),
        ("true", True),
        ("yesterday", None),
        ("know", None),
        ("", None),
        ("maybe yes, maybe no", None),
        ("Yes/No", None),
        ("yes or no.", None),
        ("Yes, or not?", True),
        ("Not sure", None),
        ("no idea, but yes", None),
        ("I do not know", None),
        ("No, though I am not sure", False),
        ("Definitely not", False),
    ],
)
def test_yes_and_no(text, said):
    assert read_yes_no(text) is said


def test_failures_of_yes_and_no_are_counted_by_kind():
    parsed = read_yes_noes(["yes", "", "maybe", "I say yes and no"])
    assert parsed.failures == {BOTH: 1, EMPTY: 1, NEITHER: 1}


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("1", 0),
        ("4.", 3),
        ("Number 2", 1),
        ("(b)", 1),
        ("C", 2),
        ("Answer: D.", 3),
        ("option 3, since 3 is best", 2),
        ("a", 0),
        ("I would take a book", None),
        ("5", None),
        ("e)", None),
        ("1 or 2", None),
        ("", None),
        ("0", None),
    ],
)
def test_choices(text, place):
    assert read_choice(text, 4) == place


def test_failures_of_choices_are_counted_by_kind():
    parsed = read_choices(["2", "9", "?", "1, 2"], 4)
    assert parsed.values == (1, None, None, None)
    assert parsed.failures == {NO_NUMBER: 1, OUT_OF_RANGE: 1, SEVERAL: 1}
    assert read_choices(["2", "2"], [1, 2]).values == (None, 1)


@given(ANY, st.integers(0, 30))
def test_reading_never_raises(text, n):
    read_yes_no(text)
    place = read_choice(text, n)
    assert place is None or 0 <= place < n


TITLES = ["Emma", "Persuasion", "War, and Peace", "Emma", "item_7", "1984"]
WORDS = ItemWords.of(TITLES.__getitem__, len(TITLES))
ITEMS = ItemWords.of(lambda row: f"item_{row}", 9)


def found(text, words=WORDS, k=4, **options):
    return read_items([text], words, k, **options).items[0].tolist()


@pytest.mark.parametrize(
    "text",
    [
        "Persuasion\nWar, and Peace\n1984",
        "1. Persuasion\n2. War, and Peace\n3. 1984",
        "- persuasion\n* WAR, and  peace.\n- 1984",
        "Here you are:\n1) Persuasion\n2) War, and Peace\n3) 1984",
        '["Persuasion", "War, and Peace", "1984"]',
        'Sure: ["Persuasion", "War, and Peace", "1984"] enjoy',
        '"Persuasion", "War, and Peace", "1984"',
        "Persuasion, War, and Peace, 1984",
        "Persuasion; War, and Peace; 1984",
    ],
)
def test_lists_in_every_dress(text):
    assert found(text) == [1, 2, 5, -1]


def test_words_between_blanks():
    assert found("item_3 item_8 item_3", ITEMS) == [3, 8, -1, -1]


def test_failures_of_items_are_counted_by_kind():
    text = "1. Persuasion\n2. Ulysses\n3. persuasion\n4. Emma\n5. item_7\n6. 1984"
    candidates, excluded = Ragged.of([[0, 1, 2, 4]]), Ragged.of([[4]])
    parsed = read_items([text], WORDS, 3, candidates=candidates, excluded=excluded)
    assert parsed.items.tolist() == [[1, -1, -1]]
    assert parsed.failures == {
        "ambiguous": 1,
        "duplicate": 1,
        "excluded": 1,
        "not a candidate": 1,
        "unknown": 1,
    }
    assert read_items(["  "], WORDS, 2).failures == {"empty": 1}


def test_no_more_than_asked_for_come_back():
    assert found("item_1, item_2, item_3", ITEMS, k=2) == [1, 2]
    assert read_items([], ITEMS, 2).items.shape == (0, 2)


@given(ANY | st.just("[" * 10_000 + "]" * 10_000))
def test_items_are_read_or_counted_whatever_the_text(text):
    parsed = read_items([text], ITEMS, 5)
    items = parsed.items[0]
    real = items[items >= 0]
    assert len(set(real.tolist())) == len(real)
    assert items.max() < 9


MINI = pn.data.mini_world()
TITLES_OF_MINI = ItemWords.of(names_of(MINI.catalog).item, len(MINI.catalog))


@given(st.lists(st.integers(0, 149), unique=True, min_size=1, max_size=10))
def test_what_prompts_say_is_read_back(rows):
    names = names_of(MINI.catalog)
    line = ", ".join(names.item(row) for row in rows)
    parsed = read_items([line], TITLES_OF_MINI, len(rows))
    assert parsed.items[0].tolist() == rows
    assert parsed.failures == {}
