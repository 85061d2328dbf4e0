"""InContext: five tasks asked of a language model that learned none of them.

Liu, Liu, Lv, Zhou and Zhang, "Is ChatGPT a Good Recommender? A Preliminary Study", 2023,
arXiv:2304.10149.

Ratings, the next item, items out of candidates, explanations and summaries of reviews are asked for
in the paper's words, with examples from the person's own past (few-shot) or without (zero-shot).
Differs from the paper: titles that come back are matched with the catalogue, and open items fill up
an answer, so that k items come back; the stars of an explanation are the person's mean rating,
since what they are going to give is not known; candidates stand in an order of each question's own.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from penchant.core import Ragged, Run, State, UnknownName, UsageError
from penchant.data import Cases, Catalog, Dataset, Queries, Rankings
from penchant.language import LanguageModel, LocalLM, Prompt
from penchant.prompting import (
    Examples,
    OwnExamples,
    PastText,
    PastTexts,
    Shelf,
    ask_for_shares,
    ask_for_texts,
    check_writer,
    cleaned,
    first_of,
    genres_of,
    independent_orders,
    note_failures,
    own_ratings,
    prompt,
    question_key,
    rating_steps,
    read_score,
    texts_kept,
)
from penchant.tasks import Scale

Task = Literal["next", "direct"]
Reading = Literal["written", "expected"]
Writing = Literal["explanation", "summary"]
LONGEST_TEXT = 400
"""Characters of what is written."""
_PAST = {"explanation": ("explanation",), "summary": ("review", "summary")}


@dataclass(frozen=True, kw_only=True)
class InContext:
    """A language model asked in the words of five tasks.

    >>> import penchant as pn
    >>> from penchant.language import ScriptedLM
    >>> method = pn.InContext(lm=ScriptedLM(answers=("(4 stars, 90%)",)))
    >>> fitted = method.fit(pn.data.mini_world(), pn.Run())
    >>> rated = pn.data.rated_cases(pn.data.split_time(pn.data.mini_world()).test,
    ...                             pn.data.mini_world())
    >>> fitted.rate(rated.queries, rated.items, pn.Run())[:2].tolist()
    [4.0, 4.0]
    """

    lm: LanguageModel = field(default_factory=LocalLM)
    shots: int = 5
    """Examples from the person's past; 0: zero-shot. Where the past has none, zero-shot, too."""
    examples: Examples = "recent"
    """Which ones: the newest; those *nearest* to what is asked by words (of texts, those of
    anybody in training); or *random* ones."""
    task: Task = "direct"
    """How items are recommended: *direct*, out of candidates that the prompt shows; *next*, any."""
    writing: Writing = "explanation"
    """What is written: why an item suits; or what a review says (of ``queries.texts``)."""
    ratings: Reading = "written"
    """*written*: as the paper asks, read from the answer; *expected*: the mean of the ratings that
    people give by their likelihoods, which the model must tell; never unreadable."""
    pool: int = 20
    """Candidates shown; of a row without any, the most chosen open items."""
    history: int = 10
    """Items of the history that are told, the newest."""
    named: int = 10
    """Items that are asked for."""
    words: int | None = None
    """Of what is written, about; ``None``: the paper's 10 of an explanation, 4 of a summary."""

    def __post_init__(self) -> None:
        for name, known in (
            ("task", get_args(Task)),
            ("writing", get_args(Writing)),
            ("ratings", get_args(Reading)),
            ("examples", get_args(Examples)),
        ):
            if getattr(self, name) not in known:
                raise UnknownName(name, getattr(self, name), known)
        for name, least in (("shots", 0), ("pool", 1), ("history", 1), ("named", 1)):
            if getattr(self, name) < least:
                raise UsageError(f"{name}={getattr(self, name)}: need at least {least}")
        if self.words is not None and self.words < 1:
            raise UsageError(f"words={self.words}: need at least 1")

    def fit(self, data: Dataset, run: Run, *, valid: Cases | None = None) -> "InContextRecommender":
        """Opens the model once; keeps counts, the scale and examples. Nothing is trained.

        Raises:
            PenchantError: The model cannot be used.
        """
        check_writer(self.lm, run)
        most = texts_kept(self.examples, self.shots)
        past = PastTexts.of(data, _PAST[self.writing], most=most)
        shelf, steps = Shelf.of(data), rating_steps(data)
        return InContextRecommender(
            self, shelf, [", ".join(of) or "unknown" for of in genres_of(data.catalog)], steps, past
        )

    def restore(self, state: State, catalog: Catalog, run: Run) -> "InContextRecommender":
        """The recommender that gave this state; the model is opened when it is first asked."""
        shelf = Shelf.restore(state.arrays["counts"], catalog)
        past = PastTexts.restore(state.json["past"])
        steps = tuple(state.json["steps"])
        return InContextRecommender(
            self, shelf, [", ".join(of) or "unknown" for of in genres_of(catalog)], steps, past
        )


