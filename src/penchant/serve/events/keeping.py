"""What every event store can do, whatever keeps the events."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from penchant.serve.events.store import EventStore
from penchant.serve.events.words import Appended, Erased, Event

if TYPE_CHECKING:
    import polars as pl

ADDRESSES = ("postgresql://", "postgres://")


class Events(Protocol):
    """What people did, acknowledged when it is kept, never twice, gone when they ask."""

    def append(self, events: Sequence[Event]) -> Appended:
        """Returns when all that it says was accepted is kept; the same event is kept once."""

    def of_user(self, user: str) -> "pl.DataFrame":
        """All events of a person by time, then as they came; what was answered is there."""

    def items_of(self, user: str, *, after: int = 0) -> list[str]:
        """What a person chose, by time, then as it came, of what came behind a ``seq``."""

    def mark(self, user: str) -> int | None:
        """A number that is another one once something became known of a person; ``None``: ask."""

    def frame(self, *, after: int = 0) -> "pl.DataFrame":
        """All events behind a ``seq``, in the order in which they came."""

    def __len__(self) -> int:
        """How many events there are."""

    def erase(self, user: str) -> Erased:
        """Removes all that is known of a person."""

    def erased(self) -> dict[str, int]:
        """Hash of each person who was erased -> when that was last done, µs since 1970."""

    def close(self) -> None:
        """Writes what waits. May be called again."""


def is_address(place: str) -> bool:
    """Whether a place is a database, and no folder."""
    return place.startswith(ADDRESSES)


def open_events(folder: Path, address: str | None = None) -> Events:
    """The store in a folder, or in the database at an address.

    Raises:
        StorageError: It cannot be opened.
        MissingExtra: There is no client of the database.
    """
    if address is None:
        return EventStore(folder)
    from penchant.serve.events.postgres import PostgresStore

    return PostgresStore(address)
