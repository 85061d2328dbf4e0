"""A real service under load: how late its answers are, what it sheds, whether it grows.

    python benchmarks/service_load.py                     # all but the soak, half an hour
    python benchmarks/service_load.py sasrec tiger --minutes 1
    python benchmarks/service_load.py soak --minutes 60

Requests leave at a steady rate, whether earlier ones are answered or not, from one process on the
same machine (``load.py``). The catalogue is a mini world of 100,050 items; weights are hardly
trained, which changes no timing. Lists that were answered before are sent again only in ``cached``:
elsewhere the service is told to remember nothing. Each scenario leaves
``results/service_load_NAME.json``.
"""

import argparse
import asyncio
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import polars as pl
from load import Maker, Seen, eager, post, steady
from record import write_record

HOME = Path(__file__).parents[1] / "runs" / "service_load"
NOMINAL = {"sasrec": 300.0, "tiger": 20.0}
GOALS = {"sasrec": {"p99_ms": 50}, "tiger": {"p99_ms": 250}}
PEOPLE = 20_000
OVERLOAD = 5


@dataclass(frozen=True)
class Service:
    """A running one."""

    port: int
    pid: int

    def memory_mib(self) -> float:
        """Of the process, resident."""
        told = Path(f"/proc/{self.pid}/status").read_text(encoding="utf-8")
        return int(told.split("VmRSS:")[1].split()[0]) / 1024

    def files(self) -> int:
        """That the process has open."""
        return len(list(Path(f"/proc/{self.pid}/fd").iterdir()))


def build(name: str) -> Path:
    """A model over 100,050 items, fitted for a moment."""
    folder = HOME / name
    if folder.exists():
        return folder
    import penchant as pn
    from penchant.indexing import ResidualKMeans, TextVectors

    data = pn.data.mini_world(scale=667, n_users=PEOPLE)
    if name == "sasrec":
        method = pn.SASRec(training=pn.Supervised(steps=30, batch_size=256))
    else:  # the shape of TIGER's paper, with 20 beams
        words = ResidualKMeans(vectors=TextVectors(encoder=pn.HashedText()))
        short = pn.Supervised(steps=5, batch_size=64)
        method = replace(pn.Tiger.paper(), beams=20, scheme=words, training=short)
    pn.fit(method, data, threads=1).save(folder)
    return folder


@contextmanager
def serving(model: Path, store: Path, *options: str) -> Iterator[Service]:
    """``penchant serve`` in a process of its own, one thread a model."""
    penchant = Path(sys.executable).with_name("penchant")
    command = [str(penchant), "serve", str(model), "--store", str(store)]
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "POLARS_MAX_THREADS": "1"}
    process = subprocess.Popen(
        [*command, "--port", "0", *options], stderr=subprocess.PIPE, text=True, env=environment
    )
    assert process.stderr is not None
    try:
        said = next(line for line in process.stderr if "serving" in line)
        # What else it says is read on: a full pipe would stop it.
        threading.Thread(target=process.stderr.read, daemon=True).start()
        yield Service(int(said.rsplit(":", 1)[1]), process.pid)
    finally:
        process.terminate()
        process.wait()


def questions(model: Path, *, people: int = PEOPLE, events: float = 0.0) -> Maker:
    """Who asks is drawn evenly; a share of the requests tells an event instead."""
    users = pl.read_parquet(model / "people.parquet")["id"].to_list()[:people]
    items = pl.read_parquet(model / "catalog.parquet")["id"].to_list()
    rng = np.random.default_rng(0)
    who = rng.integers(len(users), size=100_000)
    what = rng.integers(len(items), size=100_000)
    tells = rng.random(100_000) < events

    def request(number: int) -> bytes:
        place = number % 100_000
        user = users[who[place]]
        if tells[place]:
            told = {"user_id": user, "item_id": items[what[place]]}
            return post("/v1/events", json.dumps(told).encode())
        return post("/v1/recommend", json.dumps({"user_id": user, "k": 10}).encode())

    return request


def nominal(name: str, minutes: float) -> dict[str, object]:
    """The rate that is promised."""
    model = build(name)
    with tempfile.TemporaryDirectory() as store, serving(model, Path(store), *FRESH) as service:
        ask, rate = questions(model), NOMINAL[name]
        asyncio.run(steady(service.port, ask, rate=rate, seconds=5))
        before = service.memory_mib()
        seen = asyncio.run(steady(service.port, ask, rate=rate, seconds=60 * minutes))
        return {
            "rate_per_s": rate,
            "minutes": minutes,
            **seen.summary(200),
            "statuses": seen.counts(),
            "goal": GOALS[name],
            "memory_mib": [before, service.memory_mib()],
        }


