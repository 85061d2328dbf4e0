"""A job's process: ``python -m penchant.serve.jobs.work FOLDER``.

It reads ``FOLDER/task.json``, tells its log how it goes, and leaves ``result.json``. It ends when
its standard input does: then nobody waits for it any more.
"""

import json
import os
import signal
import sys
import threading
import time
import traceback
from io import TextIOWrapper
from pathlib import Path

from penchant.core import Interrupted, Json, PenchantError, StorageError, write_file
from penchant.serve.events.lock import locked
from penchant.serve.jobs.child import INTERRUPTED
from penchant.serve.jobs.kinds import WORK_OF, Task
from penchant.serve.jobs.log import telling
from penchant.serve.jobs.words import RESULT

NICE = 10
"""Answering comes before long work."""
PATIENCE_S = 15.0
"""After the end of its service: to keep what is worth keeping."""


def main(folder: Path) -> int:
    """Does the job; the exit code of the process."""
    os.nice(NICE)
    _watch_service()
    with telling(folder) as tell:
        try:
            with _alone(folder):
                task = Task.read(folder, tell)
                result = WORK_OF[task.kind](task)
                _leave(folder, result)
        except (KeyboardInterrupt, Interrupted):
            tell.note("interrupted")
            return INTERRUPTED
        except PenchantError as error:
            tell.problem(str(error))
            return error.exit_code
        except Exception as error:
            traceback.print_exc()
            tell.problem(f"{type(error).__name__}: {error}")
            return 1
    return 0


def _leave(folder: Path, result: dict[str, Json]) -> None:
    with write_file(folder / RESULT) as temporary:
        temporary.write_text(json.dumps(result) + "\n", encoding="utf-8")


def _alone(folder: Path) -> TextIOWrapper:
    until = time.monotonic() + PATIENCE_S * 2
    while True:
        try:
            return locked(folder)
        except StorageError:  # the process of an earlier attempt is still on its way out
            if time.monotonic() > until:
                raise
            time.sleep(0.1)


def _watch_service() -> None:
    """Interrupts the work when the service is gone, and ends it if that does not help."""

    def watch() -> None:
        while os.read(sys.stdin.fileno(), 1):
            pass
        os.kill(os.getpid(), signal.SIGINT)
        time.sleep(PATIENCE_S)
        os._exit(INTERRUPTED)

    threading.Thread(target=watch, daemon=True).start()


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
