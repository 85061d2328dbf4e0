"""Several searches merged by rank."""

import numpy as np
import pytest

from penchant.core import Ragged, Run, UsageError
from penchant.data import History, Queries, Rankings
from penchant.retrieve import best_found, found_by, fused_scores


def listed(*rows: list[int]) -> Rankings:
    items = np.array(rows, np.int32)
    return Rankings(items, np.where(items < 0, np.nan, 1.0).astype(np.float32))


def test_scores_are_sums_of_reciprocal_ranks():
    found = {"words": listed([2, 0, -1]), "vectors": listed([0, 1, 2])}
    scores = fused_scores(found, 4)[0]
    assert scores == pytest.approx([1 / 62 + 1 / 61, 1 / 62, 1 / 61 + 1 / 63, 0])


def test_searches_can_weigh_differently():
    found = {"words": listed([0, 1]), "vectors": listed([1, 0])}
    assert fused_scores(found, 2, weights={"vectors": 3.0}).argmax(1).tolist() == [1]
    with pytest.raises(UsageError, match="weights for vector: known are vectors, words"):
        fused_scores(found, 2, weights={"vector": 3.0})
    with pytest.raises(UsageError, match="nothing to merge"):
        fused_scores({}, 2)


def test_it_is_known_which_search_found_an_item():
    found = {"words": listed([2, -1]), "vectors": listed([0, 2])}
    assert found_by(found, 0, 2) == ("words", "vectors")
    assert found_by(found, 0, 1) == ()


def test_only_open_items_above_the_floor_are_found():
    queries = Queries(History(Ragged.of([[3], []]))).unseen()
    scores = np.array([[0, 2, 0, 9], [0, 0, 0, 0]], np.float32)
    found = best_found(scores, queries, 3, Run(), above=0.0)
    assert found.items.tolist() == [[1, -1, -1], [-1, -1, -1]]
    assert np.isfinite(found.scores).tolist() == [[True, False, False], [False] * 3]