FRESH = ("--remember", "0")


def cached(minutes: float) -> dict[str, object]:
    """The same hundred lists again and again: what HTTP itself costs."""
    model = build("sasrec")
    with tempfile.TemporaryDirectory() as store, serving(model, Path(store)) as service:
        ask = questions(model, people=100)
        asyncio.run(eager(service.port, ask, connections=16, seconds=3))
        seconds = min(60.0, 60 * minutes)
        seen = asyncio.run(eager(service.port, ask, connections=16, seconds=seconds))
        return {
            "per_s": len(seen.seconds) / seconds,
            **seen.summary(200),
            "statuses": seen.counts(),
            "goal": {"per_s": 3_000},
        }


def overload(minutes: float) -> dict[str, object]:
    """Five times the nominal rate for a fifth of the time, then the nominal one again."""
    model, rate = build("sasrec"), NOMINAL["sasrec"]
    with tempfile.TemporaryDirectory() as store, serving(model, Path(store), *FRESH) as service:
        ask = questions(model)
        calm = asyncio.run(steady(service.port, ask, rate=rate, seconds=20))
        before = service.memory_mib()
        flood = asyncio.run(steady(service.port, ask, rate=OVERLOAD * rate, seconds=12 * minutes))
        peak = service.memory_mib()
        after = asyncio.run(steady(service.port, ask, rate=rate, seconds=30))
        return {
            "rate_per_s": OVERLOAD * rate,
            "seconds": 12 * minutes,
            "before": calm.summary(200),
            "answered": flood.summary(200),
            "shed": flood.summary(429, 503),
            "statuses": flood.counts(),
            "after": after.summary(200),
            "back_to_nominal_s": back_after(after, calm),
            "statuses_after": after.counts(),
            "memory_mib": [before, peak, service.memory_mib()],
            "goal": {"shed_p99_ms": 50, "back_to_nominal_s": 10, "memory_growth": 0.1},
        }


def back_after(after: Seen, calm: Seen) -> float:
    """Seconds until all answers of a second are again 200 and twice as late as before at most."""
    late = 2 * float(np.quantile(calm.of(200), 0.99))
    at, seconds = np.asarray(after.at), np.asarray(after.seconds)
    good = (np.asarray(after.statuses) == 200) & (seconds <= late)
    for second in range(int(at.max())):
        inside = (at >= second) & (at < second + 1)
        if np.mean(good[inside]) >= 0.99:
            return float(second)
    return float("inf")


def soak(minutes: float, rate: float) -> dict[str, object]:
    """A long time, a tenth of the requests events, with answers remembered."""
    model = build("sasrec")
    told: list[dict[str, float]] = []
    with tempfile.TemporaryDirectory() as store, serving(model, Path(store)) as service:
        ask, parts = questions(model, events=0.1), max(2, round(minutes))
        for part in range(parts):
            start = part * round(rate * 60)
            seen = asyncio.run(
                steady(service.port, lambda n, s=start: ask(s + n), rate=rate, seconds=60)
            )
            row = {"memory_mib": service.memory_mib(), "files": service.files()}
            told.append(
                {**row, **seen.summary(200), "failed": len(seen.seconds) - len(seen.of(200))}
            )
            print(part + 1, told[-1], flush=True)
    memory = np.array([row["memory_mib"] for row in told])
    warm = min(10, parts // 2)
    slope = float(np.polyfit(np.arange(parts - warm), memory[warm:], 1)[0]) if parts > 3 else None
    return {
        "rate_per_s": rate,
        "minutes": parts,
        "memory_slope_mib_per_minute": slope,
        "minutes_told": told,
        "goal": {"memory_slope_mib_per_minute": 1},
    }


SCENARIOS: dict[str, Callable[[float], dict[str, object]]] = {
    "sasrec": lambda minutes: nominal("sasrec", minutes),
    "tiger": lambda minutes: nominal("tiger", minutes),
    "cached": cached,
    "overload": overload,
}


def main() -> None:
    """Runs scenarios and leaves a record of each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("scenarios", nargs="*", default=list(SCENARIOS))
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--rate", type=float, default=NOMINAL["sasrec"] / 2, help="of the soak")
    asked = parser.parse_args()
    for name in asked.scenarios:
        begun = time.strftime("%H:%M:%S")
        if name == "soak":
            figures = soak(asked.minutes, asked.rate)
        else:
            figures = SCENARIOS[name](asked.minutes)
        note = f"begun {begun}; load generator on the same machine, model on one thread"
        write_record(f"service_load_{name}", figures, note=note)


if __name__ == "__main__":
    main()
