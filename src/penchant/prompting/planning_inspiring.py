"""Self-inspiring: whatever was explored stays in mind.

Wang et al., "RecMind: Large Language Model Powered Agent for Recommendation", NAACL Findings 2024,
arXiv:2308.14296, section 3.2: at each step the model plans with all states in mind that it explored
before, also those on ways that it did not go on with, where a tree of thoughts forgets them. New
ways are explored from the step where planning stands, in parallel to the others.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from penchant.core import Run, UsageError
from penchant.language import OpenModel
from penchant.prompting.planning import PlanBudget, Planned, Thinking, Thought
from penchant.prompting.planning_tree import drawn


@dataclass(frozen=True, kw_only=True)
class SelfInspiring:
    """Explores several ways and plans with all of them."""

    depth: int = 2
    """Steps."""
    ways: int = 3
    """Thoughts at each step: one that goes on, and others that it inspires."""
    temperature: float = 0.0
    """Of thoughts."""

    def __post_init__(self) -> None:
        for name in ("depth", "ways"):
            if getattr(self, name) < 1:
                raise UsageError(f"{name}={getattr(self, name)}: need at least 1")

    def plan(
        self,
        model: OpenModel,
        question: str,
        *,
        run: Run,
        budget: PlanBudget | None = None,
        options: Sequence[str] = (),
    ) -> Planned:
        """Explores, then answers with everything in mind."""
        thinking = Thinking(model, question, budget or PlanBudget(), run)
        sampling = drawn(self.temperature, run)
        standing = 0
        for _ in range(self.depth):
            reached = 0
            for way in range(1, self.ways + 1):
                # Each way is asked for after the one before it was explored: that is what inspires.
                said = thinking.think(
                    "plan-inspire@1",
                    [{"explored": _rows(thinking.trace), "way": way, "ways": self.ways}],
                    sampling=sampling,
                )[0]
                if said is None or any(said == thought.text for thought in thinking.trace):
                    continue
                made = thinking.keep(said, (standing,) if standing else ())
                reached = reached or made.number
            if not reached:
                break
            standing = reached
        return thinking.answered(
            thoughts=[thought.text for thought in thinking.trace],
            before="All thoughts, on all ways that were tried:",
        )


def _rows(trace: Sequence[Thought]) -> list[dict[str, object]]:
    return [
        {
            "number": thought.number,
            "after": ", ".join(map(str, thought.parents)),
            "thought": thought.text,
        }
        for thought in trace
    ]
