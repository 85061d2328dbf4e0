"""A template: a way to ask, with its slots and the answer that it wants.

Values are put in as they are and never read as templates. Jinja runs in a sandbox, without globals.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Literal, get_args

import jinja2
import jinja2.meta
import jinja2.nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from penchant.core import UsageError
from penchant.tasks.slots import SLOTS

Family = Literal["rating", "sequential", "explanation", "review", "direct", "zero-shot"]
FAMILIES: tuple[Family, ...] = get_args(Family)
"""P5's families (Geng et al., RecSys 2022, section 3)."""

Answer = Literal["item", "choice", "yes-no", "rating", "text"]
"""What the right answer is, and so how an answer is read."""


@dataclass(frozen=True, slots=True)
class Template:
    """A way to ask, and the answer that is wanted.

    >>> from penchant.tasks import template
    >>> template("direct-10").ask({"user": "Ann"})
    'task: recommend | person: Ann'
    """

    name: str
    """``sequential-3``"""
    version: int
    family: Family
    source: str
    """The prompt, in Jinja"""
    target: str
    """The right answer, in Jinja"""
    seen: bool
    """Whether it is learned from; the others ask in words that no training has shown."""
    answer: Answer
    slots: tuple[str, ...]
    """What source and target are filled with; see :data:`SLOTS`"""

    @property
    def key(self) -> str:
        """``sequential-3@1``."""
        return f"{self.name}@{self.version}"

    @property
    def asked_slots(self) -> tuple[str, ...]:
        """What the prompt alone is filled with."""
        return variables(self.source)

    @property
    def replied_slots(self) -> tuple[str, ...]:
        """What the right answer is filled with."""
        return variables(self.target)

    def ask(self, values: Mapping[str, object]) -> str:
        """The prompt; ``values`` has all of :attr:`asked_slots`."""
        return _fill(self, self.source, values)

    def reply(self, values: Mapping[str, object]) -> str:
        """The right answer; ``values`` has the slots of the target."""
        return _fill(self, self.target, values)


FILTERS = ("default", "first", "join", "last", "length", "lower", "trim", "upper")
"""Those of Jinja that templates can use, besides ``listed`` and ``numbered``."""

# One short line of these can fill all memory, and no prompt needs them.
_FORBIDDEN = (jinja2.nodes.Call, jinja2.nodes.Mod, jinja2.nodes.Mul, jinja2.nodes.Pow)


def _listed(words: list[str]) -> str:
    return ", ".join(words) if words else "nothing yet"


def _numbered(words: list[str]) -> str:
    return "\n".join(f"{number}. {word}" for number, word in enumerate(words, 1))


@cache
def _environment() -> ImmutableSandboxedEnvironment:
    made = ImmutableSandboxedEnvironment(
        undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    kept = {name: made.filters[name] for name in FILTERS}
    made.filters = {**kept, "listed": _listed, "numbered": _numbered}
    made.globals.clear()
    return made


@lru_cache(maxsize=1_024)
def _compiled(text: str) -> jinja2.Template:
    return _environment().from_string(text)


@lru_cache(maxsize=1_024)
def variables(text: str) -> tuple[str, ...]:
    """The slots of a text in Jinja, sorted."""
    found = jinja2.meta.find_undeclared_variables(_environment().parse(text))
    return tuple(sorted(found))


def forbidden_line(text: str) -> int | None:
    """The first line, from 1, of a text in Jinja that calls or multiplies something."""
    found = next(_environment().parse(text).find_all(_FORBIDDEN), None)
    return None if found is None else int(found.lineno)


def _fill(made: Template, text: str, values: Mapping[str, object]) -> str:
    missing = sorted(set(variables(text)) - set(values))
    if missing:
        raise UsageError(
            f"{made.key} needs {', '.join(missing)}: {'; '.join(SLOTS[m] for m in missing)}"
        )
    return _compiled(text).render(values)
