"""How long the splits and the leak audit take on 200,000 and on 10 million events.

Promise: a split of 200,000 events under 1 s. The larger log needs about 4 GB of memory.
"""

import argparse

import numpy as np
import polars as pl
from record import seconds_of, write_record

import penchant as pn
from penchant.data import Catalog, Dataset, Ids, People

EVENTS_PER_PERSON = 50


def log_of(n_events: int) -> Dataset:
    """A random log: fifty events a person, over three years, popular items first."""
    rng = np.random.default_rng(0)
    n_people, n_items = n_events // EVENTS_PER_PERSON, max(100, n_events // 100)
    events = pl.DataFrame(
        {
            "user": pl.Series(rng.integers(0, n_people, n_events), dtype=pl.Int32),
            "item": pl.Series((n_items * rng.random(n_events) ** 3).astype(np.int32)),
            "time": rng.integers(0, 94_608_000, n_events) * 1_000_000,
        }
    ).with_columns(rating=pl.lit(None, pl.Float32), kind=pl.lit(None, pl.String))
    catalog = pl.DataFrame({"id": [f"i{row}" for row in range(n_items)]})
    people = pl.DataFrame({"id": [f"u{row}" for row in range(n_people)]})
    return Dataset(
        Catalog(Ids(catalog["id"]), catalog),
        People(Ids(people["id"]), people),
        events.sort("user", "time", maintain_order=True),
        name=f"{n_events:,} events",
    )


def main() -> None:
    """Medians of three after one that warms up; the large log once."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, nargs="+", default=[200_000, 10_000_000])
    figures: dict[str, float] = {}
    for n_events in parser.parse_args().events:
        data = log_of(n_events)
        last = pn.data.leave_last_out(data)
        few = {"repeats": 3, "warm_up": 1} if n_events < 1_000_000 else {"repeats": 1, "warm_up": 0}
        steps = {
            "split_time": lambda data=data: pn.data.split_time(data),
            "split_time_100000_queries": lambda data=data: pn.data.split_time(
                data, max_queries=100_000
            ),
            "leave_last_out": lambda data=data: pn.data.leave_last_out(data),
            "split_ratio": lambda data=data: pn.data.split_ratio(data),
            "split_cold_items": lambda data=data: pn.data.split_cold_items(data),
            "k_core_5": lambda data=data: pn.data.k_core(data, 5),
            "audit_of_leave_last_out": lambda last=last: pn.data.audit(last),
        }
        for name, step in steps.items():
            figures[f"{name}_{n_events}_s"] = seconds_of(step, **few)
    write_record("splits", figures)


if __name__ == "__main__":
    main()
