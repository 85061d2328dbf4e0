"""What a model's likelihoods are worth, learned from choices that people made in training.

Platt, "Probabilistic Outputs for Support Vector Machines", 1999, for yes and no; for places in a
list, the mean log-probability of each place is subtracted, as in Zhao et al., "Calibrate Before
Use", ICML 2021, with real questions instead of an empty one.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from penchant.core import Run
from penchant.data import Cases, Dataset
from penchant.prompting.ranking import Question

FLATTEST = 1e-3
"""Of the slopes that :func:`platt` finds."""
_STEPS = 50


@dataclass(frozen=True, slots=True, eq=False)
class PastChoice:
    """What somebody chose after what, in training or validation."""

    history: NDArray[np.int32]
    """Items, oldest first; never empty"""
    chosen: int


def past_choices(data: Dataset, valid: Cases | None, n: int, run: Run) -> list[PastChoice]:
    """At most ``n`` choices, drawn among people: those of validation, else everybody's last one.

    Nothing of a test set can be among them, since fitting never receives one.
    """
    if valid is not None and len(valid):
        histories, relevant = valid.queries.histories.items, valid.relevant
        pairs = [
            (histories[row], relevant[row][:1]) for row in range(len(valid)) if len(relevant[row])
        ]
    else:
        histories = data.histories().items
        pairs = [(histories[row][:-1], histories[row][-1:]) for row in range(len(histories))]
    usable = [(past[past >= 0], chosen) for past, chosen in pairs]
    usable = [(past, chosen) for past, chosen in usable if len(past) and len(chosen)]
    drawn = run.rng("prompting.past").permutation(len(usable))[:n]
    return [PastChoice(usable[at][0], int(usable[at][1][0])) for at in np.sort(drawn)]


def past_questions(
    choices: Sequence[PastChoice], n_items: int, run: Run, *, history: int, chosen: bool, n: int
) -> list[Question]:
    """Questions that people have answered already, with random candidates.

    Args:
        choices: Of the past.
        n_items: Size of the catalogue.
        run: Seeds the draws.
        history: Items of a history that are shown, the newest.
        chosen: Whether what was chosen is a candidate, the first one.
        n: Candidates besides that; random items that were neither chosen nor had before.
    """
    questions = []
    for at, choice in enumerate(choices):
        closed = np.append(choice.history, choice.chosen)
        free = np.setdiff1d(np.arange(n_items, dtype=np.int32), closed)
        rng = run.rng("prompting.others", at)
        drawn = rng.choice(free, min(n, len(free)), replace=False).astype(np.int32)
        shown = np.append(np.int32(choice.chosen), drawn) if chosen else drawn
        questions.append(Question(choice.history[-history:], shown.astype(np.int32)))
    return questions


def platt(log_odds: NDArray[np.float32], truths: NDArray[np.bool_]) -> tuple[float, float]:
    """Slope and offset such that 1 / (1 + exp(-(slope · log_odds + offset))) is a probability.

    Newton's method on Platt's smoothed targets; unreadable ones (nan) are left out. (1, 0) where
    there is nothing to learn from. What speaks against the truth is told as next to nothing, with
    the slope 0.001, so that no order is turned around by a chance find.

    Args:
        log_odds: (n,) of yes against no, natural log.
        truths: (n,) whether yes would have been right.
    """
    read = np.isfinite(log_odds)
    x, yes = log_odds[read].astype(np.float64), truths[read]
    n_yes, n_no = int(yes.sum()), int((~yes).sum())
    if not n_yes or not n_no:
        return 1.0, 0.0
    wanted = np.where(yes, (n_yes + 1) / (n_yes + 2), 1 / (n_no + 2))
    middle, width = x.mean(), max(x.std(), 1e-6)
    design = np.stack([(x - middle) / width, np.ones(len(x))], 1)
    weights = np.zeros(2)
    for _ in range(_STEPS):
        chance = 1 / (1 + np.exp(-design @ weights))
        slope = design.T @ (wanted - chance) - 1e-6 * weights
        curve = (design * (chance * (1 - chance))[:, None]).T @ design + 1e-6 * np.eye(2)
        step = np.linalg.solve(curve, slope)
        weights += step
        if np.abs(step).max() < 1e-10:
            break
    if weights[0] / width < FLATTEST:
        share = wanted.mean()
        return FLATTEST, float(np.log(share / (1 - share)) - FLATTEST * middle)
    return float(weights[0] / width), float(weights[1] - weights[0] * middle / width)


def place_bias(values: Sequence[NDArray[np.float32]], n: int) -> NDArray[np.float32]:
    """(n,) the mean log-probability of each place, less that of all places; 0 where never seen.

    Args:
        values: For each question the log-probability of each of its places; rows with nan do not
            count.
        n: Places at most.
    """
    total, seen = np.zeros(n), np.zeros(n)
    for row in values:
        if len(row) and np.isfinite(row).all():
            total[: len(row)] += row[:n] - np.logaddexp.reduce(row.astype(np.float64))
            seen[: len(row)] += 1
    mean = np.where(seen > 0, total / np.maximum(seen, 1), 0.0)
    if (seen > 0).any():
        mean = np.where(seen > 0, mean - mean[seen > 0].mean(), 0.0)
    return mean.astype(np.float32)
