"""LLMRank: a language model orders what another method proposed.

Hou, Zhang, Lin, Lu, Xie, McAuley and Zhao, "Large Language Models are Zero-Shot Rankers for
Recommender Systems", ECIR 2024, arXiv:2305.08845. Sliding windows: Sun et al., "Is ChatGPT Good at
Search?", EMNLP 2023, arXiv:2304.09542. Pairs: Qin et al., NAACL Findings 2024, arXiv:2306.17563.

What a person chose last and up to ``pool`` candidates go into a prompt; the answer is an order.
Asked ``copies`` times, with the candidates in another order each time, answers are merged, which
takes away the model's liking for places. Differs from the paper's code: orders are independent for
each copy and each query (there, one permutation serves all copies), a question is never asked again
because the answer does not please, and what cannot be read costs the row nothing but the flag
DEGRADED: it keeps the order in which candidates were proposed.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from penchant.core import Ragged, Run, State, UnknownName, UsageError
from penchant.data import Cases, Catalog, Dataset, Queries, Rankings, positive_events
from penchant.language import LanguageModel, LocalLM, OpenModel, Scorer, opened
from penchant.prompting import (
    MERGES,
    ORDER_ANSWERS,
    STYLES,
    Asking,
    Heard,
    Merge,
    OrderAnswer,
    PastChoice,
    Question,
    Style,
    Wording,
    answered,
    as_chances,
    ask_bounded,
    ask_rows,
    first_of,
    learned_odds,
    learned_pair_bias,
    listwise,
    note_failures,
    past_choices,
    past_questions,
    place_bias,
    proposed,
    rank_lists,
    rank_one_by_one,
    rank_pairs,
    rank_windows,
    row_questions,
    short_title,
    told_within,
)

How = Literal["listwise", "windows", "pointwise", "pairwise"]
"""All candidates in one prompt; through windows; one in a prompt; two in a prompt."""
_LISTS = ("listwise", "windows")


@dataclass(frozen=True, kw_only=True)
class LLMRank:
    """Candidates ordered by a language model that was not trained for it.

    >>> import penchant as pn
    >>> from penchant.language import ScriptedLM
    >>> method = pn.Cascade(first=pn.CoVisit(), second=pn.LLMRank(lm=ScriptedLM()), pool=20)
    >>> model = pn.fit(method, pn.data.mini_world())
    >>> len(model.recommend(history=["b36501"], k=3))
    3
    """

    lm: LanguageModel = field(default_factory=LocalLM)
    how: How = "listwise"
    style: Style = "sequential"
    """Of the prompt with a list; in pairs and one by one there is one way to ask."""
    answer: OrderAnswer = "numbers"
    """What is read of a list: the candidates' numbers or titles as written, or how likely each
    number is as the first of the answer. The last needs a model that scores; one by one and in
    pairs likelihoods are used wherever the model has them."""
    copies: int = 1
    """Times that a list is asked about; rounds of pairs, in each of which every candidate is
    compared once."""
    shuffled: bool = True
    """Each copy in a random order of its own; else once, as the candidates come."""
    merge: Merge = "borda"
    """How copies become one order. Whoever is in every answer gets the same by mean-rank."""
    calibrated: bool = False
    """Learn from training what the model likes whoever asks: places of lists and pairs, which is
    subtracted; of single candidates how far odds are chances (Platt). Needs likelihoods."""
    prior: float = 0.0
    """One by one: how much of the log-odds is subtracted that a candidate has for nobody."""
    pool: int = 20
    """Candidates that the model sees; the others follow in the order of their proposal."""
    history: int = 10
    """Items of the history that it sees, the newest."""
    history_tokens: int | None = None
    """Most tokens of them; what does not fit is left out, and the run is told."""
    window: int = 10
    """Candidates in a prompt, if asked through windows."""
    stride: int = 5
    """How far a window moves."""
    noun: str = "item"
    """What is recommended, in the singular: ``movie``."""
    chosen: str = "chosen"
    """What people do with it, as in: I have ``watched``."""
    guarded: bool = True
    """Take sentences that speak to the model out of titles."""
    bounded: int | None = None
    """Places that whole titles may lift an item above where short ones put it: a defence without a
    list of bad words, for a second question wherever a title is long. ``None``: no bound."""
    calibration_people: int = 100
    """People whose choices are looked at to calibrate."""

    def __post_init__(self) -> None:
        for name, value, known in (
            ("how", self.how, get_args(How)),
            ("style", self.style, STYLES),
            ("answer", self.answer, ORDER_ANSWERS),
            ("merge", self.merge, MERGES),
        ):
            if value not in known:
                raise UnknownName(name, value, known)
        for name, least in (("copies", 1), ("pool", 2), ("history", 1), ("calibration_people", 1)):
            if getattr(self, name) < least:
                raise UsageError(f"{name}={getattr(self, name)}: need at least {least}")
        for name in ("bounded", "history_tokens"):
            if (getattr(self, name) or 0) < 0:
                raise UsageError(f"{name}={getattr(self, name)}: need 0 or more, or no bound")
        if not 1 <= self.stride <= self.window:
            told = f"window={self.window}, stride={self.stride}"
            raise UsageError(f"{told}: need 1 <= stride <= window")
        self._check_together()

    def _check_together(self) -> None:
        lists = self.how in _LISTS
        if self.copies > 1 and (self.how == "pointwise" or (lists and not self.shuffled)):
            raise UsageError(
                f"copies={self.copies}: the same question has the same answer; shuffle lists, "
                "or ask once"
            )
        if not np.isfinite(self.prior) or (self.prior and self.how != "pointwise"):
            told = f"prior={self.prior:g}: wanted a number, which is for how='pointwise'"
            raise UsageError(f"{told}; see LMRecSys for titles")
        if self.calibrated and lists and self.answer != "likelihood":
            raise UsageError(
                f"calibrated with answer={self.answer!r}: what is written has no likelihood; "
                "use answer='likelihood'"
            )

    @property
    def proposals(self) -> int:
        """People of validation whose proposals chances are learned from."""
        return self.calibration_people if self.calibrated and self.how == "pointwise" else 0

    def fit(self, data: Dataset, run: Run, *, valid: Cases | None = None) -> "LLMRankRecommender":
        """Opens the model, counts who was chosen how often, and calibrates if asked to.

        Args:
            data: What people chose; the model is not trained.
            run: Seed, deadline, books.
            valid: Choices, among its candidates, to calibrate on; else the last of training.

        Raises:
            UsageError: The model has no likelihoods, and they are needed.
            PenchantError: The model cannot be used.
        """
        model = self._opened(run)
        items = positive_events(data)["item"].to_numpy()
        counts = np.bincount(items, minlength=len(data.catalog)).astype(np.float32)
        ranker = LLMRankRecommender(self, data.catalog.titles(), counts)
        if not self.calibrated:
            return ranker
        past = past_choices(data, valid, self.calibration_people, run, pool=self.pool)
        return replace(ranker, bias=ranker.learned_bias(model, past, run))

    def restore(self, state: State, catalog: Catalog, run: Run) -> "LLMRankRecommender":
        """The recommender that gave this state; the model is opened when it is first asked."""
        counts, bias = state.arrays["counts"], state.arrays["bias"]
        return LLMRankRecommender(self, catalog.titles(), counts, bias)

    def _opened(self, run: Run) -> OpenModel:
        model = opened(self.lm, run)
        likelihoods = self.calibrated or (self.answer == "likelihood" and self.how in _LISTS)
        if likelihoods and not isinstance(model, Scorer):
            raise UsageError(
                f"{model.name} tells no likelihoods: use answer='numbers' and calibrated=False, "
                "or a model that scores, such as LocalLM()"
            )
        return model


@dataclass(frozen=True, eq=False)
class LLMRankRecommender:
    """A fitted :class:`LLMRank`.

    Scores of lists are 0 to 1 by their merge, of pairs the mean chance to be preferred, of single
    candidates the log-odds of yes, or its chance if calibrated. Items that the model did not see
    follow, each 1 lower.
    """

    method: LLMRank
    titles: Sequence[str]
    """(n_items,)"""
    counts: NDArray[np.float32]
    """(n_items,) how often each was chosen: the order of proposal where no candidates are given"""
    bias: NDArray[np.float32] = field(default_factory=lambda: np.zeros(0, np.float32))
    """What calibration learned: of lists (places,), of pairs (1,), of single candidates slope and
    offset; empty: nothing"""
    odds_alone: dict[int, float] = field(default_factory=dict)
    """Item -> its log-odds for nobody, as far as they were needed so far"""

    def recommend(self, queries: Queries, k: int, run: Run) -> Rankings:
        """The best open items; DEGRADED where the model's answer could not be had."""
        pools = proposed(queries, self.counts, max(k, self.method.pool), run)
        heard, kept = self.heard(queries, pools, run), "what was not read keeps its place"
        note_failures(run, "llmrank", heard.failures, heard.calls, kept)
        return answered(pools, heard.values, k)

    def heard(self, queries: Queries, pools: Ragged, run: Run) -> Heard:
        """What the model says of the first items of each pool, with faults and tokens."""
        method = self.method
        shown = first_of(pools, method.pool, "llmrank", run)
        questions = row_questions(queries, shown, history=method.history, most=method.pool)
        questions = told_within(questions, self.titles, method.history_tokens, method.lm, run)
        return ask_rows(questions, self.titles, lambda asked: self._bounded(asked, run), run)

    def ranked(self, questions: Sequence[Question], run: Run) -> Heard:
        """A number for each candidate of each question.

        Raises:
            PenchantError: The model cannot be used, and somebody can mend that.
        """
        method, wording, model = self.method, self._wording(), opened(self.method.lm, run)
        bias = self.bias if len(self.bias) else None
        asking = Asking(method.answer, method.copies, method.shuffled, method.merge, bias)
        if method.how == "listwise":
            return rank_lists(model, questions, wording, asking, run)
        if method.how == "windows":
            size, stride = method.window, method.stride
            return rank_windows(model, questions, wording, asking, run, window=size, stride=stride)
        if method.how == "pairwise":
            first = float(self.bias[0]) if len(self.bias) else 0.0
            return rank_pairs(model, questions, wording, run, rounds=method.copies, bias=first)
        heard = self._one_by_one(model, questions, run)
        return as_chances(heard, self.bias) if len(self.bias) else heard

    def learned_bias(
        self, model: OpenModel, choices: Sequence[PastChoice], run: Run
    ) -> NDArray[np.float32]:
        """What the model likes whoever asks, from choices of the past."""
        method, wording = self.method, self._wording()
        places = {"listwise": method.pool, "windows": method.window, "pairwise": 2, "pointwise": 1}
        n, alone = places[method.how], method.how == "pointwise"
        questions = past_questions(
            choices, len(self.titles), run, history=method.history, chosen=alone, n=n
        )
        if method.how == "pairwise":
            return np.full(1, learned_pair_bias(model, questions, wording, run), np.float32)
        if alone:
            return learned_odds(self._one_by_one(model, questions, run).values, questions, choices)
        return place_bias(listwise(model, questions, wording, "likelihood", run).values, n)

    def _one_by_one(self, model: OpenModel, questions: Sequence[Question], run: Run) -> Heard:
        wording, prior, known = self._wording(), self.method.prior, self.odds_alone
        return rank_one_by_one(model, questions, wording, run, prior=prior, known=known)

    @cached_property
    def _short(self) -> list[str]:
        """(n_items,) short titles."""
        return [short_title(title) for title in self.titles]

    def _bounded(self, questions: Sequence[Question], run: Run) -> Heard:
        """What the model says, with titles that lift items no further than they may."""
        if self.method.bounded is None:
            return self.ranked(questions, run)

        def ask(asked: Sequence[Question], titles: Sequence[str]) -> Heard:
            known = self.odds_alone if titles is self.titles else {}
            return replace(self, titles=titles, odds_alone=known).ranked(asked, run)

        return ask_bounded(questions, self.titles, self._short, ask, self.method.bounded)

    def _wording(self) -> Wording:
        method = self.method
        return Wording(self.titles, method.style, method.noun, method.chosen, method.guarded)

    def with_items(self, catalog: Catalog, run: Run) -> "LLMRankRecommender":
        """The same with more items, which nobody has chosen yet."""
        new = (0, len(catalog) - len(self.counts))
        return replace(self, titles=catalog.titles(), counts=np.pad(self.counts, new))

    def state(self) -> State:
        """Counts and calibration; the model is named by the method."""
        return State(arrays={"counts": self.counts, "bias": self.bias})
