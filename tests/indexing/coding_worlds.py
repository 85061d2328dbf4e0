"""Data for schemes: items i0, i1 …, whoever chose them, whatever is said of them."""

import numpy as np
import polars as pl

from penchant.data import EVENT_SCHEMA, Catalog, Dataset, Ids, People


def catalog_of(n_items, **columns):
    table = pl.DataFrame({"id": [f"i{i}" for i in range(n_items)], **columns})
    return Catalog(Ids(table["id"]), table)


def data_of(n_items, histories=(), **columns):
    """A person for each history, one event a second."""
    names = pl.Series("id", [f"u{u}" for u in range(len(histories))], dtype=pl.String)
    users = np.repeat(np.arange(len(histories)), [len(h) for h in histories])
    items = np.concatenate([np.zeros(0, int), *(np.asarray(h, int) for h in histories)])
    events = pl.DataFrame({"user": users, "item": items, "time": np.arange(len(users)) * 10**6})
    events = events.with_columns(rating=pl.lit(None), kind=pl.lit(None))
    return Dataset(
        catalog_of(n_items, **columns),
        People(Ids(names), names.to_frame()),
        events.cast(dict(EVENT_SCHEMA)).select(*EVENT_SCHEMA),
    )


def vectors_of(n, dimension=8, seed=0):
    return np.random.default_rng(seed).standard_normal((n, dimension)).astype(np.float32)


class Notes:
    """A watcher that remembers what it was told."""

    def __init__(self):
        self.notes = []

    def progress(self, stage, done, total, **figures):
        pass

    def note(self, text):
        self.notes.append(text)
