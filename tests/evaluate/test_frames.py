"""Metrics straight from frames of ids."""

import numpy as np
import polars as pl
import pytest

from penchant.core import DataError, Ragged, UsageError
from penchant.data import History, Queries, count_ranks
from penchant.evaluate import metrics_of_lists, parse_metrics, rank_metrics

LISTS = pl.DataFrame(
    {"user": ["u", "v", "u", "w", "v"], "item": ["b", "a", "a", "a", "c"], "rank": [2, 1, 1, 1, 2]}
)
WANTED = pl.DataFrame({"user": ["v", "u", "x", "v"], "item": ["c", "b", "a", "z"]})


def test_one_row_a_user_in_the_order_of_the_relevant():
    found = metrics_of_lists(LISTS, WANTED, "recall@2,mrr@2")
    assert found["user"].to_list() == ["v", "u", "x"]
    assert found["recall@2"].to_list() == [0.5, 1, 0]
    assert found["mrr@2"].to_list() == [0.5, 0.5, 0]


def test_scores_give_the_ranks_and_repeats_count_once():
    scored = (
        LISTS.with_columns(score=10.0 - pl.col("rank"))
        .drop("rank")
        .sample(fraction=1, shuffle=True, seed=1)
    )
    twice = pl.concat([WANTED, WANTED])
    assert metrics_of_lists(scored, twice, "ndcg@2,map@2").equals(
        metrics_of_lists(LISTS, WANTED, "ndcg@2,map@2")
    )


def test_equal_scores_equal_counting_by_row():
    rng = np.random.default_rng(0)
    n, n_items = 60, 12
    scores = rng.integers(0, 4, (n, n_items)).astype(np.float32)
    relevant = Ragged.of(
        [np.sort(rng.permutation(n_items)[: rng.integers(1, 4)]) for _ in range(n)]
    )
    metrics = parse_metrics("ndcg@5,map@5,mrr@5,hr@5,recall@5,precision@5")
    ranks = count_ranks(scores.copy(), Queries(History(Ragged.empty(n))), relevant)
    expected = rank_metrics(ranks, relevant, metrics)
    user, item = np.indices(scores.shape)
    lists = pl.DataFrame(
        {
            "user": user.ravel().astype(str),
            "item": item.ravel().astype(str),
            "score": scores.ravel(),
        }
    ).sample(fraction=1, shuffle=True, seed=0)
    wanted = pl.DataFrame(
        {"user": relevant.rows().astype(str), "item": relevant.values.astype(str)}
    )
    found = metrics_of_lists(lists, wanted, [str(m) for m in metrics])
    for metric in metrics:
        np.testing.assert_allclose(found[str(metric)].to_numpy(), expected[metric], atol=1e-12)


def test_empty_frames():
    empty = LISTS.clear()
    assert metrics_of_lists(empty, WANTED, "recall@2")["recall@2"].to_list() == [0, 0, 0]
    assert metrics_of_lists(LISTS, WANTED.clear(), "recall@2").shape == (0, 2)


@pytest.mark.parametrize(
    ("lists", "metrics", "error", "message"),
    [
        (LISTS.rename({"item": "itme"}), "mrr", UsageError, "did you mean 'itme'"),
        (LISTS.with_columns(user=1), "mrr", UsageError, "user is Int32 in lists and String"),
        (LISTS, "coverage@10", UsageError, "from lists alone"),
        (LISTS, "auc", UsageError, "from lists alone"),
        (pl.concat([LISTS, LISTS]), "mrr", DataError, "stands twice in the list of"),
        (LISTS.with_columns(rank=pl.col("rank") - 1), "mrr", DataError, "below 1"),
        (LISTS.rename({"rank": "score"}).with_columns(score=None), "mrr", DataError, "missing"),
    ],
)
def test_what_cannot_be_measured_is_refused(lists, metrics, error, message):
    with pytest.raises(error, match=message):
        metrics_of_lists(lists, WANTED, metrics)


def test_users_whose_rows_do_not_stand_together():
    rng = np.random.default_rng(2)
    lists = pl.DataFrame(
        {
            "user": np.repeat(np.arange(40), 5).astype(str),
            "item": np.tile(np.arange(5), 40).astype(str),
            "score": rng.integers(0, 3, 200),
        }
    )
    wanted = pl.DataFrame(
        {
            "user": np.repeat(np.arange(50), 2).astype(str),
            "item": rng.permuted(np.tile(np.arange(6), (50, 1)), axis=1)[:, :2].ravel().astype(str),
        }
    )
    expected = metrics_of_lists(lists, wanted, "ndcg@3,map@3").sort("user")
    for seed in range(5):
        mixed = [frame.sample(fraction=1, shuffle=True, seed=seed) for frame in (lists, wanted)]
        found = metrics_of_lists(*mixed, "ndcg@3,map@3").sort("user")
        for name in ("ndcg@3", "map@3"):
            np.testing.assert_allclose(found[name], expected[name], atol=1e-12)
