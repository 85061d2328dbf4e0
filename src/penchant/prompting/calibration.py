"""What a model's likelihoods are worth, learned from choices that people made in training.

Platt, "Probabilistic Outputs for Support Vector Machines", 1999, for yes and no; for places in a
list, the mean log-probability of each place is subtracted, as in Zhao et al., "Calibrate Before
Use", ICML 2021, with real questions instead of an empty one.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from penchant.core import Ragged, Run
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
    proposed: NDArray[np.int32] | None = None
    """Items that were proposed, the best first; ``None``: all were open."""


def past_choices(
    data: Dataset, valid: Cases | None, n: int, run: Run, *, pool: int | None = None
) -> list[PastChoice]:
    """At most ``n`` choices, drawn among people: those of validation, else everybody's last one.

    Nothing of a test set can be among them, since fitting never receives one.

    Args:
        data: What was learned from.
        valid: Choices after it, among its candidates where it has some.
        n: Choices.
        run: Seeds the draw.
        pool: Candidates that count, the first ones; ``None``: all.
    """
    proposals: Ragged | None = None
    if valid is not None and len(valid):
        histories, proposals = valid.queries.histories.items, valid.queries.candidates
        pairs = [(histories[row], valid.relevant[row][:1]) for row in range(len(valid))]
    else:
        histories = data.histories().items
        pairs = [(histories[row][:-1], histories[row][-1:]) for row in range(len(histories))]
    known = [past[past >= 0] for past, _ in pairs]
    usable = [row for row, (_, chosen) in enumerate(pairs) if len(known[row]) and len(chosen)]
    drawn = np.sort(run.rng("prompting.past").permutation(len(usable))[:n])
    rows = [usable[at] for at in drawn]
    offered = {row: proposals[row][:pool] for row in rows} if proposals is not None else {}
    return [PastChoice(known[row], int(pairs[row][1][0]), offered.get(row)) for row in rows]


def past_questions(
    choices: Sequence[PastChoice], n_items: int, run: Run, *, history: int, chosen: bool, n: int
) -> list[Question]:
    """Questions that people have answered already.

    Args:
        choices: Of the past.
        n_items: Size of the catalogue.
        run: Seeds the draws.
        history: Items of a history that are shown, the newest.
        chosen: Whether what was chosen is a candidate, the first one, if it was proposed at all.
        n: Candidates besides that; drawn from what was proposed, or else from all items, that was
            neither chosen nor had before.
    """
    questions = []
    every = np.arange(n_items, dtype=np.int32)
    for at, choice in enumerate(choices):
        offered = every if choice.proposed is None else choice.proposed
        free = np.setdiff1d(offered, np.append(choice.history, choice.chosen))
        rng = run.rng("prompting.others", at)
        drawn = rng.choice(free, min(n, len(free)), replace=False).astype(np.int32)
        first = [choice.chosen] if chosen and choice.chosen in offered else []
        shown = np.append(np.array(first, np.int32), drawn)
        questions.append(Question(choice.history[-history:], shown))
    return questions


def learned_odds(
    said: Sequence[NDArray[np.float32]],
    questions: Sequence[Question],
    choices: Sequence[PastChoice],
) -> NDArray[np.float32]:
    """(2,) slope and offset of :func:`platt`, from what was said of each candidate.

    Args:
        said: For each question the log-odds of yes of its candidates.
        questions: As :func:`past_questions` makes them.
        choices: What they were made of.
    """
    asked = zip(questions, choices, strict=True)
    truths = [question.candidates == choice.chosen for question, choice in asked]
    none = np.zeros(0, np.float32)
    odds, right = np.concatenate([none, *said]), np.concatenate([none > 0, *truths])
    return np.array(platt(odds, right), np.float32)


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
