"""Metrics of tied scores equal the mean over every order of the tied items."""

from itertools import permutations, product
from math import log2

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from penchant.core import Ragged
from penchant.data import History, Queries, count_ranks
from penchant.evaluate import Metric, rank_metrics

NAMES = ["recall@{k}", "precision@{k}", "hr@{k}", "ndcg@{k}", "mrr@{k}", "map@{k}"]
WHOLE = ["ndcg", "mrr", "map", "auc"]


def plain(name: str, k: int | None, order: list[int], relevant: set[int]) -> float:
    """The metric of one order without ties, written as in a textbook."""
    k = k or len(order)
    ranks = [rank for rank, item in enumerate(order, 1) if item in relevant]
    within = [rank for rank in ranks if rank <= k]
    if name == "recall":
        return len(within) / len(relevant)
    if name == "precision":
        return len(within) / k
    if name == "hr":
        return float(bool(within))
    if name == "mrr":
        return 1 / within[0] if within else 0.0
    if name == "map":
        return sum((i + 1) / rank for i, rank in enumerate(within)) / len(relevant)
    if name == "ndcg":
        ideal = sum(1 / log2(rank + 1) for rank in range(1, min(k, len(relevant)) + 1))
        return sum(1 / log2(rank + 1) for rank in within) / ideal
    others = len(order) - len(ranks)
    right = sum(1 for i in ranks for j in range(i + 1, len(order) + 1) if j not in ranks)
    return right / (len(relevant) * others) if others else float("nan")


def orders(scores: list[int]) -> list[list[int]]:
    """Every order of items by falling score, ties in all orders."""
    groups = [
        [item for item, score in enumerate(scores) if score == value]
        for value in sorted(set(scores), reverse=True)
    ]
    mixed = product(*(permutations(group) for group in groups))
    return [[item for group in order for item in group] for order in mixed]


def measured(names: list[str], scores: list[int], relevant: set[int]) -> dict[str, float]:
    queries = Queries(History(Ragged.empty(1)))
    wanted = Ragged.of([sorted(relevant)])
    ranks = count_ranks(np.array([scores], np.float32), queries, wanted)
    values = rank_metrics(ranks, wanted, [Metric.parse(name) for name in names])
    return {str(metric): float(value[0]) for metric, value in values.items()}


@settings(max_examples=150, deadline=None)
@given(
    scores=st.lists(st.integers(0, 3), min_size=1, max_size=7),
    chosen=st.sets(st.integers(0, 6), min_size=1, max_size=5),
    k=st.integers(1, 9),
)
def test_ties_equal_the_mean_over_all_orders(scores, chosen, k):
    relevant = {item % len(scores) for item in chosen}
    names = [name.format(k=k) for name in NAMES] + WHOLE
    found = measured(names, scores, relevant)
    every = orders(scores)
    for name in names:
        metric = Metric.parse(name)
        expected = np.mean([plain(metric.name, metric.k, order, relevant) for order in every])
        assert found[name] == pytest.approx(expected, abs=1e-12, nan_ok=True), name


def test_many_relevant_items_in_one_large_tie():
    n, r, k = 2_000, 40, 25
    found = measured([f"mrr@{k}", f"hr@{k}", f"map@{k}"], [0] * n, set(range(r)))
    rng = np.random.default_rng(0)
    draws = [np.sort(rng.permutation(n)[:r]) + 1 for _ in range(20_000)]
    first = np.array([draw[0] for draw in draws])
    assert found[f"mrr@{k}"] == pytest.approx(np.where(first <= k, 1 / first, 0).mean(), rel=0.05)
    assert found[f"hr@{k}"] == pytest.approx((first <= k).mean(), rel=0.05)
    precision = [((np.arange(r) + 1) / draw)[draw <= k].sum() / r for draw in draws]
    assert found[f"map@{k}"] == pytest.approx(np.mean(precision), rel=0.05)


def test_a_constant_score_earns_what_chance_earns():
    found = measured(["recall@10", "auc", "mrr"], [1] * 100, {7})
    assert found["recall@10"] == pytest.approx(0.1)
    assert found["auc"] == pytest.approx(0.5)
    assert found["mrr"] == pytest.approx(np.mean(1 / np.arange(1, 101)))
