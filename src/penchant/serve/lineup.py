"""Models at their desks: which answer, which one by default, and what they know of items."""

import json
import logging
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from penchant.core import StorageError, UnknownName, UsageError
from penchant.models import (
    Change,
    Model,
    Version,
    activate,
    find_version,
    load,
    model_card,
    model_versions,
    read_pointer,
    rollback,
    with_stock,
)
from penchant.recommenders.popular import Popular, PopularRecommender
from penchant.serve.desk import Desk
from penchant.serve.events.words import user_hash
from penchant.serve.problems import Problem
from penchant.serve.settings import Settings
from penchant.serve.shapes.models import Activated, CardText, ModelCard
from penchant.serve.stock import Stock

_LOG = logging.getLogger(__name__)
MOST_LOADED = 12
"""Models that answer at a time."""
EASE_S = 2.0
"""So much longer than a request may take a closed desk answers: somebody may be on the way."""


@dataclass(frozen=True, slots=True)
class _Origin:
    """Where a model comes from."""

    path: Path | None = None
    as_of: int = 0
    """Microseconds since 1970; who was erased before that is not in its data"""
    seq: int = 0
    """The last event that it learned from"""


@dataclass(slots=True)
class _Place:
    desk: Desk
    origin: _Origin = field(default_factory=_Origin)


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
            name: _Place(self._desk(self._cleaned(model, 0))) for name, model in models.items()
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
            wanted = name or self.active
            place = self._places.get(wanted)
            if place is not None:
                return wanted, place.desk
            if name is not None or wanted == self.active:
                break
        known = ", ".join(self.names)
        hint = "load it first" if name in {v.name for v in self._versions()} else None
        told = f"no model {wanted!r}; known: {known}"
        raise Problem(404, told, code="model", pointer="/model", hint=hint)

    def learned_until(self, model: Model) -> int:
        """The ``seq`` of the last event that a model learned from; 0: none of this store."""
        mine = [place for place in self._places.values() if place.desk.model is model]
        return mine[0].origin.seq if mine else 0

    def seq_of(self, name: str) -> int:
        """The same for a model by name, open or not."""
        place = self._places.get(name)
        if place is not None:
            return place.origin.seq
        return _origin(self._version(name)).seq

    def path_of(self, name: str) -> Path | None:
        """Where a model lies on the disk, if that is known."""
        place = self._places.get(name)
        if place is not None:
            return place.origin.path
        return next((one.path for one in self._versions() if one.name == name), None)

    def load(self, name: str) -> ModelCard:
        """Opens a version of the models folder; one that is open stays as it is.

        Raises:
            Problem: There is none, it is not what was saved, or too many are open.
        """
        with self._lock:
            if name in self._places:
                return self.card(name)
            version = self._version(name)
            if version.name in self._places:
                return self.card(version.name)
            if len(self._places) >= MOST_LOADED:
                told = f"{MOST_LOADED} models are open: unload one first"
                raise Problem(409, told, code="state")
            self._places[version.name] = self._opened(version)
        return self.card(version.name)

    def unload(self, name: str) -> ModelCard:
        """Closes a model; who is on the way to it is still answered.

        Raises:
            Problem: It is the active one, there is none of that name, or it has no folder.
        """
        with self._lock:
            self.desk(name)
            if name == self.active:
                raise Problem(409, f"{name} is active: activate another first", code="state")
            place = self._places.pop(name)
            patience = self._settings.deadline_s + EASE_S
            timer = threading.Timer(patience, place.desk.close)
            timer.daemon = True
            timer.start()
            going = [(desk, one) for desk, one in self._leaving if one.is_alive()]
            self._leaving = [*going, (place.desk, timer)]
        return _card(place.desk.model, name, active=False, loaded=False)

    def activate(self, name: str) -> Activated:
        """Requests that name no model go to this one from now on."""
        card = self.load(name)
        with self._lock:
            before = self.active
            if self._settings.models is not None:
                activate(self._settings.models, card.name, before=before)
            self.active = card.name
        return Activated(active=card.name, before=before)

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

    def cards(self) -> list[ModelCard]:
        """Of all models that answer, then of those that could."""
        told = [self.card(name) for name in self.names]
        resting = [one for one in self._versions() if one.name not in self._places]
        return [*told, *map(_resting_card, resting)]

    def card(self, name: str) -> ModelCard:
        """Of a model that answers, or could."""
        place = self._places.get(name)
        if place is not None:
            return _card(place.desk.model, name, active=name == self.active, loaded=True)
        return _resting_card(self._version(name))

    def card_text(self, name: str) -> CardText:
        """A model's card; of one that is not open, its README."""
        place = self._places.get(name)
        if place is not None:
            return CardText(name=name, markdown=model_card(place.desk.model))
        version = self._version(name)
        text = (version.path / "README.md").read_text(encoding="utf-8", errors="replace")
        return CardText(name=version.name, markdown=text[:100_000])

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
        stale = []
        with self._lock:
            self._erased[user_hash(user)] = at
            for name, place in self._places.items():
                desk = place.desk
                if user in desk.model.people.ids:
                    desk.model = desk.model.erase([user])
                    desk.standby = desk.standby.erase([user])
                    stale.append(name)
        return stale

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

    def _opened(self, version: Version) -> _Place:
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
        origin = _origin(version)
        return _Place(self._desk(self._cleaned(model, origin.as_of)), origin)

    def _cleaned(self, model: Model, as_of: int) -> Model:
        """Without who was erased since its data were read, and with the items as they are now."""
        gone = {name for name, at in self._erased.items() if at >= as_of}
        if gone:
            known = [n for n in model.people.ids.series().to_list() if user_hash(n) in gone]
            model = model.erase(known) if known else model
        return with_stock(model, self.stock.all())

    def _recall(self) -> None:
        """Lets the model answer that was active when the service ended."""
        if self._settings.models is None:
            return
        try:
            pointer = read_pointer(self._settings.models)
            if pointer is not None:
                self.active = self.load(pointer.active).name
        except (StorageError, Problem) as error:
            _LOG.error("the model that was active is not: %s; %s answers", error, self.active)

    def _folder(self) -> Path:
        if self._settings.models is None:
            raise Problem(
                409,
                "this service has no models folder",
                code="setup",
                hint="start it with --models",
            )
        return self._settings.models

    def _versions(self) -> list[Version]:
        return [] if self._settings.models is None else model_versions(self._settings.models)

    def _version(self, name: str) -> Version:
        try:
            if self._settings.models is not None:
                return find_version(self._settings.models, name)
        except UnknownName:
            pass
        known = ", ".join([*self.names, *(one.name for one in self._versions())][:50])
        raise Problem(404, f"no model {name[:80]!r}; known: {known}", code="model")


