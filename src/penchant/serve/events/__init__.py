"""What people did, kept: acknowledged when the disk has it, never twice, gone when they ask.

Live events are rows of SQLite (write-ahead log, ``synchronous=FULL``); older ones are sealed into
Parquet segments. One thread writes, and commits what waits together. :class:`EventStore` keeps them
in a folder, and a database does the same for several services: both are :class:`Events`.
"""

from penchant.serve.events.checking import Finding, check_events
from penchant.serve.events.keeping import Events, open_events
from penchant.serve.events.store import EventStore
from penchant.serve.events.words import (
    Appended,
    Busy,
    Erased,
    Event,
    Refused,
    event_id_of,
    new_event_id,
)

__all__ = [
    "Appended",
    "Busy",
    "Erased",
    "Event",
    "EventStore",
    "Events",
    "Finding",
    "Refused",
    "check_events",
    "event_id_of",
    "new_event_id",
    "open_events",
]
