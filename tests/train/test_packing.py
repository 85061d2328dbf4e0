import numpy as np
import pytest
import torch
from torch.nn import functional

from penchant.core import Ragged, Run
from penchant.train import (
    full_softmax,
    neighbour_vectors,
    next_item_batches,
    sampled_softmax,
    shuffled_rows,
    steps_per_pass,
)


def pairs_of(batches, per_pass, number):
    batches = [batches(number * per_pass + step) for step in range(per_pass)]
    return sorted(
        (int(a), int(b))
        for batch in batches
        for a, b in zip(batch.items, batch.targets, strict=True)
    )


def test_a_pass_teaches_every_step_once():
    rng = np.random.default_rng(0)
    sequences = Ragged.of([np.arange(s, s + n) for s, n in enumerate(rng.integers(0, 40, 60) * 1)])
    wanted = sorted((int(a), int(a) + 1) for row in range(60) for a in sequences[row][:-1])
    batches, per_pass = next_item_batches(sequences, 7, 64, Run(seed=2), "test")
    assert per_pass > 5
    assert pairs_of(batches, per_pass, 0) == wanted
    assert pairs_of(batches, per_pass, 1) == wanted
    assert max(batches(step).packed.lengths.max() for step in range(per_pass)) == 7


def test_windows_and_order_change_with_each_pass_and_repeat_with_the_seed():
    sequences = Ragged.of([np.arange(30)] * 9)
    batches, per_pass = next_item_batches(sequences, 8, 50, Run(seed=2), "test")
    again, _ = next_item_batches(sequences, 8, 50, Run(seed=2), "test")
    assert not np.array_equal(batches(0).items, batches(per_pass).items)
    for step in (0, per_pass, 1):
        assert np.array_equal(batches(step).items, again(step).items)


@pytest.mark.parametrize("lengths", [[2], [2, 2], [0, 1, 2], [50, 2], [2] * 7])
def test_no_batch_is_empty(lengths):
    sequences = Ragged.of([np.arange(n) for n in lengths])
    batches, per_pass = next_item_batches(sequences, 5, 1, Run(), "test")
    assert all(len(batches(step).items) for step in range(2 * per_pass))


@pytest.mark.parametrize("tokens", [1, 3, 16])
def test_no_batch_is_empty_where_windows_are_longer_than_batches(tokens):
    sequences = Ragged.of([np.arange(n) for n in [2] * 40 + [60] * 5])
    batches, per_pass = next_item_batches(sequences, 20, tokens, Run(seed=1), "test")
    sizes = [len(batches(step).items) for step in range(3 * per_pass)]
    assert min(sizes) > 0
    assert per_pass > 1


def test_full_softmax_is_cross_entropy():
    scores = torch.randn(5, 9, generator=torch.Generator().manual_seed(0))
    targets = torch.tensor([0, 8, 3, 3, 1])
    wanted = -scores.softmax(1)[torch.arange(5), targets].log().mean()
    torch.testing.assert_close(full_softmax(scores, targets), wanted)


def test_sampled_softmax_by_hand():
    # Two drawn items, each with chance 1/4: each stands for 1 / (2 · 1/4) = 2 items.
    positive, negative = torch.tensor([1.0]), torch.tensor([[0.5, -1.0]])
    log_q = torch.full((2,), float(np.log(1 / 4)))
    found = sampled_softmax(positive, negative, torch.tensor([0]), torch.tensor([1, 2]), log_q)
    wanted = np.log(np.exp(1.0) + 2 * np.exp(0.5) + 2 * np.exp(-1.0)) - 1.0
    assert float(found) == pytest.approx(wanted, rel=1e-6)


def test_a_target_that_was_drawn_does_not_count_against_itself():
    positive, negative = torch.tensor([1.0]), torch.tensor([[1.0, 9.0]])
    log_q = torch.full((2,), float(np.log(1 / 4)))
    found = sampled_softmax(positive, negative, torch.tensor([5]), torch.tensor([5, 5]), log_q)
    assert float(found) == 0.0


def test_sampled_softmax_estimates_the_full_one():
    generator = torch.Generator().manual_seed(0)
    scores = torch.randn(4, 50, generator=generator)
    targets = torch.tensor([1, 2, 3, 4])
    chances = functional.softmax(torch.randn(50, generator=generator), dim=0)
    rng = np.random.default_rng(0)
    negatives = torch.from_numpy(rng.choice(50, 200_000, p=(chances / chances.sum()).double()))
    positive = scores[torch.arange(4), targets]
    found = sampled_softmax(
        positive, scores[:, negatives], targets, negatives, chances[negatives].log()
    )
    assert float(found) == pytest.approx(float(full_softmax(scores, targets)), abs=0.02)


def test_shuffled_rows_cover_each_pass():
    batch_of = shuffled_rows(10, 4, Run(), "test")
    passes = [np.concatenate([batch_of(3 * p + s) for s in range(3)]) for p in range(2)]
    assert steps_per_pass(10, 4) == 3
    assert all(sorted(order) == list(range(10)) for order in passes)
    assert not np.array_equal(*passes)


def test_neighbours_begin_near_each_other():
    rng = np.random.default_rng(0)
    # Two halves of the catalogue that nobody mixes; item 40 is never seen.
    sequences = Ragged.of([rng.integers(0, 20, 8) + 20 * (i % 2) for i in range(400)])
    for dimension in (4, 16, 64):
        vectors = neighbour_vectors(sequences, 41, dimension, np.random.default_rng(1))
        again = neighbour_vectors(sequences, 41, dimension, np.random.default_rng(1))
        assert vectors.shape == (41, dimension)
        assert vectors.dtype == np.float32
        assert np.array_equal(vectors, again)
        cosines = vectors @ vectors.T
        assert cosines[:20, :20].mean() > cosines[:20, 20:40].mean() + 0.05
        assert np.abs(vectors[40]).max() < 0.1
