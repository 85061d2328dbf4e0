"""Several scores in one answer."""

import numpy as np
import pytest

from penchant.prompting import read_scores
from penchant.tasks import Scale

NAN = float("nan")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("(1) Emma, Author: Austen, Score: 4.5\n(2) Ulysses, Score: 2.0", [4.5, 2]),
        ("(1) 4.5 (2) 2.0", [4.5, 2]),
        ("1. 4\n2. 2.5", [4, 2.5]),
        ("4.5, 2", [4.5, 2]),
        ("[4, 5]", [4, 5]),
        ("1) 3 out of 5\n2) 4/5", [3, 4]),
        ("2. 2.5", [NAN, 2.5]),
        ("(1) 2001: A Space Odyssey: 4.0\n(2) 1984 - 3.5", [4, 3.5]),
        ("<think>maybe 1, 2</think>3, 4", [3, 4]),
    ],
)
def test_scores_are_read_in_their_order(text, expected):
    assert np.array_equal(read_scores(text, 2, Scale()).values, expected, equal_nan=True)


@pytest.mark.parametrize(
    ("text", "failures"),
    [
        ("", {"unreadable": 2}),
        ("I like both.", {"unreadable": 2}),
        ("4, 5, 3", {"unreadable": 2}),
        ("9, 4", {"invalid": 1}),
        ("1. 4", {"unreadable": 1}),
        ("1. 4/10\n2. 3", {"invalid": 1}),
        ("8 out of 10, 3", {"invalid": 1}),
    ],
)
def test_what_is_missing_is_counted(text, failures):
    read = read_scores(text, 2, Scale())
    assert read.failures == failures
    assert np.isnan(read.values).sum() == sum(failures.values())


@pytest.mark.parametrize(("text", "value"), [("4.5", 4.5), ("(1) 4.5", 4.5), ("Score: 1", 1)])
def test_a_single_score_may_have_its_number(text, value):
    assert read_scores(text, 1, Scale()).values.tolist() == [value]
