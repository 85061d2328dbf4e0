"""Orders of candidates: independent for each copy and each question."""

import numpy as np
import pytest

from penchant.core import Run, UsageError
from penchant.prompting import drawn_pairs, independent_orders, question_key

N, COPIES, QUESTIONS = 6, 4, 400


def likeness(orders):
    """How often two orders put the same candidate at the same place; by chance, 1 in n."""
    first, second = orders
    return (first == second).mean()


def ours(key):
    return independent_orders(N, COPIES, key, Run(seed=3))


def one_shuffle_for_all_copies(key):
    """As in the paper's published code: rows of the transpose are shuffled, that is columns."""
    indices = np.tile(np.arange(N), (COPIES, 1))
    rng = Run(seed=3).rng("faulty", key)
    rng.shuffle(indices.T)
    return indices


def one_set_for_all_questions(key):
    return ours(0)


def is_independent(orders_of):
    drawn = np.stack([orders_of(key) for key in range(QUESTIONS)])
    across_copies = likeness((drawn[:, :-1], drawn[:, 1:]))
    across_questions = likeness((drawn[:-1], drawn[1:]))
    at_first = np.bincount(drawn[:, :, 0].ravel(), minlength=N) / (QUESTIONS * COPIES)
    chance = 1 / N
    return (
        abs(across_copies - chance) < 0.03
        and abs(across_questions - chance) < 0.03
        and np.abs(at_first - chance).max() < 0.05
    )


def test_orders_are_independent_per_copy_and_per_question():
    assert is_independent(ours)


def test_the_published_scheme_and_others_like_it_fail_the_same_test():
    assert not is_independent(one_shuffle_for_all_copies)
    assert not is_independent(one_set_for_all_questions)
    assert not is_independent(lambda key: np.tile(np.arange(N), (COPIES, 1)))


def test_every_copy_has_every_candidate_once():
    orders = independent_orders(7, 9, 1, Run())
    assert (np.sort(orders, axis=1) == np.arange(7)).all()


def test_more_copies_leave_the_first_ones_as_they_were():
    few, many = (independent_orders(5, copies, 8, Run()) for copies in (2, 6))
    assert np.array_equal(few, many[:2])


def test_a_question_has_its_key_by_content_alone():
    past, pool = np.array([3, 1], np.int32), np.array([4, 2])
    assert question_key(past, pool) == question_key(past.astype(np.int64), pool.copy())
    assert question_key(past, pool) != question_key(past[::-1], pool)
    assert question_key(past, pool) != question_key(past, pool[::-1])


def test_nobody_is_compared_much_more_often_than_another():
    pairs = drawn_pairs(9, 11, 5, Run())
    met = np.bincount(pairs.ravel(), minlength=9)
    assert len(pairs) == 11
    assert (pairs[:, 0] != pairs[:, 1]).all()
    assert met.max() - met.min() <= 2


def test_who_is_named_first_is_drawn():
    first = np.concatenate([drawn_pairs(2, 1, key, Run())[:, 0] for key in range(300)])
    assert 0.4 < first.mean() < 0.6


def test_one_candidate_has_nobody_to_meet():
    assert drawn_pairs(1, 3, 0, Run()).shape == (0, 2)


def test_nothing_is_asked_less_than_once():
    with pytest.raises(UsageError, match="copies=0"):
        independent_orders(3, 0, 0, Run())
    with pytest.raises(UsageError, match="pairs=0"):
        drawn_pairs(3, 0, 0, Run())
