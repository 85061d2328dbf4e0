"""Kill -9 at random moments of a fit, and inside checkpoint writes: does it always resume?

    python benchmarks/kill_training.py --trials 50

Each trial fits SASRec in a process of its own, killed up to three times: at a random moment, or
while a temporary folder of a checkpoint is seen on disk. The fit is then finished, and its weights
must be those of a fit that nobody disturbed, bit for bit, with no temporary left in its folder.
"""

import argparse
import os
import random
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

import torch
from record import write_record

import penchant as pn
from penchant.recommenders.sasrec import SASRec
from penchant.train import Supervised, fingerprint

METHOD = SASRec(
    dimension=32,
    max_history=20,
    negatives=64,
    training=Supervised(
        steps=60, batch_size=256, evaluate_every=10, patience=None, checkpoint_every=3
    ),
)


@dataclass
class Counts:
    """What happened."""

    kills: int = 0
    kills_inside_writes: int = 0
    resumed: int = 0
    failures: list[str] = field(default_factory=list)


def main() -> None:
    """Runs the trials, and fails when one of them does."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trials", type=int, default=50)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--no-record", action="store_true", help="leave no results file")
    asked = parser.parse_args()
    # Children are forked, which is safe as long as neither torch nor polars started threads here:
    # so all work, also that on data, is done in children.
    torch.set_num_threads(1)
    counts = Counts()
    with tempfile.TemporaryDirectory() as folder:
        wanted, seconds = _undisturbed(Path(folder))
        for trial in range(asked.trials):
            rng = random.Random(f"{asked.seed}:{trial}")
            _trial(Path(folder) / str(trial), wanted, seconds, rng, counts)
    figures = {
        "trials": asked.trials,
        "kills": counts.kills,
        "kills_inside_writes": counts.kills_inside_writes,
        "resumed_from_a_checkpoint": counts.resumed,
        "failures": counts.failures,
    }
    if not asked.no_record:
        write_record("kill_training", figures, note="weights compared by sha256; a fit by fork")
    print(figures)
    sys.exit(1 if counts.failures else 0)


def _undisturbed(folder: Path) -> tuple[str, float]:
    began = time.perf_counter()
    os.waitpid(_start(None, folder / "wanted"), 0)
    return (folder / "wanted").read_text(), time.perf_counter() - began


def _trial(folder: Path, wanted: str, seconds: float, rng: random.Random, counts: Counts) -> None:
    answer = folder.with_suffix(".answer")
    for _ in range(rng.randint(1, 3)):
        child = _start(folder, answer)
        inside = rng.random() < 0.5
        # A checkpoint write takes longer than the fit alone: leave room for that.
        _wait(child, _passed(time.perf_counter() + rng.uniform(0, 1.5 * seconds)))
        if inside:
            _wait(child, lambda: any(folder.glob("checkpoints/*.tmp-*")))
            time.sleep(rng.uniform(0, 0.002))
        if os.waitpid(child, os.WNOHANG)[0]:
            break
        left = bool(list(folder.glob("checkpoints/*.tmp-*")))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        counts.kills += 1
        counts.kills_inside_writes += left or bool(list(folder.glob("checkpoints/*.tmp-*")))
    counts.resumed += bool(list(folder.glob("checkpoints/step-*")))
    child = _start(folder, answer)
    _, status = os.waitpid(child, 0)
    if status:
        counts.failures.append(f"{folder.name}: the last process ended with {status}")
    elif answer.read_text() != wanted:
        counts.failures.append(f"{folder.name}: other weights")
    stale = [str(path) for kind in ("tmp", "old") for path in folder.rglob(f"*.{kind}-*")]
    if stale:
        counts.failures.append(f"{folder.name}: left {stale}")


def _start(folder: Path | None, answer: Path) -> int:
    """Fits in a child, which writes the fingerprint of the weights; its process id."""
    child = os.fork()
    if child:
        return child
    try:
        split = pn.data.leave_last_out(pn.data.mini_world())
        run = replace(pn.Run(seed=5), folder=folder)
        fitted = METHOD.fit(split.train, run, valid=split.valid)
        arrays = fitted.state().arrays
        answer.write_text(fingerprint(*(arrays[name] for name in sorted(arrays))), encoding="utf-8")
        os._exit(0)
    except BaseException as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr, flush=True)
        os._exit(1)


def _wait(child: int, happened: Callable[[], bool]) -> None:
    """Until it happened, or the child ended by itself."""
    ended = os.WEXITED | os.WNOHANG | os.WNOWAIT
    while not happened() and os.waitid(os.P_PID, child, ended) is None:
        time.sleep(0.0002)


def _passed(moment: float) -> Callable[[], bool]:
    return lambda: time.perf_counter() >= moment


if __name__ == "__main__":
    main()
