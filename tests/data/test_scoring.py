import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from penchant.core import Ragged, Run
from penchant.data import (
    Flag,
    History,
    Queries,
    count_ranks,
    open_items,
    ranks_by_score,
    recommend_by_score,
    top_k,
)

N_ITEMS = 7
item_lists = st.lists(st.integers(0, N_ITEMS - 1), max_size=N_ITEMS)


@st.composite
def filtered_queries(draw):
    n = draw(st.integers(1, 4))
    rows = st.lists(item_lists, min_size=n, max_size=n)
    optional_rows = st.one_of(st.none(), rows.map(Ragged.of))
    allowed = draw(st.one_of(st.none(), st.lists(st.booleans(), min_size=7, max_size=7)))
    return Queries(
        History(Ragged.of(draw(rows))),
        allowed=None if allowed is None else np.array(allowed),
        candidates=draw(optional_rows),
        excluded=draw(optional_rows),
    )


class Fixed:
    """Scores by the last digit of a table; rows are told apart by the user."""

    def __init__(self, scores):
        self.scores = scores
        self.at = 0

    def score(self, queries, run):
        start, self.at = self.at, self.at + len(queries)
        return self.scores[start : self.at].copy()


def scores_for(n, levels, seed=0):
    """Scores with many ties: as few distinct values as ``levels``."""
    return np.random.default_rng(seed).integers(0, levels, (n, N_ITEMS)).astype(np.float32)


@given(filtered_queries(), st.integers(1, 9), st.integers(1, 4))
def test_top_k_is_the_open_items_best_first(queries, k, levels):
    scores = scores_for(len(queries), levels)
    mask = open_items(queries, N_ITEMS)
    rankings = top_k(scores.copy(), queries, k, Run())
    for row in range(len(queries)):
        items = rankings.items[row][rankings.items[row] >= 0]
        opened = np.flatnonzero(mask[row])
        best = np.sort(scores[row, opened])[::-1][:k]
        assert set(items) <= set(opened)
        assert len(set(items)) == len(items) == min(k, len(opened))
        assert rankings.scores[row, : len(items)].tolist() == best.tolist()
        assert bool(rankings.flags[row] & Flag.SHORT) == (len(opened) < k)


@given(filtered_queries(), st.integers(1, 4), st.lists(item_lists, min_size=4, max_size=4))
def test_ranks_count_what_is_open(queries, levels, relevant_lists):
    relevant = Ragged.of(relevant_lists[: len(queries)])
    scores = scores_for(len(queries), levels)
    mask = open_items(queries, N_ITEMS)
    ranks = count_ranks(scores.copy(), queries, relevant)
    assert ranks.open.tolist() == mask.sum(1).tolist()
    for row, item, above, tied in zip(
        relevant.rows(), relevant.values, ranks.above, ranks.tied, strict=True
    ):
        theirs = scores[row][mask[row]]
        if mask[row, item]:
            assert above == (theirs > scores[row, item]).sum()
            assert tied == (theirs == scores[row, item]).sum()
        else:
            assert (above, tied) == (-1, 0)


def test_a_shorter_answer_begins_a_longer_one_also_among_ties():
    queries = Queries(History(Ragged.empty(3)))
    scores = np.zeros((3, N_ITEMS), np.float32)
    long = top_k(scores.copy(), queries, 6, Run(seed=1)).items
    short = top_k(scores.copy(), queries, 2, Run(seed=1)).items
    assert short.tolist() == long[:, :2].tolist()


def test_ties_break_by_seed_and_not_by_row():
    queries = Queries(History(Ragged.empty(1)))
    firsts = {
        int(top_k(np.zeros((1, N_ITEMS), np.float32), queries, 1, Run(seed=seed)).items[0, 0])
        for seed in range(40)
    }
    assert len(firsts) > 3


@pytest.mark.parametrize("n", [0, 1, 2500])
def test_chunks_give_what_one_matrix_gives(n):
    queries = Queries(History(Ragged.empty(n)))
    scores = scores_for(n, 50)
    relevant = Ragged.of([[i % N_ITEMS] for i in range(n)])
    whole = top_k(scores.copy(), queries, 3, Run())
    in_chunks = recommend_by_score(Fixed(scores), queries, 3, Run(), N_ITEMS)
    assert in_chunks.items.tolist() == whole.items.tolist()
    ranks = ranks_by_score(Fixed(scores), queries, relevant, Run(), N_ITEMS)
    assert ranks.above.tolist() == count_ranks(scores.copy(), queries, relevant).above.tolist()
