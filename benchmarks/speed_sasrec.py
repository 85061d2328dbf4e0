"""Seconds for one pass of SASRec over Amazon Beauty: packed or padded, sampled or full softmax.

    PENCHANT_DATA=../shared/data OMP_NUM_THREADS=2 python benchmarks/speed_sasrec.py --threads 2

The padded contender is the same code with every history filled up to 50 items.
"""

import argparse
from dataclasses import replace

import numpy as np
from record import write_record

import penchant as pn
from penchant.core import Ragged
from penchant.data import Dataset, published_split
from penchant.recommenders.sasrec import SASRec
from penchant.train import next_item_batches

STEPS = 30
WIDTH = 50


def main() -> None:
    """Measures each contender on a few steps, and scales to one pass."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--threads", type=int, default=1)
    threads = parser.parse_args().threads
    train = published_split("beauty").train
    items = train.histories().items
    filled = _filled(train)
    figures = {}
    for name, data, negatives in (
        ("packed, 256 sampled", train, 256),
        ("packed, full softmax", train, None),
        ("padded, 256 sampled", filled, 256),
        ("padded, full softmax", filled, None),
    ):
        _, per_pass = next_item_batches(
            data.histories().items, WIDTH, SASRec().training.batch_size, pn.Run(), "speed"
        )
        figures[name] = {
            "pass_s": _step_seconds(data, negatives, threads) * per_pass,
            "steps_in_a_pass": per_pass,
        }
    figures["targets_in_a_pass"] = int(np.maximum(items.lengths - 1, 0).sum())
    write_record("speed_sasrec", {"threads": threads, **figures})


def _step_seconds(data: Dataset, negatives: int | None, threads: int) -> float:
    """Of one step: a longer fit less a shorter one, so that the start does not count."""
    seconds = []
    for steps in (2, 2, 2 + STEPS):  # the first one warms up
        training = pn.Supervised(steps=steps, batch_size=SASRec().training.batch_size)
        method = replace(SASRec(start="random", negatives=negatives), training=training)
        seconds.append(method.fit(data, pn.Run(threads=threads)).record.seconds)
    return (seconds[2] - seconds[1]) / STEPS


def _filled(data: Dataset) -> Dataset:
    """Each history repeated up to ``WIDTH`` steps: the work of padding, without its meaning."""
    items = data.histories().items
    rows = np.repeat(np.arange(len(items), dtype=np.int32), WIDTH + 1)
    wide = Ragged.of([np.resize(items[row], WIDTH + 1) for row in range(len(items))])
    events = data.events[np.zeros(len(rows), np.int64)]
    events = events.with_columns(user=rows, item=wide.values)
    return replace(data, events=events)


if __name__ == "__main__":
    main()
