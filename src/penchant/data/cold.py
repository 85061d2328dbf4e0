"""Splits for people and items that nobody has seen before."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from penchant.core import Run, UsageError
from penchant.data.holdout import (
    cases_of,
    check_shares,
    columns_of,
    hold_instants,
    hold_people,
    later_than,
    split_of,
)
from penchant.data.words import Cases, Dataset, Split


def split_cold_users(
    data: Dataset,
    *,
    valid: float = 0.1,
    test: float = 0.2,
    shown: float = 0.5,
    seed: int = 0,
) -> Split:
    """Some people are never learned from: a model meets them with the first part of their history.

    Args:
        data: Any.
        valid: Share of the people.
        test: Likewise.
        shown: Share of a held-out person's events that a query shows, the oldest ones; 0.0 asks
            with empty histories.
        seed: Of the draw of people.
    """
    check_shares(valid, test)
    if not 0 <= shown < 1:
        raise UsageError(f"shown={shown}: need a share from 0 to below 1")
    events = columns_of(data)
    kinds = _draw_groups(len(data.people), valid, test, Run(seed=seed).rng("data.cold_users"))
    of_event = kinds[events.users]
    lengths = np.diff(events.offsets)
    place = np.arange(len(events)) - np.repeat(events.offsets[:-1], lengths)
    asked = place >= np.repeat(np.floor(lengths * shown + 1e-9), lengths)
    train, before_test = of_event == 0, of_event < 2
    cases = []
    for name, number in (("valid", 1), ("test", 2)):
        held = hold_people(events, (of_event == number) & asked, ~asked)
        cases.append(cases_of(data, events, held, train, name=name, visible=~asked))
    claim = (
        f"Learns from {int((kinds == 0).sum()):,} people and is tested on "
        f"{int((kinds == 2).sum()):,} others, of whom a query shows the first {shown:.0%} of the "
        "events. " + later_than(events, train, np.flatnonzero((of_event == 2) & asked))
    )
    return split_of(data, train, before_test, cases[0], cases[1], claim)


def split_cold_items(
    data: Dataset,
    *,
    valid: float = 0.1,
    test: float = 0.2,
    among_cold: bool = False,
    seed: int = 0,
) -> Split:
    """Some items are never learned from, and only they should come back.

    One query for each person and instant with a held-out item; histories show what else the person
    had before.

    Args:
        data: Any.
        valid: Share of the items.
        test: Likewise.
        among_cold: Ranks only the held-out items of the part, not the whole catalogue.
        seed: Of the draw of items.
    """
    check_shares(valid, test)
    events = columns_of(data)
    kinds = _draw_groups(len(data.catalog), valid, test, Run(seed=seed).rng("data.cold_items"))
    of_event = kinds[events.items]
    train, before_test = of_event == 0, of_event < 2
    cases = []
    for name, number, known in (("valid", 1, train), ("test", 2, before_test)):
        held = hold_instants(events, np.flatnonzero(of_event == number))
        made = cases_of(data, events, held, train, name=name, visible=known)
        cases.append(_allowing(made, kinds == number) if among_cold else made)
    claim = (
        f"Learns from {int((kinds == 0).sum()):,} items and asks for {int((kinds == 2).sum()):,} "
        "that no training event mentions"
        + (", ranked among themselves. " if among_cold else ", ranked among all. ")
        + later_than(events, train, np.flatnonzero(~before_test))
    )
    return split_of(data, train, before_test, cases[0], cases[1], claim)


def _draw_groups(n: int, valid: float, test: float, rng: np.random.Generator) -> NDArray[np.int8]:
    """(n,) 0 learned from, 1 validation, 2 test."""
    groups = np.zeros(n, np.int8)
    order = rng.permutation(n)
    n_test, n_valid = round(n * test), round(n * valid)
    groups[order[:n_test]] = 2
    groups[order[n_test : n_test + n_valid]] = 1
    return groups


def _allowing(cases: Cases, allowed: NDArray[np.bool_]) -> Cases:
    return replace(cases, queries=replace(cases.queries, allowed=allowed))
