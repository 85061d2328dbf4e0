"""Histories within a number of tokens: the newest, and what was cut is said."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from penchant.core import Ragged, UsageError
from penchant.prompting import newest_within, select_history


def words(text: str) -> int:
    return len(text.split())


@pytest.mark.parametrize(
    ("budget", "most", "kept", "cut", "tokens"),
    [
        (99, None, ("a", "b c", "d e f"), 0, 6),
        (6, None, ("a", "b c", "d e f"), 0, 6),
        (5, None, ("b c", "d e f"), 1, 5),
        (4, None, ("d e f",), 2, 3),
        (2, None, (), 3, 0),
        (0, None, (), 3, 0),
        (99, 2, ("b c", "d e f"), 1, 5),
        (4, 2, ("d e f",), 2, 3),
    ],
)
def test_the_newest_that_fit_are_kept_in_their_order(budget, most, kept, cut, tokens):
    told = select_history(["a", "b c", "d e f"], budget=budget, count=words, most=most)
    assert (told.texts, told.cut, told.tokens) == (kept, cut, tokens)
    assert bool(told.note) == bool(cut)


def test_what_was_cut_is_said():
    told = select_history(["a", "b c", "d e f"], budget=5, count=words)
    assert told.note == "the oldest 1 of 3 are not told: 5 tokens hold the newest 2"
    assert select_history([], budget=5, count=words).note == ""


def test_a_budget_that_cannot_be_is_refused():
    with pytest.raises(UsageError, match="budget=-1"):
        select_history(["a"], budget=-1, count=words)
    with pytest.raises(UsageError, match="most=0"):
        select_history(["a"], budget=1, count=words, most=0)
    with pytest.raises(UsageError, match="budget=-1"):
        newest_within(Ragged.of([[0]]), np.array([1]), -1)


@given(
    st.lists(st.lists(st.integers(0, 5), max_size=8), max_size=6),
    st.lists(st.integers(1, 6), min_size=6, max_size=6),
    st.integers(0, 20),
)
def test_many_histories_at_once_are_as_one_by_one(histories, tokens, budget):
    kept = newest_within(Ragged.of(histories), np.array(tokens), budget)
    for row, history in enumerate(histories):
        one = select_history(
            [str(item) for item in history], budget=budget, count=lambda text: tokens[int(text)]
        )
        assert kept[row].tolist() == [int(text) for text in one.texts]
