"""What is looked at more than once and takes a while to read: trees, data, runs."""

import threading
from collections import Counter, OrderedDict
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar, cast

from penchant.core import DataError, StorageError, UnknownName
from penchant.data import Dataset, read_dataset
from penchant.evaluate import Report
from penchant.experiments import RunFolder, find_run, read_report
from penchant.indexing import CodeTree, index_of
from penchant.models import Model
from penchant.models.reranking import known_data
from penchant.serve.events import Busy
from penchant.serve.problems import Problem
from penchant.serve.settings import Settings

KEPT = 32
"""Things that are remembered."""
FEW = 4
"""Requests of a kind that may look at the same time."""
Made = TypeVar("Made")


@dataclass(slots=True, eq=False)
class Looking:
    """Remembers what it made, as long as what that was made of is the same."""

    settings: Settings
    _made: OrderedDict[Hashable, tuple[object, object]] = field(default_factory=OrderedDict)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _under_way: Counter[str] = field(default_factory=Counter)

    def tree(self, name: str, model: Model, pointer: str = "#/model") -> CodeTree:
        """The codes of a model's items as a tree; a request names the model at ``pointer``.

        Raises:
            Problem: It has no codes.
        """
        index = index_of(model.recommender)
        if index is None:
            raise Problem(
                422,
                f"{model.name} ({name}) knows its items without codes",
                code="cannot",
                pointer=pointer,
                hint="serve a model with codes beside it, such as tiger, and name it in 'model'",
            )
        return self.once(
            ("tree", name), model.recommender, lambda: CodeTree.of(index, model.catalog)
        )

    def data(self, model: Model) -> tuple[Dataset, bool]:
        """The data set of the service, or else what a model holds; and whether it is the latter."""
        folder = self.settings.data
        if folder is not None and (folder / "dataset.json").is_file():
            stamp = (folder / "dataset.json").stat().st_mtime_ns
            with whole("the data folder"):
                return self.once(("data",), stamp, lambda: read_dataset(folder, check=False)), False
        return self.once(("histories",), model, lambda: known_data(model)), True

    def run(self, name: str, pointer: str = "#/run") -> RunFolder:
        """An experiment by name, which a request has at ``pointer``.

        Raises:
            Problem: There is none of that name.
        """
        folder = self.settings.runs
        if folder is None:
            hint = "no folder of runs is served: penchant serve MODEL --runs FOLDER"
            raise Problem(404, f"no run {name!r}", code="run", pointer=pointer, hint=hint)
        try:
            return find_run(folder, name)
        except (OSError, UnknownName) as error:  # a name may be too long for a path
            hint = "GET /v1/runs lists what there is"
            told = f"no run {name[:200]!r}"
            raise Problem(404, told, code="run", pointer=pointer, hint=hint) from error

    def report(self, run: RunFolder) -> Report:
        """The figures of an experiment."""
        with whole(f"the run {run.name}"):
            return self.once(("report", run.name), run.changed, lambda: read_report(run))

    @contextmanager
    def among_few(self, what: str) -> Iterator[None]:
        """One of the few who look at the same time; called where requests arrive, in one thread.

        So those who look never take all threads from those who ask for recommendations.

        Raises:
            Busy: Others are at it.
        """
        if self._under_way[what] >= FEW:
            raise Busy(f"{FEW} requests like this one are under way; try again")
        self._under_way[what] += 1
        try:
            yield
        finally:
            self._under_way[what] -= 1

    def forget(self) -> None:
        """Lets go of all that was made: people may be named in it."""
        with self._lock:
            self._made.clear()

    def once(self, key: Hashable, made_of: object, make: Callable[[], Made]) -> Made:
        """What ``make`` returned the last time for the same key and the same thing."""
        with self._lock:
            if key in self._made and _same(self._made[key][0], made_of):
                self._made.move_to_end(key)
                return cast(Made, self._made[key][1])  # cast: the same key, so the same maker
        made = make()
        with self._lock:
            self._made[key] = (made_of, made)
            while len(self._made) > KEPT:
                self._made.popitem(last=False)
        return made


def _same(one: Any, other: Any) -> bool:  # Any: a stamp, or a thing that is itself
    return one is other or (isinstance(one, int | str | tuple) and one == other)


@contextmanager
def whole(what: str) -> Iterator[None]:
    """What is torn on the disk is told as that, and not as something that could not be stored."""
    try:
        yield
    except (StorageError, DataError) as error:
        hint = "whoever runs this service can mend it; nothing else is touched by it"
        raise Problem(500, f"{what} cannot be read: {error}", code="torn", hint=hint) from error
