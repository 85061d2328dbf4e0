"""Progress: bars on a terminal, a plain line every few seconds elsewhere, nothing when quiet."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TextIO

from penchant.core import Watcher

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

LINE_EVERY_S = 3.0
"""Between two plain lines of one stage."""


@contextmanager
def watching(*, quiet: bool) -> Iterator[Watcher]:
    """A watcher for the length of a command, on standard error."""
    if quiet:
        yield Unheard()
    elif not sys.stderr.isatty():
        yield Lines(sys.stderr)
    else:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
        from rich.progress import TimeRemainingColumn as Remaining

        columns = (
            TextColumn("{task.description}", markup=False),
            BarColumn(bar_width=24),
            MofNCompleteColumn(),
            TextColumn("{task.fields[figures]}", markup=False),
            Remaining(),
        )
        with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
            yield Bars(progress)


@dataclass(frozen=True, slots=True)
class Unheard:
    """A watcher of a person who wants to hear nothing: no warnings of Python either."""

    def progress(self, stage: str, done: int, total: int | None, **figures: float) -> None:
        """Says nothing."""

    def note(self, text: str) -> None:
        """Says nothing."""


@dataclass(slots=True)
class Bars:
    """A watcher that draws on a terminal."""

    progress_bars: "Progress"
    tasks: "dict[str, TaskID]" = field(default_factory=dict)

    def progress(self, stage: str, done: int, total: int | None, **figures: float) -> None:
        """Moves the stage's bar."""
        text = _figures(figures)
        if stage not in self.tasks:
            self.tasks[stage] = self.progress_bars.add_task(stage, total=total, figures=text)
        self.progress_bars.update(self.tasks[stage], completed=done, total=total, figures=text)

    def note(self, text: str) -> None:
        """A line above the bars."""
        self.progress_bars.console.print(text, markup=False, highlight=False)


@dataclass(slots=True)
class Lines:
    """A watcher for files and pipes: rate and remaining time, every few seconds."""

    out: TextIO
    started: dict[str, tuple[float, int]] = field(default_factory=dict)
    """stage -> when it was first told of, and what was done then"""
    told: dict[str, float] = field(default_factory=dict)

    def progress(self, stage: str, done: int, total: int | None, **figures: float) -> None:
        """A line, if the last one of the stage is old enough or the stage is done."""
        now = time.monotonic()
        if done < self.started.get(stage, (now, done))[1]:  # the stage came round again
            del self.started[stage]
        began, first = self.started.setdefault(stage, (now, done))
        if done != total and now - self.told.get(stage, began) < LINE_EVERY_S:
            return
        self.told[stage] = now
        rate = (done - first) / max(now - began, 1e-9) if now > began else 0.0
        of = "" if total is None else f"/{total:,}"
        left = f", {(total - done) / rate:.0f} s left" if total and rate and done < total else ""
        speed = f", {rate:,.1f}/s" if rate else ""
        self.note(f"{stage}: {done:,}{of}{speed}{left} {_figures(figures)}".rstrip())

    def note(self, text: str) -> None:
        """A line."""
        self.out.write(text + "\n")
        self.out.flush()


def _figures(figures: dict[str, float]) -> str:
    return " ".join(f"{name} {value:.4g}" for name, value in figures.items())
