"""What a service holds: models at their desks, and the event store."""

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from penchant.models import Model
from penchant.serve.desk import Desk, Request
from penchant.serve.events import Erased, Events
from penchant.serve.following import Following
from penchant.serve.guard.remembered import Remembered
from penchant.serve.guard.replies import Replies
from penchant.serve.jobs.keeper import Jobs
from penchant.serve.jobs.tasks import follow, knows, prepare, without
from penchant.serve.lineup import Lineup
from penchant.serve.looking import Looking
from penchant.serve.meters import Meters
from penchant.serve.settings import MOST_ITEMS, Settings
from penchant.serve.stock import Stock
from penchant.serve.talk.talks import Talks

if TYPE_CHECKING:
    import polars as pl


class Shop:
    """Models by name, one of them active, and what people did since."""

    def __init__(self, models: Mapping[str, Model], store: Events, settings: Settings) -> None:
        """Opens a desk for each model.

        Args:
            models: By name; the first is active.
            store: Nobody else may write to it.
            settings: Bounds.
        """
        self.settings, self.store, self.meters = settings, store, Meters()
        self.replies = Replies(settings.folder)
        self.remembered = Remembered(settings.remembered_bytes)
        self.looking = Looking(settings)
        self.talks = Talks(settings, self.meters)
        self.stock = Stock(settings.folder)
        self.lineup = Lineup(models, self.stock, settings, store.erased())
        self.following = Following(self.lineup, settings.models)
        self.jobs = Jobs(settings.folder, partial(prepare, self), partial(follow, self))

    @property
    def active(self) -> str:
        """The model that answers where none is named."""
        return self.lineup.active

    @property
    def names(self) -> list[str]:
        """Of all models that answer."""
        return self.lineup.names

    def desk(self, name: str | None) -> tuple[str, Desk]:
        """The desk of a model by name, or of the active one.

        Raises:
            Problem: There is none of that name.
        """
        return self.lineup.desk(name)

    def request(self, model: Model, user: str | None, history: list[str] | None, k: int) -> Request:
        """Who asks, with what the person did since the model was fitted."""
        if user is None:
            return Request(None, tuple(history or ()), k)
        since = self.store.items_of(user, after=self.lineup.learned_until(model))
        if not since:
            return Request(user, (), k)
        return Request(None, tuple([*history_of(model, user), *since][-MOST_ITEMS:]), k)

    def since(self, model: Model, user: str) -> "pl.DataFrame":
        """What a person did that a model's own history of the person does not tell, by time.

        What it learned stands there; an item that it did not know when it was fitted does not.
        """
        events = self.store.of_user(user)
        own = model.catalog.ids.series().gather(history_rows(model, user))
        behind = events["seq"] > self.lineup.learned_until(model)
        return events.filter(behind | ~events["item"].is_in(own.implode()))

    def erase(self, user: str) -> tuple[Erased, list[str]]:
        """Takes a person out of the store and the models' tables; and whose weights remember."""
        receipt = self.store.erase(user)
        self.replies.forget(user)
        self.remembered.forget()
        self.talks.erase(user)
        self.jobs.forget(partial(knows, user), partial(without, user))
        stale = self.lineup.erase(user, receipt.at)
        self.looking.forget()
        return receipt, stale

    def close(self) -> None:
        """Answers those who wait, writes what waits. May be called again."""
        self.following.close()
        self.jobs.close()
        self.lineup.close()
        self.stock.close()
        self.store.close()
        self.replies.close()
        self.talks.close()


def history_of(model: Model, user: str) -> list[str]:
    """The items of a person's history in a model, oldest first."""
    return list(model.catalog.ids.series().gather(history_rows(model, user)))


def history_rows(model: Model, user: str) -> NDArray[np.int32]:
    """(n,) the same as rows of the catalogue."""
    row = int(model.people.ids.rows([user])[0])
    if row < 0:
        return np.zeros(0, np.int32)
    return model.histories.items.take(np.array([row])).values
