"""The process in which a job is done."""

import json
import os
import signal
import subprocess
import sys
import threading
from dataclasses import dataclass
from pathlib import Path

from penchant.core import Interrupted, Json
from penchant.serve.jobs.log import read_log
from penchant.serve.jobs.words import RESULT

INTERRUPTED = Interrupted.exit_code
PATIENCE_S = 20.0
"""Between the wish that a child ends and its end by force."""
ERRORS = "errors.txt"
_ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "POLARS_MAX_THREADS")


@dataclass(frozen=True, slots=True)
class Ended:
    """How a child ended."""

    code: int
    problem: str | None

    def result(self, folder: Path) -> dict[str, Json]:
        """What it left, if it succeeded."""
        found: dict[str, Json] = json.loads((folder / RESULT).read_text(encoding="utf-8"))
        return found


class Child:
    """``python -m penchant.serve.jobs.work FOLDER``; it ends when this process is gone."""

    def __init__(self, folder: Path, threads: int = 1) -> None:
        self._folder = folder
        with (folder / ERRORS).open("wb") as errors:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "penchant.serve.jobs.work", str(folder)],
                stdin=subprocess.PIPE,  # its end tells the child that nobody waits any more
                stdout=subprocess.DEVNULL,
                stderr=errors,
                env={**os.environ, **dict.fromkeys(_ONE_THREAD, str(threads))},
                start_new_session=True,  # Ctrl-C is for the service, which then interrupts this
            )

    def wait(self) -> int:
        """Until it ends; its exit code, negative after a signal that was not the wish to end."""
        code = self._process.wait()
        if self._process.stdin is not None:
            self._process.stdin.close()
        return INTERRUPTED if code == -signal.SIGINT else code

    def interrupt(self) -> None:
        """It keeps what is worth keeping and ends; by force, if that takes too long."""
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGINT)
            timer = threading.Timer(PATIENCE_S, self.kill)
            timer.daemon = True
            timer.start()

    def kill(self) -> None:
        """It ends at once."""
        if self._process.poll() is None:
            self._process.kill()

    def problem(self) -> str | None:
        """What it said went wrong, if it did."""
        code = self._process.returncode
        if code == 0:
            return None
        told, after = None, 0
        while lines := read_log(self._folder, after=after):
            after = lines[-1].number
            said = [line.told["text"] for line in lines if line.kind == "problem"]
            told = str(said[-1]) if said else told
        if code < 0:
            return f"its process was ended by signal {-code}; is there enough memory?"
        return told or f"the process ended with exit code {code}; see {ERRORS} in its folder"
