"""What a ranker likes whoever asks: places, popular items, certain words; and what it overlooks.

Hou et al., "Large Language Models are Zero-Shot Rankers for Recommender Systems", ECIR 2024
(position, popularity, order of the history); Zhang et al., "Language Models as Recommender
Systems", 2021 (linguistic bias). Any recommender that takes candidates can be measured: the same
questions are put again with one thing changed that should not matter, or should.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.stats import rankdata

from penchant.core import Ragged, Run, UsageError
from penchant.data import History, Queries, Recommender
from penchant.evaluate import clusters_of, holm, intervals, permutation_p

Floats = NDArray[np.float64]
MEASURES: Mapping[str, str] = {
    "place": "rank correlation of the place shown and the place given; 0: places do not matter",
    "order": "pairs that change when candidates are shown in another order; 0: none",
    "popularity": "share of the candidates that are less popular than the first answer, less 0.5",
    "history": "pairs that change when the history is shuffled, beyond those that change anyway",
    "length": "rank correlation of long titles and good places; 0: length does not matter",
    "fluency": "rank correlation of likely wording and good places; 0: wording does not matter",
}
"""Each bias, in one line; all but *history* are best at 0."""
FIRST_ORDER, SHUFFLED = "as shown", "history shuffled"


@dataclass(frozen=True, slots=True, eq=False)
class Known:
    """What is known of items, to hold against what a ranker likes."""

    popularity: NDArray[np.float32]
    """(n_items,) how often each was chosen in training"""
    titles: Sequence[str]
    """(n_items,)"""
    fluency: NDArray[np.float32] | None = None
    """(n_items,) log-probability of each title's mean token for nobody; ``None``: not measured"""


@dataclass(frozen=True, slots=True, eq=False)
class BiasReport:
    """Biases of several rankers on the same questions."""

    values: pl.DataFrame
    """A row a ranker, measure and question: ranker, measure, person, value"""
    places: pl.DataFrame
    """A row a ranker and place shown: ranker, shown (from 1), given (mean place, from 1), low,
    high, first (share of answers that begin with it)"""

    def summary(self, run: Run) -> pl.DataFrame:
        """Mean of each measure with its 95 % interval, drawing people."""
        rows = []
        for (ranker, measure), part in self.values.group_by(
            "ranker", "measure", maintain_order=True
        ):
            column = part["value"].to_numpy()[:, None]
            low, high = intervals(column, clusters_of(part["person"].to_numpy()), run)
            known = column[np.isfinite(column)]
            rows.append(
                {
                    "ranker": ranker,
                    "measure": measure,
                    "value": float(known.mean()) if len(known) else float("nan"),
                    "low": float(low[0]),
                    "high": float(high[0]),
                    "questions": len(known),
                }
            )
        return pl.DataFrame(rows)

    def compare(self, before: str, after: str, run: Run) -> pl.DataFrame:
        """Paired difference of each measure's size, after less before: below 0, less bias.

        Returns:
            measure, before, after (mean sizes), difference, low, high, p (permutation, by person),
            p_holm. The size is that of the mean: a bias to either side counts, noise around 0
            does not.
        """
        wide = self.values.filter(pl.col("ranker").is_in([before, after]))
        missing = {before, after} - set(wide["ranker"])
        if missing:
            known = ", ".join(self.values["ranker"].unique(maintain_order=True))
            raise UsageError(f"no ranker {missing.pop()!r} was measured; there are: {known}")
        rows = [
            {"measure": measure} | _difference(wide.filter(measure=measure), before, after, run)
            for measure in wide["measure"].unique(maintain_order=True)
        ]
        table = pl.DataFrame(rows)
        return table.with_columns(p_holm=pl.Series(holm(table["p"].to_numpy())))


