"""The processes in which the methods of a run are fitted and measured."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from pathlib import Path
from threading import Lock

from penchant.core import Interrupted, PenchantError, Watcher
from penchant.language import LedgerOptions


@dataclass(frozen=True, slots=True, eq=False)
class Processes:
    """One process a method, some at a time; what they tell is passed on."""

    folder: Path
    """The run's"""
    base: Path
    """What paths in the spec are relative to"""
    threads: int
    """Of each process"""
    watch: Watcher
    calls: LedgerOptions
    """How calls of language models are booked"""
    _children: list[subprocess.Popen[str]] = field(default_factory=list)
    _lock: Lock = field(default_factory=Lock)

    def run(self, names: Sequence[str], jobs: int) -> None:
        """Fits and measures the named entries.

        Raises:
            Interrupted: Ctrl-C, after the processes have kept what is worth keeping.
            PenchantError: One of them failed; the others are stopped.
        """
        with ThreadPoolExecutor(jobs) as pool:
            work = [pool.submit(self._run_one, name) for name in names]
            try:
                for future in work:
                    future.result()
            except BaseException as error:
                for future in work:
                    future.cancel()
                self._stop()
                pool.shutdown(wait=True)
                if isinstance(error, KeyboardInterrupt):
                    again = f"stopped; the same call continues from {self.folder}"
                    raise Interrupted(again) from error
                raise

    def _stop(self) -> None:
        with self._lock:
            for child in self._children:
                if child.poll() is None:
                    child.send_signal(signal.SIGINT)

    def _run_one(self, name: str) -> None:
        own = self.folder / "entries" / name
        own.mkdir(parents=True, exist_ok=True)
        module = "penchant.experiments.worker"
        told = json.dumps(asdict(self.calls))
        command = [sys.executable, "-m", module, str(self.folder), name, str(self.base), told]
        limited = dict.fromkeys(_THREAD_LIMITS, str(self.threads))
        with (
            (own / "log.txt").open("w", encoding="utf-8") as log,
            subprocess.Popen(
                command,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                env={**os.environ, **limited},
            ) as child,
        ):
            with self._lock:
                self._children.append(child)
            problem = self._listen(child, name)
        if child.returncode != 0:
            _fail(name, child.returncode, problem, own / "log.txt")

    def _listen(self, child: subprocess.Popen[str], name: str) -> str:
        """Passes on what a process tells, until it ends; its last error."""
        problem = ""
        for line in child.stdout or ():
            try:
                told = json.loads(line)
            except json.JSONDecodeError:
                continue  # some library printed; what matters comes as JSON
            if progress := told.get("progress"):
                stage = _under(name, progress["stage"])
                figures = progress["figures"]
                self.watch.progress(stage, progress["done"], progress["total"], **figures)
            if note := told.get("note"):
                self.watch.note(_under(name, note))
            problem = told.get("error", problem)
        return problem


_THREAD_LIMITS = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "POLARS_MAX_THREADS",
)


def _under(name: str, text: str) -> str:
    """What an entry tells, under its name once."""
    return text if text.startswith(name) else f"{name}: {text}"


def _fail(name: str, code: int, problem: str, log: Path) -> None:
    if code in (Interrupted.exit_code, -signal.SIGINT):
        raise Interrupted(f"{name} was stopped; the same call continues")
    if problem:
        raise PenchantError(f"{name}: {problem}")
    last = log.read_text(encoding="utf-8").strip().rpartition("\n")[2]
    raise PenchantError(f"{name} ended with exit code {code}: {last or 'no message'}; see {log}")
