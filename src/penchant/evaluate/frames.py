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
    for column in ("user", "item"):
        types = lists[column].dtype, relevant[column].dtype
        if types[0] != types[1]:
            raise UsageError(
                f"{column} is {types[0]} in lists and {types[1]} in relevant: cast one"
            )
    pairs, users = _pairs(relevant)
    above, tied = _standing(lists, pairs, users, order)
    offsets = offsets_of(np.bincount(pairs["row"].to_numpy(), minlength=len(users)))
    items = Ragged(np.arange(len(pairs), dtype=np.int32), offsets)
    ranks = Ranks(above, tied, np.full(len(users), -1, np.int64))
    values = rank_metrics(ranks, items, wanted)
    return pl.DataFrame([users, *(pl.Series(str(m), column) for m, column in values.items())])


def _pairs(relevant: pl.DataFrame) -> tuple[pl.DataFrame, pl.Series]:
    """Distinct pairs sorted by user (columns item, row, key), and the users, one a row."""
    row, users = _numbered(relevant["user"])
    pairs = pl.DataFrame([relevant["item"], pl.Series("row", row)])
    pairs = pairs.with_columns(pl.Series("key", _keys(row, pairs["item"])))
    if pairs["key"].n_unique() < len(pairs):
        pairs = pairs.unique(["row", "item"], maintain_order=True)
    return (pairs if (np.diff(row) >= 0).all() else pairs.sort("row", maintain_order=True)), users


def _numbered(names: pl.Series) -> tuple[NDArray[np.int64], pl.Series]:
    """(n,) a number for each name in order of appearance, and the names.

    Names that stand together, as in most frames, need no table of all of them.
    """
    starts = names.ne_missing(names.shift(1)).to_numpy().copy()
    starts[:1] = True
    heads = names.filter(pl.Series(starts))
    if heads.n_unique() == len(heads):
        return np.cumsum(starts) - 1, heads
    distinct = names.unique(maintain_order=True)
    return _found(names, distinct), distinct


def _found(names: pl.Series, among: pl.Series) -> NDArray[np.int64]:
    """(n,) where each name stands in distinct names, -1 if it does not."""
    table = pl.DataFrame([among]).with_row_index("row")
    rows = pl.DataFrame([names]).join(
        table, on=names.name, how="left", maintain_order="left", nulls_equal=True
    )
    return rows["row"].cast(pl.Int64).fill_null(-1).to_numpy()


def _keys(row: NDArray[np.int64], items: pl.Series) -> NDArray[np.uint64]:
    """(n,) one number for user and item: equal pairs have equal keys, others hardly ever."""
    mixed = row.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    return np.asarray(mixed + items.hash().to_numpy(), np.uint64)


def _standing(
    lists: pl.DataFrame, pairs: pl.DataFrame, users: pl.Series, order: str
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Of each pair: how many items of the list score higher (-1: not in it), how many the same."""
    listed, names = _numbered(lists["user"])
    row = _found(names, users)[listed] if len(listed) else listed
    left = pl.DataFrame([pl.Series("key", _keys(row, lists["item"]))]).with_row_index("at")
    right = pairs.select("key").with_row_index("place")
    hits = left.join(right, on="key")
    at, place = hits["at"].to_numpy(), hits["place"].to_numpy()
    found, sought = lists["item"].gather(hits["at"]), pairs["item"].gather(hits["place"])
    same = found.eq_missing(sought).to_numpy()
    same = same & (row[at] == pairs["row"].to_numpy()[place])
    at, place = at[same], place[same]
    twice = np.flatnonzero(np.bincount(place, minlength=len(pairs)) > 1)
    if len(twice):
        item, user = pairs["item"][int(twice[0])], users[int(pairs["row"][int(twice[0])])]
        raise DataError(
            f"item {item!r} stands twice in the list of {user!r}",
            column="item",
            hint="keep the better one",
        )
    above, tied = np.full(len(pairs), -1, np.int64), np.zeros(len(pairs), np.int64)
    counted = _by_rank(lists["rank"]) if order == "rank" else _by_score(listed, lists["score"])
    above[place], tied[place] = counted[0][at], counted[1][at]
    return above, tied


def _by_rank(ranks: pl.Series) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    if ranks.null_count() or (ranks < 1).any():
        raise DataError("a rank is missing or below 1", column="rank", hint="the best has rank 1")
    return ranks.cast(pl.Int64).to_numpy() - 1, np.ones(len(ranks), np.int64)


def _by_score(
    user: NDArray[np.int64], scores: pl.Series
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """For each row of lists: higher scores and equal scores of the same user."""
    score = scores.cast(pl.Float64).to_numpy()
    if np.isnan(score).any():
        raise DataError("a score is missing or nan", column="score", hint="drop the row")
    new_user = user[1:] != user[:-1]
    if (new_user | (score[1:] <= score[:-1])).all() and (user[1:] >= user[:-1]).all():
        return _counts(user, score)
    sorting = np.lexsort((-score, user))
    above, tied = np.empty(len(user), np.int64), np.empty(len(user), np.int64)
    above[sorting], tied[sorting] = _counts(user[sorting], score[sorting])
    return above, tied


def _counts(
    user: NDArray[np.int64], score: NDArray[np.float64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The same for rows sorted by user and falling score."""
    new_user = np.ones(len(user), np.bool_)
    new_user[1:] = user[1:] != user[:-1]
    new_group = new_user.copy()
    new_group[1:] |= score[1:] != score[:-1]
    starts, heads = np.flatnonzero(new_group), np.flatnonzero(new_user)
    lengths, sizes = np.diff(starts, append=len(user)), np.diff(heads, append=len(user))
    return np.repeat(starts, lengths) - np.repeat(heads, sizes), np.repeat(lengths, lengths)


def _need(frame: pl.DataFrame, columns: list[str], name: str) -> None:
    for column in columns:
        if column not in frame.columns:
            near = did_you_mean(column, frame.columns)
            raise UsageError(
                f"{name} has no column {column!r}{near} It has: "
                f"{', '.join(frame.columns) or 'none'}"
            )
