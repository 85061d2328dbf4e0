"""New items join a fitted Tiger: are those that nobody has chosen yet shown to the right people?

    PENCHANT_DATA=../shared/data python benchmarks/cold_items.py --steps 2000

A tenth of Amazon Beauty's items are taken out of catalogue and log. Tiger learns from the rest;
then the items are appended with the codes nearest to their texts, and nothing is trained. Queries
are the people who chose one of them. Beside it: the items whose texts are nearest to that of the
newest item of the history.
"""

import argparse
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray
from record import write_record

import penchant as pn
from penchant.core import Ragged
from penchant.data import (
    Cases,
    Catalog,
    Dataset,
    History,
    Ids,
    Queries,
    Rankings,
    Ranks,
    load,
    ranks_by_score,
    recommend_by_score,
    split_cold_items,
)
from penchant.indexing import TextVectors
from penchant.recommenders.tiger import Tiger
from penchant.train import Supervised

METRICS = ["recall@10", "ndcg@10"]


@dataclass(frozen=True, eq=False)
class NearestTexts:
    """Scores are cosines with the text of the newest item."""

    vectors: NDArray[np.float32]

    def score(self, queries: Queries, run: pn.Run) -> NDArray[np.float32]:
        newest = queries.histories.items.tail(1)
        scores = np.zeros((len(queries), len(self.vectors)), np.float32)
        scores[newest.rows()] = self.vectors[newest.values] @ self.vectors.T
        return scores

    def recommend(self, queries: Queries, k: int, run: pn.Run) -> Rankings:
        return recommend_by_score(self, queries, k, run, len(self.vectors))

    def ranks(self, queries: Queries, relevant: Ragged, run: pn.Run) -> Ranks:
        return ranks_by_score(self, queries, relevant, run, len(self.vectors))


def renumbered(cases: Cases, row_of: NDArray[np.int32]) -> Cases:
    """The same cases over a catalogue in another order."""
    queries = cases.queries
    items, excluded = queries.histories.items, queries.excluded
    moved = replace(
        queries,
        histories=History(Ragged(row_of[items.values], items.offsets)),
        excluded=None if excluded is None else Ragged(row_of[excluded.values], excluded.offsets),
        now=None,
    )
    relevant = Ragged(row_of[cases.relevant.values], cases.relevant.offsets)
    return replace(cases, queries=moved, relevant=relevant)


def only(data: Dataset, warm: NDArray[np.bool_]) -> Dataset:
    """The data as if there were no other items."""
    table = data.catalog.table.filter(pl.Series(warm))
    row_of = np.cumsum(warm) - 1
    events = data.events.with_columns(
        item=pl.Series(row_of[data.events["item"].to_numpy()], dtype=pl.Int32)
    )
    return replace(data, catalog=Catalog(Ids(table["id"]), table), events=events)


def main() -> None:
    """Fits on the warm items, appends the cold ones, measures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--steps", type=int, default=2_000)
    asked = parser.parse_args()
    run = pn.Run()
    split = split_cold_items(load("beauty"), valid=0.0, test=0.1)
    table = split.train.catalog.table
    warm = np.bincount(split.train.events["item"].to_numpy(), minlength=len(table)) > 0
    order = np.concatenate([np.flatnonzero(warm), np.flatnonzero(~warm)])
    row_of = np.argsort(order).astype(np.int32)
    grown_table = table[order]
    grown = Catalog(Ids(grown_table["id"]), grown_table)
    training = Supervised(
        steps=asked.steps, batch_size=1_024, learning_rate=3e-3, weight_decay=0.01, patience=None
    )
    tiger = Tiger(training=training, beams=50, passes=10_000).fit(only(split.train, warm), run)
    models: dict[str, Any] = {  # Any: each has the verbs that evaluate asks for
        "tiger": tiger.with_items(grown, run),
        "nearest texts": NearestTexts(TextVectors().of_new(grown, 0, run)),
    }
    cases = renumbered(split.test, row_of)
    new = np.arange(len(grown)) >= warm.sum()
    figures: dict[str, Any] = {
        "items": len(grown),
        "new_items": int(new.sum()),
        "queries": len(cases),
        "steps": asked.steps,
        "chance_among_new_recall@10": 10 / int(new.sum()),
    }
    among = replace(cases, queries=replace(cases.queries, allowed=new))
    for name, asked_cases in (("whole catalogue", cases), ("among new items", among)):
        report = pn.evaluate(models, asked_cases, metrics=METRICS, run=run)
        figures[name] = (
            report.summary().select("model", "metric", "value", "low", "high").to_dicts()
        )
    write_record("cold_items", figures, note=split.claim)


if __name__ == "__main__":
    main()
