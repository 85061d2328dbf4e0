"""Metrics straight from frames of people's own ids: whatever made the lists."""

import numpy as np
import polars as pl
from numpy.typing import NDArray

from penchant.core import DataError, Ragged, UsageError, did_you_mean, offsets_of
from penchant.data import Ranks
from penchant.evaluate.metrics import rank_metrics
from penchant.evaluate.names import DEFAULT, parse_metrics

RANK_METRICS_OF_DEFAULT = tuple(name for name in DEFAULT if not name.startswith("coverage"))


def metrics_of_lists(
    lists: pl.DataFrame,
    relevant: pl.DataFrame,
    metrics: str | list[str] | tuple[str, ...] = RANK_METRICS_OF_DEFAULT,
) -> pl.DataFrame:
    """Metrics of lists of recommendations, one row a user.

    >>> lists = pl.DataFrame({"user": ["u", "u"], "item": ["a", "b"], "rank": [1, 2]})
    >>> wanted = pl.DataFrame({"user": ["u"], "item": ["b"]})
    >>> metrics_of_lists(lists, wanted, "mrr@10")["mrr@10"].to_list()
    [0.5]

    Args:
        lists: Columns ``user``, ``item`` and ``rank`` (1 is best) or ``score`` (higher is better,
            equal scores are shared out, see :mod:`penchant.evaluate.metrics`). Any order of rows.
        relevant: Columns ``user`` and ``item``; repeats count once.
        metrics: Metrics of ranks, not sampled, not ``auc`` (lists do not hold the whole ranking).

    Returns:
        ``user`` and a column a metric, in the order in which users first stand in ``relevant``.
        A user without a list has 0; a user with nothing relevant has no row.

    Raises:
        UsageError: A column is missing, or a metric is not one of ranks.
        DataError: A relevant item stands twice in a list, or a rank is below 1.
    """
    wanted = parse_metrics(metrics)
    for metric in wanted:
        if metric.formula.source != "ranks" or metric.name == "auc" or metric.sampled:
            raise UsageError(f"{metric} cannot be computed from lists alone: use evaluate()")
    order = "rank" if "rank" in lists.columns else "score"
    _need(lists, ["user", "item", order], "lists")
    _need(relevant, ["user", "item"], "relevant")
    pairs, users = _numbered(relevant)
    above, tied = _standing(lists, pairs, users, order)
    rows = pairs["row"].to_numpy()
    lengths = np.bincount(rows, minlength=len(users)).astype(np.int64)
    items = Ragged(np.arange(len(pairs), dtype=np.int32), offsets_of(lengths))
    ranks = Ranks(above, tied, np.full(len(users), -1, np.int64))
    values = rank_metrics(ranks, items, wanted)
    return users.select("user").with_columns(
        pl.Series(str(metric), column) for metric, column in values.items()
    )


def _numbered(relevant: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Distinct pairs sorted by user, with the user's row and the pair's own place."""
    users = relevant.select(pl.col("user").unique(maintain_order=True)).with_row_index("row")
    pairs = relevant.select("user", "item").unique(maintain_order=True)
    pairs = pairs.join(users, on="user", maintain_order="left").sort("row", maintain_order=True)
    return pairs.with_row_index("place"), users


def _standing(
    lists: pl.DataFrame, pairs: pl.DataFrame, users: pl.DataFrame, order: str
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Of each pair: how many items of the list score higher (-1: not in it), how many the same."""
    above = np.full(len(pairs), -1, np.int64)
    tied = np.zeros(len(pairs), np.int64)
    listed = lists.select("user", "item", order).with_row_index("at")
    hits = listed.join(pairs, on=["user", "item"])
    places = hits["place"].to_numpy()
    if len(np.unique(places)) < len(places):
        twice = hits.filter(hits["place"].is_duplicated())
        raise DataError(
            f"item {twice['item'][0]!r} stands twice in the list of {twice['user'][0]!r}",
            column="item",
            hint="keep the better one",
        )
    if order == "rank":
        above[places] = hits["rank"].to_numpy().astype(np.int64) - 1
        if (lists["rank"] < 1).any():
            raise DataError("a rank is below 1", column="rank", hint="the best item has rank 1")
        tied[places] = 1
        return above, tied
    counted = _counted(lists, users)
    at = hits["at"].to_numpy()
    above[places], tied[places] = counted[0][at], counted[1][at]
    return above, tied


def _counted(
    lists: pl.DataFrame, users: pl.DataFrame
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """For each row of lists: higher scores and equal scores of the same user."""
    rows = lists.select("user").join(users, on="user", how="left", maintain_order="left")["row"]
    row = rows.cast(pl.Int64).fill_null(-1).to_numpy()
    score = lists["score"].cast(pl.Float64).to_numpy()
    if np.isnan(score).any():
        raise DataError("a score is missing or nan", column="score", hint="drop the row")
    sorting = np.lexsort((-score, row))
    row, score = row[sorting], score[sorting]
    new_row = np.ones(len(row), np.bool_)
    new_row[1:] = row[1:] != row[:-1]
    new_group = new_row.copy()
    new_group[1:] |= score[1:] != score[:-1]
    group = np.cumsum(new_group) - 1
    starts = np.flatnonzero(new_group)
    start_of_row = np.flatnonzero(new_row)[np.cumsum(new_row) - 1]
    above, tied = np.empty(len(row), np.int64), np.empty(len(row), np.int64)
    above[sorting] = starts[group] - start_of_row
    tied[sorting] = np.bincount(group, minlength=len(starts))[group]
    return above, tied


def _need(frame: pl.DataFrame, columns: list[str], name: str) -> None:
    for column in columns:
        if column not in frame.columns:
            near = did_you_mean(column, frame.columns)
            raise UsageError(
                f"{name} has no column {column!r}{near} It has: "
                f"{', '.join(frame.columns) or 'none'}"
            )
