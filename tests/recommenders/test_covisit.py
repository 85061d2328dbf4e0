"""CoVisit: decayed co-occurrence."""

import numpy as np
import pytest

from penchant.core import Run, UsageError
from penchant.recommenders.covisit import CoVisit


def by_hand(sequences, n_items, method):
    """The formula, pair by pair."""
    pairs = np.zeros((n_items, n_items))
    for sequence in sequences:
        for i, first in enumerate(sequence):
            for distance, later in enumerate(sequence[i + 1 :], 1):
                if distance <= method.window and first != later:
                    pairs[first, later] += distance**-method.distance_power
    together = pairs + method.back * pairs.T
    rows, columns = together.sum(1), together.sum(0)
    for i, j in np.argwhere(together):
        together[i, j] *= rows[i] ** -method.row_power * columns[j] ** -method.column_power
    return together


@pytest.mark.parametrize("window", [1, 2, 20])
def test_weights_are_the_formula(window, make_data):
    sequences = [[0, 1, 2, 1], [3, 0], [], [2], [4, 4, 0, 3, 1]]
    method = CoVisit(window=window)
    fitted = method.fit(make_data(sequences, n_items=6), Run())
    assert fitted.weights.toarray() == pytest.approx(by_hand(sequences, 6, method), rel=1e-5)


def test_scores_decay_along_the_history(make_data, ask):
    run, method = Run(), CoVisit(recency=1.0, prior=0.0)
    fitted = method.fit(make_data([[0, 1], [2, 3], [0, 3]], n_items=4), run)
    weights = fitted.weights.toarray()
    scores = fitted.score(ask([[2, 0]]), run)
    assert scores[0] == pytest.approx(weights[0] + weights[2] / 2)


def test_nobody_knows_better_than_the_popular(make_data, ask):
    run = Run()
    fitted = CoVisit().fit(make_data([[0, 1], [2, 1], [1]], n_items=4), run)
    assert fitted.recommend(ask([[]]), 1, run).items.tolist() == [[1]]


def test_evidence_adds_up_to_the_score(make_data, ask):
    run = Run()
    method = CoVisit(prior=0.0)
    fitted = method.fit(make_data([[0, 1, 2, 3], [3, 1, 0], [2, 1, 0]], n_items=5), run)
    queries = ask([[0, 1], [], [2, -1, 2]])
    added = fitted.evidence(queries, np.array([2, 1, 0], np.int32), run)
    sums = np.bincount(queries.histories.items.rows(), added, minlength=3)
    assert sums == pytest.approx(fitted.score(queries, run)[[0, 1, 2], [2, 1, 0]])
    assert added[3] == 0


def test_what_weighs_more_counts_more(make_data):
    light = CoVisit(row_power=0, column_power=0).fit(make_data([[0, 1]], n_items=2), Run())
    heavy = CoVisit(row_power=0, column_power=0).fit(
        make_data([[0, 1]], n_items=2, weights=[2, 3]), Run()
    )
    assert heavy.weights.toarray() == pytest.approx(6 * light.weights.toarray())


def test_similar_leaves_the_item_itself_out(make_data):
    run = Run()
    fitted = CoVisit().fit(make_data([[0, 1], [0, 1], [0, 2]], n_items=3), run)
    assert fitted.similar(np.array([0], np.int32), 2, run).items.tolist() == [[1, 2]]


def test_a_window_of_nothing_is_refused():
    with pytest.raises(UsageError, match="window=0"):
        CoVisit(window=0)
