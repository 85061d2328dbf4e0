"""Ways to have candidates ordered: as a list, through windows, one by one, two at a time.

Each asks about many people at once and returns a number for each of their candidates, higher is
better, in the order in which the candidates came; nan where nothing could be read.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from penchant.core import Interrupted, PenchantError, Run
from penchant.language import OpenModel
from penchant.prompting.calls import UNUSABLE
from penchant.prompting.merging import (
    Merge,
    merge_ranks,
    pair_scores,
    ranks_by_scores,
    ranks_of,
)
from penchant.prompting.permutations import drawn_pairs, independent_orders, question_key
from penchant.prompting.ranking import (
    Heard,
    OrderAnswer,
    Question,
    Wording,
    compared,
    listwise,
    unheard,
    yes_no,
)
from penchant.prompting.windows import slide


@dataclass(frozen=True, slots=True, eq=False)
class Asking:
    """How often lists are shown, in what order, and how answers become one."""

    answer: OrderAnswer = "numbers"
    copies: int = 1
    shuffled: bool = True
    """Each copy in an order of its own; else as the candidates come, once"""
    merge: Merge = "borda"
    bias: NDArray[np.float32] | None = None
    """(most candidates,) what each place is liked, in log-probability; subtracted"""

    def orders(self, question: Question, run: Run) -> NDArray[np.int32]:
        """(copies, n) how the candidates stand in each copy."""
        n = len(question.candidates)
        if not self.shuffled:
            return np.arange(n, dtype=np.int32)[None]
        key = question_key(question.history, question.candidates)
        return independent_orders(n, self.copies, key, run)

    def places(self, heard: Heard) -> list[NDArray[np.float32]]:
        """Places from 0 of the candidates as shown, whatever the answer is."""
        if self.answer != "likelihood":
            return heard.values
        if self.bias is None:
            return [ranks_by_scores(said) for said in heard.values]
        return [ranks_by_scores(said - self.bias[: len(said)]) for said in heard.values]


def rank_lists(
    model: OpenModel, questions: Sequence[Question], wording: Wording, asking: Asking, run: Run
) -> Heard:
    """All candidates in one prompt, as often as asked; 0 to 1 by :func:`merge_ranks`."""
    orders = [asking.orders(question, run) for question in questions]
    shown = [
        replace(question, candidates=question.candidates[order])
        for question, copies in zip(questions, orders, strict=True)
        for order in copies
    ]
    heard = listwise(model, shown, wording, asking.answer, run)
    return replace(heard, values=_merged(asking.places(heard), orders, asking.merge))


def rank_windows(
    model: OpenModel,
    questions: Sequence[Question],
    wording: Wording,
    asking: Asking,
    run: Run,
    *,
    window: int,
    stride: int,
) -> Heard:
    """The same with at most ``window`` candidates in a prompt; see :func:`slide`."""
    orders = [asking.orders(question, run) for question in questions]
    owners = [at for at, copies in enumerate(orders) for _ in copies]
    total = Heard([])

    def order(asked: list[int], parts: Sequence[NDArray[np.int32]]) -> list[NDArray[np.float32]]:
        nonlocal total
        shown = [
            Question(questions[owners[at]].history, questions[owners[at]].candidates[part])
            for at, part in zip(asked, parts, strict=True)
        ]
        heard = listwise(model, shown, wording, asking.answer, run)
        total = total + replace(heard, values=[])
        return asking.places(heard)

    lists = [order for copies in orders for order in copies]
    ended = slide(lists, order, window=window, stride=stride)
    places = [
        np.full(len(begun), np.nan, np.float32) if end is None else ranks_of(end, len(begun))
        for begun, end in zip(lists, ended, strict=True)
    ]
    straight = [
        np.tile(np.arange(copies.shape[1], dtype=np.int32), (len(copies), 1)) for copies in orders
    ]
    return replace(total, values=_merged(places, straight, asking.merge))


def rank_pairs(
    model: OpenModel,
    questions: Sequence[Question],
    wording: Wording,
    run: Run,
    *,
    rounds: int,
    bias: float = 0.0,
) -> Heard:
    """Two candidates in a prompt; the mean chance with which each is preferred.

    Args:
        model: That is asked.
        questions: What is asked.
        wording: How it is put.
        run: Seed, deadline, books.
        rounds: In each, every candidate meets one other (of an odd number, one rests).
        bias: Log-odds with which the first of two is preferred whoever it is; subtracted.
    """
    pairs = [
        drawn_pairs(
            len(question.candidates),
            rounds * max(1, len(question.candidates) // 2),
            question_key(question.history, question.candidates),
            run,
        )
        for question in questions
    ]
    heard = compared(model, questions, pairs, wording, run)
    values = [
        pair_scores(len(question.candidates), met, odds - np.float32(bias))
        for question, met, odds in zip(questions, pairs, heard.values, strict=True)
    ]
    return replace(heard, values=values)


def learned_pair_bias(
    model: OpenModel, questions: Sequence[Question], wording: Wording, run: Run
) -> float:
    """Log-odds with which a model prefers the first of two whoever it is, from questions of two.

    0 where nothing could be read.
    """
    pairs = [question for question in questions if len(question.candidates) == 2]
    met = [np.array([[0, 1]], np.int32)] * len(pairs)
    odds = np.concatenate([np.zeros(0), *compared(model, pairs, met, wording, run).values])
    read = odds[np.isfinite(odds)]
    return float(read.mean()) if len(read) else 0.0


def rank_one_by_one(
    model: OpenModel,
    questions: Sequence[Question],
    wording: Wording,
    run: Run,
    *,
    prior: float = 0.0,
    known: dict[int, float] | None = None,
) -> Heard:
    """One candidate in a prompt; log-odds of yes.

    Args:
        model: That is asked.
        questions: What is asked.
        wording: How it is put.
        run: Deadline, books.
        prior: How much is subtracted of the log-odds that the candidate has for somebody of whom
            nothing is known.
        known: Item -> those log-odds, as far as they were asked before; filled here.
    """
    heard = yes_no(model, questions, wording, run)
    if not prior:
        return heard
    alone = {} if known is None else known
    asked = _odds_alone(model, questions, wording, run, alone)
    values = [
        said - prior * np.array([alone.get(item, np.nan) for item in question.candidates.tolist()])
        for question, said in zip(questions, heard.values, strict=True)
    ]
    return Heard([value.astype(np.float32) for value in values]) + asked + replace(heard, values=[])


def as_chances(heard: Heard, line: NDArray[np.float32]) -> Heard:
    """Log-odds as calibrated chances.

    Args:
        heard: Of :func:`rank_one_by_one`.
        line: Slope and offset of the log-odds; see :func:`penchant.prompting.platt`.
    """
    slope, offset = line.tolist()
    chances = [1 / (1 + np.exp(-(slope * odds + offset))) for odds in heard.values]
    return replace(heard, values=[chance.astype(np.float32) for chance in chances])


def _odds_alone(
    model: OpenModel,
    questions: Sequence[Question],
    wording: Wording,
    run: Run,
    known: dict[int, float],
) -> Heard:
    items = {item for question in questions for item in question.candidates.tolist()}
    fresh = np.array(sorted(items - set(known)), np.int32)
    if not len(fresh):
        return Heard([])
    heard = yes_no(model, [Question(fresh[:0], fresh)], wording, run)
    said = heard.values[0]
    read = np.isfinite(said)
    known.update(zip(fresh[read].tolist(), said[read].tolist(), strict=True))
    return replace(heard, values=[])


def _merged(
    places: Sequence[NDArray[np.float32]], orders: Sequence[NDArray[np.int32]], merge: Merge
) -> list[NDArray[np.float32]]:
    """One score a candidate of each question, from the places in all its copies."""
    merged, start = [], 0
    for copies in orders:
        ranks = np.full(copies.shape, np.nan, np.float32)
        for at, order in enumerate(copies):
            ranks[at, order] = places[start + at]
        merged.append(merge_ranks(ranks, merge))
        start += len(copies)
    return merged


def ask_rows(
    questions: Sequence[Question],
    titles: Sequence[str],
    ask: Callable[[list[Question]], Heard],
    run: Run,
) -> Heard:
    """Asks about the rows of which anything is known and that leave a choice.

    The only candidate of a row is its first, with a number of 1. Rows without a history get nan.

    Whatever a person could mend (a wrong key, no endpoint) is noted and counted, not raised: the
    rows get nan.
    """
    _note_unknown(questions, titles, run)
    put = [at for at, q in enumerate(questions) if len(q.history) and len(q.candidates) > 1]
    asked = [questions[at] for at in put]
    try:
        heard = ask(asked) if asked else Heard([])
    except Interrupted:
        raise
    except PenchantError as error:
        run.watch.note(f"the language model did not answer: {error}")
        heard = unheard(asked, UNUSABLE)
    sizes = [len(question.candidates) for question in questions]
    values = [np.full(n, np.nan if n > 1 else 1.0, np.float32) for n in sizes]
    for at, value in zip(put, heard.values, strict=True):
        values[at] = value
    return replace(heard, values=values)


def _note_unknown(questions: Sequence[Question], titles: Sequence[str], run: Run) -> None:
    """Tells the run of people without a history, and of candidates without a title."""
    choices = [one for one in questions if len(one.candidates) > 1]
    cold = sum(not len(one.history) for one in choices)
    if cold:
        run.watch.note(
            f"{cold:,} of {len(questions):,} rows have no history: no model is asked about them, "
            "and they stay as proposed"
        )
    shown = {item for one in choices for item in one.candidates.tolist() if len(one.history)}
    blank = sum(not titles[item].strip() for item in shown)
    if blank:
        run.watch.note(
            f"{blank:,} of {len(shown):,} candidates have no title, and a model cannot know what "
            "they are\n  hint: give every item a title"
        )
