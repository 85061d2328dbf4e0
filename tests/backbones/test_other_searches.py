import numpy as np
import pytest
import torch

from penchant.backbones import (
    Diversity,
    TrieTensors,
    diverse_search,
    sample,
    score_all,
    search,
)
from penchant.codes import build_trie
from penchant.core import Ragged, Run, UsageError
from penchant.data import History, Queries

ROWS, VOCABULARY = 3, 5
SMALL = [[0, 2], [0, 3], [1, 2], [1, 3], [1, 4]]


class Chain:
    """Each code depends on the one before; rows are alike or differ."""

    def __init__(self, n, *, vocabulary=VOCABULARY, seed=0, alike=False):
        draws = torch.Generator().manual_seed(seed)
        shape = (1 if alike else n, vocabulary + 1, vocabulary)
        table = torch.randn(shape, generator=draws).log_softmax(-1)
        self.table = table.expand(n, -1, -1)

    def write(self, parents, tokens):
        n, _, vocabulary = self.table.shape
        before = torch.full((n, 1), vocabulary) if tokens is None else tokens
        return self.table.gather(1, before[..., None].expand(-1, -1, vocabulary)), 0


def everything(n=ROWS):
    return Queries(History(Ragged.empty(n)))


def trie_of(n, seed=0):
    """``n`` items with three of 12 codes each, no two alike."""
    numbers = np.random.default_rng(seed).permutation(4**3)[:n]
    codes = np.stack([numbers // 16, 4 + numbers // 4 % 4, 8 + numbers % 4], 1)
    return TrieTensors.of(build_trie(Ragged.of(codes.tolist())), "cpu")


def test_one_group_and_enough_beams_are_plain_search():
    trie = trie_of(40)
    plain = search(Chain(ROWS, vocabulary=12), trie, everything(), 8, beams=8, run=Run())
    options = {"one group": (8, 1, 1.0), "all items": (200, 5, 1.0)}
    for beams, groups, penalty in options.values():
        diversity = Diversity(groups=groups, penalty=penalty)
        found = diverse_search(
            Chain(ROWS, vocabulary=12),
            trie,
            everything(),
            8,
            beams=beams,
            run=Run(),
            diversity=diversity,
        )
        wanted = plain
        if beams > 8:
            wanted = search(
                Chain(ROWS, vocabulary=12), trie, everything(), 8, beams=beams, run=Run()
            )
        assert found.items.tolist() == wanted.items.tolist()
        assert np.allclose(found.scores, wanted.scores)


def test_a_penalty_spreads_answers_over_first_codes_and_keeps_the_scores():
    trie, chain = trie_of(60), Chain(20, vocabulary=12)
    scores = score_all(lambda: chain, trie, 20)
    first_code = {int(item): int(trie.source.tokens[0]) for item in trie.source.leaf_items}
    for edge in range(trie.source.offsets[1]):
        first, last = trie.source.interval(edge + 1)
        first_code |= {int(i): edge for i in trie.source.leaf_items[first:last]}
    spread = []
    for penalty in (0.0, 5.0):
        found = diverse_search(
            chain,
            trie,
            everything(20),
            6,
            beams=6,
            run=Run(),
            diversity=Diversity(groups=3, penalty=penalty),
        )
        assert np.allclose(found.scores, np.take_along_axis(scores, found.items, 1), atol=1e-5)
        spread.append(np.mean([len({first_code[int(i)] for i in row}) for row in found.items]))
    assert spread[1] > spread[0] + 0.5


def legal_probabilities(chain, trie):
    """(n_items,) of row 0, the model's probabilities made to sum to one at each node."""
    probabilities = np.zeros(int(trie.source.leaf_items.max()) + 1)
    stack = [(0, VOCABULARY, 1.0)]
    while stack:
        node, before, mass = stack.pop()
        children = trie.source.children(node)
        if not len(children):
            probabilities[trie.source.leaf_items[trie.source.first[node]]] = mass
            continue
        shares = chain.table[0, before, children.tolist()].exp().numpy()
        for place, (code, share) in enumerate(zip(children, shares / shares.sum(), strict=True)):
            edge = int(trie.source.offsets[node]) + place
            stack.append((edge + 1, int(code), mass * float(share)))
    return probabilities


def test_draws_are_those_of_drawing_one_by_one_without_putting_back():
    n = 20_000
    trie = TrieTensors.of(build_trie(Ragged.of(SMALL)), "cpu")
    chain = Chain(n, alike=True)
    p = legal_probabilities(chain, trie)
    assert p.sum() == pytest.approx(1)
    found = sample(chain, trie, everything(n), 2, run=Run(seed=3)).items
    pairs = np.zeros((5, 5))
    np.add.at(pairs, (found[:, 0], found[:, 1]), 1 / n)
    wanted = p[:, None] * p[None] / (1 - p[:, None])
    np.fill_diagonal(wanted, 0)
    assert np.abs(pairs - wanted).max() < 4 * np.sqrt(0.25 / n)
    assert (found.min(), (found[:, 0] == found[:, 1]).sum()) == (0, 0)


def test_draws_belong_to_the_row_and_the_seed():
    trie, chain = trie_of(40), Chain(4, vocabulary=12, alike=True)
    one = sample(chain, trie, everything(4), 5, run=Run(seed=1))
    again = sample(chain, trie, everything(4), 5, run=Run(seed=1))
    other = sample(chain, trie, everything(4), 5, run=Run(seed=2))
    assert one.items.tolist() == again.items.tolist() != other.items.tolist()
    alone = Chain(1, vocabulary=12, alike=True)
    last = sample(alone, trie, everything(1), 5, run=Run(seed=1), rows=[3])
    assert last.items[0].tolist() == one.items[3].tolist()
    assert last.scores[0] == pytest.approx(one.scores[3], abs=1e-4)


def test_cold_draws_are_the_most_probable_items():
    trie = TrieTensors.of(build_trie(Ragged.of(SMALL)), "cpu")
    chain = Chain(ROWS)
    found = sample(chain, trie, everything(), 1, run=Run(), temperature=1e-4)
    for row in range(ROWS):
        first = max({0, 1}, key=lambda code, row=row: chain.table[row, VOCABULARY, code])
        ways = [c for c in SMALL if c[0] == first]
        best = max(ways, key=lambda c, row=row: chain.table[row, first, c[1]])
        assert found.items[row, 0] == SMALL.index(best)


def test_options_that_make_no_sense_are_refused():
    with pytest.raises(UsageError, match="groups=0"):
        Diversity(groups=0)
    with pytest.raises(UsageError, match="penalty=-1"):
        Diversity(penalty=-1)
    with pytest.raises(UsageError, match="temperature=0"):
        sample(Chain(1), trie_of(3), everything(1), 1, run=Run(), temperature=0)
