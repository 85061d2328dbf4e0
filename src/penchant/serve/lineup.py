"""Models at their desks: which answer, which one by default, and what they know of items."""

import logging
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from penchant.core import StorageError, UnknownName, UsageError
from penchant.models import (
    Change,
    Model,
    Version,
    activate,
    find_version,
    load,
    model_versions,
    read_pointer,
    rollback,
    with_stock,
)
from penchant.serve.desk import Desk
from penchant.serve.events.words import user_hash
from penchant.serve.origins import Origin, knows_person, origin_of
from penchant.serve.places import Place
from penchant.serve.problems import Problem
from penchant.serve.settings import Settings
from penchant.serve.shapes.models import Activated
from penchant.serve.standby import standby_of
from penchant.serve.stock import Stock

_LOG = logging.getLogger(__name__)
MOST_LOADED = 12
"""Models that answer at a time."""
EASE_S = 2.0
"""So much longer than a request may take a desk that is left answers: one may be on its way."""


class Lineup:
    """Models by name, one of them active."""

    def __init__(
        self,
        models: Mapping[str, Model],
        stock: Stock,
        settings: Settings,
        erased: Mapping[str, int],
    ) -> None:
        """Opens a desk for each model, and for the one that the models folder says is active.

        Args:
            models: By name; the first is active if nothing else was activated before.
            stock: What became of items.
            settings: Bounds, and the folder of models.
            erased: Hash of a person -> when they were erased.
        """
        if not models:
            raise UsageError("no model: fit one first, such as: penchant fit covisit --out m")
        self.stock, self._settings, self._erased = stock, settings, dict(erased)
        self._lock = threading.RLock()
        self._leaving: list[tuple[Desk, threading.Timer]] = []
        self._run = next(iter(models.values())).run
        self._places = {
            name: Place(self._desk(self._cleaned(model, 0)), given=model)
            for name, model in models.items()
        }
        self.active = next(iter(models))
        self._recall()

    @property
    def names(self) -> list[str]:
        """Of all models that answer."""
        return list(self._places)

    def desk(self, name: str | None) -> tuple[str, Desk]:
        """The desk of a model by name, or of the active one.

        Raises:
            Problem: There is none of that name.
        """
        while True:  # between the two looks another may become active, and this one leave
            wanted = self.whole(name) if name else self.active
            place = self._places.get(wanted)
            if place is not None:
                return wanted, place.desk
            if name is not None or wanted == self.active:
                break
        if wanted in {one.name for one in self.versions()}:
            told, hint = f"{wanted} is not loaded", f"load it first: POST /v1/models/{wanted}:load"
        else:
            told, hint = f"no model {wanted[:80]!r}", "GET /v1/models lists all"
        told = f"{told}; those that answer: {', '.join(self.names)}"
        raise Problem(404, told, code="model", pointer="/model", hint=hint)

    def whole(self, name: str) -> str:
        """``NAME`` with the number of its newest version, unless a model was given as that."""
        if name in self._places:
            return name
        newest = [one.name for one in self.versions() if one.of == name]
        return newest[-1] if newest else name

    def versions(self) -> list[Version]:
        """Those of the models folder."""
        return [] if self._settings.models is None else model_versions(self._settings.models)

    def version(self, name: str) -> Version:
        """One of the models folder.

        Raises:
            Problem: There is none.
        """
        try:
            if self._settings.models is not None:
                return find_version(self._settings.models, name)
        except UnknownName:
            pass
        both = dict.fromkeys([*self.names, *(one.name for one in self.versions())])
        known = ", ".join(list(both)[:50])
        told, hint = f"no model {name[:80]!r}; known: {known}", "GET /v1/models lists all"
        raise Problem(404, told, code="model", pointer="/model", hint=hint)

    def learned_until(self, model: Model) -> int:
        """The ``seq`` of the last event that a model learned from; 0: none of this store."""
        mine = [place for place in self._places.values() if place.desk.model is model]
        return mine[0].origin.seq if mine else 0

    def origin(self, name: str) -> Origin:
        """Where a model comes from, whether it answers or not."""
        place = self._places.get(name)
        return origin_of(self.version(name)) if place is None else place.origin

    def folder_of(self, name: str, into: Path) -> Path:
        """Where a model lies on the disk; one that was only given is saved ``into`` a folder."""
        place = self._places.get(name)
        if place is None or place.given is None:
            return self.origin(name).path or self.version(name).path
        return into if into.exists() else place.given.save(into)

    def load(self, name: str) -> str:
        """Opens a version of the models folder; one that is open stays as it is. Its whole name.

        Raises:
            Problem: There is none, it is not what was saved, or too many are open.
        """
        with self._lock:
            if name in self._places:
                return name
            version = self.version(name)
            if version.name in self._places:
                return version.name
            if len(self._places) >= MOST_LOADED:
                told = f"{MOST_LOADED} models are open: unload one first"
                raise Problem(409, told, code="state")
            self._places[version.name] = self._opened(version)
        return version.name

    def unload(self, name: str) -> str:
        """Closes a model; who is on the way to it is still answered. Its whole name.

        Raises:
            Problem: It is the active one, there is none of that name, or it has no folder.
        """
        with self._lock:
            whole, _ = self.desk(name)
            if whole == self.active:
                raise Problem(409, f"{whole} is active: activate another first", code="state")
            if self._places[whole].given is not None:
                told = f"{whole} was given at the start: nothing could load it again"
                hint = "start the service without it, or publish it into the models folder"
                raise Problem(409, told, code="state", hint=hint)
            place = self._places.pop(whole)
            patience = self._settings.deadline_s + EASE_S
            timer = threading.Timer(patience, place.desk.close)
            timer.daemon = True
            timer.start()
            going = [(desk, one) for desk, one in self._leaving if one.is_alive()]
            self._leaving = [*going, (place.desk, timer)]
        return whole

    def activate(self, name: str) -> Activated:
        """Requests that name no model go to this one from now on."""
        with self._lock:
            whole, before = self.load(name), self.active
            if self._settings.models is not None:
                activate(self._settings.models, whole, before=before)
            self.active = whole
        return Activated(active=whole, before=before)

    def follow(self) -> None:
        """Lets the model answer that the pointer names.

        Raises:
            Problem: It cannot be opened.
            StorageError: The pointer cannot be read.
        """
        folder = self._settings.models
        with self._lock:
            pointer = None if folder is None else read_pointer(folder)
            if pointer is not None:
                self.active = self.load(pointer.active)

    def rollback(self) -> Activated:
        """The model that answered before answers again.

        Raises:
            Problem: None did, or it cannot be opened any more.
        """
        folder = self._folder()
        with self._lock:
            pointer = read_pointer(folder)
            if pointer is None or not pointer.before:
                told = "no model answered before this one"
                raise Problem(409, told, code="state", hint="activate one by name")
            self.load(pointer.before[-1])
            before, self.active = self.active, rollback(folder).active
        return Activated(active=self.active, before=before)

    @contextmanager
    def restocking(self) -> Iterator[Callable[[Sequence[Change]], None]]:
        """Alone with the items; what is given is kept, then known to every model.

        The next answer is after it. If the disk does not take it, nothing has changed.
        """

        def restock(changes: Sequence[Change]) -> None:
            if not changes:
                return
            self.stock.write(changes)
            for place in self._places.values():
                model = with_stock(place.desk.model, changes)
                place.desk.standby, place.desk.model = standby_of(model), model

        with self._lock:
            yield restock

    def erase(self, user: str, at: int) -> list[str]:
        """Takes a person out of the models' tables; names those whose weights remember."""
        with self._lock:
            self._erased[user_hash(user)] = at
            stale = [name for name, place in self._places.items() if place.erase(user)]
            resting = [one for one in self.versions() if one.name not in self._places]
        return [*stale, *(one.name for one in resting if knows_person(one.path, user))]

    def erased(self) -> dict[str, int]:
        """Hash of a person -> when they were erased, in microseconds since 1970."""
        with self._lock:
            return dict(self._erased)

    def close(self) -> None:
        """Answers those who wait. May be called again."""
        for desk, timer in self._leaving:
            timer.cancel()
            desk.close()
        for place in self._places.values():
            place.desk.close()

    def _desk(self, model: Model) -> Desk:
        return Desk(model, standby_of(model), waiting=self._settings.waiting)

    def _opened(self, version: Version) -> Place:
        try:
            model = load(version.path, run=self._run)
        except StorageError as error:
            _LOG.warning("%s was not loaded: %s", version.name, error)
            raise Problem(
                409,
                f"{version.name} cannot be opened: {error}",
                code="model-damaged",
                hint="fit it again, or restore its folder from a copy",
            ) from error
        origin = origin_of(version)
        return Place(self._desk(self._cleaned(model, origin.as_of)), origin)

    def _cleaned(self, model: Model, as_of: int) -> Model:
        """Without who was erased since its data were read, and with the items as they are now."""
        gone = {name for name, at in self._erased.items() if at >= as_of}
        if gone:
            known = [n for n in model.people.ids.series().to_list() if user_hash(n) in gone]
            model = model.erase(known) if known else model
        return with_stock(model, self.stock.all())

    def _recall(self) -> None:
        """Lets the model answer that was active when the service ended."""
        try:
            self.follow()
        except (StorageError, Problem) as error:
            _LOG.error("the model that was active is not: %s; %s answers", error, self.active)

    def _folder(self) -> Path:
        if self._settings.models is None:
            told = "this service has no models folder"
            raise Problem(409, told, code="setup", hint="start it with --models FOLDER")
        return self._settings.models
