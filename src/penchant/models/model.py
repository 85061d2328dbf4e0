"""What people hold: a fitted recommender that speaks their own ids."""

from collections.abc import Mapping, Sequence
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
from penchant.evaluate import Fallbacks
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
    with_degraded,
)
from penchant.models.evidence import evidence_frame
from penchant.models.methods import asks_language_models
from penchant.models.narrowing import narrowed, without_closed
from penchant.models.record import Record
from penchant.models.rules import Rules, ruled
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
    closed: NDArray[np.bool_] | None = None
    """(n_items,) what is never an answer, such as items that have left; not saved"""

    @property
    def name(self) -> str:
        """The method's, for tables."""
        return type(self.recommender.method).__name__

    def recommend(  # noqa: PLR0913  # each is a choice of its own
        self,
        users: Sequence[str] | None = None,
        *,
        history: Sequence[str] | None = None,
        queries: Queries | None = None,
        k: int = 10,
        where: str | None = None,
        exclude: Sequence[str] | None = None,
        again: bool = False,
        rules: Rules | None = None,
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
            rules: Of each list as a whole: how different, and how many of a kind.

        Returns:
            ``user``, ``rank`` (from 1), ``item``, ``title``, ``score`` (unit: the method's); if the
            method asks a language model, also ``degraded``: the answer is of its fallback. Where
            nobody watches the run, a Python warning says why.

        Raises:
            UsageError: None or several of the three, a bad ``k`` or an unreadable ``where``.
        """
        heard = Fallbacks.over(self.run.watch)
        model = replace(self, run=replace(self.run, watch=heard.watch))
        asked = model.ask(users, history=history, queries=queries)
        found = model.answer(asked, k=k, where=where, exclude=exclude, again=again, rules=rules)
        heard.count(found.rankings)
        heard.warn(self.name, self.run.watch)
        return found.frame

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
            return self._opened(ask_for_users(users, self.people, self.histories, last))
        if queries is not None:
            return self._opened(Asked(self._names(queries), queries))
        many = [history] if history is not None else list(histories or [])
        names = ["new"] if history is not None else [f"new{row}" for row in range(len(many))]
        asked = ask_for_histories(many, self.catalog.ids, names=names, last_time=last)
        return self._opened(asked)

    def allowed(self, where: str | None = None) -> NDArray[np.bool_] | None:
        """(n_items,) what has not left, and passes a filter; ``None``: everything.

        Raises:
            UsageError: The filter cannot be read.
        """
        mask = None if where is None else allowed_items(self.catalog, where)
        if self.closed is None:
            return mask
        return ~self.closed if mask is None else mask & ~self.closed

    def answer(
        self,
        asked: Asked,
        *,
        k: int = 10,
        where: str | None = None,
        exclude: Sequence[str] | None = None,
        again: bool = False,
        rules: Rules | None = None,
    ) -> Answer:
        """Like :meth:`recommend`, with what was not known and what was asked."""
        width = min(check_k(k), max(1, len(self.catalog)))
        queries, unknown = narrowed(
            self.catalog, asked.queries, where=where, exclude=exclude, again=again
        )
        rankings = ruled(self, queries, width, rules or Rules())
        skipped = tuple(dict.fromkeys([*asked.unknown_items, *unknown]))
        notes = notes_of(asked.unknown_users, skipped)
        if k > len(self.catalog):
            notes.append(f"k={k}, but the catalogue has {len(self.catalog)} items: fewer came back")
        for note in notes:
            self.run.watch.note(note)
        frame = answer_frame(asked.names, rankings, self.catalog)
        if asks_language_models(self.recommender.method):
            frame = with_degraded(frame, rankings)
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
        left = 0 if self.closed is None else int(self.closed.sum())
        rankings = able.similar(rows, min(width + left, max(1, len(self.catalog))), self.run)
        if self.closed is not None:
            rankings = without_closed(rankings, self.closed, width)
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
        return evidence_frame(asked.names, items, events, added, self.catalog, check_k(k))

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

    def with_metrics(self, metrics: Mapping[str, float]) -> "Model":
        """The same model, whose card tells how it was measured."""
        return replace(self, record=replace(self.record, metrics=dict(metrics)))

    def save(self, folder: Path | str) -> Path:
        """Writes the model to a folder, whole or not at all; see :mod:`penchant.models.folder`."""
        from penchant.models.folder import save  # it reads models, so it imports this module

        return save(self, folder)

    def _opened(self, asked: Asked) -> Asked:
        mask, given = self.allowed(), asked.queries.allowed
        if mask is None:
            return asked
        allowed = mask if given is None else mask & given
        return replace(asked, queries=replace(asked.queries, allowed=allowed))

    def _names(self, queries: Queries) -> list[str]:
        numbered = [f"new{row}" for row in range(len(queries))]
        if queries.users is None:
            return numbered
        ids = self.people.ids.series()
        return [
            ids[int(row)] if row >= 0 else name
            for row, name in zip(queries.users, numbered, strict=True)
        ]


def _without(histories: History, gone: NDArray[np.bool_]) -> History:
    items = histories.items
    keep = ~gone[items.rows()]
    lengths = np.where(gone, 0, items.lengths)
    return History(
        Ragged(items.values[keep], offsets_of(lengths)),
        None if histories.times is None else histories.times[keep],
        None if histories.ratings is None else histories.ratings[keep],
    )
