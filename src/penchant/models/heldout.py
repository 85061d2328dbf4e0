"""What saved models are measured on: one's own later events, or the test part of a split."""

from collections.abc import Sequence

import numpy as np
import polars as pl

from penchant.core import DataError, Ragged, Silent, UsageError, Watcher
from penchant.data import (
    EVENT_SCHEMA,
    Cases,
    Dataset,
    Ids,
    People,
    Rated,
    Split,
    cases_of,
    columns_of,
    hold_instants,
    rated_cases,
)
from penchant.models.model import Model


def same_catalogue(models: Sequence[Model]) -> None:
    """Raises :class:`UsageError` unless all models know the same items, row for row."""
    first = models[0].catalog.ids.series()
    for model in models[1:]:
        if not first.equals(model.catalog.ids.series()):
            sizes = ", ".join(map(str, sorted({len(one.catalog) for one in models})))
            raise UsageError(
                f"the models know different catalogues ({sizes} items), or the same items in "
                "another order; fit them on the same data set"
            )


def held_out(model: Model, later: Dataset, *, watch: Watcher | None = None) -> Cases:
    """Queries from events that came after what a model learned.

    One query for each person and instant; its history is what the model holds of the person, then
    the person's earlier events of ``later``. People whom the model does not know are new. Items
    that it does not know cannot be answered by it: they are left out, and the number is noted.

    Raises:
        DataError: Nothing is left to ask.
    """
    return _held(model, later, watch or Silent())[0]


def held_out_ratings(model: Model, later: Dataset, *, watch: Watcher | None = None) -> Rated:
    """The ratings of such events: the same queries, a row for each item that was rated.

    Raises:
        DataError: Nothing is left to ask, or nothing was rated.
    """
    return rated_cases(*_held(model, later, watch or Silent()))


def _held(model: Model, later: Dataset, watch: Watcher) -> tuple[Cases, Dataset]:
    """The queries, and all events in the rows that they speak of."""
    items = model.catalog.ids.rows(later.catalog.ids.series())
    item = items[later.events["item"].to_numpy()]
    unknown = int((item < 0).sum())
    if unknown:
        watch.note(f"{unknown:,} of {len(item):,} held-out events are of unknown items: left out")
    names = later.people.ids.series()
    rows = model.people.ids.rows(names)
    new = np.flatnonzero(rows < 0)
    rows[new] = len(model.people) + np.arange(len(new))
    ids = pl.concat([model.people.ids.series(), names.gather(new)])
    events = later.events.select(list(EVENT_SCHEMA)).with_columns(
        user=pl.Series(rows[later.events["user"].to_numpy()], dtype=pl.Int32),
        item=pl.Series(item, dtype=pl.Int32),
        held=pl.lit(value=True),
    )
    before = _events(model)
    if later.has_times != (model.record.last_time is not None) and len(before):
        events = events.with_columns(time=pl.lit(None, pl.Int64))
        before = before.with_columns(time=pl.lit(None, pl.Int64))
    both = pl.concat([before, events.filter(pl.col("item") >= 0)])
    both = both.sort("user", "time", maintain_order=True, nulls_last=False)
    people = People(Ids(ids), pl.DataFrame({"id": ids}))
    data = Dataset(model.catalog, people, both.drop("held"), later.name)
    _warn_of_past(model, later, watch)
    held = both["held"].to_numpy()
    columns = columns_of(data)
    found = hold_instants(columns, np.flatnonzero(held))
    if len(found.users) == 0:
        raise DataError(
            f"{later.name} holds no event that this model could be asked for",
            hint="held-out events need known items that the person has not had before",
        )
    return cases_of(data, columns, found, ~held, name=later.name), data


def asked_cases(models: Sequence[tuple[str, Model]], split: Split) -> Cases:
    """The test part of a split, if no model has seen it.

    Models may know more items and people than the split, behind those that it has.

    Raises:
        UsageError: A model has other rows than the split, or learned what is to be asked.
    """
    test, train = split.test, split.train
    for name, model in models:
        for what, ids, known in (
            ("items", train.catalog.ids, model.catalog.ids),
            ("people", train.people.ids, model.people.ids),
        ):
            if not ids.series().equals(known.series().head(len(ids))):
                raise UsageError(
                    f"{name} was fitted on another data set than {train.name}: it knows "
                    f"{len(known):,} {what}, which do not begin with the {len(ids):,} there"
                )
        seen = _seen(model, test)
        if seen:
            raise UsageError(
                f"{name} learned {seen:,} of the events that this split would ask for: fit it with "
                "--split and the same split, or measure it on events of its future (--events FILE)"
            )
    return test


def _seen(model: Model, cases: Cases) -> int:
    users = cases.queries.users
    if users is None:
        return 0
    n_items = len(model.catalog)
    known = model.histories.items
    learned = known.rows().astype(np.int64) * n_items + known.values
    asked = users[cases.relevant.rows()].astype(np.int64) * n_items + cases.relevant.values
    return int(np.isin(asked, learned).sum())


def _events(model: Model) -> pl.DataFrame:
    histories = model.histories
    items: Ragged = histories.items
    n = len(items.values)
    empty = pl.Series([None] * n)
    columns = {
        "user": items.rows(),
        "item": items.values,
        "time": empty if histories.times is None else histories.times,
        "rating": empty if histories.ratings is None else histories.ratings,
        "kind": empty,
        "held": np.zeros(n, np.bool_),
    }
    typed = [pl.col(name).cast(dtype) for name, dtype in EVENT_SCHEMA.items()]
    return pl.DataFrame(columns).with_columns(typed)


def _warn_of_past(model: Model, later: Dataset, watch: Watcher) -> None:
    last = model.record.last_time
    if last is None or not later.has_times:
        return
    past = int((later.events["time"] <= last).sum())
    if past:
        watch.note(
            f"{past:,} held-out events are not later than what the model learned: figures may leak"
        )
