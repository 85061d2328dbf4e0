"""Whatever the trie, the constraints and the way of finding: nothing illegal, nothing missing."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from penchant.backbones import Diversity, TrieTensors, diverse_search, sample, search
from penchant.codes import ItemIndex
from penchant.core import Ragged, Run
from penchant.data import History, Queries

ROWS, END = 2, 5
codes_of_items = st.lists(
    st.lists(st.integers(0, END - 1), max_size=4).map(lambda codes: (*codes, END)),
    min_size=1,
    max_size=30,
    unique=True,
)


class Drawn:
    """Log probabilities without a model behind them, in steps, so that there are ties."""

    def __init__(self, seed):
        self.draws = torch.Generator().manual_seed(seed)

    def write(self, parents, tokens):
        shape = (ROWS, 1 if parents is None else parents.shape[1], END + 1)
        drawn = torch.randint(0, 4, shape, generator=self.draws) / 2
        return drawn.float().log_softmax(-1), 0


def searched(writer, trie, queries, k, beams, seed):
    return search(writer, trie, queries, k, beams=beams, run=Run(seed=seed))


def in_groups(writer, trie, queries, k, beams, seed):
    diversity = Diversity(groups=1 + seed % 4, penalty=seed % 3)
    run = Run(seed=seed)
    return diverse_search(writer, trie, queries, k, beams=beams, run=run, diversity=diversity)


def drawn(writer, trie, queries, k, beams, seed):
    return sample(writer, trie, queries, k, run=Run(seed=seed))


@pytest.mark.parametrize("find", [searched, in_groups, drawn])
@settings(max_examples=100, deadline=None)
@given(codes=codes_of_items, k=st.integers(1, 40), beams=st.integers(1, 40), data=st.data())
def test_answers_are_there_and_open_and_different_and_as_many_as_can_be(
    find, codes, k, beams, data
):
    n = len(codes)
    an_item = st.integers(-2, n + 2)
    lists = st.none() | st.lists(st.lists(an_item, max_size=n), min_size=ROWS, max_size=ROWS)
    removed = data.draw(st.sets(st.integers(0, n - 1)), "tombstones")
    excluded, candidates = data.draw(lists, "excluded"), data.draw(lists, "candidates")
    allowed = data.draw(st.none() | st.lists(st.booleans(), min_size=n, max_size=n), "allowed")
    index = ItemIndex(Ragged.of(codes), (END + 1,), "none", "drawn").with_removed(sorted(removed))
    queries = Queries(
        History(Ragged.empty(ROWS)),
        allowed=None if allowed is None else np.array(allowed),
        candidates=None if candidates is None else Ragged.of(candidates),
        excluded=None if excluded is None else Ragged.of(excluded),
    )
    seed = data.draw(st.integers(0, 1_000), "seed")
    trie = TrieTensors.of(index.trie(), "cpu")
    found = find(Drawn(seed), trie, queries, k, beams, seed)
    for row in range(ROWS):
        is_open = set(range(n)) - removed
        is_open -= set() if excluded is None else set(excluded[row])
        is_open &= is_open if candidates is None else set(candidates[row])
        is_open -= set() if allowed is None else {i for i in is_open if not allowed[i]}
        answers = found.items[row][found.items[row] >= 0].tolist()
        assert set(answers) <= is_open
        assert len(answers) == len(set(answers)) == min(k, len(is_open))
        assert (np.diff(found.scores[row, : len(answers)]) <= 0).all()
