"""Metrics against tables worked by hand; docs/metrics.md repeats the edge cases."""

from math import log2, nan

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from penchant.core import Ragged, UnknownName, UsageError
from penchant.data import History, Queries, Rankings, Ranks, count_ranks
from penchant.evaluate import METRICS, Metric, parse_metrics, rank_metrics, ranks_in


def of_list(name: str, items: str, relevant: str) -> float:
    """A metric of one list of letters."""
    codes = [ord(letter) for letter in items]
    rankings = Rankings(
        np.array([[*codes, -1]], np.int32), np.zeros((1, len(codes) + 1), np.float32)
    )
    wanted = Ragged.of([[ord(letter) for letter in relevant]])
    metric = Metric.parse(name)
    return float(rank_metrics(ranks_in(rankings, wanted), wanted, [metric])[metric][0])


@pytest.mark.parametrize(
    ("name", "items", "relevant", "expected"),
    [
        ("recall@3", "abc", "c", 1),
        ("recall@2", "abc", "c", 0),
        ("recall@3", "abc", "cd", 1 / 2),
        ("recall@3", "", "c", 0),
        ("recall@9", "abc", "ca", 1),
        ("recall@3", "abc", "", nan),
        ("precision@3", "abc", "ab", 2 / 3),
        ("precision@10", "abc", "ab", 2 / 10),
        ("precision@3", "", "a", 0),
        ("precision@3", "abc", "", nan),
        ("hr@2", "abc", "bc", 1),
        ("hr@1", "abc", "bc", 0),
        ("hr@5", "", "b", 0),
        ("hr@5", "abc", "", nan),
        ("mrr", "abc", "bc", 1 / 2),
        ("mrr@1", "abc", "bc", 0),
        ("mrr@9", "abc", "z", 0),
        ("mrr", "abc", "", nan),
        ("map@3", "abc", "ac", (1 + 2 / 3) / 2),
        ("map@2", "abc", "ac", 1 / 2),
        ("map@1", "abc", "ab", 1 / 2),
        ("map@9", "", "a", 0),
        ("map", "abc", "", nan),
        ("ndcg@3", "abc", "a", 1),
        ("ndcg@3", "abc", "b", 1 / log2(3)),
        ("ndcg@3", "abc", "bc", (1 / log2(3) + 1 / 2) / (1 + 1 / log2(3))),
        ("ndcg@1", "abc", "ab", 1),
        ("ndcg@9", "abc", "cz", (1 / 2) / (1 + 1 / log2(3))),
        ("ndcg@9", "", "a", 0),
        ("ndcg", "abc", "", nan),
        ("auc", "abc", "a", nan),
    ],
)
def test_metrics_of_a_list(name, items, relevant, expected):
    assert of_list(name, items, relevant) == pytest.approx(expected, nan_ok=True)


@pytest.mark.parametrize(
    ("scores", "relevant", "expected"),
    [
        ([3, 2, 1], [0], 1),
        ([3, 2, 1], [1], 1 / 2),
        ([3, 2, 1], [2], 0),
        ([3, 3, 1], [0], 3 / 4),
        ([3, 2, 1, 0], [0, 2], 3 / 4),
        ([1, 1, 1], [0, 1], 1 / 2),
        ([3, 2, 1], [0, 1, 2], nan),
        ([3, 2, 1], [], nan),
    ],
)
def test_auc(scores, relevant, expected):
    wanted = Ragged.of([relevant])
    queries = Queries(History(Ragged.empty(1)))
    ranks = count_ranks(np.array([scores], np.float32), queries, wanted)
    metric = Metric("auc")
    assert rank_metrics(ranks, wanted, [metric])[metric][0] == pytest.approx(expected, nan_ok=True)


def test_a_relevant_item_that_is_excluded_is_never_found():
    wanted = Ragged.of([[0, 1]])
    queries = Queries(History(Ragged.empty(1)), excluded=Ragged.of([[0]]))
    ranks = count_ranks(np.array([[9, 8, 7]], np.float32), queries, wanted)
    values = rank_metrics(ranks, wanted, parse_metrics("recall@1,ndcg@2,auc"))
    by_name = {str(metric): value[0] for metric, value in values.items()}
    assert by_name["recall@1"] == 0.5
    assert by_name["ndcg@2"] == pytest.approx(1 / (1 + 1 / log2(3)))
    assert by_name["auc"] == pytest.approx(0.5)


@given(
    above=st.lists(st.integers(0, 50), min_size=1, max_size=8, unique=True), k=st.integers(1, 60)
)
def test_values_lie_between_0_and_1_and_grow_with_k(above, k):
    wanted = Ragged.of([range(len(above))])
    ranks = Ranks(np.array(above), np.ones(len(above), np.int64), np.array([60]))
    for name, formula in METRICS.items():
        if formula.source == "ranks" and formula.cutoff != "none":
            small, large = Metric(name, k), Metric(name, k + 1)
            values = rank_metrics(ranks, wanted, [small, large])
            assert 0 <= values[small][0] <= 1 + 1e-12
            if name in ("recall", "hr", "mrr", "map"):
                assert values[small][0] <= values[large][0] + 1e-12


def test_no_queries_give_no_values():
    ranks = Ranks(np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0, np.int64))
    metrics = [Metric(n, 3) for n, formula in METRICS.items() if formula.source == "ranks"]
    for values in rank_metrics(ranks, Ragged.empty(0), metrics).values():
        assert values.shape == (0,)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("ndgc@10", "did you mean 'ndcg'"),
        ("recall", "write 'recall@10'"),
        ("auc@10", "takes no cutoff"),
        ("ndcg@0", "at least 1"),
        ("ndcg@ten", "write it as 'ndcg@10'"),
        ("coverage@10(sampled=9)", "only metrics of ranks"),
        ("ndcg@10(sampled=0)", "at least 1"),
    ],
)
def test_a_name_that_says_nothing_is_refused_with_advice(text, message):
    with pytest.raises(UsageError, match=message.replace("(", r"\(")):
        Metric.parse(text)


def test_an_unknown_metric_lists_what_there_is():
    with pytest.raises(UnknownName, match="Known: auc, bleu_4, coverage, gini"):
        parse_metrics("precison@3")


@pytest.mark.parametrize("text", ["ndcg@10", "mrr", "auc", "hr@5(sampled=99)", "ild@3"])
def test_names_read_back(text):
    assert str(Metric.parse(text)) == text
    assert Metric.parse(str(Metric.parse(text))) == Metric.parse(text)
    assert [str(m) for m in parse_metrics(f"{text}, {text}")] == [text]
