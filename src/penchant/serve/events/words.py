"""An event as it comes in, and what is answered."""

import hashlib
import json
import math
import os
import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field

from penchant.core import PenchantError, UsageError

LONGEST_ID = 512
"""Characters of an id."""
LONGEST_KIND = 64
MOST_AT_ONCE = 10_000
"""Events that are appended in one call."""
LATEST = 4_102_444_800_000_000
"""The year 2100, in microseconds: a later time is a mistake of units."""


@dataclass(frozen=True, slots=True)
class Event:
    """One person did one thing with one item.

    >>> Event("u1", "i4", time=1_700_000_000_000_000, id="e-1").kind
    'view'
    """

    user: str
    item: str
    time: int
    """Microseconds since 1970."""
    kind: str = "view"
    value: float | None = None
    """A rating, a price, a count."""
    recommendation: str | None = None
    """The id of the answer that it follows, if any."""
    id: str = field(default_factory=lambda: new_event_id())
    timed: bool = True
    """Whether its time came with it; one that was given the time of its arrival is the same event
    when it arrives again."""

    def __post_init__(self) -> None:
        named = {"user": self.user, "item": self.item, "id": self.id}
        if self.recommendation is not None:
            named["recommendation"] = self.recommendation
        for name, text in named.items():
            if not 0 < len(text) <= LONGEST_ID or "\0" in text:
                raise UsageError(f"{name}={text[:40]!r}: need 1 to {LONGEST_ID} characters")
        if not 0 < len(self.kind) <= LONGEST_KIND or "\0" in self.kind:
            raise UsageError(f"kind={self.kind[:40]!r}: need 1 to {LONGEST_KIND} characters")
        if not 0 <= self.time < LATEST:
            raise UsageError(f"time={self.time}: need microseconds since 1970, before 2100")
        if self.value is not None and not math.isfinite(self.value):
            raise UsageError(f"value={self.value}: need a finite number, or none")

    def digest(self) -> bytes:
        """16 bytes that differ when anything but the id does."""
        at = self.time if self.timed else None
        told = [self.user, self.item, at, self.kind, self.value, self.recommendation]
        text = json.dumps(told, ensure_ascii=True, separators=(",", ":"))
        return hashlib.blake2b(text.encode(), digest_size=16).digest()


@dataclass(frozen=True, slots=True)
class Refused:
    """An event that was not taken, and why."""

    place: int
    """Among those that came with it."""
    reason: str


@dataclass(frozen=True, slots=True)
class Appended:
    """What became of a batch. Accepted events are on the disk."""

    accepted: int
    duplicate: int
    """The same events were there before; nothing was written again."""
    refused: tuple[Refused, ...] = ()


@dataclass(frozen=True, slots=True)
class Erased:
    """A receipt: what was removed of a person, who is named by a hash alone."""

    user_sha256: str
    events: int
    segments: int
    """That were written anew."""
    at: int
    """Microseconds since 1970."""


def fresh_of(events: Sequence[Event], known: dict[str, bytes]) -> tuple[list[Event], Appended]:
    """Those that were not there before, and what is answered once they are written.

    Args:
        events: In the order in which they came.
        known: Digests by id of those that were there; grows by the fresh ones.
    """
    fresh: list[Event] = []
    refused: list[Refused] = []
    for place, event in enumerate(events):
        before, digest = known.get(event.id), event.digest()
        if before is None:
            known[event.id] = digest
            fresh.append(event)
        elif before != digest:
            refused.append(
                Refused(place, f"an event {event.id!r} that says something else is there already")
            )
    duplicate = len(events) - len(fresh) - len(refused)
    return fresh, Appended(len(fresh), duplicate, tuple(refused))


class Busy(PenchantError):
    """Too much waits to be written; come again later."""

    retry_after_s: float = 1.0


def new_event_id() -> str:
    """A UUID of version 7 (RFC 9562, section 5.7): 48 bits of milliseconds, then chance."""
    drawn = int.from_bytes(os.urandom(10))
    number = (time.time_ns() // 1_000_000) << 80 | 0x7 << 76 | (drawn >> 4 & 0xFFF) << 64
    return str(uuid.UUID(int=number | 0b10 << 62 | (drawn >> 16 & (1 << 62) - 1)))


def event_id_of(seed: bytes, number: int) -> str:
    """A UUID of version 8 (RFC 9562, section 5.8): the same for the same seed and number."""
    drawn = hashlib.blake2b(number.to_bytes(8), key=seed[:64], digest_size=16).digest()
    kept = int.from_bytes(drawn) & ~(0xF << 76 | 0b11 << 62)
    return str(uuid.UUID(int=kept | 0x8 << 76 | 0b10 << 62))


def user_hash(user: str) -> str:
    """How a person who was erased is named: 64 hexadecimal digits."""
    return hashlib.sha256(user.encode()).hexdigest()
