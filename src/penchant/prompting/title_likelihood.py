"""How likely the title of an item is, as what comes after a person's past.

A long title is less likely than a short one and a common phrase more than a rare one, whoever asks;
so a likelihood can be told by the token, and less what the title has without any past.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from penchant.core import Run
from penchant.language import OpenModel, Prompt, Scorer
from penchant.prompting.fencing import cleaned
from penchant.prompting.presets import prompt
from penchant.prompting.ranking import Heard, Question, Wording

Length = Literal["sum", "mean"]
TITLE_PROMPT = "next-title@1"


@dataclass(frozen=True, slots=True, eq=False)
class TitleLikelihood:
    """How titles are asked for, and what they have without a past as far as that is known."""

    wording: Wording
    length: Length = "mean"
    """Natural log of the whole title, or a token's mean"""
    prior: float = 0.0
    """How much of a title's likelihood without any past is subtracted"""
    alone: dict[int, float] = field(default_factory=dict)
    """Item -> log-probability without a past; filled when needed"""

    def ask(self, model: OpenModel, questions: Sequence[Question], run: Run) -> Heard:
        """A number for each candidate: its likelihood, corrected; nan where it was not told."""
        heard, n_tokens = self._told(model, questions, run)
        if not self.prior and self.length == "sum":
            return heard
        before = self._ask_alone(model, questions, run) if self.prior else Heard([])
        values = [
            self._corrected(question, said, tokens)
            for question, said, tokens in zip(questions, heard.values, n_tokens, strict=True)
        ]
        both = Heard([]) + before + heard
        return Heard(values, both.failures, both.usage, both.calls)

    def _corrected(
        self, question: Question, said: NDArray[np.float32], tokens: NDArray[np.int32]
    ) -> NDArray[np.float32]:
        told = said.astype(np.float64)
        if self.prior:
            alone = [self.alone.get(item, np.nan) for item in question.candidates.tolist()]
            told -= self.prior * np.array(alone)
        if self.length == "mean":
            told /= np.maximum(tokens, 1)
        return told.astype(np.float32)

    def _ask_alone(self, model: OpenModel, questions: Sequence[Question], run: Run) -> Heard:
        """Titles without a past, each in a call of its own: the books then hold it for good."""
        wanted = {item for question in questions for item in question.candidates.tolist()}
        fresh = np.array(sorted(wanted - set(self.alone)), np.int32)
        parts = [Question(fresh[:0], fresh[at : at + 1]) for at in range(len(fresh))]
        heard, _ = self._told(model, parts, run)
        for part, said in zip(parts, heard.values, strict=True):
            read = np.isfinite(said)
            self.alone.update(zip(part.candidates[read].tolist(), said[read].tolist(), strict=True))
        return Heard([], heard.failures, heard.usage, heard.calls)

    def _told(
        self, model: OpenModel, questions: Sequence[Question], run: Run
    ) -> tuple[Heard, list[NDArray[np.int32]]]:
        """Log-probabilities of whole titles, and how many tokens each has."""
        assert isinstance(model, Scorer)
        if not questions:
            return Heard([]), []
        wording, guarded = self.wording, self.wording.guarded
        # The full stop ends the title: without it "Alien" would have the likelihood of "Aliens".
        answers = [
            [f" {cleaned(title, guarded=guarded)}." for title in wording.of(q.candidates)]
            for q in questions
        ]
        told = model.score([self._prompt(question) for question in questions], answers, run=run)
        ends = told.offsets[1:-1]
        heard = Heard(
            np.split(told.log_probs, ends), dict(told.failures), told.usage, len(questions)
        )
        return heard, np.split(told.n_tokens, ends)

    def _prompt(self, question: Question) -> Prompt:
        titles = self.wording.of(question.history)
        made = prompt(TITLE_PROMPT)
        return made.fill(self.wording.guarded, history=titles, **self.wording.slots())
