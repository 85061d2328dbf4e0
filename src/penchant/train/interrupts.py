"""Ctrl-C that waits for the end of a step."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType


@dataclass(slots=True)
class Interrupt:
    """Whether somebody asked to stop."""

    asked: bool = False


@contextmanager
def held_interrupts() -> Iterator[Interrupt]:
    """Inside, the first Ctrl-C only sets a mark; the second one interrupts as usual.

    An interrupt in the middle of an update would leave weights that are neither old nor new.
    Outside the main thread, where signals cannot be caught, nothing is held.
    """
    interrupt = Interrupt()
    if threading.current_thread() is not threading.main_thread():
        yield interrupt
        return
    before = signal.getsignal(signal.SIGINT)

    def hold(number: int, frame: FrameType | None) -> None:
        interrupt.asked = True
        signal.signal(signal.SIGINT, before)

    signal.signal(signal.SIGINT, hold)
    try:
        yield interrupt
    finally:
        signal.signal(signal.SIGINT, before)
