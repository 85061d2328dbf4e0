"""What a benchmark leaves behind: its figures, and all that they depend on.

A script beside this file imports it plainly, since Python puts a script's folder on the path::

    from record import seconds_of, write_record

    write_record("covisit_beauty", {"ndcg@10": 0.0612, "fit_s": seconds_of(fit)})
"""

import json
import os
import platform
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from importlib.metadata import distributions
from pathlib import Path
from typing import Any

__all__ = ["RESULTS", "peak_memory_bytes", "seconds_of", "surroundings", "write_record"]

RESULTS = Path(__file__).parent / "results"
_THREADS = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "POLARS_MAX_THREADS")


def write_record(name: str, figures: Mapping[str, Any], *, note: str = "") -> Path:
    """Writes ``results/NAME.json`` and prints the figures.

    Args:
        name: The record's name; the script's own unless it leaves several.
        figures: Plain JSON values; a unit is the end of a name (``fit_s``, ``peak_bytes``).
        note: What a reader must know before comparing the figures with others.
    """
    record = {"name": name, "note": note, "figures": dict(figures), **surroundings()}
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"{name}.json"
    temporary = path.with_suffix(f".tmp-{os.getpid()}")
    temporary.write_text(json.dumps(record, indent=1, default=float) + "\n", encoding="utf-8")
    temporary.replace(path)
    print(json.dumps({"name": name, "figures": record["figures"]}, indent=1, default=float))
    return path


def surroundings() -> dict[str, Any]:
    """Command, time, commit, machine, load, thread settings, versions."""
    return {
        "command": " ".join(["python", *(_relative(part) for part in sys.orig_argv[1:])]),
        "when": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "commit": _git("rev-parse", "HEAD"),
        "changed_since_commit": _git("status", "--porcelain", "--", "src", "benchmarks") != "",
        "machine": {
            "system": f"{platform.system()} {platform.machine()}",
            "processor": _first_of("/proc/cpuinfo", "model name"),
            "cores": len(os.sched_getaffinity(0)),
            "memory": _first_of("/proc/meminfo", "MemTotal"),
        },
        "load_average": [round(load, 2) for load in os.getloadavg()],
        "threads": {name: os.environ.get(name) for name in _THREADS} | {"torch": _torch_threads()},
        "python": platform.python_version(),
        "packages": {found.name.lower(): found.version for found in distributions()},
    }


def seconds_of(work: Callable[[], object], *, repeats: int = 1, warm_up: int = 0) -> float:
    """The median wall-clock seconds of ``repeats`` calls, after ``warm_up`` calls not counted."""
    for _ in range(warm_up):
        work()
    taken = []
    for _ in range(repeats):
        start = time.perf_counter()
        work()
        taken.append(time.perf_counter() - start)
    return statistics.median(taken)


def peak_memory_bytes() -> int:
    """The most memory that this process ever held, in bytes.

    It never falls: measure each contender in a process of its own.
    """
    import resource  # not on Windows, where only this figure is missing

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def _torch_threads() -> int | None:
    torch = sys.modules.get("torch")
    return torch.get_num_threads() if torch else None


def _relative(part: str) -> str:
    """A path below the repository, said from its root: records name nobody's folders."""
    return part.replace(f"{Path(__file__).resolve().parents[1]}{os.sep}", "")


def _git(*arguments: str) -> str:
    done = subprocess.run(
        ["git", *arguments], cwd=Path(__file__).parent, capture_output=True, text=True, check=False
    )
    return done.stdout.strip()


def _first_of(file: str, key: str) -> str:
    """The value of ``key`` in a ``key : value`` file of the kernel's, "" without one."""
    try:
        lines = Path(file).read_text(encoding="utf-8").splitlines()
    except OSError:
        return ""
    return next((line.split(":", 1)[1].strip() for line in lines if line.startswith(key)), "")
