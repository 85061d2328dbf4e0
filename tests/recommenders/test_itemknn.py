"""ItemKNN: shrunk cosines of columns."""

import numpy as np
import pytest

from penchant.core import Run, UsageError
from penchant.recommenders import itemknn
from penchant.recommenders.itemknn import ItemKNN

SEQUENCES = [[0, 1, 2], [0, 1], [1, 3, 3], [2, 0], [4]]


def cosines(sequences, n_items, shrink):
    people = np.zeros((len(sequences), n_items))
    for row, sequence in enumerate(sequences):
        people[row, sequence] = 1
    common = people.T @ people
    norms = np.sqrt(np.outer(np.diag(common), np.diag(common)))
    similarity = common / np.where(norms > 0, norms, 1) * common / (common + shrink)
    np.fill_diagonal(similarity, 0)
    return similarity


def test_similarities_are_shrunk_cosines(make_data):
    fitted = ItemKNN(shrink=3.0).fit(make_data(SEQUENCES, n_items=6), Run())
    assert fitted.similarities.toarray() == pytest.approx(cosines(SEQUENCES, 6, 3.0), rel=1e-5)


def test_blocks_make_no_difference(make_data, monkeypatch):
    data = make_data(SEQUENCES, n_items=6)
    whole = ItemKNN().fit(data, Run()).similarities.toarray()
    monkeypatch.setattr(itemknn, "BLOCK", 2)
    assert ItemKNN().fit(data, Run()).similarities.toarray().tolist() == whole.tolist()


def test_only_the_nearest_are_kept(make_data):
    fitted = ItemKNN(neighbours=1, shrink=3.0).fit(make_data(SEQUENCES, n_items=6), Run())
    kept = fitted.similarities.toarray()
    expected = cosines(SEQUENCES, 6, 3.0)
    assert (kept > 0).sum(1).max() == 1
    assert kept.max(1) == pytest.approx(expected.max(1), rel=1e-5)


def test_evidence_adds_up_to_the_score(make_data, ask):
    run = Run()
    fitted = ItemKNN(prior=0.0, recency=0.5).fit(make_data(SEQUENCES, n_items=6), run)
    queries = ask([[0, 1], [2, -1, 3]])
    added = fitted.evidence(queries, np.array([2, 1], np.int32), run)
    sums = np.bincount(queries.histories.items.rows(), added)
    assert sums == pytest.approx(fitted.score(queries, run)[[0, 1], [2, 1]])


def test_no_neighbours_are_refused():
    with pytest.raises(UsageError, match="neighbours=0"):
        ItemKNN(neighbours=0)
