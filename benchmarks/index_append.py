"""New items join an index of 100,000: how long it takes, and whether they are found.

The catalogue is generated: items in bunches, the new ones in the same bunches as the old. A new
item is looked for from an old one of its bunch, by the codes alone: items are listed by how many
first codes they share with the one that is asked for, and the recall is that of the new items whose
vectors are nearest. The same is measured on an index made anew of all items. The second part does
it on the titles of Amazon Beauty. ::

    python benchmarks/index_append.py
"""

import argparse
import tempfile
import time
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray
from record import seconds_of, write_record

import penchant as pn
from penchant.codes import ItemIndex
from penchant.core import Run
from penchant.data import EVENT_SCHEMA, Catalog, Dataset, Ids, People
from penchant.indexing import GivenVectors, ResidualKMeans, TextVectors, write_vectors

DIMENSION, BUNCHES, ASKED, WANTED = 64, 100, 500, 10


def bunched(n: int, rng: np.random.Generator) -> NDArray[np.float32]:
    """(n, DIMENSION) unit rows in bunches."""
    middle = rng.standard_normal((BUNCHES, DIMENSION))
    vectors = middle[rng.integers(BUNCHES, size=n)] + 0.5 * rng.standard_normal((n, DIMENSION))
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


def data_of(ids: list[str]) -> Dataset:
    """A catalogue without events."""
    table, nobody = pl.DataFrame({"id": ids}), pl.DataFrame({"id": pl.Series([], dtype=pl.String)})
    events = pl.DataFrame(schema=dict(EVENT_SCHEMA))
    return Dataset(Catalog(Ids(ids), table), People(Ids([]), nobody), events)


def recall(index: ItemIndex, vectors: NDArray[np.float32], n_old: int, run: Run) -> float:
    """Share of the new items nearest to an old one that its codes lead to, ten of ten.

    By codes, new items stand in the order of how many first codes they share with the old one;
    equals in an order that is drawn.
    """
    rng = run.rng("benchmark.append")
    asked = rng.choice(n_old, ASKED, replace=False)
    new = np.arange(n_old, len(index))
    near = np.argsort(-(vectors[asked] @ vectors[new].T), axis=1)[:, :WANTED]
    codes = index.padded()[:, :-1]
    same = codes[asked][:, None] == codes[new][None]
    shared = np.cumprod(same, axis=2).sum(2) + rng.random((ASKED, len(new)))
    listed = np.argsort(-shared, axis=1)[:, :WANTED]
    found = [len(np.intersect1d(a, b)) for a, b in zip(near, listed, strict=True)]
    return float(np.mean(found) / WANTED)


def generated(n_old: int, n_new: int, run: Run) -> dict[str, float]:
    """Items in bunches, vectors given in a file."""
    vectors = bunched(n_old + n_new, run.rng("benchmark.vectors"))
    ids = [f"item-{row}" for row in range(n_old + n_new)]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "vectors.parquet"
        write_vectors(path, ids, vectors)
        scheme = ResidualKMeans(vectors=GivenVectors(path=str(path)), width=256, spare=64)
        old, everything = data_of(ids[:n_old]), data_of(ids)
        started = time.perf_counter()
        coded = scheme.code(old, run)
        built = time.perf_counter() - started
        grown = coded.appended(everything.catalog, run)
        seconds = seconds_of(lambda: coded.appended(everything.catalog, run), repeats=5)
        anew = scheme.code(everything, run)
    old_codes = coded.index.padded()
    return {
        "items": n_old,
        "new_items": n_new,
        "build_s": built,
        "append_s": seconds,
        "old_codes_untouched": bool((grown.index.padded()[:n_old] == old_codes).all()),
        "told_apart": grown.index.trie().n_leaves == n_old + n_new,
        "recall@10_appended": recall(grown.index, vectors, n_old, run),
        "recall@10_rebuilt": recall(anew.index, vectors, n_old, run),
        "recall@10_by_chance": WANTED / n_new,
    }


def titles_of_beauty(n_new: int, run: Run) -> dict[str, float]:
    """Real titles: a twelfth of the catalogue, drawn, is new."""
    catalog = pn.data.load("beauty").catalog
    order = run.rng("benchmark.beauty").permutation(len(catalog))
    table = catalog.table[order]
    data = Dataset(
        Catalog(Ids(table["id"]), table),
        data_of([]).people,
        pl.DataFrame(schema=dict(EVENT_SCHEMA)),
        name="beauty",
    )
    n_old = len(table) - n_new
    head = Catalog(Ids(table["id"][:n_old]), table[:n_old])
    old = Dataset(head, data.people, data.events, name="beauty")
    scheme = ResidualKMeans(vectors=TextVectors(encoder=pn.SentenceEncoder()))
    vectors = TextVectors().of(data, run)
    grown = scheme.code(old, run).appended(data.catalog, run)
    anew = scheme.code(data, run)
    return {
        "items": n_old,
        "new_items": n_new,
        "recall@10_appended": recall(grown.index, vectors, n_old, run),
        "recall@10_rebuilt": recall(anew.index, vectors, n_old, run),
        "recall@10_by_chance": WANTED / n_new,
    }


def main() -> None:
    """Measures and writes ``results/index_append.json``."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--items", type=int, default=100_000)
    parser.add_argument("--new", type=int, default=1_000)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    run = Run(seed=options.seed)
    figures = {
        "generated": generated(options.items, options.new, run),
        "beauty_titles": titles_of_beauty(options.new, run),
    }
    write_record(
        "index_append",
        figures,
        note="append_s: median of 5, vectors read from a Parquet file; times on a shared machine",
    )


if __name__ == "__main__":
    main()
