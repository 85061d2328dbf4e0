"""What people hold: a fitted recommender that speaks their own ids."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from penchant.core import Ragged, Run, UsageError, offsets_of
from penchant.data import (
    CanExplain,
    CanFindSimilar,
    CanForget,
    Catalog,
    History,
    Ids,
    People,
    Queries,
    Recommender,
    with_parts,
)
from penchant.models.asking import (
    ERASED,
    Answer,
    Asked,
    answer_frame,
    ask_for_histories,
    ask_for_users,
    check_k,
    notes_of,
    read_ids,
    titles_of,
)
from penchant.models.record import Record
from penchant.models.where import allowed_items


@dataclass(frozen=True, slots=True, eq=False)
class Model:
    """Catalogue, people with their histories, a recommender, and how it came to be.

    >>> import penchant as pn
    >>> model = pn.fit(pn.Popular(), pn.data.mini_world())
    >>> model.recommend(history=[], k=2).columns
    ['user', 'rank', 'item', 'title', 'score']
    """

    catalog: Catalog
    people: People
    histories: History
    """One row for each of :attr:`people`"""
    recommender: Recommender
    record: Record
    run: Run = field(default_factory=Run)
    """Seed, threads and watcher of what is asked; not saved"""

    @property
    def name(self) -> str:
        """The method's, for tables."""
        return type(self.recommender.method).__name__

    def recommend(
        self,
        users: Sequence[str] | None = None,
        *,
        history: Sequence[str] | None = None,
        queries: Queries | None = None,
        k: int = 10,
        where: str | None = None,
        exclude: Sequence[str] | None = None,
        again: bool = False,
    ) -> pl.DataFrame:
        """The best ``k`` items for each asker, as a frame.

        Args:
            users: Ids; an unknown one is answered as somebody new.
            history: Item ids of one new person, oldest first; unknown ones are skipped.
            queries: Rows instead of ids, one or more; exactly one of these three is given.
            k: At least 1; fewer come back where fewer are open.
            where: A filter on the catalogue: ``"year > 1990 and categories has 'Comedy'"``.
            exclude: Item ids that nobody is to get.
            again: Whether items of the history may come back.

        Returns:
            ``user``, ``rank`` (from 1), ``item``, ``title``, ``score`` (unit: the method's).

        Raises:
            UsageError: None or several of the three, a bad ``k`` or an unreadable ``where``.
        """
        asked = self.ask(users, history=history, queries=queries)
        return self.answer(asked, k=k, where=where, exclude=exclude, again=again).frame

    def ask(
        self,
        users: Sequence[str] | None = None,
        *,
        history: Sequence[str] | None = None,
        histories: Sequence[Sequence[str]] | None = None,
        queries: Queries | None = None,
    ) -> Asked:
        """Queries for users, one history, many histories, or as they are."""
        given = [arg for arg in (users, history, histories, queries) if arg is not None]
        if len(given) != 1:
            raise UsageError("give exactly one of users=[…], history=[…] and queries=…")
        last = self.record.last_time
        if users is not None:
            return ask_for_users(users, self.people, self.histories, last)
        if queries is not None:
            return Asked(self._names(queries), queries)
        many = [history] if history is not None else list(histories or [])
        names = ["new"] if history is not None else [f"new{row}" for row in range(len(many))]
        return ask_for_histories(many, self.catalog.ids, names=names, last_time=last)

    def answer(
        self,
        asked: Asked,
        *,
        k: int = 10,
        where: str | None = None,
        exclude: Sequence[str] | None = None,
        again: bool = False,
    ) -> Answer:
        """Like :meth:`recommend`, with what was not known and what was asked."""
        width = min(check_k(k), max(1, len(self.catalog)))
        queries = asked.queries if again else asked.queries.unseen()
        excluded, unknown = self._excluded(exclude, len(queries))
        if excluded is not None:
            before = queries.excluded
            queries = replace(queries, excluded=before.joined(excluded) if before else excluded)
        if where is not None:
            allowed = allowed_items(self.catalog, where)
            mask = allowed if queries.allowed is None else allowed & queries.allowed
            queries = replace(queries, allowed=mask)
        rankings = self.recommender.recommend(queries, width, self.run)
        skipped = tuple(dict.fromkeys([*asked.unknown_items, *unknown]))
        notes = notes_of(asked.unknown_users, skipped)
        if k > len(self.catalog):
            notes.append(f"k={k}, but the catalogue has {len(self.catalog)} items: fewer came back")
        for note in notes:
            self.run.watch.note(note)
        frame = answer_frame(asked.names, rankings, self.catalog)
        return Answer(frame, rankings, queries, asked.unknown_users, skipped, tuple(notes))

    def similar(self, items: str | Sequence[str], k: int = 10) -> pl.DataFrame:
        """The ``k`` items nearest to each of ``items``.

        Returns:
            ``of`` (the item asked about), ``rank``, ``item``, ``title``, ``score``.

        Raises:
            UsageError: An unknown item, or a method that knows no nearness.
        """
        listed = [items] if isinstance(items, str) else read_ids(items, "items")
        parts = with_parts(self.recommender)
        able = next((part for part in parts if isinstance(part, CanFindSimilar)), None)
        if able is None:
            raise UsageError(
                f"{self.name} does not know which items are alike; ask covisit, itemknn or ease, "
                "or recommend(history=[item])"
            )
        rows = np.array([self.catalog.ids.row(item) for item in listed], np.int32)
        width = min(check_k(k), max(1, len(self.catalog)))
        rankings = able.similar(rows, width, self.run)
        return answer_frame(listed, rankings, self.catalog).rename({"user": "of"})

    def evidence(self, asked: Asked, items: Sequence[str], k: int = 3) -> pl.DataFrame:
        """The past events that speak loudest for an item: "because you watched".

        Args:
            asked: n rows of :meth:`ask`.
            items: (n,) one item a row.
            k: Events a row; those that add nothing are left out.

        Returns:
            ``user``, ``item``, ``rank``, ``because``, ``title``, ``contribution`` (unit: the
            score's).

        Raises:
            UsageError: The method cannot tell, or an item is unknown.
        """
        parts = with_parts(self.recommender)
        able = next((part for part in parts if isinstance(part, CanExplain)), None)
        if able is None:
            raise UsageError(f"{self.name} cannot tell which events speak for an item; ask covisit")
        rows = np.array([self.catalog.ids.row(item) for item in items], np.int32)
        events = asked.queries.histories.items
        added = able.evidence(asked.queries, rows, self.run)
        return _evidence_frame(asked.names, items, events, added, self.catalog, check_k(k))

    def with_items(self, items: object) -> "Model":
        """The model with new items; see :func:`penchant.models.growing.with_items`."""
        from penchant.models.growing import with_items  # it reads models, so it imports this module

        return with_items(self, items)

    def rate(self, pairs: pl.DataFrame) -> pl.DataFrame:
        """What people would rate items with; see :func:`penchant.models.answering.rate`."""
        from penchant.models.answering import rate  # it reads models, so it imports this module

        return rate(self, pairs)

    def write(self, pairs: pl.DataFrame) -> pl.DataFrame:
        """What people would write of items; see :func:`penchant.models.answering.write`."""
        from penchant.models.answering import write  # as above

        return write(self, pairs)

    def erase(self, users: Sequence[str]) -> "Model":
        """The model without these people's ids, attributes, histories, and texts that it quotes.

        Other rows do not move. What the weights learned stays learned: fit again to forget it.

        Raises:
            UsageError: An id is unknown.
        """
        rows = np.array([self.people.ids.row(name) for name in read_ids(users, "users")], np.int64)
        gone = np.zeros(len(self.people), np.bool_)
        gone[rows] = True
        table = self.people.table.with_row_index("_row").with_columns(pl.Series("_gone", gone))
        names = pl.when("_gone").then(pl.concat_str(pl.lit(ERASED), "_row")).otherwise("id")
        blank = [
            pl.when("_gone").then(None).otherwise(pl.col(name)).alias(name)
            for name in self.people.table.columns
            if name != "id"
        ]
        kept = table.with_columns(names.alias("id"), *blank).drop("_row", "_gone")
        people = People(Ids(kept["id"]), kept)
        known = self.recommender
        recommender = known.forget(rows) if isinstance(known, CanForget) else known
        histories = _without(self.histories, gone)
        return replace(self, people=people, histories=histories, recommender=recommender)

    def save(self, folder: Path | str) -> Path:
        """Writes the model to a folder, whole or not at all; see :mod:`penchant.models.folder`."""
        from penchant.models.folder import save  # it reads models, so it imports this module

        return save(self, folder)

    def _names(self, queries: Queries) -> list[str]:
        numbered = [f"new{row}" for row in range(len(queries))]
        if queries.users is None:
            return numbered
        ids = self.people.ids.series()
        return [
            ids[int(row)] if row >= 0 else name
            for row, name in zip(queries.users, numbered, strict=True)
        ]

    def _excluded(self, exclude: Sequence[str] | None, n: int) -> tuple[Ragged | None, list[str]]:
        if not exclude:
            return None, []
        listed = read_ids(exclude, "exclude")
        rows = self.catalog.ids.rows(listed)
        known = np.unique(rows[rows >= 0])
        unknown = [name for name, row in zip(listed, rows, strict=True) if row < 0]
        return Ragged(np.tile(known, n), np.arange(n + 1, dtype=np.int64) * len(known)), unknown


