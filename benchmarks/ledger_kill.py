"""Processes that are killed while they ask: is an answer lost, is a call repeated?

A batch of calls is asked by a process that is killed (SIGKILL) at a random moment, and asked
again by the next one, over the same books; after the last call a new batch begins. The model writes
down every call before it answers. After each kill the books are read:

* every answer that was ever stored is still there, with its words;
* no call was asked whose answer was stored before;
* of the calls that were asked, those without an answer are no more than were in flight.

One half of the trials hands the model 16 calls at a time, as a local one is asked; the other asks
8 at once from threads, as one elsewhere is.

``python benchmarks/ledger_kill.py [TRIALS [CALLS]]``; most of the time goes into the next process's
looking up of what is there already, so 1,000 trials are made with batches of 1,000 calls, and some
with 10,000.
"""

import hashlib
import os
import random
import signal
import sqlite3
import struct
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

from record import write_record

from penchant.core import Run
from penchant.language import Ledger, Prompt, Reply, Usage, opened

LATENCY_S = 0.0005
LONGEST_S = 0.04
"""Kills come up to so long after the first call of a process."""
EARLY = 0.1
"""Share of kills that come up to so long after the process began: while it looks up or opens."""
IN_FLIGHT = {"chunks": 16, "threads": 8}


def answer_of(number: int) -> str:
    """What the model says to a prompt; long enough to tear."""
    return f"{number}:{hashlib.sha256(str(number).encode()).hexdigest() * 4}"


@dataclass
class Hearing:
    """A model that writes down what it is asked before it answers."""

    log: int
    """A file's descriptor, for appending"""
    name: str = "hearing"
    fingerprint: str = "hearing-1"
    window: int | None = None

    def open(self, run: Run) -> "Hearing":
        return self

    def count(self, text: str) -> int:
        return len(text.split())

    def write(self, prompts, *, max_tokens, shape=None, sampling=None, run):
        numbers = [int(prompt.messages[0].content.rpartition(" ")[2]) for prompt in prompts]
        for number in numbers:
            os.write(self.log, struct.pack("<i", number))
        time.sleep(LATENCY_S * len(prompts))
        return [Reply(answer_of(number), Usage(4, 2)) for number in numbers]


class HearingElsewhere(Hearing):
    """The same, asked from threads."""

    concurrency = IN_FLIGHT["threads"]


@dataclass
class Batch:
    """One batch of calls, over one file."""

    folder: Path
    way: str
    calls: int
    stored: set[int] = field(default_factory=set)
    asked: int = 0
    """Calls in the log so far"""

    def ask(self) -> None:
        """In a process of its own, which ends when all calls are answered."""
        log = os.open(self.folder / "log", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        model = (HearingElsewhere if self.way == "threads" else Hearing)(log)
        with Ledger.open(self.folder / "books.sqlite") as books:
            run = Run(books=books)
            prompts = [Prompt.chat(f"film number {n}") for n in range(self.calls)]
            opened(model, run).write(prompts, max_tokens=5, run=run)

    def wait(self, child: int) -> None:
        """Until the process has asked something, or ended."""
        log = self.folder / "log"
        while os.waitid(os.P_PID, child, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None:
            if log.exists() and log.stat().st_size > 4 * self.asked:
                return
            time.sleep(0.001)

    def check(self) -> dict[str, int]:
        """What the last process left: answers lost, calls repeated, calls that were in flight."""
        log = self.folder / "log"
        heard = log.read_bytes()[4 * self.asked :] if log.exists() else b""
        new = [number for (number,) in struct.iter_unpack("<i", heard)]
        again = len(set(new) & self.stored)
        found, torn = self.read()
        lost = len(self.stored - found)
        in_flight = len(set(new) - found)
        self.stored, self.asked = found, self.asked + len(new)
        return {"lost": lost, "torn": torn, "asked_again": again, "in_flight": in_flight}

    def read(self) -> tuple[set[int], int]:
        """Numbers of the answers in the books, and how many are torn or there twice."""
        file = self.folder / "books.sqlite"
        if not file.exists():
            return set(), 0
        connection = sqlite3.connect(file)
        try:
            texts = [text for (text,) in connection.execute("SELECT text FROM calls WHERE kept")]
        except sqlite3.OperationalError:  # killed before the tables were made
            texts = []
        finally:
            connection.close()
        numbers = [int(text.partition(":")[0]) for text in texts]
        torn = sum(text != answer_of(n) for n, text in zip(numbers, texts, strict=True))
        return set(numbers), torn + len(numbers) - len(set(numbers))


def trial(batch: Batch, rng: random.Random) -> bool:
    """Asks, kills; whether the process had ended by itself."""
    child = os.fork()
    if child == 0:
        try:
            batch.ask()
        finally:
            os._exit(0)
    if rng.random() >= EARLY:
        batch.wait(child)
    time.sleep(rng.uniform(0, LONGEST_S))
    os.kill(child, signal.SIGKILL)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def main(trials: int, calls: int) -> None:
    """Half of the trials in each way."""
    rng = random.Random(0)
    figures: dict[str, int] = {"trials": 0}
    for way, most in IN_FLIGHT.items():
        worst, done, batches = {}, 0, 0
        totals = dict.fromkeys(("lost", "torn", "asked_again", "kills_with_calls_in_flight"), 0)
        while done < trials // 2:
            batches += 1
            with tempfile.TemporaryDirectory() as folder:
                batch = Batch(Path(folder), way, calls)
                ended = False
                while not ended and done < trials // 2:
                    ended = trial(batch, rng)
                    found = batch.check()
                    done += not ended
                    worst["in_flight"] = max(worst.get("in_flight", 0), found["in_flight"])
                    totals["kills_with_calls_in_flight"] += found["in_flight"] > 0
                    for name in ("lost", "torn", "asked_again"):
                        totals[name] += found[name]
        figures |= {f"{way}_{name}": value for name, value in totals.items()}
        figures |= {f"{way}_most_in_flight": worst["in_flight"], f"{way}_batches": batches}
        figures["trials"] += done
        if worst["in_flight"] > most or any(totals[n] for n in ("lost", "torn", "asked_again")):
            sys.exit(f"{way}: {totals}, in flight {worst['in_flight']} of {most}")
    name = "ledger_kill" if calls == 1_000 else f"ledger_kill_{calls}"
    write_record(name, figures, note=f"batches of {calls:,} calls; kills by SIGKILL")


if __name__ == "__main__":
    given = [int(word) for word in sys.argv[1:]]
    main(*given, *(1_000, 1_000)[len(given) :])
