"""How long it takes to look at a catalogue of 100,000 items, half a million events, 20,000 people.

    python benchmarks/looking.py

All in this process, without HTTP: what is made once is told apart from what every request takes.
"""

from collections.abc import Callable
from pathlib import Path
from time import perf_counter

import numpy as np
import polars as pl
from record import write_record

import penchant as pn
from penchant.core import Run
from penchant.data import (
    ItemNames,
    describe,
    find_ids,
    long_tail,
    picture_split,
    timeline,
)
from penchant.indexing import CodeTree, RandomCodes, place_items
from penchant.models import Quota, Rules, Terms, why_not

N_ITEMS, N_PEOPLE, N_EVENTS = 100_000, 20_000, 500_000


def main() -> None:
    """Measures, and leaves a record."""
    data = drawn()
    coded = RandomCodes(levels=2).code(data, Run())
    model = pn.fit(pn.Popular(), data, threads=1)
    tree = CodeTree.of(coded.index, data.catalog)
    names = ItemNames.of(data.catalog)
    held = Holding(coded.index)
    root = tree.child_nodes(())[:100].tolist()
    both = Rules(0.5, (Quota("categories", 1),))
    asked = model.ask(["u1"])
    work: dict[str, Callable[[], object]] = {
        "made_once.tree_s": lambda: CodeTree.of(coded.index, data.catalog),
        "made_once.names_s": lambda: ItemNames.of(data.catalog),
        "made_once.map_of_2000_s": lambda: place_items(held, N_ITEMS, Run()),
        "made_once.describe_s": lambda: describe(data),
        "made_once.timeline_s": lambda: timeline(data),
        "made_once.long_tail_s": lambda: long_tail(data),
        "made_once.split_by_time_s": lambda: picture_split(data, "time"),
        "made_once.last_out_s": lambda: picture_split(data, "last"),
        "each.hundred_branches_s": lambda: [tree.branch(node) for node in root],
        "each.items_by_words_s": lambda: names.find("word17 word2"),
        "each.people_by_id_s": lambda: find_ids(data.people.ids, "99"),
        "each.why_not_s": lambda: why_not(model, asked, "i5000", Terms()),
        "each.plain_list_s": lambda: model.recommend(["u1"], k=10),
        "each.ruled_list_s": lambda: model.recommend(["u1"], k=10, rules=both),
    }
    figures = {name: quickest(ask) for name, ask in work.items()}
    write_record(Path(__file__).stem, figures, note="the quickest of five")


class Holding:
    """Knows items by codes, and nothing else."""

    def __init__(self, index: object) -> None:
        self.index = index


def quickest(ask: Callable[[], object]) -> float:
    """Seconds; of five times, which other work on the machine disturbs least."""
    taken = []
    for _ in range(5):
        begun = perf_counter()
        ask()
        taken.append(perf_counter() - begun)
    return min(taken)


def drawn() -> pn.data.Dataset:
    """A catalogue with titles of five words, two categories an item, and uneven choices."""
    rng = np.random.default_rng(0)
    words = np.array([f"word{number}" for number in range(3_000)])
    titles = words[rng.integers(0, len(words), (N_ITEMS, 5))]
    pairs = zip(rng.integers(0, 30, N_ITEMS), rng.integers(0, 200, N_ITEMS), strict=True)
    items = pl.DataFrame(
        {
            "item": [f"i{row}" for row in range(N_ITEMS)],
            "title": [" ".join(row) for row in titles],
            "categories": [[f"wide{one}", f"narrow{two}"] for one, two in pairs],
        }
    )
    chosen = (N_ITEMS * rng.random(N_EVENTS) ** 3).astype(int)
    events = pl.DataFrame(
        {
            "user": [f"u{row}" for row in rng.integers(0, N_PEOPLE, N_EVENTS)],
            "item": [f"i{row}" for row in chosen],
            "time": rng.integers(1_600_000_000, 1_700_000_000, N_EVENTS),
        }
    )
    return pn.data.read(events, items=items)


if __name__ == "__main__":
    main()
