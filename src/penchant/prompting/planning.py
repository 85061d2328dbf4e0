"""Planners: what a model thinks before it answers, within a budget, with every thought on record.

One interface for chains, trees and graphs of thought and for self-inspiring: a planner is a value,
and planning gives the answer, the trace of thoughts and what it took. Thoughts are words of a
model: they shape its answer and nothing else.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Protocol

from penchant.core import Json, Kind, Run, UsageError
from penchant.language import GREEDY, OpenModel, Prompt, Reply, Sampling, Usage, Writer
from penchant.prompting.answer_lists import said_of
from penchant.prompting.fencing import passage
from penchant.prompting.presets import prompt
from penchant.prompting.reading import UNREADABLE
from penchant.prompting.template import SlotValue

LONGEST_THOUGHT = 600
"""Characters of a thought that are kept."""
SPARE = 48
"""Tokens that the form of a chat may add to a prompt."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanBudget:
    """What a plan may take, the answer with it."""

    calls: int = 16
    """Prompts."""
    tokens: int = 24_000
    """Of prompts and answers together, as far as they can be counted before."""
    thought_tokens: int = 80
    """Of each thought."""
    answer_tokens: int = 200

    def __post_init__(self) -> None:
        for name in ("calls", "tokens"):
            if getattr(self, name) < 0:
                raise UsageError(f"{name}={getattr(self, name)}: need 0 or more")
        for name in ("thought_tokens", "answer_tokens"):
            if getattr(self, name) < 1:
                raise UsageError(f"{name}={getattr(self, name)}: need at least 1")


@dataclass(frozen=True, slots=True)
class Thought:
    """One thought of a plan."""

    number: int
    """From 1, in the order of being thought"""
    text: str
    parents: tuple[int, ...] = ()
    """Numbers of the thoughts that it came from; none: from the question"""
    value: float | None = None
    """How far it helps, from 0 to 1; ``None``: not asked"""
    kept: bool = True
    """Whether the answer was given with it in mind"""


@dataclass(frozen=True, slots=True)
class Planned:
    """An answer, and how it came about."""

    answer: str | None
    """``None``: there is none; :attr:`failures` say why"""
    trace: tuple[Thought, ...] = ()
    usage: Usage = field(default_factory=Usage)
    calls: int = 0
    failures: Mapping[str, int] = field(default_factory=dict)
    """Kind -> calls without a usable answer; ``budget``: planning ended early"""

    def as_json(self) -> Json:
        """All of it, for a record."""
        return {
            "answer": self.answer,
            "trace": [
                {
                    "number": one.number,
                    "text": one.text,
                    "parents": list(one.parents),
                    "value": one.value,
                    "kept": one.kept,
                }
                for one in self.trace
            ],
            "calls": self.calls,
            "tokens": self.usage.prompt_tokens + self.usage.completion_tokens,
            "cost": self.usage.cost,
            "failures": dict(self.failures),
        }


class Planner(Protocol):
    """A way to think before answering, as a value."""

    __dataclass_fields__: ClassVar[dict[str, Any]]  # Any: how the standard library types it

    def plan(
        self,
        model: OpenModel,
        question: str,
        *,
        run: Run,
        budget: PlanBudget | None = None,
        options: Sequence[str] = (),
    ) -> Planned:
        """Thinks, then answers.

        Args:
            model: That writes.
            question: With all that is known, and the form that the answer should have; words of
                others in it cleaned already.
            run: Deadline, seed and books.
            budget: What it may take; the default of :class:`PlanBudget` if not given.
            options: What may be answered, where that is known; a hint for planners that weigh.
        """


PLANNERS: dict[str, str] = {
    "chain": "planning_chain:ChainOfThought",
    "graph": "planning_graph:GraphOfThoughts",
    "self-inspiring": "planning_inspiring:SelfInspiring",
    "tree": "planning_tree:TreeOfThoughts",
}
"""Every planner: its name in specs, and where it stands."""

PLANNER = Kind("planner", "penchant.prompting", PLANNERS, Planner)


