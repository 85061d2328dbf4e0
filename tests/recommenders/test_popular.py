"""Popular: what most people chose."""

import pytest

from penchant.core import DataError, Run, UsageError
from penchant.recommenders.popular import Popular


def test_the_most_chosen_come_first(make_data, ask):
    run = Run()
    popular = Popular().fit(make_data([[2, 1], [2, 0], [2, 1]], n_items=4), run)
    answer = popular.recommend(ask([[], [0]]), 3, run)
    assert answer.items.tolist() == [[2, 1, 0]] * 2
    assert answer.scores.tolist() == [[3, 2, 1]] * 2


def test_old_events_fade(make_data, ask):
    data = make_data([[0, 1], [0, 1], [0, 2]], n_items=3)
    counts = Popular(half_life_days=1).fit(data, Run()).counts
    assert counts.tolist() == [1.5, 2, 1]


def test_fading_without_times_is_refused(make_data):
    data = make_data([[0, 1]], n_items=2, timed=False)
    with pytest.raises(DataError, match="half_life_days=30 needs a time"):
        Popular(half_life_days=30).fit(data, Run())


def test_a_half_life_of_nothing_is_refused():
    with pytest.raises(UsageError, match="half_life_days=0"):
        Popular(half_life_days=0)
