"""Candidates put before a language model: as a list, one by one, or two at a time.

What a model says of them comes back as numbers, one for each candidate; what could not be read is
nan and is counted by kind. Nothing here knows which candidate would have been right.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from penchant.core import Interrupted, PenchantError, Ragged, Run
from penchant.data import Queries
from penchant.language import OpenModel, Prompt, Reply, Scorer, Usage, Writer
from penchant.prompting.merging import ranks_of
from penchant.prompting.presets import prompt
from penchant.prompting.reading import COPIED, read_order, read_titles
from penchant.tasks import read_choice, read_yes_no

Style = Literal["sequential", "recency", "in-context"]
STYLES: tuple[Style, ...] = get_args(Style)
OrderAnswer = Literal["numbers", "titles", "likelihood"]
ORDER_ANSWERS: tuple[OrderAnswer, ...] = get_args(OrderAnswer)
LIST_PROMPTS: Mapping[Style, str] = {
    "sequential": "rank-sequential@1",
    "recency": "rank-recency@1",
    "in-context": "rank-in-context@1",
}
YES_NO_PROMPT = "rank-yes-no@1"
PAIR_PROMPT = "rank-pair@1"
WRITTEN = 2.0
"""Log-odds of a yes or a choice that was written and not scored: a chance of 0.88."""


@dataclass(frozen=True, slots=True, eq=False)
class Question:
    """What a person chose, and what they may choose from, in the order in which it is shown."""

    history: NDArray[np.int32]
    """Items, oldest first, all known"""
    candidates: NDArray[np.int32]
    """(n,) items"""


@dataclass(frozen=True, slots=True, eq=False)
class Wording:
    """How questions are put."""

    titles: Sequence[str]
    """(n_items,) as the catalogue has them; prompts clean them"""
    style: Style = "sequential"
    noun: str = "item"
    """What is chosen, in the singular: ``movie``"""
    chosen: str = "chosen"
    """What is done with it, as in: I have ``watched``"""
    guarded: bool = True
    """Whether sentences that speak to the model are taken out of titles"""

    def slots(self) -> dict[str, str]:
        """What is filled in wherever a prompt has it."""
        return {"noun": self.noun, "chosen": self.chosen}

    def of(self, items: NDArray[np.int32]) -> list[str]:
        """The titles of items."""
        return [self.titles[item] for item in items]


@dataclass(frozen=True, slots=True, eq=False)
class Heard:
    """What came back."""

    values: list[NDArray[np.float32]]
    """A number for each candidate of each question, nan where there is none"""
    failures: Mapping[str, int] = field(default_factory=dict)
    """Kind of failure -> how many prompts had it"""
    usage: Usage = field(default_factory=Usage)
    calls: int = 0
    """Prompts that were put"""

    def __add__(self, other: "Heard") -> "Heard":
        failures = Counter(self.failures) + Counter(other.failures)
        usage = self.usage + other.usage
        return Heard(self.values + other.values, failures, usage, self.calls + other.calls)


def row_questions(queries: Queries, pools: Ragged, *, history: int, most: int) -> list[Question]:
    """What is asked for each row: its newest known items, and the first of its pool.

    Args:
        queries: n rows.
        pools: Their candidates in the order of proposal.
        history: Items of a history at most.
        most: Candidates at most.
    """
    past = queries.histories.items
    known = (past[row][past[row] >= 0] for row in range(len(queries)))
    return [Question(seen[-history:], pools[row][:most]) for row, seen in enumerate(known)]


def listwise(
    model: OpenModel,
    questions: Sequence[Question],
    wording: Wording,
    answer: OrderAnswer,
    run: Run,
) -> Heard:
    """One prompt a question, with all its candidates numbered from 1 in the order shown.

    Returns:
        For ``numbers`` and ``titles``: places from 0, best first; nan for what the answer leaves
        out, and for all of an answer that only copies the order shown. For ``likelihood``: the
        log-probability that the answer begins with each number.
    """
    prompts = [_list_prompt(question, wording, answer) for question in questions]
    if answer == "likelihood":
        # The full stop ends the number: without it "1" would have the likelihood of "10", too.
        numbers = [[f"{at + 1}." for at in range(len(q.candidates))] for q in questions]
        return scored(model, prompts, numbers, run)
    longest = max((len(question.candidates) for question in questions), default=0)
    tokens = 16 + longest * (4 if answer == "numbers" else 20)
    replies = _written(model, prompts, tokens, run)
    failures: Counter[str] = Counter()
    values = []
    for reply, question in zip(replies, questions, strict=True):
        places, counts = _places(reply, question, wording, answer)
        values.append(places)
        failures.update(counts)
    return Heard(values, failures, total_usage(replies), len(prompts))


def yes_no(model: OpenModel, questions: Sequence[Question], wording: Wording, run: Run) -> Heard:
    """One prompt a candidate: would this person choose it?

    Returns:
        Log-odds of yes against no; of a model that cannot score, 2 or -2 by what it wrote.
    """
    made = prompt(YES_NO_PROMPT)
    prompts = [
        made.fill(
            wording.guarded,
            history=wording.of(question.history),
            candidate=title,
            **wording.slots(),
        )
        for question in questions
        for title in wording.of(question.candidates)
    ]
    heard = _either(model, prompts, ("Yes", "No"), run)
    return _grouped(heard, [len(question.candidates) for question in questions])


def compared(
    model: OpenModel,
    questions: Sequence[Question],
    pairs: Sequence[NDArray[np.int32]],
    wording: Wording,
    run: Run,
) -> Heard:
    """One prompt a pair of candidates: which of the two?

    Args:
        model: That is asked.
        questions: Whose candidates are compared.
        pairs: For each question (m, 2) places in its candidates, in the order in which they are
            named.
        wording: How it is put.
        run: Deadline and books.

    Returns:
        For each pair, the log-odds of the first against the second.
    """
    made = prompt(PAIR_PROMPT)
    prompts = [
        made.fill(
            wording.guarded,
            history=wording.of(question.history),
            first=wording.titles[question.candidates[one]],
            second=wording.titles[question.candidates[two]],
            **wording.slots(),
        )
        for question, met in zip(questions, pairs, strict=True)
        for one, two in met.tolist()
    ]
    return _grouped(_either(model, prompts, ("1", "2"), run), [len(met) for met in pairs])


def scored(
    model: OpenModel, prompts: Sequence[Prompt], answers: Sequence[Sequence[str]], run: Run
) -> Heard:
    """The log-probability of each answer to each prompt."""
    assert isinstance(model, Scorer)
    if not prompts:
        return Heard([])
    told = model.score(prompts, answers, run=run)
    values = np.split(told.log_probs, told.offsets[1:-1])
    return Heard(values, dict(told.failures), told.usage, len(prompts))


def unheard(questions: Sequence[Question], kind: str) -> Heard:
    """What is known when nobody could be asked."""
    nothing = [np.full(len(question.candidates), np.nan, np.float32) for question in questions]
    return Heard(nothing, {kind: len(questions)} if questions else {}, calls=len(questions))


def total_usage(replies: Sequence[Reply]) -> Usage:
    """What all of them took."""
    return sum((reply.usage for reply in replies), Usage())


def _list_prompt(question: Question, wording: Wording, answer: OrderAnswer) -> Prompt:
    history, candidates = wording.of(question.history), wording.of(question.candidates)
    form = "first" if answer == "likelihood" else answer
    made = prompt(LIST_PROMPTS[wording.style])
    filled = {"history": history, "candidates": candidates, "form": form, **wording.slots()}
    return made.fill(wording.guarded, **filled)


def _written(model: OpenModel, prompts: Sequence[Prompt], tokens: int, run: Run) -> list[Reply]:
    assert isinstance(model, Writer)
    return model.write(prompts, max_tokens=tokens, run=run) if prompts else []


def _either(model: OpenModel, prompts: Sequence[Prompt], words: tuple[str, str], run: Run) -> Heard:
    """Log-odds of the first word against the second, one for each prompt."""
    if isinstance(model, Scorer):
        try:
            return _odds(scored(model, prompts, [words] * len(prompts), run))
        except Interrupted:
            raise
        except PenchantError:
            # Many endpoints tell no likelihoods, which is known only when they are asked.
            if not isinstance(model, Writer):
                raise
    replies = _written(model, prompts, 8, run)
    failures: Counter[str] = Counter()
    values = np.full(len(replies), np.nan, np.float32)
    for at, reply in enumerate(replies):
        read = read_yes_no(reply.text) if words[0] == "Yes" else _first(reply.text)
        if read is None:
            failures[reply.failure or "unreadable"] += 1
        else:
            values[at] = WRITTEN if read else -WRITTEN
    return Heard([values], failures, total_usage(replies), len(prompts))


def _odds(heard: Heard) -> Heard:
    odds = [np.float32(first - second) for first, second in heard.values]
    return replace(heard, values=[np.array(odds, np.float32)])


def _first(text: str) -> bool | None:
    choice = read_choice(text, 2)
    return None if choice is None else choice == 0


def _grouped(heard: Heard, lengths: Sequence[int]) -> Heard:
    flat = np.concatenate([np.zeros(0, np.float32), *heard.values])
    values = np.split(flat, np.cumsum(lengths)[:-1]) if len(lengths) else []
    return Heard(values, heard.failures, heard.usage, heard.calls)


def _places(
    reply: Reply, question: Question, wording: Wording, answer: OrderAnswer
) -> tuple[NDArray[np.float32], Mapping[str, int]]:
    """Place of each candidate in an answer, and what was wrong with it."""
    n, titles = len(question.candidates), wording.of(question.candidates)
    past = wording.of(question.history)
    if reply.failure:
        return np.full(n, np.nan, np.float32), {reply.failure: 1}
    if answer == "numbers":
        read = read_order(reply.text, n, titles=titles, history=past)
    else:
        read = read_titles(reply.text, titles, mode="fuzzy", history=past)
    # A copied list says how it was shuffled, and nothing of the candidates.
    order = read.order[:0] if COPIED in read.failures else read.order
    return ranks_of(order, n), read.failures
