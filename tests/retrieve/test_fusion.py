"""Signals made comparable, and the weights that mix them best."""

import numpy as np
import polars as pl
import pytest

from penchant.core import Ragged, Run
from penchant.data import Cases, History, Queries, Rankings
from penchant.retrieve import best_weights, listed_signal, ndcg_of, sample_signals, standardised

N, N_ITEMS = 300, 40


def cases_with(relevant: Ragged) -> Cases:
    histories = Ragged.of([[row % N_ITEMS] for row in range(N)])
    slices = pl.DataFrame({"user": np.arange(N, dtype=np.int32)})
    return Cases(Queries(History(histories)).unseen(), relevant, slices)


@pytest.fixture
def world():
    """Two parts, each with half of the truth, in a noise of its own; a third with none."""
    rng = np.random.default_rng(3)
    wanted = (np.arange(N) + 1 + rng.integers(0, N_ITEMS - 1, N)) % N_ITEMS
    parts = [rng.normal(0, 1, (N, N_ITEMS)).astype(np.float32) for _ in range(3)]
    parts[0][np.arange(N), wanted] += 1.5
    parts[1][np.arange(N), wanted] += 1.5
    return cases_with(Ragged.of([[item] for item in wanted])), parts


def test_a_row_has_mean_0_and_deviation_1():
    scores = np.array([[1, 2, 6], [5, 5, 5]], np.float32)
    rows = standardised(scores)
    assert rows[0].mean() == pytest.approx(0, abs=1e-6)
    assert rows[0].std() == pytest.approx(1)
    assert rows[1].tolist() == [0, 0, 0]


def test_a_list_becomes_reciprocal_ranks():
    answer = Rankings(np.array([[2, 0], [1, -1]], np.int32), np.zeros((2, 2), np.float32))
    expected = [[1 / 62, 0, 1 / 61], [0, 1 / 61, 0]]
    assert listed_signal(answer, 3) == pytest.approx(np.array(expected))


def plain_ndcg(mix, cases):
    """By sorting whole rows."""
    values = []
    for row in range(N):
        open_scores = mix[row].copy()
        open_scores[cases.queries.excluded[row]] = -np.inf
        order = np.argsort(-open_scores)[:10].tolist()
        relevant = cases.relevant[row].tolist()
        gains = [1 / np.log2(order.index(item) + 2) for item in relevant if item in order]
        values.append(sum(gains) / sum(1 / np.log2(i + 2) for i in range(min(len(relevant), 10))))
    return np.mean(values)


@pytest.mark.parametrize("depth", [10, N_ITEMS])
@pytest.mark.parametrize("weights", [(1, 0, 0), (0.5, 0.5, 0), (0.2, 0.3, 0.5)])
def test_the_figure_is_that_of_whole_rows(weights, depth, world):
    cases, parts = world
    sample = sample_signals(lambda q, run: at(parts, q), cases, N_ITEMS, depth, Run())
    mix = np.tensordot(np.array(weights), np.stack(parts), 1)
    exact = depth == N_ITEMS or weights[0] == 1
    near = 1e-6 if exact else 0.02
    assert ndcg_of(sample, np.array(weights)) == pytest.approx(plain_ndcg(mix, cases), abs=near)


def test_several_relevant_items_count_together(world):
    _, parts = world
    rng = np.random.default_rng(1)
    cases = cases_with(Ragged.of([rng.choice(N_ITEMS, 3, replace=False) for _ in range(N)]))
    sample = sample_signals(lambda q, run: at(parts, q), cases, N_ITEMS, N_ITEMS, Run())
    expected = plain_ndcg(parts[0], cases)
    assert ndcg_of(sample, np.array([1.0, 0, 0])) == pytest.approx(expected, abs=1e-6)


def at(parts, queries):
    """The parts' rows of a chunk: here all queries fit in one."""
    assert len(queries) == N
    return [part.copy() for part in parts]


def test_equals_share_their_places():
    flat = np.zeros((N, N_ITEMS), np.float32)
    cases = cases_with(Ragged.of([[(row + 1) % N_ITEMS] for row in range(N)]))
    sample = sample_signals(lambda q, run: [flat.copy()], cases, N_ITEMS, N_ITEMS, Run())
    assert ndcg_of(sample, np.ones(1)) == 0, "the middle of 39 equals is beyond 10"


def test_the_best_mix_beats_its_parts_and_leaves_noise_out(world):
    cases, parts = world
    sample = sample_signals(lambda q, run: at(parts, q), cases, N_ITEMS, N_ITEMS, Run())
    weights = best_weights(sample, 3)
    assert weights.sum() == pytest.approx(1)
    assert weights.min() >= 0
    assert weights[2] < 0.15
    mixed = ndcg_of(sample, weights)
    assert mixed > max(ndcg_of(sample, part) for part in np.eye(3)) + 0.02
