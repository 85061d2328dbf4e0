"""The event store: how fast it takes events, how soon it is open again, what a kill loses.

    python benchmarks/event_store.py --trials 1000

In each trial a process takes events from 64 threads into the same folder, sealing as it goes, and
is killed with SIGKILL at a random moment; every event that it acknowledged before must be there,
once, when the folder is opened again.
"""

import argparse
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from statistics import median

import numpy as np
from record import write_record

from penchant.core import Run
from penchant.serve.events import Event, EventStore, check_events

CLIENTS = 64
LARGE = 1_000_000

CHILD = """
import sys, threading
from pathlib import Path
from penchant.serve.events import Event, EventStore
store = EventStore(Path(sys.argv[1]), seal_after=2_000)
lock = threading.Lock()
def work(me):
    n = 0
    while True:
        keys = [f"{sys.argv[2]}-{me}-{n}-{one}" for one in range(1 + me % 3)]
        store.append([Event(f"u{me}", "i", time=1, id=key) for key in keys])
        with lock:
            print("\\n".join(keys), flush=True)
        n += 1
for me in range(int(sys.argv[3])):
    threading.Thread(target=work, args=(me,), daemon=True).start()
threading.Event().wait()
"""


def main() -> None:
    """Measures and leaves a record."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trials", type=int, default=1_000)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        figures = {
            "events_per_s": throughput(Path(folder)),
            **large(Path(folder) / "large"),
            **kills(Path(folder) / "kills", asked.trials),
        }
    write_record("event_store", figures, note=f"kills: {CLIENTS} threads write in one process")


def events(n: int, key: str) -> list[Event]:
    """``n`` different events."""
    return [Event(f"u{i % 997}", f"i{i % 499}", time=i, id=f"{key}-{i}") for i in range(n)]


def throughput(folder: Path) -> dict[str, float]:
    """Events a second, by how many come together, and from 64 threads one by one."""
    found = {}
    for together, n in ((1, 300), (100, 20_000), (1_000, 100_000)):
        with EventStore(folder / f"{together}") as store:
            batch = events(n, str(together))
            start = time.perf_counter()
            for first in range(0, n, together):
                store.append(batch[first : first + together])
            found[f"{together}_together"] = n / (time.perf_counter() - start)
    with EventStore(folder / "threads") as store:
        each = 100

        def work(me: int) -> None:
            for event in events(each, f"t{me}"):
                store.append([event])

        threads = [threading.Thread(target=work, args=(me,)) for me in range(CLIENTS)]
        start = time.perf_counter()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        found[f"1_from_{CLIENTS}_threads"] = each * CLIENTS / (time.perf_counter() - start)
    return found


def large(folder: Path) -> dict[str, float]:
    """A million events: seconds until the store is open, and until one person is read."""
    store = EventStore(folder, seal_after=10 * LARGE)
    for first in range(0, LARGE, 10_000):
        store.append(events(10_000, str(first)))
    store.close()
    opened, read = [], []
    for number in range(5):
        start = time.perf_counter()
        with EventStore(folder) as again:
            opened.append(time.perf_counter() - start)
            start = time.perf_counter()
            assert len(again.of_user(f"u{number}")) > 0
            read.append(time.perf_counter() - start)
    return {"million_open_s": median(opened), "million_one_person_s": median(read)}


def kills(folder: Path, trials: int) -> dict[str, float]:
    """Kills a writing process again and again."""
    rng = Run().rng("benchmark.kills")
    acknowledged: set[str] = set()
    opened = []
    for trial in range(trials):
        command = [sys.executable, "-c", CHILD, str(folder), str(trial), str(CLIENTS)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
            assert child.stdout is not None
            acknowledged.add(child.stdout.readline().strip())
            timer = threading.Timer(float(rng.uniform(0, 0.2)), child.send_signal, [signal.SIGKILL])
            timer.start()
            acknowledged.update(line.strip() for line in child.stdout if line.endswith("\n"))
        if trial % 50 == 49 or trial == trials - 1:
            print(trial + 1, "trials", len(acknowledged), "events", flush=True)
    start = time.perf_counter()
    with EventStore(folder) as store:
        opened.append(time.perf_counter() - start)
        there = store.frame()["id"].to_list()
    return {
        "kills": trials,
        "acknowledged": len(acknowledged),
        "lost": len(acknowledged - set(there)),
        "written_twice": len(there) - len(set(there)),
        "findings_of_fsck": len(check_events(folder)),
        "open_after_kills_s": float(np.median(opened)),
    }


if __name__ == "__main__":
    main()
