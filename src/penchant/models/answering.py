"""Ratings and texts for pairs of people and items, by people's own ids."""

from collections.abc import Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from penchant.core import UsageError
from penchant.data import CanRate, CanWrite, Queries, with_parts
from penchant.models.asking import notes_of, titles_of
from penchant.models.model import Model


def rate(model: Model, pairs: pl.DataFrame) -> pl.DataFrame:
    """What each person would rate an item with.

    >>> import penchant as pn
    >>> data = pn.data.mini_world()
    >>> model = pn.fit(pn.RatingBias(), data)
    >>> pairs = pl.DataFrame({"user": ["u907258", "nobody"], "item": ["b14104", "b14104"]})
    >>> model.rate(pairs)["rating"].is_between(1, 5).all()
    True

    Args:
        model: One whose method foretells ratings.
        pairs: Columns ``user`` and ``item``; an unknown person is answered as somebody new.

    Returns:
        ``user``, ``item``, ``title``, ``rating`` (null: the item is unknown, or the answer could
        not be read).

    Raises:
        UsageError: A column is missing, or the method cannot rate.
    """
    able = next((one for one in with_parts(model.recommender) if isinstance(one, CanRate)), None)
    if able is None:
        raise UsageError(f"{model.name} cannot foretell ratings; RatingBias and P5 can")
    users, items, queries, rows, known = _asked(model, pairs)
    ratings = np.full(len(rows), np.nan, np.float32)
    ratings[known] = able.rate(queries.take(known), rows[known], model.run)
    column = pl.Series("rating", ratings, dtype=pl.Float32).fill_nan(None)
    return _frame(model, users, items, rows, known).with_columns(column)


def write(model: Model, pairs: pl.DataFrame) -> pl.DataFrame:
    """What each person would write about an item, or why it suits them: as the model learned it.

    Args:
        model: One whose method writes.
        pairs: As for :func:`rate`.

    Returns:
        ``user``, ``item``, ``title``, ``text`` (null: the item is unknown).

    Raises:
        UsageError: A column is missing, or the method cannot write.
    """
    able = next((one for one in with_parts(model.recommender) if isinstance(one, CanWrite)), None)
    if able is None:
        raise UsageError(f"{model.name} cannot write; Quote and P5 can")
    users, items, queries, rows, known = _asked(model, pairs)
    written = able.write(queries.take(known), rows[known], model.run)
    texts: list[str | None] = [None] * len(rows)
    for row, text in zip(known.tolist(), written, strict=True):
        texts[row] = text
    column = pl.Series("text", texts, dtype=pl.String)
    return _frame(model, users, items, rows, known).with_columns(column)


def _asked(
    model: Model, pairs: pl.DataFrame
) -> tuple[list[str], list[str], Queries, NDArray[np.int32], NDArray[np.int64]]:
    """Ids, queries, rows of items, and which of them are known."""
    for column in ("user", "item"):
        if column not in pairs.columns:
            raise UsageError(
                f"pairs have the columns {', '.join(pairs.columns) or 'none'}: "
                "need 'user' and 'item'"
            )
    users = pairs["user"].cast(pl.String).fill_null("").to_list()
    items = pairs["item"].cast(pl.String).fill_null("").to_list()
    asked = model.ask(users=users)
    rows = model.catalog.ids.rows(items)
    unknown = dict.fromkeys(item for item, row in zip(items, rows, strict=True) if row < 0)
    for note in notes_of(asked.unknown_users, tuple(unknown)):
        model.run.watch.note(note)
    return users, items, asked.queries, rows.astype(np.int32), np.flatnonzero(rows >= 0)


def _frame(
    model: Model,
    users: Sequence[str],
    items: Sequence[str],
    rows: NDArray[np.int32],
    known: NDArray[np.int64],
) -> pl.DataFrame:
    titles = np.full(len(rows), None, object)
    titles[known] = titles_of(model.catalog, rows[known]).to_numpy()
    return pl.DataFrame(
        {
            "user": pl.Series(users, dtype=pl.String),
            "item": pl.Series(items, dtype=pl.String),
            "title": pl.Series(titles.tolist(), dtype=pl.String),
        }
    )
