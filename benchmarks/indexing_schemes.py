"""Every scheme on Amazon Beauty: time, collisions, use of codes, what a beginning tells, the leak.

Indices are made from the training part of leave-last-out. ``shared_first`` is how much more often
the validation item has the first code of the item before it than two items at random do, and
``shared_two`` the same for the first two codes. With ``--large`` the collaborative clusters of a
generated log of 100,000 items are timed, too. ::

    python benchmarks/indexing_schemes.py [--large]
"""

import argparse
import json
import time
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from record import RESULTS, write_record

import penchant as pn
from penchant.codes import ItemIndex
from penchant.core import Run
from penchant.data import EVENT_SCHEMA, Catalog, Dataset, Ids, People, Split
from penchant.indexing import (
    RQVAE,
    BalancedResidualKMeans,
    ByPopularity,
    CategoryPaths,
    CollaborativeClusters,
    CollaborativeVectors,
    DigitIds,
    Hybrid,
    IndependentCodes,
    JoinedVectors,
    RandomCodes,
    ResidualKMeans,
    Scheme,
    Sequential,
    TitleWords,
    probe_leak,
    report_index,
)

SCHEMES: dict[str, Scheme] = {
    "random": RandomCodes(),
    "independent": IndependentCodes(),
    "title": TitleWords(),
    "digits": DigitIds(),
    "sequential": Sequential(),
    "sequential, random people": Sequential(people="random"),
    "popularity": ByPopularity(),
    "category": CategoryPaths(),
    "collaborative": CollaborativeClusters(),
    "category + independent": Hybrid(),
    "collaborative + independent": Hybrid(first=CollaborativeClusters()),
    "residual-kmeans": ResidualKMeans(),
    "residual-kmeans, of both": ResidualKMeans(vectors=JoinedVectors()),
    "residual-kmeans, collaborative": ResidualKMeans(vectors=CollaborativeVectors()),
    "balanced-residual-kmeans": BalancedResidualKMeans(),
    "rq-vae": RQVAE(),
}


def lift(index: ItemIndex, split: Split, depth: int) -> float:
    """How much likelier a next item shares the first ``depth`` codes than a random one does."""
    codes = index.padded()[:, :depth].astype(np.int64)
    keys = np.unique(codes, axis=0, return_inverse=True)[1].ravel()
    items = split.valid.queries.histories.items
    last = items.values[items.offsets[1:] - 1]
    same = float((keys[last] == keys[split.valid.relevant.values]).mean())
    shares = np.bincount(keys) / len(keys)
    return same / float((shares**2).sum())


def measured(scheme: Scheme, split: Split, whole: Dataset, run: Run) -> dict[str, Any]:
    """One row of the record."""
    started = time.perf_counter()
    coded = scheme.code(split.train, run)
    seconds = time.perf_counter() - started
    report = report_index(coded.index, tells_apart=coded.tells_apart)
    leak = probe_leak(coded.index, split).outcome
    whole_leak = leak  # vectors of texts know nothing of events
    if not isinstance(scheme, RQVAE | BalancedResidualKMeans):
        whole_leak = probe_leak(scheme.code(whole, run).index, split).outcome
    return {
        "seconds": seconds,
        "widths": coded.index.widths,
        "collisions": report.collisions,
        "most_alike": report.most_alike,
        "usage": report.usage,
        "perplexity": report.perplexity,
        "prefixes": report.prefixes,
        "prefix_bits": report.prefix_entropy,
        "shared_first": lift(coded.index, split, 1),
        "shared_two": lift(coded.index, split, 2),
        "leak": leak,
        "leak_of_whole_histories": whole_leak,
    }


def large(run: Run, n_items: int = 100_000, n_people: int = 200_000) -> dict[str, float]:
    """Collaborative clusters of a generated log: people choose within one of 1,000 interests."""
    rng = run.rng("benchmark.large")
    interest = rng.integers(1_000, size=n_people)
    people = np.repeat(np.arange(n_people), 10)
    items = interest[people] * (n_items // 1_000) + rng.integers(n_items // 1_000, size=len(people))
    stray = rng.random(len(items)) < 0.2
    items[stray] = rng.integers(n_items, size=stray.sum())
    events = pl.DataFrame({"user": people, "item": items, "time": np.arange(len(people))})
    events = events.with_columns(rating=pl.lit(None), kind=pl.lit(None)).cast(dict(EVENT_SCHEMA))
    names = pl.DataFrame({"id": [f"i{i}" for i in range(n_items)]})
    users = pl.DataFrame({"id": [f"u{u}" for u in range(n_people)]})
    data = Dataset(
        Catalog(Ids(names["id"]), names),
        People(Ids(users["id"]), users),
        events.select(*EVENT_SCHEMA),
    )
    started = time.perf_counter()
    coded = CollaborativeClusters().code(data, run)
    seconds = time.perf_counter() - started
    report = report_index(coded.index)
    return {
        "items": n_items,
        "events": len(people),
        "seconds": seconds,
        "levels": len(coded.index.widths) - 1,
        "clusters": report.prefixes[-2],
        "most_alike": report.most_alike,
    }


def main() -> None:
    """Measures and writes ``results/indexing_schemes.json``."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--large", action="store_true")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", nargs="*", help="names of schemes; the others stay")
    parser.add_argument("--folder", type=Path, help="where RQ-VAE goes on, if it was stopped")
    options = parser.parse_args()
    run = Run(seed=options.seed, folder=options.folder)
    whole = pn.data.load("beauty")
    split = pn.data.leave_last_out(whole)
    path, figures = RESULTS / "indexing_schemes.json", {}
    if options.only is not None and path.exists():
        figures = json.loads(path.read_text())["figures"]
    for name, scheme in SCHEMES.items():
        if options.only is None or name in options.only:
            figures[name] = measured(scheme, split, whole, run)
            print(name, figures[name], flush=True)
    if options.large:
        figures["collaborative, 100,000 items"] = large(run)
        print(figures["collaborative, 100,000 items"], flush=True)
    write_record(
        "indexing_schemes",
        figures,
        note="seconds with vectors of texts in the cache, on a shared machine, 1 thread",
    )


if __name__ == "__main__":
    main()
