"""Ranks from vectors equal ranks from a full table of scores."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from penchant.core import Ragged, Run, UsageError
from penchant.data import History, Queries, count_ranks
from penchant.evaluate import ranks_of_vectors
from penchant.evaluate.vectors import _count_true


def rows_of(rng: np.random.Generator, n: int, n_items: int, most: int) -> Ragged:
    return Ragged.of([rng.integers(0, n_items, rng.integers(0, most + 1)) for _ in range(n)])


def distinct(ragged: Ragged) -> Ragged:
    return Ragged.of([np.unique(ragged[i]) for i in range(len(ragged))])


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    n_items=st.integers(1, 40),
    filtered=st.booleans(),
    threads=st.sampled_from([1, 2]),
    one_each=st.booleans(),
)
def test_equal_to_counting_a_full_table(seed, n_items, filtered, threads, one_each):
    rng = np.random.default_rng(seed)
    n = 9
    users = rng.integers(-2, 3, (n, 3)).astype(np.float32)
    items = rng.integers(-2, 3, (n_items, 3)).astype(np.float32)
    one = Ragged.of(rng.integers(0, n_items, (n, 1)))
    relevant = one if one_each else distinct(rows_of(rng, n, n_items, 3))
    queries = Queries(
        History(Ragged.empty(n)),
        allowed=rng.random(n_items) < 0.7 if filtered else None,
        excluded=rows_of(rng, n, n_items, 6),
    )
    expected = count_ranks(users @ items.T, queries, relevant)
    found = ranks_of_vectors(users, items, queries, relevant, Run(threads=threads))
    assert np.array_equal(found.above, expected.above)
    assert np.array_equal(found.tied, expected.tied)
    assert np.array_equal(found.open, expected.open)


@pytest.mark.parametrize("width", [0, 1, 7, 8, 2039, 2040, 2041, 5003])
def test_true_values_are_counted_in_rows_of_any_width(width):
    mask = np.random.default_rng(0).random((5, width)) < 0.9
    assert np.array_equal(_count_true(mask), mask.sum(1))
    assert np.array_equal(_count_true(np.ones((2, width), np.bool_)), [width, width])


def test_many_tiles_equal_one():
    rng = np.random.default_rng(0)
    users, items = rng.normal(size=(700, 8)), rng.normal(size=(3000, 8))
    relevant = Ragged.of(rng.integers(0, 3000, (700, 1)))
    queries = Queries(History(relevant), excluded=rows_of(rng, 700, 3000, 5))
    found = ranks_of_vectors(users.astype(np.float32), items.astype(np.float32), queries, relevant)
    scores = users @ items.T
    scores[queries.excluded.rows(), queries.excluded.values] = -np.inf
    expected = (scores > scores[np.arange(700), relevant.values][:, None]).sum(1)
    open_ = found.above >= 0
    assert open_.sum() > 690
    assert np.array_equal(found.above[open_], expected[open_])


def test_what_does_not_fit_is_refused():
    users, items = np.zeros((2, 3), np.float32), np.zeros((4, 3), np.float32)
    queries = Queries(History(Ragged.empty(2)))
    with pytest.raises(UsageError, match="2, 2 and 3 rows"):
        ranks_of_vectors(users, items, queries, Ragged.empty(3))
    with pytest.raises(UsageError, match="whole catalogue"):
        narrowed = replace(queries, candidates=Ragged.empty(2))
        ranks_of_vectors(users, items, narrowed, Ragged.empty(2))


@pytest.mark.parametrize("limit", [1, 10, 50])
def test_a_limit_keeps_the_first_ranks_and_drops_the_rest(limit):
    rng = np.random.default_rng(3)
    n, n_items = 400, 6_000
    users = rng.normal(size=(n, 6)).astype(np.float32)
    items = (rng.normal(size=(n_items, 6)) * rng.pareto(3, (n_items, 1))).astype(np.float32)
    scores = users @ items.T
    best = np.argsort(-scores, axis=1)
    wanted = [best[i, rng.integers(0, 80, rng.integers(0, 4))] for i in range(n)]
    relevant = Ragged.of([np.unique(row) for row in wanted])
    queries = Queries(
        History(relevant),
        excluded=Ragged.of([best[i, rng.integers(0, 60, 20)] for i in range(n)]),
        allowed=rng.random(n_items) < 0.9,
    )
    whole = ranks_of_vectors(users, items, queries, relevant)
    found = ranks_of_vectors(users, items, queries, relevant, limit=limit)
    inside = (whole.above >= 0) & (whole.above < limit)
    assert inside.any()
    assert (~inside).any()
    assert np.array_equal(found.above, np.where(inside, whole.above, -1))
    assert np.array_equal(found.tied, np.where(inside, whole.tied, 0))
    assert (found.open == -1).all()
