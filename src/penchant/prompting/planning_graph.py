"""Graph of thoughts: what thoughts have in common joins them, and the joined count most.

Yao, Li and Zhao, "Beyond Chain-of-Thought, Effective Graph-of-Thought Reasoning in Language
Models", 2023, arXiv:2305.16582: deductive triples of a text become a graph, and its encoding is
fused with that of the text; recommending is then predicting a link between a person and an item.
Differs from it: nothing is trained. Thoughts are asked for apart from each other, the model writes
their triples, and the graph is told to it in words: its links, the thoughts in the order of how
well they are joined (shares of a random walk with restarts, Page et al., 1999), and the options
that the walk from the person who asks leads to most.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from penchant.core import Run, UsageError
from penchant.language import OpenModel
from penchant.prompting.likeness import bare_title
from penchant.prompting.planning import PlanBudget, Planned, Thinking
from penchant.prompting.planning_tree import drawn

PERSON = frozenset({"i", "me", "person", "the person", "the user", "user", "you"})
"""Names that the person who asks has in triples."""
RESTART = 0.15
"""Chance that the walk begins again."""
STEPS = 50

Link = tuple[str, str, str]


@dataclass(frozen=True, slots=True, eq=False)
class ThoughtGraph:
    """Things that thoughts join."""

    names: tuple[str, ...]
    """Of things, bare"""
    weights: NDArray[np.float64]
    """(things, things) symmetric: how many links join two"""
    thoughts: NDArray[np.float64]
    """(thoughts, things) 1 where a thought speaks of a thing"""

    @classmethod
    def of(cls, links: Sequence[Sequence[Link]]) -> "ThoughtGraph":
        """From the links of each thought.

        >>> graph = ThoughtGraph.of([[("I", "like", "trains")], [("Trains", "are in", "Heat")]])
        >>> graph.names
        ('i', 'trains', 'heat')
        """
        rows: dict[str, int] = {}
        for one, _, other in (link for of_thought in links for link in of_thought):
            rows.setdefault(bare_title(one), len(rows))
            rows.setdefault(bare_title(other), len(rows))
        weights = np.zeros((len(rows), len(rows)))
        thoughts = np.zeros((len(links), len(rows)))
        for place, of_thought in enumerate(links):
            for first, _, second in of_thought:
                one_row, other_row = rows[bare_title(first)], rows[bare_title(second)]
                thoughts[place, [one_row, other_row]] = 1
                if one_row != other_row:
                    weights[one_row, other_row] += 1
                    weights[other_row, one_row] += 1
        return cls(tuple(rows), weights, thoughts)

    def walk(self, start: NDArray[np.float64]) -> NDArray[np.float64]:
        """(things,) share of time that a walk from ``start`` spends at each."""
        if not start.sum():
            return np.zeros(len(self.names))
        start = start / start.sum()
        out = self.weights.sum(1, keepdims=True)
        moves = np.divide(self.weights, out, out=np.zeros_like(self.weights), where=out > 0)
        share = start
        for _ in range(STEPS):
            moved = share @ moves
            # Where nothing leads on, the walk begins again.
            moved += (share.sum() - moved.sum()) * start
            share = (1 - RESTART) * moved + RESTART * start
        return share

    def joined(self) -> NDArray[np.float64]:
        """(thoughts,) how much of the walk is where a thought speaks, per thing that it names.

        Things that several thoughts speak of draw the walk; a thought that shares nothing with the
        others comes last.
        """
        if not len(self.names):
            return np.zeros(len(self.thoughts))
        shared = self.thoughts.sum(0) > 1
        share = self.walk(np.where(shared, 1.0, 0.0))
        named = np.maximum(self.thoughts.sum(1), 1)
        return np.asarray(self.thoughts @ share / named, np.float64)

    def leads(self, options: Sequence[str]) -> list[int]:
        """Options that the walk from the person reaches, most of it first."""
        start = np.array([float(name in PERSON) for name in self.names])
        share = self.walk(start)
        at = {name: float(part) for name, part in zip(self.names, share, strict=True)}
        reached = [at.get(bare_title(option), 0.0) for option in options]
        order = sorted(range(len(options)), key=lambda place: -reached[place])
        return [place for place in order if reached[place] > 0]


@dataclass(frozen=True, kw_only=True)
class GraphOfThoughts:
    """Thinks on several ways at once, and joins what they share."""

    thoughts: int = 4
    """Asked for apart from each other."""
    links: int = 5
    """Of each thought, at most."""
    temperature: float = 0.0
    """Of thoughts."""

    def __post_init__(self) -> None:
        for name in ("thoughts", "links"):
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
        """Thinks, joins, then answers with thoughts and graph in mind."""
        at = budget or PlanBudget()
        thinking = Thinking(model, question, at, run)
        ways = range(1, self.thoughts + 1)
        said = thinking.think(
            "plan-thought@1",
            [{"way": way, "ways": self.thoughts} for way in ways],
            sampling=drawn(self.temperature, run),
        )
        for text in dict.fromkeys(text for text in said if text is not None):
            thinking.keep(text)
        links = self._links(thinking)
        graph = ThoughtGraph.of(links)
        values = graph.joined()
        order = sorted(range(len(values)), key=lambda place: -values[place])
        thinking.trace[:] = [
            replace(thought, parents=_neighbours(graph, place), value=float(values[place]))
            for place, thought in enumerate(thinking.trace)
        ]
        return thinking.answered(
            thoughts=[thinking.trace[place].text for place in order],
            before="Thoughts, those first that have most in common with the others:",
            links=[
                {"one": one, "how": how, "other": other}
                for one, how, other in dict.fromkeys(link for each in links for link in each)
            ],
            leads=[options[place] for place in graph.leads(options)],
        )

    def _links(self, thinking: Thinking) -> list[list[Link]]:
        """The links of each thought, as the model writes them."""
        said = thinking.think(
            "plan-links@1",
            [{"thought": thought.text, "most": self.links} for thought in thinking.trace],
        )
        found = []
        for text in said:
            links = [] if text is None else read_links(text)[: self.links]
            if text is not None and not links:
                thinking.failed("unreadable")
            found.append(links)
        return found


def read_links(text: str) -> list[Link]:
    r"""Links, from lines of three parts.

    >>> read_links("- I | like | trains\nnothing here\n2. trains -> run in -> Heat")
    [('I', 'like', 'trains'), ('trains', 'run in', 'Heat')]
    """
    links = []
    for line in text.splitlines():
        bare = line.lstrip("-*• \t").removeprefix("(").removesuffix(")")
        for mark in ("|", "->", "→", ";"):
            parts = [part.strip(" \t\"'.") for part in bare.split(mark)]
            if len(parts) == 3 and all(parts):
                number, _, rest = parts[0].partition(". ")
                first = rest if number.isdecimal() and rest else parts[0]
                links.append((first, parts[1], parts[2]))
                break
    return links


def _neighbours(graph: ThoughtGraph, place: int) -> tuple[int, ...]:
    """Numbers of earlier thoughts that share a thing with this one."""
    shared = graph.thoughts[:place] @ graph.thoughts[place]
    return tuple(int(other) + 1 for other in np.flatnonzero(shared))
