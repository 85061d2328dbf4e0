"""A process that appends events from eight threads until it is killed, and what it was answered."""

import itertools
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

from penchant.serve.events import Event, EventStore

THREADS, HEARD = 8, 60


def killed(where: str, trial: int, before: Callable[[], object] | None = None) -> list[str]:
    """The ids that a writing process had answers for when it was killed.

    Args:
        where: The folder of a store, or the address of a database.
        trial: Its ids begin with it.
        before: Called just before the kill.
    """
    command = [sys.executable, str(Path(__file__)), where, str(trial)]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as child:
        assert child.stdout is not None
        answered = [child.stdout.readline().strip() for _ in range(HEARD)]
        if before is not None:
            before()
        child.send_signal(signal.SIGKILL)
        answered += [line.strip() for line in child.stdout if line.endswith("\n")]
    return [key for key in answered if key]


def main(where: str, trial: str) -> None:
    """Writes for ever."""
    if "://" in where:
        from penchant.serve.events.postgres import PostgresStore

        store = PostgresStore(where)
    else:
        store = EventStore(Path(where), seal_after=40)
    lock = threading.Lock()

    def write(me: int) -> None:
        for n in itertools.count():
            key = f"{trial}-{me}-{n}"
            store.append([Event(f"u{me}", "i", time=1, id=key)])
            with lock:
                print(key, flush=True)

    for me in range(THREADS):
        threading.Thread(target=write, args=(me,), daemon=True).start()
    threading.Event().wait()


if __name__ == "__main__":
    main(*sys.argv[1:])
