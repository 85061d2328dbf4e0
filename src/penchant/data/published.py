"""Splits that others published, target for target."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from penchant.core import Ragged, Run, UnknownName, Watcher, fetch, offsets_of
from penchant.data.dataset_assets import ASSETS
from penchant.data.datasets import load
from penchant.data.holdout import cases_of, columns_of, hold_rows, split_of
from penchant.data.movielens_1m import published_ml1m
from penchant.data.splits import leave_last_out
from penchant.data.text_files import plain_table
from penchant.data.words import Cases, Dataset, History, Queries, Split

LAST_OUT = ("beauty", "games", "sports")


def published_split(name: str, *, watch: Watcher | None = None) -> Split:
    """The split on which the published tables of a data set were made.

    ``beauty``, ``sports``, ``games``: leave-last-out of the published files. ``ml-1m``: gSASRec's.
    ``diginetica``: the test prefixes of GCE-GNN and SR-GNN; sessions may repeat items, so nothing
    is excluded from their answers.

    Raises:
        UnknownName: There is no published split of that data set here.
    """
    known = (*LAST_OUT, "diginetica", "ml-1m")
    if name not in known:
        raise UnknownName("published split", name, known)
    data = load(name, watch=watch)
    if name in LAST_OUT:
        return leave_last_out(data)
    folder = fetch(ASSETS[name], watch)
    return published_ml1m(data, folder) if name == "ml-1m" else _diginetica(data, folder)


def _diginetica(data: Dataset, folder: Path) -> Split:
    events = columns_of(data)
    n_people = len(data.people)
    chosen = np.zeros(n_people, np.bool_)
    rng = Run().rng("data.diginetica")
    chosen[rng.choice(n_people, n_people // 10, replace=False)] = True
    of_event = chosen[events.users]
    last = events.offsets[1:][chosen] - 1
    valid = cases_of(data, events, hold_rows(events, last, repeats=True), ~of_event, name="valid")
    # Repeats are answers like others, so the histories are shown but not excluded.
    valid = replace(valid, queries=replace(valid.queries, excluded=None))
    test = _diginetica_test(
        data, folder / "test.txt", np.bincount(events.items[~of_event], minlength=len(data.catalog))
    )
    claim = (
        "The sessions of the training file but a tenth, drawn at random, the last clicks of which "
        f"are the validation; {len(test):,} prefixes of later sessions are the test. Leaks: the "
        "validation sessions are no later than the training ones, and the prefixes of one session "
        "hold the answers of its shorter prefixes (no model learns from them)."
    )
    keep = ~of_event
    return split_of(data, keep, np.ones(len(events), np.bool_), valid, test, claim)


def _diginetica_test(data: Dataset, path: Path, train_counts: NDArray[np.int64]) -> Cases:
    """The rows ``prefix TAB next item`` as queries of nobody known."""
    rows = plain_table(path, ["prefix", "next"])
    prefixes = rows.select(pl.col("prefix").str.split(" ").alias("id"))
    lengths = prefixes["id"].list.len().to_numpy().astype(np.int64)
    shown = data.catalog.ids.rows(prefixes.explode("id")["id"])
    wanted = data.catalog.ids.rows(rows["next"])
    queries = Queries(History(Ragged(shown, offsets_of(lengths))), np.full(len(rows), -1, np.int32))
    slices = pl.DataFrame(
        {
            "user": queries.users,
            "history_length": lengths.astype(np.int32),
            "warm_user": np.zeros(len(rows), np.bool_),
            "cold_item": train_counts[wanted] == 0,
            "train_count": train_counts[wanted].astype(np.float32),
        }
    )
    return Cases(queries, Ragged(wanted, np.arange(len(rows) + 1)), slices, "test")
