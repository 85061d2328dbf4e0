"""A template: a way to ask, with its slots and the answer that it wants.

Values are put in as they are and never read as templates.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

from penchant.core import UsageError
from penchant.tasks.sandbox import fill_text, variables
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


def _fill(made: Template, text: str, values: Mapping[str, object]) -> str:
    missing = sorted(set(variables(text)) - set(values))
    if missing:
        raise UsageError(
            f"{made.key} needs {', '.join(missing)}: {'; '.join(SLOTS[m] for m in missing)}"
        )
    return fill_text(text, values)