@dataclass(frozen=True, eq=False)
class InContextRecommender:
    """A fitted :class:`InContext`; scores are 1 / rank."""

    method: InContext
    shelf: Shelf
    categories: Sequence[str]
    """(n_items,)"""
    steps: tuple[float, ...]
    """The ratings that people give, rising"""
    past: PastTexts

    @property
    def scale(self) -> Scale:
        """From the lowest to the highest rating."""
        return Scale(self.steps[0], self.steps[-1])

    def recommend(self, queries: Queries, k: int, run: Run) -> Rankings:
        """What the model names, then other open items; DEGRADED where it named none.

        Somebody without history is not asked about.
        """
        method, past = self.method, queries.histories.items
        known = np.array([bool((past[row] >= 0).any()) for row in range(len(past))], np.bool_)
        asked = np.flatnonzero(known)
        part = queries.take(asked)
        pools = self._shown(part, max(k, method.pool), run)
        ask = self._direct if method.task == "direct" else self._next
        prompts = [ask(part.histories.items[row], pools[row], run) for row in range(len(part))]
        told = ask_for_texts(method.lm, prompts, max_tokens=24 * method.named + 32, run=run)
        if method.task == "direct":
            listed = self.shelf.titled(told.texts, pools, part.histories.items)
        else:
            listed = self.shelf.find(told.texts, part)
        failures = Counter(told.failures) + Counter(listed.failures)
        note_failures(run, "in-context", failures, len(asked), "other open items fill such rows up")
        items: list[Sequence[int] | None] = [None] * len(queries)
        for row, found in zip(asked.tolist(), listed.items, strict=True):
            items[row] = found
        return self.shelf.ranked(items, queries, k, run, asked=known)

    def rate(self, queries: Queries, items: NDArray[np.int32], run: Run) -> NDArray[np.float32]:
        """(n,) on the scale of the data; nan: unreadable, no answer, or an unknown item."""
        known = np.flatnonzero((items >= 0) & (items < len(self.shelf)))
        prompts = [
            self._rating(queries.take(np.array([row])), int(items[row]), run) for row in known
        ]
        ratings = np.full(len(items), np.nan, np.float32)
        if self.method.ratings == "expected":
            answers = [f"{step:g}" for step in self.steps]
            shares, failures = ask_for_shares(self.method.lm, prompts, answers, run=run)
            note_failures(run, "in-context", failures, len(known), "they have no rating")
            ratings[known] = shares @ np.array(self.steps)
            return ratings
        told = ask_for_texts(self.method.lm, prompts, max_tokens=24, run=run)
        failures = Counter(told.failures)
        for row, text in zip(known.tolist(), told.texts, strict=True):
            if text is not None:
                read = read_score(text, self.scale)
                failures.update(read.failures)
                ratings[row] = np.nan if read.value is None else read.value
        note_failures(run, "in-context", failures, len(known), "they have no rating")
        return ratings

    def write(self, queries: Queries, items: NDArray[np.int32], run: Run) -> list[str]:
        """(n,) an explanation, or the summary of ``queries.texts``; empty without an answer."""
        summary = self.method.writing == "summary"
        ask = self._summary if summary else self._explanation
        known = np.flatnonzero((items >= 0) & (items < len(self.shelf)))
        if summary and queries.texts is None:
            raise UsageError("a summary needs a review in queries.texts; see written_cases(about=)")
        rows = [queries.take(np.array([row])) for row in known]
        prompts = [ask(row, int(item), run) for row, item in zip(rows, items[known], strict=True)]
        told = ask_for_texts(self.method.lm, prompts, max_tokens=60, run=run)
        note_failures(run, "in-context", told.failures, len(known), "they have no text")
        written = [""] * len(items)
        for row, text in zip(known.tolist(), told.texts, strict=True):
            written[row] = cleaned(text or "", most=LONGEST_TEXT)
        return written

    def forget(self, people: NDArray[np.integer]) -> "InContextRecommender":
        """The same without the texts that these people wrote."""
        return replace(self, past=self.past.without(people))

    def state(self) -> State:
        """Counts, the ratings that people give, and examples."""
        json = {"past": self.past.json(), "steps": list(self.steps)}
        return State(json, arrays={"counts": self.shelf.counts})

    def _shown(self, queries: Queries, n: int, run: Run) -> Ragged:
        """The candidates of each row in a random order of its own."""
        proposed = self.shelf.proposed(queries, n, run)
        pools, shown = first_of(proposed, self.method.pool, "in-context", run), []
        for row in range(len(queries)):
            key = question_key(queries.histories.items[row], pools[row])
            shown.append(pools[row][independent_orders(len(pools[row]), 1, key, run)[0]])
        return Ragged.of(shown)

    def _next(self, past: NDArray[np.int32], pool: NDArray[np.int32], run: Run) -> Prompt:
        name = "next-few-shot@1" if self.method.shots else "next-zero-shot@1"
        history = self.shelf.told(past, most=self.method.history)
        return prompt(name).fill(history=history, k=self.method.named)

    def _direct(self, past: NDArray[np.int32], pool: NDArray[np.int32], run: Run) -> Prompt:
        titles, method = self.shelf.titles, self.method
        history = self.shelf.told(past, most=method.history)
        candidates = [titles[item] for item in pool]
        k = min(method.named, len(candidates))
        if not method.shots or len(history) < 2:
            return prompt("direct-zero-shot@1").fill(history=history, candidates=candidates, k=k)
        # The example: what they chose last, among items that they could have chosen.
        known = past[past >= 0]
        rng = run.rng("in-context.example", question_key(known, pool))
        others = np.setdiff1d(np.arange(len(titles)), np.concatenate([known, pool]))
        drawn = rng.permutation(others)[: max(0, len(pool) - 1)]
        first = rng.permutation(np.append(drawn, known[-1]))
        return prompt("direct-few-shot@1").fill(
            history=history[:-1],
            chosen=history[-1],
            pool=[titles[item] for item in first],
            candidates=candidates,
            k=k,
        )

    def _rating(self, query: Queries, item: int, run: Run) -> Prompt:
        scale = {"lowest": f"{self.scale.lowest:g}", "highest": f"{self.scale.highest:g}"}
        rated = self._examples.rated(own_ratings(query), item, run)
        title = self.shelf.titles[item]
        if not rated:
            return prompt("rate-zero-shot@1").fill(
                title=title, category=self.categories[item], **scale
            )
        rows = [{"title": self.shelf.titles[i], "rating": f"{given:.1f}"} for i, given in rated]
        return prompt("rate-few-shot@1").fill(title=title, rated=rows, **scale)

    def _explanation(self, query: Queries, item: int, run: Run) -> Prompt:
        given = [rating for _, rating in own_ratings(query)]
        stars = f"{np.mean(given):.1f}" if given else f"{self.scale.highest:.1f}"
        facts: dict[str, str | int] = {
            "title": self.shelf.titles[item],
            "stars": stars,
            "words": self.method.words or 10,
        }
        past = self._past(query, self.shelf.lines[item], run)
        if past:
            rows = [
                {"title": self.shelf.titles[one.item], "explanation": one.texts["explanation"]}
                for one in past
            ]
            return prompt("explain-few-shot@1").fill(explained=rows, **facts)
        history = self.shelf.told(query.histories.items[0], most=self.method.history)
        return prompt("explain-zero-shot@1").fill(history=history, **facts)

    def _summary(self, query: Queries, item: int, run: Run) -> Prompt:
        assert query.texts is not None
        facts: dict[str, str | int] = {"review": query.texts[0], "words": self.method.words or 4}
        past = self._past(query, query.texts[0], run)
        if past:
            rows = [dict(one.texts) for one in past]
            return prompt("summarise-few-shot@1").fill(summarised=rows, **facts)
        return prompt("summarise-zero-shot@1").fill(**facts)

    def _past(self, query: Queries, question: str, run: Run) -> list[PastText]:
        user = -1 if query.users is None else int(query.users[0])
        return self._examples.texts(user, question, _PAST[self.method.writing], run)

    @cached_property
    def _examples(self) -> OwnExamples:
        method = self.method
        return OwnExamples(self.shelf.lines, self.past, method.examples, method.shots)
