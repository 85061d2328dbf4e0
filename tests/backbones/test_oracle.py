import numpy as np
import pytest
import torch

from penchant.backbones import TrieTensors, score_all, search
from penchant.codes import build_trie
from penchant.core import Ragged, Run
from penchant.data import History, Queries

CODES = [(0, 9), (0, 3, 9), (), (1, 2, 9), (1, 9), (2, 0, 1, 9), (2, 0, 2, 9), (2, 3, 9)]


class Chain:
    """Each code depends on the one before; rows differ."""

    def __init__(self, n, vocabulary, seed=0):
        draws = torch.Generator().manual_seed(seed)
        tables = torch.randn(n, vocabulary + 1, vocabulary, generator=draws)
        self.tables = tables.log_softmax(-1)

    def write(self, parents, tokens):
        n, _, vocabulary = self.tables.shape
        before = torch.full((n, 1), vocabulary) if tokens is None else tokens
        return self.tables.gather(1, before[..., None].expand(-1, -1, vocabulary)), 0


def by_hand(chain, row, codes):
    before, total = 10, 0.0
    for code in codes:
        total += chain.tables[row, before, code].item()
        before = code
    return total


@pytest.mark.parametrize("leaves_at_once", [1, 3, 100])
def test_every_item_gets_the_probability_of_its_codes(leaves_at_once):
    trie = TrieTensors.of(build_trie(Ragged.of(CODES)), "cpu")
    chain = Chain(2, 10)
    scores = score_all(lambda: chain, trie, 2, leaves_at_once=leaves_at_once)
    assert scores.shape == (2, len(CODES))
    for row in range(2):
        wanted = [by_hand(chain, row, codes) if codes else -np.inf for codes in CODES]
        assert scores[row] == pytest.approx(wanted, abs=1e-5)


def test_beams_for_all_items_find_the_oracle_s_order():
    trie = TrieTensors.of(build_trie(Ragged.of(CODES)), "cpu")
    chain = Chain(3, 10, seed=1)
    scores = score_all(lambda: chain, trie, 3)
    found = search(chain, trie, Queries(History(Ragged.empty(3))), 8, beams=8, run=Run())
    assert found.items[:, :7].tolist() == np.argsort(-scores, axis=1)[:, :7].tolist()
    assert found.items[:, 7].tolist() == [-1, -1, -1]


def test_there_may_be_no_items():
    trie = TrieTensors.of(build_trie(Ragged.empty(4)), "cpu")
    assert score_all(lambda: Chain(2, 10), trie, 2).tolist() == [[-np.inf] * 4] * 2


def test_codes_that_were_never_learned_have_an_even_share():
    codes = Ragged.of([(0, 0), (0, 1), (0, 2), (0, 3), (1, 0), (1, 1), (2, 0)])
    untaught = np.array([False, True, True, False, False, False, True])
    whole, told = build_trie(codes), TrieTensors.of(build_trie(codes), "cpu", untaught)
    chain = Chain(2, 4)
    before = np.exp(score_all(lambda: chain, TrieTensors.of(whole, "cpu"), 2))
    scores = score_all(lambda: chain, told, 2)
    first = np.exp(chain.tables[:, 4, :].numpy())
    assert np.exp(scores[:, [1, 2]]) == pytest.approx(first[:, [0, 0]] / 4, rel=1e-5)
    assert np.exp(scores[:, 6]) == pytest.approx(first[:, 2], rel=1e-5)
    assert np.exp(scores[:, [0, 3, 4, 5]]) == pytest.approx(before[:, [0, 3, 4, 5]], rel=1e-5)
    found = search(chain, told, Queries(History(Ragged.empty(2))), 7, beams=7, run=Run())
    assert found.scores == pytest.approx(-np.sort(-scores, axis=1), abs=1e-5)
    assert np.take_along_axis(scores, found.items, 1) == pytest.approx(found.scores, abs=1e-5)
