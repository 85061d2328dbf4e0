"""Tree of thoughts: several next thoughts at each step, the best of them followed.

Yao et al., "Tree of Thoughts: Deliberate Problem Solving with Large Language Models", NeurIPS 2023,
arXiv:2305.10601, algorithm 1 (breadth first): from every state that is left, ``ways`` thoughts; the
model values each state from 1 to 10; the ``beam`` best are left. The answer is given with the best
path alone in mind: what was not followed is forgotten.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from penchant.core import Run, UsageError
from penchant.language import GREEDY, OpenModel, Sampling
from penchant.prompting.planning import PlanBudget, Planned, Thinking, Thought
from penchant.prompting.reading_values import read_score
from penchant.tasks import Scale

VALUES = Scale(1, 10)
"""Of a state, as the model tells them."""
UNKNOWN_VALUE = 0.5
"""Of a state whose value could not be read."""

Path = tuple[Thought, ...]


@dataclass(frozen=True, kw_only=True)
class TreeOfThoughts:
    """Thinks ahead on several ways, and goes the one that promises most."""

    depth: int = 2
    """Thoughts on a path."""
    ways: int = 3
    """Thoughts after each state."""
    beam: int = 2
    """States that are left after each step."""
    temperature: float = 0.0
    """Of thoughts; 0: ways differ only because they are asked to."""

    def __post_init__(self) -> None:
        for name in ("depth", "ways", "beam"):
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
        """Searches, then answers with the best path in mind."""
        thinking = Thinking(model, question, budget or PlanBudget(), run)
        sampling = drawn(self.temperature, run)
        left: list[Path] = [()]
        for _ in range(self.depth):
            grown = self._grown(thinking, left, sampling)
            if not grown:
                break
            left = self._valued(thinking, grown)
        best = left[0]
        chosen = {thought.number for thought in best}
        thinking.trace[:] = [
            replace(thought, kept=thought.number in chosen) for thought in thinking.trace
        ]
        return thinking.answered(
            thoughts=[thought.text for thought in best], before="Thoughts, one after the other:"
        )

    def _grown(self, thinking: Thinking, left: Sequence[Path], sampling: Sampling) -> list[Path]:
        """Every state that is left, with each of its next thoughts."""
        asked = [(path, way) for path in left for way in range(1, self.ways + 1)]
        said = thinking.think(
            "plan-thought@1",
            [
                {"thoughts": [one.text for one in path], "way": way, "ways": self.ways}
                for path, way in asked
            ],
            sampling=sampling,
        )
        grown: list[Path] = []
        for (path, _), text in zip(asked, said, strict=True):
            after = path[-1].number if path else 0
            siblings = {one[-1].text for one in grown if one[:-1] == path}
            if text is not None and text not in siblings:
                grown.append((*path, thinking.keep(text, (after,) if after else ())))
        return grown

    def _valued(self, thinking: Thinking, grown: Sequence[Path]) -> list[Path]:
        """The best of the states, best first; equal ones in the order of being thought."""
        if len(grown) == 1:
            return list(grown)
        said = thinking.think(
            "plan-value@1", [{"thoughts": [one.text for one in path]} for path in grown], tokens=8
        )
        valued: list[Path] = []
        for path, text in zip(grown, said, strict=True):
            value = _value(thinking, text)
            thinking.trace[path[-1].number - 1] = replace(path[-1], value=value)
            valued.append((*path[:-1], replace(path[-1], value=value)))
        known = [UNKNOWN_VALUE if path[-1].value is None else path[-1].value for path in valued]
        order = sorted(range(len(valued)), key=lambda place: -known[place])
        return [valued[place] for place in order[: self.beam]]


def _value(thinking: Thinking, text: str | None) -> float | None:
    if text is None:
        return None
    read = read_score(text, VALUES)
    for kind in read.failures:
        thinking.failed(kind)
    if read.value is None:
        return None
    return (read.value - VALUES.lowest) / (VALUES.highest - VALUES.lowest)


def drawn(temperature: float, run: Run) -> Sampling:
    """How thoughts are drawn: always the likeliest, or by a stream of the run's own."""
    if temperature == 0:
        return GREEDY
    return Sampling(temperature, seed=int(run.rng("prompting.thoughts").integers(2**31)))
