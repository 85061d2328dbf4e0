"""What a service holds: models at their desks, and the event store."""

import threading
from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from penchant.core import UsageError
from penchant.models import Model
from penchant.recommenders.popular import Popular, PopularRecommender
from penchant.serve.desk import Desk, Request
from penchant.serve.events import Erased, EventStore
from penchant.serve.guard.replies import Replies
from penchant.serve.looking import Looking
from penchant.serve.meters import Meters
from penchant.serve.problems import Problem
from penchant.serve.settings import MOST_ITEMS, Settings


class Shop:
    """Models by name, one of them active, and what people did since."""

    def __init__(self, models: Mapping[str, Model], store: EventStore, settings: Settings) -> None:
        """Opens a desk for each model.

        Args:
            models: By name; the first is active.
            store: Nobody else may write to it.
            settings: Bounds.
        """
        if not models:
            raise UsageError("no model: fit one first, such as: penchant fit covisit --out m")
        self.settings, self.store, self.meters = settings, store, Meters()
        self.replies = Replies(settings.folder)
        self.looking = Looking(settings)
        self._desks = {name: self._desk(model) for name, model in models.items()}
        self.active = next(iter(models))
        self._lock = threading.Lock()

    def _desk(self, model: Model) -> Desk:
        return Desk(model, standby_of(model), waiting=self.settings.waiting)

    @property
    def names(self) -> list[str]:
        """Of all models."""
        return list(self._desks)

    def desk(self, name: str | None) -> tuple[str, Desk]:
        """The desk of a model by name, or of the active one.

        Raises:
            Problem: There is none of that name.
        """
        wanted = name or self.active
        if wanted not in self._desks:
            known = ", ".join(self._desks)
            told = f"no model {wanted!r}; known: {known}"
            raise Problem(404, told, code="model", pointer="/model")
        return wanted, self._desks[wanted]

    def activate(self, name: str) -> str:
        """Requests that name no model go to this one from now on; returns which it was before."""
        self.desk(name)
        with self._lock:
            before, self.active = self.active, name
        return before

    def request(self, model: Model, user: str | None, history: list[str] | None, k: int) -> Request:
        """Who asks, with what the person did since the model was fitted."""
        if user is None:
            return Request(None, tuple(history or ()), k)
        since = self.store.of_user(user)["item"].to_list()
        if not since:
            return Request(user, (), k)
        return Request(None, tuple([*history_of(model, user), *since][-MOST_ITEMS:]), k)

    def erase(self, user: str) -> tuple[Erased, list[str]]:
        """Takes a person out of the store and the models' tables; and whose weights remember."""
        receipt = self.store.erase(user)
        self.replies.forget(user)
        stale = []
        for name, desk in self._desks.items():
            if user in desk.model.people.ids:
                with self._lock:
                    desk.model = desk.model.erase([user])
                    desk.standby = desk.standby.erase([user])
                stale.append(name)
        return receipt, stale

    def close(self) -> None:
        """Answers those who wait, writes what waits. May be called again."""
        for desk in self._desks.values():
            desk.close()
        self.store.close()
        self.replies.close()


def standby_of(model: Model) -> Model:
    """Counts of who chose what in the histories of a model: it answers at once."""
    counts = np.bincount(model.histories.items.values, minlength=len(model.catalog))
    recommender = PopularRecommender(Popular(), counts.astype(np.float32))
    return replace(model, recommender=recommender)


def history_of(model: Model, user: str) -> list[str]:
    """The items of a person's history in a model, oldest first."""
    row = int(model.people.ids.rows([user])[0])
    if row < 0:
        return []
    items = model.histories.items.take(np.array([row])).values
    return list(model.catalog.ids.series().gather(items))
