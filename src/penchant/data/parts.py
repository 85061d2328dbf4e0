"""Methods made of methods: what they do with their parts, whichever way they join them."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from penchant.core import AssetError, DeadlinePassed, Json, Run, State, UsageError
from penchant.data.verbs import CanForget, CanGrow, Method, Recommender
from penchant.data.words import Cases, Catalog, Dataset, Queries, Rankings


@runtime_checkable
class HasParts(Protocol):
    """Is made of recommenders."""

    @property
    def speakers(self) -> Sequence[Recommender]:
        """Its parts; the one whose word counts most comes first."""


def with_parts(recommender: object) -> Iterator[object]:
    """A recommender, and all that it is made of, in the order in which they may speak for it.

    So what a pipeline cannot tell itself, as why an item suits somebody, its first part that can
    tells for it.
    """
    yield recommender
    if isinstance(recommender, HasParts):
        for part in recommender.speakers:
            yield from with_parts(part)


def fit_parts(
    methods: Sequence[Method], data: Dataset, run: Run, valid: Cases | None
) -> tuple[Recommender, ...]:
    """Each in a place of its own below the run's."""
    return tuple(
        method.fit(data, run.within(f"part-{place}"), valid=valid)
        for place, method in enumerate(methods)
    )


@runtime_checkable
class WantsProposals(Protocol):
    """A method that orders what others propose, and learns from what that is."""

    @property
    def proposals(self) -> int:
        """People of validation whose proposals it looks at; 0: none."""


def fit_stages(
    methods: tuple[Method, Method], pool: int, data: Dataset, run: Run, valid: Cases | None
) -> tuple[Recommender, Recommender]:
    """As :func:`fit_parts`; the second learns from what the first proposes, if it wants that."""
    first = methods[0].fit(data, run.within("part-0"), valid=valid)
    wanted = methods[1].proposals if isinstance(methods[1], WantsProposals) else 0
    if valid is not None and wanted:
        drawn = run.rng("parts.proposals").permutation(len(valid))[:wanted]
        valid = valid.take(np.sort(drawn))
        proposed = first.recommend(valid.queries, pool, run).as_ragged()
        valid = replace(valid, queries=replace(valid.queries, candidates=proposed))
    return first, methods[1].fit(data, run.within("part-1"), valid=valid)


def restore_parts(
    methods: Sequence[Method], state: State, catalog: Catalog, run: Run
) -> tuple[Recommender, ...]:
    """From what :func:`state_of` gave."""
    return tuple(
        method.restore(state.parts[str(place)], catalog, run)
        for place, method in enumerate(methods)
    )


def state_of(method: Json, parts: Sequence[Recommender]) -> State:
    """Of a method, as written, with its parts; for :func:`restore_parts`."""
    return State({"method": method}, parts={str(n): part.state() for n, part in enumerate(parts)})


def forgetting(part: Recommender, people: NDArray[np.integer]) -> Recommender:
    """A part without what some people wrote; the same where it keeps no such thing."""
    return part.forget(people) if isinstance(part, CanForget) else part


def grown(part: Recommender, catalog: Catalog, run: Run) -> Recommender:
    """A part for a catalogue with more items.

    Raises:
        UsageError: It cannot take them up.
    """
    if not isinstance(part, CanGrow):
        raise UsageError(
            f"{type(part.method).__name__}, a part of this model, cannot take up items that nobody "
            "has chosen: fit again with a catalogue that has them, or use tiger in its place"
        )
    return part.with_items(catalog, run)


def answered_in_time(
    part: Recommender, queries: Queries, k: int, run: Run, *, last: bool
) -> Rankings | None:
    """A part's answer, ``None`` if it cannot be had and another part may be asked."""
    if last:
        return part.recommend(queries, k, replace(run, deadline=None))
    try:
        return part.recommend(queries, k, run)
    except (AssetError, DeadlinePassed) as error:
        run.watch.note(f"fallback: {type(part.method).__name__} did not answer: {error}")
        return None