def _without(histories: History, gone: NDArray[np.bool_]) -> History:
    items = histories.items
    keep = ~gone[items.rows()]
    lengths = np.where(gone, 0, items.lengths)
    return History(
        Ragged(items.values[keep], offsets_of(lengths)),
        None if histories.times is None else histories.times[keep],
        None if histories.ratings is None else histories.ratings[keep],
    )


def _evidence_frame(
    names: Sequence[str],
    items: Sequence[str],
    events: Ragged,
    added: NDArray[np.float32],
    catalog: Catalog,
    k: int,
) -> pl.DataFrame:
    rows = events.rows()
    frame = pl.DataFrame(
        {
            "row": rows,
            "user": pl.Series(list(names), dtype=pl.String).gather(rows),
            "item": pl.Series(list(items), dtype=pl.String).gather(rows),
            "because": catalog.ids.series().gather(events.values),
            "title": titles_of(catalog, events.values),
            "contribution": pl.Series(added, dtype=pl.Float32),
        }
    )
    best = (
        frame.filter(pl.col("contribution") > 0)
        .group_by("row", "user", "item", "because", "title")
        .agg(pl.col("contribution").sum())
        .sort("row", "contribution", "because", descending=[False, True, False])
        .with_columns(rank=pl.int_range(1, pl.len() + 1, dtype=pl.Int32).over("row"))
    )
    columns = ("user", "item", "rank", "because", "title", "contribution")
    return best.filter(pl.col("rank") <= k).select(columns)
