"""ThinkFirst: candidates ordered by a language model that thinks before it answers.

Chains: Wei et al., NeurIPS 2022, arXiv:2201.11903. Trees: Yao, S. et al., NeurIPS 2023,
arXiv:2305.10601. Graphs: Yao, Y. et al., 2023, arXiv:2305.16582. Self-inspiring: Wang et al.,
"RecMind: Large Language Model Powered Agent For Recommendation", 2023, arXiv:2308.14296.

The question is that of LLMRank's sequential prompt; a planner thinks about it within a budget, and
the answer is read as LLMRank's is. Differs from RecMind: there are no tools, since whoever proposes
the candidates has looked at the data already; and an answer cannot name anything else.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from penchant.core import Interrupted, PenchantError, Ragged, Run, State, UsageError
from penchant.data import Cases, Catalog, Dataset, Queries, Rankings
from penchant.language import LanguageModel, LocalLM, opened
from penchant.prompting import (
    UNUSABLE,
    ChainOfThought,
    PlanBudget,
    Planned,
    Planner,
    Shelf,
    check_writer,
    first_of,
    independent_orders,
    note_failures,
    prompt,
    question_key,
)

QUESTION = "rank-sequential@1"
_BUDGET = PlanBudget()


@dataclass(frozen=True, kw_only=True)
class ThinkFirst:
    """A planner before a ranker.

    >>> import penchant as pn
    >>> from penchant.language import ScriptedLM
    >>> method = pn.Cascade(first=pn.CoVisit(), second=pn.ThinkFirst(lm=ScriptedLM()), pool=10)
    >>> model = pn.fit(method, pn.data.mini_world())
    >>> len(model.recommend(history=["b14104"], k=3))
    3
    """

    lm: LanguageModel = field(default_factory=LocalLM)
    planner: Planner = field(default_factory=ChainOfThought)
    """How it thinks: one of :data:`PLANNERS` as a value, with its options; in specs and on the
    command line ``chain``, ``tree``, ``graph`` or ``self-inspiring``."""
    budget: PlanBudget = _BUDGET
    """For each person."""
    pool: int = 20
    """Candidates that it sees; of a row without any, the most chosen open items."""
    history: int = 10
    """Items of the history that it sees, the newest."""
    noun: str = "item"
    """What is recommended, in the singular: ``movie``."""
    chosen: str = "chosen"
    """What people do with it, as in: I have ``watched``."""

    def __post_init__(self) -> None:
        if not callable(getattr(self.planner, "plan", None)):
            raise UsageError(f"planner={self.planner!r}: wanted a value, such as ChainOfThought()")
        for name, least in (("pool", 2), ("history", 1)):
            if getattr(self, name) < least:
                raise UsageError(f"{name}={getattr(self, name)}: need at least {least}")

    def fit(
        self, data: Dataset, run: Run, *, valid: Cases | None = None
    ) -> "ThinkFirstRecommender":
        """Opens the model once and counts choices; nothing is trained, ``valid`` is not used.

        Raises:
            PenchantError: The model cannot be used.
        """
        check_writer(self.lm, run)
        return ThinkFirstRecommender(self, Shelf.of(data))

    def restore(self, state: State, catalog: Catalog, run: Run) -> "ThinkFirstRecommender":
        """The recommender that gave this state; the model is opened when it is first asked."""
        return ThinkFirstRecommender(self, Shelf.restore(state.arrays["counts"], catalog))


@dataclass(frozen=True, slots=True, eq=False)
class Plans:
    """What was thought for each row."""

    shown: Ragged
    """Candidates in the order in which each row's were numbered"""
    made: Sequence[Planned | None]
    """``None``: nobody was asked, as there is no history or no choice"""


@dataclass(frozen=True, eq=False)
class ThinkFirstRecommender:
    """A fitted :class:`ThinkFirst`; scores are 1 / rank."""

    method: ThinkFirst
    shelf: Shelf

    def recommend(self, queries: Queries, k: int, run: Run) -> Rankings:
        """Candidates as the answer orders them; DEGRADED rows stay as they were proposed."""
        plans = self.plans(queries, run, at_least=k)
        answers = [None if plan is None else plan.answer for plan in plans.made]
        listed = self.shelf.numbered(answers, plans.shown, queries.histories.items)
        failures = Counter(listed.failures)
        for plan in plans.made:
            failures.update({} if plan is None else plan.failures)
        asked = np.array([plan is not None for plan in plans.made], np.bool_)
        n = int(asked.sum())
        note_failures(run, "think-first", failures, n, "rows without an answer stay as proposed")
        return self.shelf.ranked(listed.items, queries, k, run, asked=asked)

    def plans(self, queries: Queries, run: Run, *, at_least: int = 1) -> Plans:
        """What the model thinks of each row, and what it answers.

        Args:
            queries: n rows.
            run: Seed, deadline, books.
            at_least: Items that are proposed where a row has no candidates, at least.
        """
        pools = self.shelf.proposed(queries, max(at_least, self.method.pool), run)
        pools = first_of(pools, self.method.pool, "think-first", run)
        past, shown, made = queries.histories.items, [], []
        for row in range(len(queries)):
            pool = pools[row]
            known = past[row][past[row] >= 0][-self.method.history :]
            pool = pool[independent_orders(len(pool), 1, question_key(known, pool), run)[0]]
            shown.append(pool)
            made.append(self._plan(known, pool, run) if len(known) and len(pool) > 1 else None)
        return Plans(Ragged.of(shown), made)

    def state(self) -> State:
        """How often items were chosen."""
        return State(arrays={"counts": self.shelf.counts})

    def _plan(self, known: NDArray[np.int32], pool: NDArray[np.int32], run: Run) -> Planned:
        method, titles = self.method, self.shelf.titles
        candidates = [titles[item] for item in pool]
        asked = prompt(QUESTION).fill(
            history=[titles[item] for item in known],
            candidates=candidates,
            noun=method.noun,
            chosen=method.chosen,
        )
        question = asked.messages[-1].content
        try:
            model = opened(method.lm, run)
            return method.planner.plan(
                model, question, run=run, budget=method.budget, options=candidates
            )
        except Interrupted:
            raise
        except PenchantError as error:
            run.watch.note(f"the language model did not answer: {error}")
            return Planned(None, failures={UNUSABLE: 1})
