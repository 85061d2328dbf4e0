"""Examples to learn from: training events told in the words of templates.

Which example stands where is a function of seed and step, so a training that was interrupted goes
on with nothing to remember.
"""

import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from penchant.core import Run, UsageError
from penchant.data import Dataset
from penchant.tasks.mixture import Mixture
from penchant.tasks.prompt_template import Template
from penchant.tasks.records import OF_PEOPLE, Log, Records, Rows, records_of
from penchant.tasks.situations import Filler, Situation
from penchant.tasks.slots import Names


@dataclass(frozen=True, slots=True)
class Example:
    """A prompt and its right answer."""

    source: str
    target: str
    template: str
    """``sequential-3@1``"""
    family: str


@dataclass(frozen=True, slots=True, eq=False)
class ExampleStream:
    """Examples without end, pass after pass."""

    batch: Callable[[int], list[Example]]
    """The examples of a step, from 0; the last batch of a pass may be smaller."""
    per_pass: int
    """Batches in a pass"""
    counts: Mapping[str, int]
    """family -> examples in a pass"""
    left_out: Mapping[str, str]
    """family -> why the data cannot feed it"""


def examples(
    data: Dataset,
    names: Names,
    mixture: Mixture,
    run: Run,
    *,
    max_history: int = 20,
    batch_size: int = 64,
) -> ExampleStream:
    """Examples of the training events; families that the data cannot feed are left out and said.

    >>> import penchant as pn
    >>> data = pn.data.mini_world()
    >>> stream = examples(data, Names(lambda row: f"item_{row}"), Mixture(), Run(seed=1))
    >>> stream.batch(0) == stream.batch(0), len(stream.batch(0))
    (True, 64)

    Args:
        data: What may be learned from.
        names: How people and items stand in prompts.
        mixture: Families, their ratios, and how examples are made.
        run: Its seed, and who is told what is left out.
        max_history: Items of a history at most, the newest.
        batch_size: Examples in a batch.

    Raises:
        DataError: The data can feed none of the families.
    """
    if max_history < 1 or batch_size < 1:
        raise UsageError(f"max_history={max_history}, batch_size={batch_size}: need at least 1")
    found, left_out = records_of(data, names, mixture)
    for family, why in left_out.items():
        run.watch.note(f"no examples of {family} are made: {why}")
    _note_long_histories(found, max_history, run)
    counts = [_count(records) for records in found]
    total = sum(counts)
    per_pass = -(-total // batch_size)
    teller = _Teller(mixture, Filler(names), max_history)

    @lru_cache(maxsize=1)
    def order(number: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        rng = run.rng("tasks.order", number)
        drawn = [_drawn(r, n, rng) for r, n in zip(found, counts, strict=True)]
        which = np.repeat(np.arange(len(found)), counts)
        mixed = rng.permutation(total)
        return which[mixed], np.concatenate(drawn)[mixed]

    def batch(step: int) -> list[Example]:
        number, within = divmod(step, per_pass)
        which, places = order(number)
        rows = slice(within * batch_size, (within + 1) * batch_size)
        draws = Draws.of(run, step)
        return [
            teller.tell(found[family], place, draws)
            for family, place in zip(which[rows].tolist(), places[rows].tolist(), strict=True)
        ]

    named: dict[str, int] = {records.family: n for records, n in zip(found, counts, strict=True)}
    return ExampleStream(batch, per_pass, named, left_out)


@dataclass(frozen=True, slots=True, eq=False)
class Draws:
    """A stream for each thing that is drawn, anew in each step."""

    templates: np.random.Generator
    cuts: np.random.Generator
    negatives: np.random.Generator
    answers: np.random.Generator

    @classmethod
    def of(cls, run: Run, step: int) -> "Draws":
        """The streams of a step."""
        names = ("templates", "cuts", "negatives", "answers")
        return cls(*(run.rng(f"tasks.{name}", step) for name in names))


def _count(records: Records) -> int:
    return max(1, round(records.ratio * len(records)))


def _drawn(records: Records, n: int, rng: np.random.Generator) -> Rows:
    """(n,) places of records: each as often as the others, or once more."""
    whole, rest = divmod(n, len(records))
    extra = rng.permutation(len(records))[:rest]
    return np.concatenate([np.tile(np.arange(len(records)), whole), extra])


@dataclass(frozen=True, slots=True, eq=False)
class _Teller:
    mixture: Mixture
    filler: Filler
    max_history: int

    def tell(self, records: Records, place: int, draws: Draws) -> Example:
        """One record as an example."""
        choices = records.choices[int(records.kinds[place])]
        made = choices[int(draws.templates.integers(len(choices)))]
        row = int(records.rows[place])
        if _asks_people(records, self.mixture):
            row = _event_of(records.log, made, row, draws)
        situation = self._situation(records.log, made, row, draws)
        return Example(
            self.filler.ask(made, situation),
            self.filler.reply(made, situation),
            made.key,
            made.family,
        )

    def _situation(self, log: Log, made: Template, event: int, draws: Draws) -> Situation:
        user, item, rating = int(log.users[event]), int(log.items[event]), float(log.ratings[event])
        history = self._history(log, made, event, draws)
        right, stars = True, rating
        if "stars" in made.slots:
            right = bool(draws.answers.random() < 0.5)
            stars = rating if right else _other(log.steps, rating, draws.answers)
        elif "answer" in made.slots and made.family in OF_PEOPLE:
            others = _others(log, user, item, 1, draws)
            right = bool(draws.answers.random() < 0.5) or not others
            item = item if right else others[0]
        elif "answer" in made.slots:
            right = rating > log.scale.middle
        candidates: Sequence[int] = ()
        if "candidates" in made.slots:
            others = _others(log, user, item, self.mixture.candidates - 1, draws)
            candidates = draws.answers.permutation([item, *others]).tolist()
        texts = {n: t for n, column in log.texts.items() if (t := column[event])}
        return Situation(
            user,
            item,
            log.items[history],
            log.ratings[history],
            candidates,
            rating,
            stars,
            right,
            log.scale,
            texts,
        )

    def _history(self, log: Log, made: Template, event: int, draws: Draws) -> Rows:
        """The events before this one; all others, shuffled, where no order is asked for."""
        start = int(log.offsets[log.users[event]])
        if made.family != "direct":
            return np.arange(max(start, event - self.max_history), event)
        others = np.arange(start, int(log.offsets[log.users[event] + 1]))
        others = others[log.items[others] != log.items[event]]
        return draws.cuts.permutation(others)[: self.max_history]


def _note_long_histories(found: Sequence[Records], most: int, run: Run) -> None:
    told = {slot for r in found for made in itertools.chain(*r.choices) for slot in made.slots}
    lengths = np.diff(found[0].log.offsets) - 1
    longer = int((lengths > most).sum())
    if longer and told & {"history", "rated_history"}:
        run.watch.note(
            f"{longer:,} of {len(lengths):,} histories are longer than max_history={most}: "
            "prompts tell their newest items"
        )


def _asks_people(records: Records, mixture: Mixture) -> bool:
    return records.family == "direct" or (records.family == "sequential" and mixture.cuts == "one")


def _event_of(log: Log, made: Template, user: int, draws: Draws) -> int:
    """One of the person's events, drawn: any but the first where their order is asked for."""
    first = int(log.offsets[user]) + (made.family == "sequential")
    return int(draws.cuts.integers(first, int(log.offsets[user + 1])))


def _others(log: Log, user: int, item: int, n: int, draws: Draws) -> list[int]:
    """``n`` different items that the person never had, or as many as there are."""
    had = {*log.items[log.offsets[user] : log.offsets[user + 1]].tolist(), item}
    if log.n_items - len(had) <= 4 * n:
        mine = np.setdiff1d(np.arange(log.n_items), np.fromiter(had, np.int64))
        few: list[int] = draws.negatives.permutation(mine)[:n].tolist()
        return few
    found: dict[int, None] = {}
    while len(found) < n:
        for other in draws.negatives.integers(log.n_items, size=2 * n).tolist():
            if other not in had and len(found) < n:
                found[other] = None
    return list(found)


def _other(steps: NDArray[np.float32], rating: float, rng: np.random.Generator) -> float:
    others = steps[steps != np.float32(rating)]
    return float(others[int(rng.integers(len(others)))])
