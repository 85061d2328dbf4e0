"""A circuit breaker: what fails again and again is left alone for a while, then tried once."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(eq=False)
class Breaker:
    """Whether something may be asked now.

    It opens after ``failures`` in a row, or when what was asked has failed for ``within_s`` seconds
    without one success. While it is open nothing is asked; after ``rest_s`` one caller may try, and
    what comes of that closes it or opens it again.

    >>> breaker = Breaker(failures=2)
    >>> for _ in range(2):
    ...     breaker.note(well=False)
    >>> breaker.is_open, breaker.admits()
    (True, False)
    """

    failures: int = 5
    within_s: float = 5.0
    rest_s: float = 5.0
    clock: Callable[[], float] = time.monotonic
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _failed: int = 0
    _since: float = 0.0
    """When the first failure of the row was"""
    _opened: float | None = None
    _probing: float | None = None
    """When somebody was let through to try"""

    @property
    def is_open(self) -> bool:
        """Whether it is left alone; also while somebody tries."""
        return self._opened is not None

    def admits(self) -> bool:
        """Whether the caller may ask now; who may has to say what came of it."""
        with self._lock:
            if self._opened is None:
                return True
            now = self.clock()
            # Whoever tried may never say what came of it.
            begun = self._opened if self._probing is None else self._probing
            if now - begun < self.rest_s:
                return False
            self._probing = now
            return True

    def note(self, *, well: bool) -> None:
        """What came of asking."""
        with self._lock:
            if well:
                self._failed, self._opened, self._probing = 0, None, None
                return
            now = self.clock()
            if not self._failed:
                self._since = now
            self._failed += 1
            lasting = self._failed > 1 and now - self._since >= self.within_s
            if self._probing is not None or self._failed >= self.failures or lasting:
                self._opened, self._probing = now, None
