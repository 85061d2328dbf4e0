"""NIR: the next item in three questions: what matters, what stands for it, what is like that.

Wang and Lim, "Zero-Shot Next-Item Recommendation using Large Pretrained Language Models", 2023,
arXiv:2304.03153.

A language model first sums up what a person looks for, then names the items of their history that
stand for it best, then the candidates that are most like those. Each answer is part of the next
question. Differs from the paper: candidates come from the query, so any recommender can propose
them (``Cascade``), not only people and items alike; they are numbered, and so are answers, since a
number cannot name what does not exist; a person without history, and an answer that cannot be
read, leave the order in which candidates were proposed.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from penchant.core import Ragged, Run, State, UsageError
from penchant.data import Cases, Catalog, Dataset, Queries, Rankings
from penchant.language import JsonShape, LanguageModel, LocalLM
from penchant.prompting import (
    Shelf,
    ask_for_texts,
    check_writer,
    first_of,
    note_failures,
    prompt,
    read_order,
)

PREFERENCES, REPRESENTATIVES, RECOMMEND = (
    "nir-preferences@1",
    "nir-representatives@1",
    "nir-recommend@1",
)
STEPS = {1: "the recommendation alone", 2: "with preferences", 3: "with items that stand for them"}


@dataclass(frozen=True, kw_only=True)
class NIR:
    """Candidates chosen by a language model in three steps.

    >>> import penchant as pn
    >>> from penchant.language import ScriptedLM
    >>> method = pn.Cascade(first=pn.CoVisit(), second=pn.NIR(lm=ScriptedLM()), pool=20)
    >>> model = pn.fit(method, pn.data.mini_world())
    >>> len(model.recommend(history=["b14104"], k=3))
    3
    """

    lm: LanguageModel = field(default_factory=LocalLM)
    steps: int = 3
    """Questions: 1, the recommendation alone; 2, with preferences; 3, with representatives, too."""
    pool: int = 20
    """Candidates that the model sees; of a row without any, the most chosen open items."""
    history: int = 10
    """Items of the history that it sees, the newest."""
    representatives: int = 5
    """Items of the history that are to stand for it."""
    named: int = 10
    """Candidates that are asked for."""
    constrained: bool = False
    """Answers of steps 2 and 3 must be JSON lists of numbers in range: readable whatever the model,
    where it, or its endpoint, can be held to a shape."""
    noun: str = "item"
    """What is recommended, in the singular: ``movie``."""
    chosen: str = "chosen"
    """What people do with it, as in: I have ``watched``."""

    def __post_init__(self) -> None:
        if self.steps not in STEPS:
            told = "; ".join(f"{n}: {what}" for n, what in STEPS.items())
            raise UsageError(f"steps={self.steps}: {told}")
        for name in ("pool", "history", "representatives", "named"):
            if getattr(self, name) < 1:
                raise UsageError(f"{name}={getattr(self, name)}: need at least 1")

    def fit(self, data: Dataset, run: Run, *, valid: Cases | None = None) -> "NIRRecommender":
        """Opens the model once and counts choices; nothing is trained, ``valid`` is not used.

        Raises:
            PenchantError: The model cannot be used.
        """
        check_writer(self.lm, run)
        return NIRRecommender(self, Shelf.of(data))

    def restore(self, state: State, catalog: Catalog, run: Run) -> "NIRRecommender":
        """The recommender that gave this state; the model is opened when it is first asked."""
        return NIRRecommender(self, Shelf.restore(state.arrays["counts"], catalog))


@dataclass(frozen=True, eq=False)
class NIRRecommender:
    """A fitted :class:`NIR`; scores are 1 / rank."""

    method: NIR
    shelf: Shelf

    def recommend(self, queries: Queries, k: int, run: Run) -> Rankings:
        """Candidates in the order of the answers; DEGRADED rows stay as they were proposed."""
        proposed = self.shelf.proposed(queries, max(k, self.method.pool), run)
        shown = first_of(proposed, self.method.pool, "nir", run)
        past = queries.histories.items
        known = [past[row][past[row] >= 0][-self.method.history :] for row in range(len(past))]
        asked = [row for row, items in enumerate(known) if len(items) and len(shown[row]) > 1]
        failures: Counter[str] = Counter()
        answers = self._asked(
            [known[row].tolist() for row in asked], shown.take(np.array(asked, np.int64)),
            failures, run,
        )  # fmt: skip
        items: list[Sequence[int] | None] = [None] * len(queries)
        for row, found in zip(asked, answers, strict=True):
            items[row] = found
        note_failures(run, "nir", failures, len(asked), "rows without an answer stay as proposed")
        chosen = np.isin(np.arange(len(queries)), asked)
        return self.shelf.ranked(items, queries, k, run, asked=chosen)

    def state(self) -> State:
        """How often items were chosen."""
        return State(arrays={"counts": self.shelf.counts})

    def _asked(
        self, known: Sequence[Sequence[int]], shown: Ragged, failures: Counter[str], run: Run
    ) -> Sequence[Sequence[int] | None]:
        """What the model names of each pool, after as many questions as the method has."""
        method, titles = self.method, self.shelf.titles
        histories = [[titles[item] for item in items] for items in known]
        candidates = [[titles[item] for item in shown[row]] for row in range(len(shown))]
        preferences = [""] * len(known)
        stand: list[list[str]] = [[] for _ in known]
        if method.steps > 1:
            preferences = self._preferences(histories, candidates, failures, run)
        if method.steps > 2:
            stand = self._representatives(histories, preferences, failures, run)
        asked = prompt(RECOMMEND)
        prompts = [
            asked.fill(
                noun=method.noun,
                chosen=method.chosen,
                candidates=pool,
                preferences=told,
                representatives=chosen or (history if method.steps < 2 else []),
                most=min(method.named, len(pool)),
            )
            for pool, told, chosen, history in zip(
                candidates, preferences, stand, histories, strict=True
            )
        ]
        most = max((len(pool) for pool in candidates), default=1)
        told_last = ask_for_texts(
            method.lm,
            prompts,
            max_tokens=8 * method.named + 32,
            run=run,
            shape=self._numbers(most, method.named),
        )
        failures.update(told_last.failures)
        listed = self.shelf.numbered(told_last.texts, shown, Ragged.of(known))
        failures.update(listed.failures)
        return listed.items

    def _preferences(
        self,
        histories: Sequence[Sequence[str]],
        candidates: Sequence[Sequence[str]],
        failures: Counter[str],
        run: Run,
    ) -> list[str]:
        method, asked = self.method, prompt(PREFERENCES)
        words = {"noun": method.noun, "chosen": method.chosen}
        prompts = [
            asked.fill(history=history, candidates=pool, **words)
            for history, pool in zip(histories, candidates, strict=True)
        ]
        told = ask_for_texts(method.lm, prompts, max_tokens=80, run=run)
        failures.update(told.failures)
        return [text or "" for text in told.texts]

    def _representatives(
        self,
        histories: Sequence[Sequence[str]],
        preferences: Sequence[str],
        failures: Counter[str],
        run: Run,
    ) -> list[list[str]]:
        """Titles of each history; the newest ones where the answer cannot be read."""
        method, asked = self.method, prompt(REPRESENTATIVES)
        most = method.representatives
        prompts = [
            asked.fill(
                noun=method.noun,
                chosen=method.chosen,
                history=history,
                preferences=said,
                most=min(most, len(history)),
            )
            for history, said in zip(histories, preferences, strict=True)
        ]
        longest = max((len(history) for history in histories), default=1)
        shape = self._numbers(longest, most)
        told = ask_for_texts(method.lm, prompts, max_tokens=6 * most + 16, run=run, shape=shape)
        failures.update(told.failures)
        found = []
        for history, text in zip(histories, told.texts, strict=True):
            read = None if text is None else read_order(text, len(history), titles=history)
            failures.update({} if read is None else read.failures)
            places = [] if read is None else [int(place) for place in read.order[:most]]
            found.append([history[place] for place in places] or list(history[-most:]))
        return found

    def _numbers(self, n: int, most: int) -> JsonShape | None:
        """A list of at most ``most`` numbers from 1 to ``n``, if answers have to be one."""
        if not self.method.constrained:
            return None
        number = {"type": "integer", "minimum": 1, "maximum": n}
        listed = {"type": "array", "items": number, "minItems": 1, "maxItems": min(n, most)}
        return JsonShape.of("numbers", listed)
