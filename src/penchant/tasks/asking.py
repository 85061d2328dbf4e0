"""Queries told in the words of a template: what is asked of a fitted model."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from penchant.core import UsageError
from penchant.data import Queries
from penchant.tasks.prompt_template import Template
from penchant.tasks.situations import Filler, Scale, Situation
from penchant.tasks.slots import ITEM_FACTS, Names, told_people

GIVEN = ("explanation", "feature", "rating", "review", "stars", "summary")
"""Slots that only whoever asks can fill."""


def query_prompts(
    template: Template,
    queries: Queries,
    names: Names,
    *,
    items: NDArray[np.int32] | None = None,
    max_history: int = 20,
    scale: Scale | None = None,
    given: Mapping[str, Sequence[str | float]] | None = None,
) -> list[str]:
    """A prompt for each query.

    >>> import penchant as pn
    >>> from penchant.tasks import numbered_item, template
    >>> data = pn.data.mini_world()
    >>> queries = pn.data.split_time(data).test.queries.take(np.array([0]))
    >>> query_prompts(template("direct-11"), queries, Names(numbered_item))
    ['Recommend one item to user_0.']

    Args:
        template: How to ask.
        queries: n rows. Candidates are those of the query; ``texts`` are what a review says;
            ``people`` come before what the names tell. Unknown items of histories are left out.
        names: How people and items stand in prompts.
        items: (n,) the item that each row asks about, where the template has slots for one.
        max_history: Items of a history at most, the newest.
        scale: The ratings that can be given; 1 to 5 if not given.
        given: Slot -> (n,) values of :data:`GIVEN`, where the template has them.

    Raises:
        UsageError: The template has a slot that nothing here fills.
    """
    if max_history < 1:
        raise UsageError(f"max_history={max_history}: need at least 1")
    n = len(queries)
    filled = dict(given or {})
    if queries.texts is not None:
        filled.setdefault("review", queries.texts)
    _check(template, queries, names, items, filled)
    people = [] if queries.people is None else told_people(queries.people)
    users = queries.users if queries.users is not None else np.full(n, -1, np.int32)
    filler = Filler(names)
    told = []
    for row in range(n):
        history, ratings = _history(queries, row, max_history)
        situation = Situation(
            user=int(users[row]),
            item=-1 if items is None else int(items[row]),
            history=history,
            history_ratings=ratings,
            candidates=() if queries.candidates is None else queries.candidates[row].tolist(),
            rating=_number(filled, "rating", row),
            stars=_number(filled, "stars", row),
            scale=scale or Scale(),
            texts={slot: str(filled[slot][row]) for slot in filled if slot not in _NUMBERS},
            person=people[row] if people else None,
        )
        told.append(filler.ask(template, situation))
    return told


def _history(queries: Queries, row: int, most: int) -> tuple[list[int], list[float]]:
    """The newest known items of a row's history, and their ratings if there are any."""
    past = queries.histories
    start, end = int(past.items.offsets[row]), int(past.items.offsets[row + 1])
    items = past.items.values[start:end]
    known = np.flatnonzero(items >= 0)[-most:]
    ratings = [] if past.ratings is None else past.ratings[start:end][known].tolist()
    return items[known].tolist(), ratings


_NUMBERS = ("rating", "stars")


def _number(filled: Mapping[str, Sequence[str | float]], slot: str, row: int) -> float:
    return float(filled[slot][row]) if slot in filled else float("nan")


def _check(
    template: Template,
    queries: Queries,
    names: Names,
    items: NDArray[np.int32] | None,
    filled: Mapping[str, Sequence[str | float]],
) -> None:
    slots = set(template.asked_slots)
    wants = {
        "items=": items is None and bool(slots & {"item", *ITEM_FACTS}),
        "queries.candidates": queries.candidates is None and "candidates" in slots,
        "names.person": not _tells(queries, names) and "person" in slots,
        "names.dataset": not names.dataset and "dataset" in slots,
    }
    wants |= {f"given[{slot!r}]": slot not in filled for slot in GIVEN if slot in slots}
    wants |= {
        f"names.facts[{slot!r}]": slot not in names.facts for slot in ITEM_FACTS if slot in slots
    }
    missing = [name for name, absent in wants.items() if absent]
    if missing:
        raise UsageError(f"{template.key} needs {' and '.join(missing)}")
    for slot, values in filled.items():
        if slot not in GIVEN:
            raise UsageError(f"given has {slot!r}: can be given are {', '.join(GIVEN)}")
        if len(values) != len(queries):
            raise UsageError(f"given[{slot!r}] has {len(values)} values for {len(queries)} queries")
    if items is not None and len(items) != len(queries):
        raise UsageError(f"{len(items)} items for {len(queries)} queries: give one each")
    if items is not None and items.min(initial=0) < 0:
        raise UsageError(f"row {int(np.argmin(items))} asks about an item that nobody knows (-1)")


def _tells(queries: Queries, names: Names) -> bool:
    """Whether anything is known of people: what they tell when they ask comes first."""
    attributes = [] if queries.people is None else queries.people.columns
    return names.person is not None or any(name != "id" for name in attributes)
