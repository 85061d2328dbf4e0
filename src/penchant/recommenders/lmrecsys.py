"""LMRecSys: how likely is the title, after what the person chose?

Zhang, Ding, Shui, Ma, Zou, Deoras and Wang, "Language Models as Recommender Systems: Evaluations
and Limitations", I (Still) Can't Believe It's Not Better workshop at NeurIPS 2021.

The past becomes a sentence, and candidates are ordered by the probability that a language model
gives their titles as its end; a model that fills in masks gets one for each token of the title. The
paper reports that fluent, short and well-known titles are liked whoever asks. So the likelihood can
be told by the token, and less what the title has without any past: what remains is how much the
past speaks for the title (pointwise mutual information; Holtzman et al., "Surface Form
Competition", EMNLP 2021, arXiv:2104.08315). The paper's fine-tuning is not here: the model is not
trained.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import get_args

import numpy as np
from numpy.typing import NDArray

from penchant.core import Ragged, Run, State, UnknownName, UsageError
from penchant.data import Cases, Catalog, Dataset, Queries, Rankings, positive_events
from penchant.language import LanguageModel, LocalLM, Scorer, opened
from penchant.prompting import (
    Heard,
    Length,
    Question,
    TitleLikelihood,
    Wording,
    answered,
    ask_rows,
    first_of,
    note_failures,
    proposed,
    row_questions,
)


@dataclass(frozen=True, kw_only=True)
class LMRecSys:
    """Candidates ordered by the likelihood of their titles.

    >>> import penchant as pn
    >>> from penchant.language import ScriptedLM
    >>> method = pn.Cascade(first=pn.CoVisit(), second=pn.LMRecSys(lm=ScriptedLM()), pool=20)
    >>> model = pn.fit(method, pn.data.mini_world())
    >>> len(model.recommend(history=["b14104"], k=3))
    3
    """

    lm: LanguageModel = field(default_factory=LocalLM)
    """One that scores."""
    length: Length = "mean"
    """sum: the likelihood of the whole title, which likes short ones; mean: of its mean token."""
    prior: float = 0.5
    """How much of a title's likelihood without any past is subtracted; 0: nothing; 1: pointwise
    mutual information, which on MovieLens takes away what is known of popularity, too."""
    pool: int | None = 20
    """Candidates that are scored, the others follow in the order of their proposal; ``None``: all,
    and without candidates the whole catalogue."""
    history: int = 10
    """Items of the history that are told, the newest."""
    noun: str = "item"
    """What is recommended, in the singular: ``movie``."""
    chosen: str = "chosen"
    """What people do with it, as in: a user has ``watched``."""
    guarded: bool = True
    """Take sentences that speak to the model out of titles."""

    def __post_init__(self) -> None:
        if self.length not in get_args(Length):
            raise UnknownName("length", self.length, get_args(Length))
        for name, value in (("pool", self.pool), ("history", self.history)):
            if value is not None and value < 1:
                raise UsageError(f"{name}={value}: need at least 1")
        if not 0 <= self.prior < np.inf:
            raise UsageError(f"prior={self.prior:g}: need 0 or more")

    def fit(self, data: Dataset, run: Run, *, valid: Cases | None = None) -> "LMRecSysRecommender":
        """Opens the model and counts who was chosen how often; ``valid`` is not used.

        Raises:
            UsageError: The model tells no likelihoods.
            PenchantError: The model cannot be used.
        """
        model = opened(self.lm, run)
        if not isinstance(model, Scorer):
            raise UsageError(
                f"{model.name} tells no likelihoods: use a model that scores, such as LocalLM()"
            )
        items = positive_events(data)["item"].to_numpy()
        counts = np.bincount(items, minlength=len(data.catalog)).astype(np.float32)
        return LMRecSysRecommender(self, data.catalog.titles(), counts)

    def restore(self, state: State, catalog: Catalog, run: Run) -> "LMRecSysRecommender":
        """The recommender that gave this state; the model is opened when it is first asked."""
        return LMRecSysRecommender(self, catalog.titles(), state.arrays["counts"])


@dataclass(frozen=True, eq=False)
class LMRecSysRecommender:
    """A fitted :class:`LMRecSys`.

    Scores are natural logs, by the token or of whole titles, less ``prior`` times those without a
    past. Items that the model did not see follow, each 1 lower.
    """

    method: LMRecSys
    titles: Sequence[str]
    """(n_items,)"""
    counts: NDArray[np.float32]
    """(n_items,) how often each was chosen: the order of proposal where no candidates are given"""
    alone: dict[int, float] = field(default_factory=dict)
    """Item -> log-probability of its title without a past, as far as it was needed"""

    def recommend(self, queries: Queries, k: int, run: Run) -> Rankings:
        """The best open items; DEGRADED where the model's answer could not be had."""
        n = len(self.counts) if self.method.pool is None else max(k, self.method.pool)
        pools = proposed(queries, self.counts, n, run)
        heard = self.heard(queries, pools, run)
        note_failures(
            run, "lmrecsys", heard.failures, heard.calls, "what was not read keeps its place"
        )
        return answered(pools, heard.values, k)

    def heard(self, queries: Queries, pools: Ragged, run: Run) -> Heard:
        """What the model says of the first items of each pool, with faults and tokens."""
        most = self.method.pool or len(self.counts)
        shown = first_of(pools, most, "lmrecsys", run)
        questions = row_questions(queries, shown, history=self.method.history, most=most)
        return ask_rows(questions, self.titles, lambda asked: self.ranked(asked, run), run)

    def ranked(self, questions: Sequence[Question], run: Run) -> Heard:
        """A number for each candidate of each question.

        Raises:
            PenchantError: The model cannot be used, and somebody can mend that.
        """
        method = self.method
        wording = Wording(self.titles, "sequential", method.noun, method.chosen, method.guarded)
        asks = TitleLikelihood(wording, method.length, method.prior, self.alone)
        return asks.ask(opened(method.lm, run), questions, run)

    def state(self) -> State:
        """The counts; the model is named by the method."""
        return State(arrays={"counts": self.counts})
