"""A model at its desk, and where it comes from."""

from dataclasses import dataclass, field

from penchant.models import Model
from penchant.serve.desk import Desk
from penchant.serve.origins import Origin, knows_person


@dataclass(slots=True)
class Place:
    """One of the models that answer."""

    desk: Desk
    origin: Origin = field(default_factory=Origin)
    given: Model | None = None
    """As it was given, where it has no path"""

    def erase(self, user: str) -> bool:
        """Takes a person out of the tables; whether the model learned from them.

        That stays so until it is fitted again, however often the person is erased.
        """
        if user in self.desk.model.people.ids:
            self.desk.model = self.desk.model.erase([user])
            self.desk.standby = self.desk.standby.erase([user])
        if self.given is not None:
            return user in self.given.people.ids
        return self.origin.path is not None and knows_person(self.origin.path, user)