def measure_bias(
    rankers: Mapping[str, Recommender],
    queries: Queries,
    known: Known,
    run: Run,
    *,
    orders: int = 3,
) -> BiasReport:
    """Asks each ranker the same questions several times.

    Args:
        rankers: By name; anything that takes candidates.
        queries: With candidates, at least 3 a row; rows with fewer are left out of the means.
        known: Of the items.
        run: Seeds the orders; its deadline and books hold for all.
        orders: Orders in which candidates are shown, at least 2.

    Raises:
        UsageError: There are no candidates, or too few orders.
    """
    if queries.candidates is None:
        raise UsageError("queries without candidates: a re-ranker's bias is measured on them")
    if orders < 2:
        raise UsageError(f"orders={orders}: need at least 2 to see whether the order matters")
    shown = [_reordered(queries, run, number) for number in range(orders)]
    shuffled = _history_shuffled(shown[0], run)
    people = np.arange(len(queries)) if queries.users is None else queries.users
    values, places = [], []
    for name, ranker in rankers.items():
        given = [_places(ranker, each, run) for each in shown]
        # Who draws orders of their own answers differently anyway: that much says nothing.
        other = replace(run, seed=run.seed + 1)
        again, anew = (_places(ranker, each, other) for each in (shown[0], shuffled))
        measured = _measured(shown, given, known)
        measured["history"] = _changes(anew, given[0]) - _changes(again, given[0])
        for measure, column in measured.items():
            values.append(
                pl.DataFrame(
                    {"ranker": name, "measure": measure, "person": people, "value": column}
                )
            )
        places.append(_curve(name, given, run))
    return BiasReport(pl.concat(values), pl.concat(places))


def _reordered(queries: Queries, run: Run, number: int) -> Queries:
    """The same candidates in a random order, drawn for each row by itself."""
    candidates = queries.candidates
    assert candidates is not None
    rng = run.rng("trust.bias.order", number)
    order = np.lexsort((rng.random(len(candidates.values)), candidates.rows()))
    return replace(queries, candidates=Ragged(candidates.values[order], candidates.offsets))


def _history_shuffled(queries: Queries, run: Run) -> Queries:
    past = queries.histories.items
    rng = run.rng("trust.bias.history")
    order = np.lexsort((rng.random(len(past.values)), past.rows()))
    return replace(queries, histories=History(Ragged(past.values[order], past.offsets)))


def _places(ranker: Recommender, queries: Queries, run: Run) -> list[Floats]:
    """For each row the place from 0 of each candidate, in the order shown.

    Those that are not answered share the mean of the places that are left.
    """
    assert queries.candidates is not None
    widest = int(queries.candidates.lengths.max(initial=1))
    answered = ranker.recommend(queries, widest, run)
    found = []
    for row in range(len(queries)):
        shown = queries.candidates[row]
        listed = answered.items[row][answered.items[row] >= 0]
        order = np.argsort(shown, kind="stable")
        at = order[np.searchsorted(shown[order], listed)]
        places = np.full(len(shown), (len(listed) + len(shown) - 1) / 2)
        places[at] = np.arange(len(listed))
        found.append(places)
    return found


def _changes(one: Sequence[Floats], two: Sequence[Floats]) -> Floats:
    """(n,) pairs of each row that two answers put differently; nan with fewer than 3 candidates."""
    pairs = zip(one, two, strict=True)
    return np.array([discordant(a, b) if len(a) > 2 else np.nan for a, b in pairs])


def _measured(
    shown: Sequence[Queries], given: Sequence[list[Floats]], known: Known
) -> dict[str, Floats]:
    """(n,) of each measure; nan where a row has fewer than 3 candidates."""
    n = len(shown[0])
    columns = {name: np.full((len(shown), n), np.nan) for name in MEASURES if name != "history"}
    lengths = np.array([len(title) for title in known.titles], np.float64)
    for row in range(n):
        items = [_candidates(queries, row) for queries in shown]
        if len(items[0]) < 3:
            continue
        for number, (own, places) in enumerate(zip(items, given, strict=True)):
            good = -places[row]
            columns["place"][number, row] = _correlation(np.arange(len(own)), places[row])
            columns["length"][number, row] = _correlation(lengths[own], good)
            columns["popularity"][number, row] = _share_below(known.popularity[own], good)
            if known.fluency is not None:
                columns["fluency"][number, row] = _correlation(known.fluency[own], good)
        by_item = [places[row][np.argsort(own)] for own, places in zip(items, given, strict=True)]
        columns["order"][:-1, row] = [discordant(one, two) for one, two in pairwise(by_item)]
    means = {name: _mean_of_known(values) for name, values in columns.items()}
    if known.fluency is None:
        del means["fluency"]
    return means