def _origin(version: Version) -> _Origin:
    told = version.about()
    as_of, seq = told.get("as_of"), told.get("seq")
    known = (told if isinstance(told, int) else 0 for told in (as_of, seq))
    return _Origin(version.path, *known)


def standby_of(model: Model) -> Model:
    """Counts of who chose what in the histories of a model: it answers at once."""
    counts = np.bincount(model.histories.items.values, minlength=len(model.catalog))
    recommender = PopularRecommender(Popular(), counts.astype(np.float32))
    return replace(model, recommender=recommender)


def _card(model: Model, name: str, *, active: bool, loaded: bool) -> ModelCard:
    record = model.record
    return ModelCard(
        name=name,
        method=model.name,
        active=active,
        loaded=loaded,
        items=len(model.catalog),
        people=len(model.people),
        data=record.data,
        events=record.events,
        fit_seconds=record.fit_seconds,
        metrics=dict(record.metrics),
    )


def _resting_card(version: Version) -> ModelCard:
    """From the record alone; whether the rest is as it was saved is seen when it is loaded."""
    record: dict[str, object] = {}
    problem = None
    try:
        told = json.loads((version.path / "model.json").read_text(encoding="utf-8"))
        record = told["record"]
        method = record["method"]
        return ModelCard(
            name=version.name,
            method=method["method"] if isinstance(method, dict) else str(method),
            active=False,
            loaded=False,
            items=record["items"],
            people=record["people"],
            data=record["data"],
            events=record["events"],
            fit_seconds=record["fit_seconds"],
            metrics=record.get("metrics", {}),
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        problem = f"its record cannot be read ({type(error).__name__})"
    return ModelCard(
        name=version.name,
        method="unknown",
        active=False,
        loaded=False,
        items=0,
        people=0,
        data="unknown",
        events=0,
        fit_seconds=0.0,
        metrics={},
        problem=problem,
    )
