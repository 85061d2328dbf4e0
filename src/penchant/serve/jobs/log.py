"""What a job tells while it works: a line of JSON for each thing, numbered from 1."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TextIO

from penchant.core import Json
from penchant.serve.jobs.words import LOG

EVERY_S = 0.2
"""Between two lines of one stage."""
THINNED_AFTER = 5_000
"""Lines; after as many again, the time between two doubles."""
LONGEST = 2_000
"""Characters of a note."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a log."""

    number: int
    kind: str
    """``progress``, ``note`` or ``problem``."""
    told: dict[str, Json]


@dataclass(slots=True)
class Telling:
    """A watcher that writes a log; lines of one stage are some time apart, the last is always."""

    file: TextIO
    lines: int = 0
    told: dict[str, float] = field(default_factory=dict)

    def progress(self, stage: str, done: int, total: int | None, **figures: float) -> None:
        """A line, if the stage's last one is old enough, or the stage is done."""
        now = time.monotonic()
        apart = EVERY_S * 2 ** (self.lines // THINNED_AFTER)
        if done != total and now - self.told.get(stage, -apart) < apart:
            return
        self.told[stage] = now
        finite = {name: float(value) for name, value in figures.items() if abs(value) < 1e300}
        self._write("progress", {"stage": stage, "done": done, "total": total, "figures": finite})

    def note(self, text: str) -> None:
        """A line that a person should see."""
        self._write("note", {"text": text[:LONGEST]})

    def problem(self, text: str) -> None:
        """Why it ended."""
        self._write("problem", {"text": text[:LONGEST]})

    def _write(self, kind: str, told: dict[str, Json]) -> None:
        self.lines += 1
        line = {"kind": kind, "at": time.time_ns() // 1_000, **told}
        self.file.write(json.dumps(line, ensure_ascii=False) + "\n")
        self.file.flush()


@contextmanager
def telling(folder: Path) -> Iterator[Telling]:
    """Continues the log of a job; what a kill tore off its end is left out."""
    path = folder / LOG
    if path.exists():
        whole = path.read_bytes()
        kept = whole.rpartition(b"\n")[0]
        if len(kept) + 1 < len(whole) or (whole and not kept):
            path.write_bytes(kept + b"\n" if kept else b"")
    with path.open("a", encoding="utf-8") as file:
        yield Telling(file, path.read_bytes().count(b"\n"))


def read_log(folder: Path, *, after: int = 0, most: int = 1_000) -> list[Line]:
    """The lines behind number ``after``; a line that is still being written is not there yet."""
    return Tail(folder, after).more(most)


@dataclass(slots=True)
class Tail:
    """Reads on in a log where it stopped."""

    folder: Path
    after: int = 0
    """The number of the last line that was read, or is not wanted"""
    at: int = 0
    """Bytes that were read"""
    number: int = 0
    """Lines that were read"""

    def more(self, most: int = 1_000) -> list[Line]:
        """The next lines, if there are any."""
        try:
            file = (self.folder / LOG).open("rb")
        except FileNotFoundError:
            return []
        found: list[Line] = []
        with file:
            file.seek(self.at)
            while len(found) < most and (line := file.readline()).endswith(b"\n"):
                self.number += 1
                self.at += len(line)
                if self.number > self.after:
                    told = json.loads(line)
                    found.append(Line(self.number, told.pop("kind"), told))
        return found


def last_progress(folder: Path) -> dict[str, Json] | None:
    """The last ``progress`` of a log."""
    try:
        with (folder / LOG).open("rb") as file:
            file.seek(max(0, file.seek(0, 2) - 100_000))
            lines = file.read().splitlines()
    except FileNotFoundError:
        return None
    for line in reversed(lines):
        try:
            told = json.loads(line)
        except ValueError:
            continue
        if isinstance(told, dict) and told.pop("kind", "") == "progress":
            return told
    return None
