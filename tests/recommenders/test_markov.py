"""Markov: probabilities that can be worked out by hand."""

import numpy as np
import pytest

from penchant.core import Run
from penchant.recommenders.markov import Markov


def test_a_bigram_is_smoothed_with_the_unigram(make_data, ask):
    run = Run()
    data = make_data([[0, 1], [0, 1], [0, 2]], n_items=3)
    scores = Markov(smoothing=1.0, unseen=0.0).fit(data, run).score(ask([[0]]), run)
    unigram = np.array([3, 2, 1]) / 6
    expected = (np.array([0, 2, 1]) + unigram) / (3 + 1)
    assert scores[0] == pytest.approx(expected)


def test_an_item_that_nothing_followed_backs_off_to_the_unigram(make_data, ask):
    run = Run()
    markov = Markov(unseen=1.0).fit(make_data([[0, 1], [0, 2]], n_items=4), run)
    scores = markov.score(ask([[2], [], [-1]]), run)
    expected = np.array([3, 2, 2, 1]) / 8
    assert scores == pytest.approx(np.tile(expected, (3, 1)))


def test_probabilities_add_up(make_data, ask):
    run = Run()
    markov = Markov().fit(make_data([[0, 1, 2], [1, 1, 3]], n_items=5), run)
    assert markov.score(ask([[0], [1], [3], []]), run).sum(1) == pytest.approx(np.ones(4))


def test_a_unigram_asks_nobody(make_data, ask):
    run = Run()
    markov = Markov(order=1).fit(make_data([[0, 1], [0, 2]], n_items=3), run)
    scores = markov.score(ask([[0], [2]]), run)
    assert scores[0].tolist() == scores[1].tolist()


def test_steps_do_not_cross_from_one_person_to_the_next(make_data):
    markov = Markov().fit(make_data([[0, 1], [2, 3]], n_items=4), Run())
    assert markov.steps.toarray()[1].tolist() == [0, 0, 0, 0]
    assert markov.steps.sum() == 2


def test_the_last_known_item_counts(make_data, ask):
    run = Run()
    markov = Markov().fit(make_data([[0, 1], [2, 3]], n_items=4), run)
    scores = markov.score(ask([[2, 0, -1], [2, 0]]), run)
    assert scores[0].tolist() == scores[1].tolist()