def _candidates(queries: Queries, row: int) -> NDArray[np.int32]:
    assert queries.candidates is not None
    return queries.candidates[row]


def discordant(one: Floats, two: Floats) -> float:
    """The share of pairs that two orders put differently; a tie in one of them is half a change.

    >>> discordant(np.array([0.0, 1.0, 2.0]), np.array([0.0, 2.0, 1.0]))
    0.3333333333333333
    """
    upper = np.triu_indices(len(one), 1)
    first = np.sign(one[:, None] - one[None, :])[upper]
    second = np.sign(two[:, None] - two[None, :])[upper]
    return float(np.abs(first - second).mean() / 2)


def _correlation(one: NDArray[np.number], two: Floats) -> float:
    """Spearman's; 0 where one side does not vary."""
    first, second = rankdata(one), rankdata(two)
    first, second = first - first.mean(), second - second.mean()
    size = np.sqrt((first**2).sum() * (second**2).sum())
    return float((first * second).sum() / size) if size > 0 else 0.0


def _share_below(popularity: NDArray[np.float32], good: Floats) -> float:
    """Of all other candidates, those less popular than the first answer (ties half), less 0.5."""
    best = np.flatnonzero(good == good.max())
    mine = popularity[best][:, None]
    below = (popularity < mine).sum(1) + ((popularity == mine).sum(1) - 1) / 2
    return float(below.mean() / (len(popularity) - 1) - 0.5)


def _mean_of_known(values: Floats) -> Floats:
    known = np.isfinite(values)
    total = np.where(known, values, 0.0).sum(0)
    return np.where(known.any(0), total / np.maximum(known.sum(0), 1), np.nan)


def _curve(name: str, given: Sequence[list[Floats]], run: Run) -> pl.DataFrame:
    """Mean place given to each place shown, over all rows of full width."""
    width = max((len(row) for row in given[0]), default=0)
    full = [row for row in range(len(given[0])) if len(given[0][row]) == width]
    stacked = np.stack([np.stack([places[row] for row in full]) for places in given])
    mean = stacked.mean(0)
    low, high = intervals(mean, np.arange(len(full)), run)
    return pl.DataFrame(
        {
            "ranker": name,
            "shown": np.arange(1, width + 1),
            "given": mean.mean(0) + 1,
            "low": low + 1,
            "high": high + 1,
            "first": (stacked == 0).mean((0, 1)),
        }
    )


def _difference(part: pl.DataFrame, before: str, after: str, run: Run) -> dict[str, float]:
    """Sizes of the two means, and a paired test of the difference towards the side of the first."""
    old, new = (part.filter(ranker=name)["value"].to_numpy() for name in (before, after))
    clusters = clusters_of(part.filter(ranker=before)["person"].to_numpy())
    both = np.isfinite(old) & np.isfinite(new)
    old, new, clusters = old[both], new[both], clusters_of(clusters[both])
    side = np.sign(old.mean()) if len(old) else 1.0
    # A mean that crosses 0 is as much a bias as before, to the other side.
    turned = np.sign(new.mean()) if len(new) else 1.0
    differences = (turned * new - side * old)[:, None]
    low, high = intervals(differences, clusters, run)
    return {
        "before": float(abs(old.mean())),
        "after": float(abs(new.mean())),
        "difference": float(differences.mean()),
        "low": float(low[0]),
        "high": float(high[0]),
        "p": float(permutation_p(differences, clusters, run)[0]),
    }
