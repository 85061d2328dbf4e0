"""A million rows decoded in random tries under random constraints, and what was wrong in them.

OMP_NUM_THREADS=1 python benchmarks/legality.py
"""

import argparse
import time
from collections import Counter
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from record import write_record
from torch import Tensor

from penchant.backbones import Diversity, TrieTensors, diverse_search, sample, search
from penchant.codes import ItemIndex
from penchant.core import Ragged, Run
from penchant.data import History, Queries, Rankings

ROWS = 1_000
WAYS = ("search", "diverse", "sample")


def main() -> None:
    """Decodes, counts and leaves a record."""
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--rows", type=int, default=1_000_000)
    asked = arguments.parse_args()
    torch.set_num_threads(1)
    faults: Counter[str] = Counter()
    rows: Counter[str] = Counter()
    answers, start = 0, time.perf_counter()
    for number in range(-(-asked.rows // ROWS)):
        rng = np.random.default_rng(number)
        world = world_of(rng)
        k, beams = int(rng.integers(1, 21)), int(rng.integers(1, 51))
        way = WAYS[int(rng.choice(3, p=[0.6, 0.2, 0.2]))]
        found = decode(world, way, k, beams, number)
        faults += faults_of(world, found, k)
        rows[way] += ROWS
        answers += int((found.items >= 0).sum())
        if number % 100 == 99:
            print(f"{sum(rows.values()):,} rows, faults {dict(faults)}", flush=True)
    write_record(
        "legality",
        {
            "rows": sum(rows.values()),
            "rows_by_way": dict(rows),
            "answers": answers,
            **{kind: faults[kind] for kind in KINDS},
            "seconds": time.perf_counter() - start,
        },
        note="random tries of 1 to 3,000 items with 1 to 6 codes, a tenth of the items tombstoned; "
        "random candidates, exclusions and filters, k from 1 to 20, 1 to 50 beams; a writer that "
        "draws log probabilities, some of them equal",
    )
    if any(faults.values()):
        raise SystemExit(f"faults: {dict(faults)}")


@dataclass(frozen=True)
class World:
    """A catalogue and what is asked of it."""

    trie: TrieTensors
    removed: NDArray[np.bool_]
    """(n_items,) tombstones."""
    queries: Queries
    excluded: NDArray[np.bool_]
    """(rows, n_items)"""
    closed: NDArray[np.bool_]
    """(rows, n_items) by candidates or filters."""
    vocabulary: int


def world_of(rng: np.random.Generator) -> World:
    """Items with codes of different lengths, all different; constraints of any kind or none."""
    n = int(rng.integers(1, 3_001))
    width, depth = int(rng.integers(2, 65)), int(rng.integers(1, 6))
    lengths = rng.integers(0, depth + 1, n)
    drawn = [tuple(rng.integers(0, width, length)) for length in lengths]
    unique = list(dict.fromkeys(drawn))
    codes = [[*code, width] for code in unique]
    index = ItemIndex(Ragged.of(codes), (width + 1,), "none", "drawn")
    removed = rng.random(len(codes)) < 0.1
    trie = index.with_removed(np.flatnonzero(removed)).trie()
    excluded, excluded_items = some(rng, len(codes), rng.choice([0, 0.01, 0.5, 1.0]))
    queries = Queries(History(Ragged.empty(ROWS)), excluded=excluded_items)
    closed = np.zeros_like(excluded)
    if rng.random() < 0.4:
        opened, candidates = some(rng, len(codes), rng.choice([0.001, 0.02, 0.5]))
        closed |= ~opened
        queries = Queries(queries.histories, candidates=candidates, excluded=excluded_items)
    if rng.random() < 0.3:
        allowed = rng.random(len(codes)) < rng.choice([0.02, 0.5, 0.98])
        closed |= ~allowed
        queries = Queries(
            queries.histories,
            allowed=allowed,
            candidates=queries.candidates,
            excluded=queries.excluded,
        )
    return World(TrieTensors.of(trie, "cpu"), removed, queries, excluded, closed, width + 1)


def some(rng: np.random.Generator, n: int, share: float) -> tuple[NDArray[np.bool_], Ragged]:
    """(rows, n) which items a row has, and the same as lists with a few unknown items."""
    mask = rng.random((ROWS, n)) < share * rng.random((ROWS, 1))
    rows, items = np.nonzero(mask)
    unknown = rng.integers(0, ROWS, 20)
    rows, items = np.r_[rows, unknown], np.r_[items, np.full(20, n + 7)]
    return mask, Ragged.from_rows(rows.astype(np.int32), items.astype(np.int32), ROWS)


class Drawn:
    """Log probabilities without a model behind them, in steps, so that there are ties."""

    def __init__(self, vocabulary: int, seed: int) -> None:
        self.vocabulary, self.draws = vocabulary, torch.Generator().manual_seed(seed)

    def write(self, parents: Tensor | None, tokens: Tensor | None) -> tuple[Tensor, int]:
        """See the protocol."""
        beams = 1 if parents is None else parents.shape[1]
        shape = (ROWS, beams, self.vocabulary)
        drawn = torch.randint(0, 8, shape, generator=self.draws, dtype=torch.int32) / 2
        return drawn.log_softmax(-1), 0


def decode(world: World, way: str, k: int, beams: int, seed: int) -> Rankings:
    """The answers of the product's own search."""
    writer, run = Drawn(world.vocabulary, seed), Run(seed=seed)
    if way == "sample":
        return sample(writer, world.trie, world.queries, k, run=run)
    if way == "diverse":
        diversity = Diversity(groups=1 + seed % 5, penalty=seed % 3 / 2)
        return diverse_search(
            writer, world.trie, world.queries, k, beams=beams, run=run, diversity=diversity
        )
    return search(writer, world.trie, world.queries, k, beams=beams, run=run)


KINDS = (
    "outside_the_catalogue",
    "tombstoned",
    "excluded",
    "not_open",
    "twice",
    "missing",
    "out_of_order",
)


def faults_of(world: World, found: Rankings, k: int) -> Counter[str]:
    """How many answers are wrong, by kind."""
    items, n = found.items, len(world.removed)
    there = items >= 0
    outside = (items < -1) | (items >= n)
    safe = np.where(there & ~outside, items, 0)
    row = np.arange(ROWS)[:, None]
    real = there & ~outside
    ordered = np.sort(np.where(there, items, -1 - np.arange(items.shape[1])), axis=1)
    is_open = ~(world.removed | world.excluded | world.closed)
    scores = np.where(there, found.scores, -np.inf)
    return Counter(
        {
            "outside_the_catalogue": int(outside.sum()),
            "tombstoned": int((real & world.removed[safe]).sum()),
            "excluded": int((real & world.excluded[row, safe]).sum()),
            "not_open": int((real & world.closed[row, safe]).sum()),
            "twice": int((np.diff(ordered, axis=1) == 0).sum()),
            "missing": int((np.minimum(is_open.sum(1), k) - there.sum(1)).clip(0).sum()),
            "out_of_order": int((scores[:, 1:] > scores[:, :-1]).sum()),
        }
    )


if __name__ == "__main__":
    main()
