"""Intervals and tests: exact where few differ, right in the long run where many do."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from penchant.core import Run, UsageError
from penchant.evaluate import (
    bootstrap_means,
    bootstrap_p,
    clusters_of,
    holm,
    intervals,
    permutation_p,
)

RUN = Run(seed=3)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.integers(-3, 3), min_size=1, max_size=7))
def test_few_people_get_the_exact_p(sums):
    values = np.array(sums, np.float64)
    flips = [abs(np.dot(signs, values)) for signs in product((1, -1), repeat=len(values))]
    expected = np.mean([flip >= abs(values.sum()) - 1e-9 for flip in flips])
    found = permutation_p(values[:, None], np.arange(len(values)), RUN)
    assert found[0] == pytest.approx(expected)


def test_queries_of_one_person_are_one_draw():
    values = np.repeat([1.0, -1.0], 500)[:, None]
    together = np.repeat([0, 1], 500)
    assert permutation_p(values + 0.5, together, RUN)[0] == 1.0
    assert permutation_p(values + 0.5, np.arange(1000), RUN)[0] < 0.001
    means = bootstrap_means(values, together, RUN)
    assert set(np.unique(means)) == {-1.0, 0.0, 1.0}


def test_p_is_even_when_nothing_differs():
    rng = np.random.default_rng(0)
    noise = rng.normal(size=(200, 400))
    for test in (permutation_p, bootstrap_p):
        p = test(noise, np.arange(200), RUN)
        assert 0.02 < (p < 0.05).mean() < 0.09
        assert 0.42 < (p < 0.5).mean() < 0.58


def test_intervals_hold_the_truth_as_often_as_they_say():
    rng = np.random.default_rng(0)
    values = rng.exponential(size=(150, 600))
    low, high = intervals(values, np.arange(150), RUN)
    assert 0.91 < ((low <= 1) & (high >= 1)).mean() < 0.97


def test_nan_does_not_count():
    values = np.array([[1.0, np.nan], [3.0, np.nan], [np.nan, np.nan]])
    low, high = intervals(values, np.arange(3), RUN)
    assert 1 <= low[0] <= high[0] <= 3
    assert np.isnan([low[1], high[1]]).all()


def test_same_seed_same_interval():
    values = np.random.default_rng(0).random((50, 2))
    first, again = (intervals(values, np.arange(50), Run(seed=5)) for _ in range(2))
    other = intervals(values, np.arange(50), Run(seed=6))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_unknown_people_are_each_their_own():
    assert len(np.unique(clusters_of(np.array([-1, 4, -1, 4])))) == 3


@pytest.mark.parametrize(
    ("given_p", "expected"),
    [
        ([0.01, 0.04, 0.03], [0.03, 0.06, 0.06]),
        ([0.5], [0.5]),
        ([0.6, 0.7], [1.0, 1.0]),
        ([], []),
        ([0.02, np.nan], [0.02, np.nan]),
    ],
)
def test_holm(given_p, expected):
    np.testing.assert_allclose(holm(np.array(given_p, np.float64)), expected)


def test_holm_refuses_what_is_no_probability():
    with pytest.raises(UsageError, match="between 0 and 1"):
        holm(np.array([1.2]))


def test_no_people_no_surprise():
    empty = np.zeros((0, 2))
    assert permutation_p(empty, np.zeros(0, np.int64), RUN).tolist() == [1.0, 1.0]
    assert np.isnan(intervals(empty, np.zeros(0, np.int64), RUN)).all()
