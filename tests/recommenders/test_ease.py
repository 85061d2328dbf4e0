"""EASE: the closed form."""

import numpy as np
import pytest

from penchant.core import Run, UsageError
from penchant.recommenders import ease
from penchant.recommenders.ease import EASE


@pytest.fixture
def sequences():
    rng = np.random.default_rng(5)
    return [rng.choice(30, 8, replace=False).tolist() for _ in range(200)]


def closed_form(sequences, n_items, l2):
    """Equation 8 in float64, with a general inverse."""
    people = np.zeros((len(sequences), n_items))
    for row, sequence in enumerate(sequences):
        people[row, sequence] = 1
    inverse = np.linalg.inv(people.T @ people + l2 * np.eye(n_items))
    weights = np.eye(n_items) - inverse / np.diag(inverse)
    np.fill_diagonal(weights, 0)
    return weights


@pytest.mark.parametrize("block", [7, 1_024])
def test_weights_are_the_closed_form(block, sequences, make_data, monkeypatch):
    monkeypatch.setattr(ease, "BLOCK", block)
    fitted = EASE(l2=5.0).fit(make_data(sequences, n_items=30), Run())
    assert fitted.weights == pytest.approx(closed_form(sequences, 30, 5.0), abs=1e-5)
    assert fitted.weights.flags.c_contiguous


def test_no_other_zero_diagonal_fits_better(sequences, make_data):
    fitted = EASE(l2=5.0).fit(make_data(sequences, n_items=30), Run())
    people = np.zeros((200, 30))
    for row, sequence in enumerate(sequences):
        people[row, sequence] = 1

    def loss(weights):
        return ((people - people @ weights) ** 2).sum() + 5.0 * (weights**2).sum()

    best = loss(fitted.weights.astype(np.float64))
    rng = np.random.default_rng(0)
    for _ in range(20):
        step = rng.normal(0, 0.01, (30, 30))
        np.fill_diagonal(step, 0)
        assert loss(fitted.weights + step) > best


def test_plain_scores_add_up_rows(sequences, make_data, ask):
    run = Run()
    fitted = EASE(prior=0.0).fit(make_data(sequences, n_items=30), run)
    scores = fitted.score(ask([[3, 4, 3]]), run)
    assert scores[0] == pytest.approx(fitted.weights[3] + fitted.weights[4])


def test_recency_weighs_the_newest_more(sequences, make_data, ask):
    run = Run()
    fitted = EASE(prior=0.0, recency=1.0).fit(make_data(sequences, n_items=30), run)
    scores = fitted.score(ask([[3, 4]]), run)
    assert scores[0] == pytest.approx(fitted.weights[3] / 2 + fitted.weights[4])


@pytest.mark.parametrize("recency", [0.0, 1.0])
def test_evidence_adds_up_to_the_score(recency, sequences, make_data, ask):
    run = Run()
    fitted = EASE(prior=0.0, recency=recency).fit(make_data(sequences, n_items=30), run)
    queries = ask([[3, 4, 3], [], [-1, 9]])
    added = fitted.evidence(queries, np.array([7, 8, 9], np.int32), run)
    sums = np.bincount(queries.histories.items.rows(), added, minlength=3)
    assert sums == pytest.approx(fitted.score(queries, run)[[0, 1, 2], [7, 8, 9]], abs=1e-6)


def test_a_catalogue_that_is_too_large_is_refused_with_the_bytes(make_data):
    with pytest.raises(UsageError, match=r"40,000 items needs 6,400,000,000 bytes.*memory_gb=1 "):
        EASE(memory_gb=1.0).fit(make_data([[0, 1]], n_items=40_000), Run())


def test_no_regularisation_is_refused():
    with pytest.raises(UsageError, match="l2=0"):
        EASE(l2=0)
