"""Chain of thought: steps first, then the answer.

Wei et al., "Chain-of-Thought Prompting Elicits Reasoning in Large Language Models", NeurIPS 2022,
arXiv:2201.11903: with worked examples; without any, the model is asked to think step by step in a
first call and to answer in a second one (Kojima et al., "Large Language Models are Zero-Shot
Reasoners", NeurIPS 2022).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from penchant.core import Run, UsageError
from penchant.language import OpenModel
from penchant.prompting.planning import PlanBudget, Planned, Thinking

_MARK = re.compile(r"^\s*(?:[-*•]|(?:step\s*)?\(?\d{1,2}[.):])\s*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Worked:
    """A worked example: a question, the steps that led to its answer, the answer."""

    question: str
    steps: str
    answer: str


@dataclass(frozen=True, kw_only=True)
class ChainOfThought:
    """One way, step after step; two calls."""

    steps: int = 4
    """At most."""
    examples: tuple[Worked, ...] = ()
    """Worked ones; none: zero-shot."""

    def __post_init__(self) -> None:
        if self.steps < 1:
            raise UsageError(f"steps={self.steps}: need at least 1")

    def plan(
        self,
        model: OpenModel,
        question: str,
        *,
        run: Run,
        budget: PlanBudget | None = None,
        options: Sequence[str] = (),
    ) -> Planned:
        """Thinks in steps, then answers with all of them in mind."""
        at = budget or PlanBudget()
        thinking = Thinking(model, question, at, run)
        shown = [
            {"question": one.question, "steps": one.steps, "answer": one.answer}
            for one in self.examples
        ]
        tokens = at.thought_tokens * self.steps
        said = thinking.think(
            "plan-steps@1", [{"most": self.steps, "examples": shown}], tokens=tokens
        )[0]
        lines = [_MARK.sub("", line).strip() for line in (said or "").splitlines()]
        parents: tuple[int, ...] = ()
        for line in [line for line in lines if line][: self.steps]:
            parents = (thinking.keep(line, parents).number,)
        return thinking.answered(
            thoughts=[thought.text for thought in thinking.trace], before="Steps:"
        )
