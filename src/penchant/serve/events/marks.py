"""Whether anything became known of a person since one looked, without looking again."""

import threading
import zlib
from collections.abc import Iterable

import numpy as np

PLACES = 1 << 16


class Marks:
    """A number for each person that grows when something becomes known of them.

    People share numbers, so that a million of them take no more room: one may grow though nothing
    happened, and never stays though something did.
    """

    def __init__(self) -> None:
        self._numbers = np.zeros(PLACES, np.int64)
        self._lock = threading.Lock()

    def of(self, user: str) -> int:
        """The person's number now."""
        return int(self._numbers[_place(user)])

    def touch(self, users: Iterable[str]) -> None:
        """Something became known of these people."""
        places = list({_place(user) for user in users})
        with self._lock:
            self._numbers[places] += 1


def _place(user: str) -> int:
    return zlib.crc32(user.encode("utf-8", "surrogatepass")) % PLACES
