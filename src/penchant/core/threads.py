"""Work in threads that may be left: Ctrl-C is heard while others work, and ends the program."""

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from itertools import islice
from threading import Thread
from typing import TypeVar

TURN_S = 0.2
"""The longest wait that hears nothing of Ctrl-C: where some libraries are loaded, a signal does
not end the wait for a lock."""
In = TypeVar("In")
Out = TypeVar("Out")


def begin(do: Callable[[In], Out], given: In) -> Future[Out]:
    """What will come of it, in a thread of its own; a program that ends does not wait for it."""
    coming: Future[Out] = Future()

    def work() -> None:
        try:
            coming.set_result(do(given))
        except BaseException as error:  # raised again where the result is asked for
            coming.set_exception(error)

    Thread(target=work, name="penchant-calls", daemon=True).start()
    return coming


def first_done(coming: Iterable[Future[Out]]) -> set[Future[Out]]:
    """Those that are done, as soon as there are any."""
    waited = list(coming)
    while True:
        if done := wait(waited, TURN_S, return_when=FIRST_COMPLETED).done:
            return done


def side_by_side(do: Callable[[In], Out], items: Sequence[In], *, most: int) -> list[Out]:
    """Results in order, up to ``most`` of them worked on at once.

    >>> side_by_side(abs, [-1, 2, -3], most=2)
    [1, 2, 3]
    """
    if min(most, len(items)) < 2:
        return [do(item) for item in items]
    left, flying = iter(range(len(items))), dict[Future[Out], int]()
    results: dict[int, Out] = {}
    while len(results) < len(items):
        for number in islice(left, most - len(flying)):
            flying[begin(do, items[number])] = number
        for future in first_done(flying):
            results[flying.pop(future)] = future.result()
    return [results[number] for number in range(len(items))]
