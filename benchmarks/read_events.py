"""Ten million events to a data set and its histories, beside polars written plainly.

Each run is a process of its own, the ways in turn, so that neither warms or slows the other.
``plain`` reads, sorts and groups to one list of items a person, with ids as the numbers that they
are; ``coded`` also turns ids into rows, as :func:`penchant.data.read` does. What must hold: faster
than ``plain``, and at most 1.5 times its peak memory.

    python benchmarks/read_events.py [--events 10000000] [--rounds 5]
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from importlib import import_module
from pathlib import Path

from record import peak_memory_bytes, write_record

WAYS = ("penchant", "plain", "coded")


def write_log(folder: Path, n: int) -> None:
    """A log with the skew of real ones, in random order, as CSV and Parquet."""
    import numpy as np
    import polars as pl

    rng = np.random.default_rng(0)
    log = pl.DataFrame(
        {
            "user": rng.zipf(1.3, n) % 200_000 + 100_000,
            "item": rng.zipf(1.2, n) % 50_000 + 1_000,
            "rating": rng.integers(1, 6, n).astype(np.float32),
            "timestamp": rng.integers(1_500_000_000, 1_700_000_000, n),
        }
    )
    log.write_csv(folder / "log.csv")
    log.write_parquet(folder / "log.parquet")


def ours(path: Path) -> int:
    """The product's way; what is counted is the number of events in histories."""
    from penchant.data import read

    return len(read(path).histories().items.values)


def plain(path: Path, *, coded: bool) -> int:
    """Polars written as its guide writes it, eagerly and whole."""
    import polars as pl

    log = pl.read_csv(path) if path.suffix == ".csv" else pl.read_parquet(path)
    if coded:
        ids = [pl.col(c).cast(pl.String).rank("dense").cast(pl.Int32) - 1 for c in ("user", "item")]
        log = log.with_columns(*ids, pl.col("timestamp") * 1_000_000)
    histories = (
        log.sort("user", "timestamp", maintain_order=True)
        .group_by("user", maintain_order=True)
        .agg("item", "timestamp", "rating")
    )
    return int(histories["item"].list.len().sum())


def measure(way: str, path: Path) -> None:
    """Runs one way and prints its seconds and peak memory, imports left out of the seconds."""
    import polars as pl  # noqa: F401  # both ways need it: its loading is nobody's

    if way == "penchant":
        import_module("penchant.data")
    start, cpu = time.perf_counter(), sum(os.times()[:4])
    n = ours(path) if way == "penchant" else plain(path, coded=way == "coded")
    took, cpu = time.perf_counter() - start, sum(os.times()[:4]) - cpu
    print(json.dumps({"events": n, "s": took, "cpu_s": cpu, "peak_bytes": peak_memory_bytes()}))


def rounds(path: Path, n_rounds: int) -> dict[str, dict[str, float]]:
    """Medians over alternating processes."""
    taken: dict[str, list[dict[str, float]]] = {way: [] for way in WAYS}
    for _ in range(n_rounds):
        for way in WAYS:
            command = [sys.executable, __file__, "--measure", way, "--path", str(path)]
            done = subprocess.run(command, capture_output=True, text=True, check=True)
            taken[way].append(json.loads(done.stdout.splitlines()[-1]))
    return {
        way: {
            "s": statistics.median(run["s"] for run in runs),
            "cpu_s": statistics.median(run["cpu_s"] for run in runs),
            "fastest_s": min(run["s"] for run in runs),
            "peak_bytes": statistics.median(run["peak_bytes"] for run in runs),
            "events": runs[0]["events"],
        }
        for way, runs in taken.items()
    }


def main() -> None:
    """Writes the log, measures both formats, leaves the record."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--events", type=int, default=10_000_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--measure", choices=WAYS)
    parser.add_argument("--path", type=Path)
    options = parser.parse_args()
    if options.measure:
        measure(options.measure, options.path)
        return
    figures: dict[str, object] = {"events": options.events, "rounds": options.rounds}
    with tempfile.TemporaryDirectory() as name:
        subprocess.run(
            [
                sys.executable,
                "-c",
                f"from read_events import write_log; from pathlib import Path;"
                f"write_log(Path({name!r}), {options.events})",
            ],
            check=True,
            cwd=Path(__file__).parent,
        )
        for suffix in ("csv", "parquet"):
            ways = rounds(Path(name) / f"log.{suffix}", options.rounds)
            figures[suffix] = {
                **ways,
                "time_ratio_to_plain": ways["penchant"]["s"] / ways["plain"]["s"],
                "cpu_ratio_to_plain": ways["penchant"]["cpu_s"] / ways["plain"]["cpu_s"],
                "memory_ratio_to_plain": ways["penchant"]["peak_bytes"]
                / ways["plain"]["peak_bytes"],
            }
    write_record("read_events", figures, note="ratios below 1 are in penchant's favour")


if __name__ == "__main__":
    main()
