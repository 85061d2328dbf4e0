"""The checks of the leak audit that look at order and time, one function each."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray

from penchant.data.holdout import is_among
from penchant.data.words import Cases, Dataset, Split


@dataclass(frozen=True, slots=True)
class Check:
    """One way to leak, and whether it was found."""

    name: str
    outcome: Literal["passed", "warned", "failed"]
    figure: float | None
    """How much; what it counts is in the explanation. ``None``: it could not be measured."""
    explanation: str

    def __str__(self) -> str:
        figure = "" if self.figure is None else f" ({self.figure:.4g})"
        return f"{self.outcome}: {self.name}{figure}: {self.explanation}"


def check_id_order(split: Split) -> Check:
    """Predicts the ids after the newest one of the history: numbers given along the sequences leak.

    The probe of the ids last + 1 … last + 10, by catalogue row and by numeric id, as nDCG@10.
    Figure: the larger of the two.
    """
    n_items = len(split.train.catalog)
    codes = [np.arange(n_items, dtype=np.int64)]
    names = split.train.catalog.ids.series().cast(pl.Int64, strict=False)
    if n_items and names.null_count() == 0:
        codes.append(names.to_numpy())
    figure = max(id_order_probe(split.test, code) for code in codes)
    chance = 4.54 / max(1, n_items)
    said = (
        f"predicting the ids after the last one alone gives nDCG@10 {figure:.4f} "
        f"(chance: {chance:.4f})"
    )
    if figure >= 0.2:
        return Check("id-order", "failed", figure, f"{said}: the order of ids answers the queries")
    if figure >= max(0.005, 5 * chance):
        why = "ids were given along the sequences; never let a model read or write them as numbers"
        return Check("id-order", "warned", figure, f"{said}: {why}")
    return Check("id-order", "passed", figure, said)


def id_order_probe(cases: Cases, codes: NDArray[np.int64]) -> float:
    """nDCG@10 of answering with the codes after that of the history's last item.

    Ten of them, codes of the history left out.

    Args:
        cases: What is asked.
        codes: (n_items,) a number for each item.
    """
    items, relevant = cases.queries.histories.items, cases.relevant
    if len(cases) == 0:
        return 0.0
    filled = items.lengths > 0
    last = np.full(len(cases), np.iinfo(np.int64).min // 2)
    last[filled] = codes[items.values[items.offsets[1:][filled] - 1]]
    ahead = codes[relevant.values] - last[relevant.rows()]
    near = np.flatnonzero((ahead >= 1) & (ahead <= 10 + items.lengths[relevant.rows()]))
    shown = items.take(relevant.rows()[near])
    past = codes[shown.values] - last[relevant.rows()[near]][shown.rows()]
    between = (past > 0) & (past < ahead[near][shown.rows()])
    # A history may hold an item more than once, the guess leaves it out once.
    pairs = np.unique(np.column_stack([shown.rows()[between], past[between]]), axis=0)
    places = ahead[near] - np.bincount(pairs[:, 0], minlength=len(near))
    gains = np.where(places <= 10, 1 / np.log2(np.minimum(places, 10) + 1), 0.0)
    ideal = np.cumsum(1 / np.log2(np.arange(2, 12)))
    best = ideal[np.clip(relevant.lengths, 1, 10) - 1]
    rows = relevant.rows()[near]
    return float((np.bincount(rows, gains, minlength=len(cases)) / best).mean())


def check_time(split: Split) -> Check:
    """Whether training events are as late as what is asked.

    Figure: the mean share of training events at or after the time of a query.
    """
    train, queries = split.train, split.test.queries
    if not train.has_times or queries.now is None:
        why = "there are no times, so whether the training data knows the future cannot be told"
        return Check("time", "warned", None, why)
    times = train.events["time"].to_numpy()
    later = 1 - np.searchsorted(np.sort(times), queries.now) / len(times)
    figure = float(later.mean())
    history = queries.histories
    ahead = 0
    if history.times is not None:
        ahead = int((history.times > queries.now[history.items.rows()]).sum())
    newest = np.full(len(train.people), np.iinfo(np.int64).min)
    np.maximum.at(newest, train.events["user"].to_numpy(), times)
    own = 0
    if queries.users is not None:
        known = queries.users >= 0
        own = int((newest[queries.users[known]] > queries.now[known]).sum())
    if ahead or own:
        return Check(
            "time", "failed", figure,
            f"{own:,} queries are asked of people whose later events are learned from; "
            f"{ahead:,} history events are later than their query",
        )  # fmt: skip
    if figure > 0:
        why = "of the training events are as late as the mean query: trends of the future are known"
        return Check("time", "warned", figure, f"{figure:.1%} {why}")
    return Check("time", "passed", 0.0, "every training event is earlier than every query")


def check_overlap(split: Split) -> Check:
    """Whether held-out pairs of person and item are learned from.

    Figure: the share of test answers that the same person has among the events learned from.
    """
    users = split.test.slices["user"].to_numpy()[split.test.relevant.rows()]
    items = split.test.relevant.values
    n_items = len(split.train.catalog)
    seen = split.train_and_valid.events
    learned = seen["user"].to_numpy().astype(np.int64) * n_items + seen["item"].to_numpy()
    found = is_among(users.astype(np.int64) * n_items + items, learned) & (users >= 0)
    figure = float(found.mean()) if len(found) else 0.0
    if figure > 0:
        why = f"{int(found.sum()):,} of {len(found):,} test answers are in the training data"
        return Check("overlap", "failed", figure, f"{why}, of the same person")
    return Check("overlap", "passed", 0.0, "no test answer is in the training data of its person")


def check_ties(split: Split) -> Check:
    """Whether the order of events that share their time decides what is asked.

    Figure: the share of test queries whose newest history event has the time of the query.
    """
    known, queries = split.train_and_valid, split.test.queries
    if not known.has_times or queries.now is None or queries.histories.times is None:
        why = "there are no times: events of one instant may stand in the order of their ids"
        return Check("ties", "warned", None, why)
    tied = tied_events(known)
    items = queries.histories.items
    filled = items.lengths > 0
    newest = queries.histories.times[items.offsets[1:][filled] - 1]
    count = int((newest == queries.now[filled]).sum())
    figure = count / max(1, len(queries))
    share = f"{tied:,} of {len(known.events):,} events learned from share their time with another"
    if count:
        why = f"{count:,} test queries stand behind an event of the same instant, by file order"
        return Check("ties", "warned", figure, f"{why}; {share} of the same person")
    return Check("ties", "passed", 0.0, f"no query hangs on the order within an instant; {share}")


def tied_events(data: Dataset) -> int:
    """How many events share their time with another of the same person."""
    if not data.has_times:
        return 0
    users, times = data.events["user"].to_numpy(), data.events["time"].to_numpy()
    same = (np.diff(users) == 0) & (np.diff(times) == 0)
    return int((np.append(same, False) | np.insert(same, 0, False)).sum())
