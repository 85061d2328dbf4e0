"""Where work is done, its seed, who watches; never what is learned."""

import hashlib
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Protocol, TypeVar

import numpy as np

from penchant.core.errors import DeadlinePassed
from penchant.core.files import write_folder
from penchant.core.state import State, read_state, write_state


class Watcher(Protocol):
    """Is told how work goes on. The command line draws bars; the library's default is silent."""

    def progress(self, stage: str, done: int, total: int | None, **figures: float) -> None:
        """``done`` of ``total`` steps of ``stage`` are done.

        ``figures`` such as loss or ndcg@10.
        """

    def note(self, text: str) -> None:
        """One line that a person should see."""


@dataclass(frozen=True, slots=True)
class Silent:
    """A watcher that says nothing."""

    def progress(self, stage: str, done: int, total: int | None, **figures: float) -> None:
        """Says nothing."""

    def note(self, text: str) -> None:
        """Says nothing."""


@dataclass(slots=True, eq=False)
class Overheard:
    """A watcher that keeps what is noted, and passes everything on."""

    watch: Watcher
    notes: list[str] = field(default_factory=list)

    def progress(self, stage: str, done: int, total: int | None, **figures: float) -> None:
        """Passes it on."""
        self.watch.progress(stage, done, total, **figures)

    def note(self, text: str) -> None:
        """Keeps a line, and passes it on."""
        self.notes.append(text)
        self.watch.note(text)


@dataclass(frozen=True, slots=True)
class Deadline:
    """A moment after which an answer is of no use."""

    at: float
    """Seconds on ``time.monotonic``."""

    @classmethod
    def after(cls, seconds: float) -> "Deadline":
        """So many seconds from now."""
        return cls(time.monotonic() + seconds)

    def check(self) -> None:
        """Raises :class:`DeadlinePassed` once it is too late."""
        if time.monotonic() > self.at:
            raise DeadlinePassed("the time given ran out; give more, or ask for less")


class Books(Protocol):
    """Where calls of language models are written down; :class:`penchant.language.Ledger`."""

    def figures(self) -> Mapping[str, float]:
        """What was called so far: calls, tokens, money."""


class Stateful(Protocol):
    """Anything that can be written as a :class:`State`."""

    def state(self) -> State: ...


Kept = TypeVar("Kept", bound=Stateful)


@dataclass(frozen=True, slots=True)
class Run:
    """Seed, device, threads, folder, watcher, deadline, books.

    >>> run = Run(seed=7)
    >>> run.rng("tiger.index").random() == run.rng("tiger.index").random()
    True
    """

    seed: int = 0
    device: str = "cpu"
    threads: int = 1
    folder: Path | None = None
    """Where checkpoints and finished stages are kept; ``None`` keeps nothing."""
    watch: Watcher = field(default_factory=Silent)
    deadline: Deadline | None = None
    books: Books | None = None
    """Where calls of language models are written down, replayed from, and counted against budgets;
    ``None``: they are counted for as long as a model is open."""

    def rng(self, purpose: str, *keys: int) -> np.random.Generator:
        """A stream of its own for each purpose, so that adding a draw moves no other."""
        name = ":".join([str(self.seed), purpose, *map(str, keys)])
        digest = hashlib.sha256(name.encode()).digest()
        return np.random.Generator(np.random.Philox(key=int.from_bytes(digest[:16], "little")))

    def stage(self, name: str) -> "Stage":
        """A named part of a fit, with a folder of its own."""
        return Stage(name, self)

    def within(self, name: str) -> "Run":
        """The same run, one folder down: for a method inside a method."""
        return replace(self, folder=self.folder / name if self.folder else None)


@dataclass(frozen=True, slots=True)
class Stage:
    """A part of a fit that is done once, also when the fit is resumed."""

    name: str
    run: Run

    def once(self, make: Callable[[], Kept], read: Callable[[State], Kept]) -> Kept:
        """What ``make`` returned the first time; read back from the run's folder after that."""
        if self.run.folder is None:
            return make()
        folder = self.run.folder / "stages" / self.name
        if folder.exists():
            return read(read_state(folder, "stage"))
        made = make()
        with write_folder(folder) as temporary:
            write_state(made.state(), temporary, "stage")
        return made