class Thinking:
    """A plan in the making: asks as long as the budget allows, and keeps account."""

    def __init__(self, model: OpenModel, question: str, budget: PlanBudget, run: Run) -> None:
        if not isinstance(model, Writer):
            raise UsageError(f"{model.name} does not write; name a model that answers in words")
        self.model, self.run, self.budget = model, run, budget
        self.question = question
        self.trace: list[Thought] = []
        self._writer: Writer = model
        self._usage = Usage()
        self._calls = 0
        self._bound = 0
        self._failures: Counter[str] = Counter()
        # The answer comes last and is paid for first.
        self._reserved = self._cost(self._answer_prompt(), budget.answer_tokens)

    def think(
        self,
        name: str,
        values: Sequence[Mapping[str, SlotValue]],
        *,
        sampling: Sampling = GREEDY,
        tokens: int | None = None,
    ) -> list[str | None]:
        """What the model says to each filling of a prompt; ``None``: nothing usable.

        Fillings that the budget does not allow are not asked.
        """
        most = tokens or self.budget.thought_tokens
        prompts = [prompt(name).fill(False, **self._known(name), **filling) for filling in values]
        allowed = prompts[: self._allowed(prompts, most)]
        if len(allowed) < len(prompts):
            self._failures["budget"] += 1
        said = [self._text(reply) for reply in self._ask(allowed, most, sampling)]
        return said + [None] * (len(prompts) - len(allowed))

    def keep(
        self, text: str, parents: tuple[int, ...] = (), *, value: float | None = None
    ) -> Thought:
        """A new thought in the trace."""
        made = Thought(len(self.trace) + 1, text, parents, value)
        self.trace.append(made)
        return made

    def failed(self, kind: str) -> None:
        """Counts an answer that could not be used."""
        self._failures[kind] += 1

    def answered(self, **values: SlotValue) -> Planned:
        """The answer, with what was thought; as much of it as the budget allows."""
        asked = self._answer_prompt(**values)
        tokens = self.budget.answer_tokens
        if self._bound + self._cost(asked, tokens) > self.budget.tokens:
            asked = self._answer_prompt()
            self._failures["budget"] += 1
        fits = self._bound + self._cost(asked, tokens) <= self.budget.tokens
        if not fits or self._calls >= self.budget.calls:
            self._failures["budget"] += 1
            return self._planned(None)
        reply = self._ask([asked], tokens, GREEDY)[0]
        said = said_of(reply.text).strip()
        if not reply.failure and not said:
            self._failures[UNREADABLE] += 1
        return self._planned(said if said and not reply.failure else None)

    def _planned(self, answer: str | None) -> Planned:
        failures = dict(sorted(self._failures.items()))
        return Planned(answer, tuple(self.trace), self._usage, self._calls, failures)

    def _answer_prompt(self, **values: SlotValue) -> Prompt:
        return prompt("plan-answer@1").fill(False, question=self.question, **values)

    def _known(self, name: str) -> dict[str, SlotValue]:
        slots = {slot.name for slot in prompt(name).slots}
        return {"question": self.question} if "question" in slots else {}

    def _cost(self, asked: Prompt, tokens: int) -> int:
        return self.model.count(asked.text()) + SPARE + tokens

    def _allowed(self, prompts: Sequence[Prompt], tokens: int) -> int:
        """How many of them the budget can pay, one call and its tokens set aside for the answer."""
        left = self.budget.tokens - self._bound - self._reserved
        allowed = 0
        for asked in prompts[: max(0, self.budget.calls - self._calls - 1)]:
            left -= self._cost(asked, tokens)
            if left < 0:
                break
            allowed += 1
        return allowed

    def _ask(self, prompts: Sequence[Prompt], tokens: int, sampling: Sampling) -> list[Reply]:
        if not prompts:
            return []
        replies = self._writer.write(prompts, max_tokens=tokens, sampling=sampling, run=self.run)
        self._calls += len(prompts)
        usage = sum((reply.usage for reply in replies), Usage())
        self._usage += usage
        # What a reply from the books took when it was made counts too: a repeat is the same plan.
        self._bound += usage.prompt_tokens + usage.completion_tokens
        self._failures.update(reply.failure for reply in replies if reply.failure)
        return replies

    def _text(self, reply: Reply) -> str | None:
        if reply.failure:
            return None
        said = passage(said_of(reply.text), most=LONGEST_THOUGHT, guarded=False)
        if not said:
            self._failures[UNREADABLE] += 1
        return said or None
