"""How often each family of tasks is learned from."""

from dataclasses import dataclass
from typing import Literal

from penchant.core import UnknownName, UsageError
from penchant.tasks.prompt_template import FAMILIES, Template
from penchant.tasks.templates import template, templates

MOST = 1_000
"""Examples that one record can give in a pass."""


@dataclass(frozen=True)
class Mixture:
    """Families with their ratios, and how their examples are made.

    A ratio is how many examples each record gives in a pass, as in P5: 0.5 uses half of the
    records, drawn anew in each pass; 2.0 asks twice about each. A record of ``sequential`` and
    ``direct`` is a person, one of the others an event.

    >>> Mixture((("sequential", 5.0), ("direct", 5.0))).families
    (('sequential', 5.0), ('direct', 5.0))
    """

    families: tuple[tuple[str, float], ...] = tuple((family, 1.0) for family in FAMILIES)
    cuts: Literal["one", "every"] = "one"
    """``one``: a person's sequence is cut at one place, drawn anew each time. ``every``: each
    event with a past is a record of ``sequential``."""
    candidates: int = 20
    """Items to choose from, the right one among them."""
    templates: tuple[str, ...] = ()
    """Names; empty: all that are seen, of the families named."""

    def __post_init__(self) -> None:
        named = [family for family, _ in self.families]
        for family, ratio in self.families:
            if family not in FAMILIES:
                raise UnknownName("family of tasks", family, FAMILIES)
            if not 0 < ratio <= MOST:
                raise UsageError(
                    f"{family} has the ratio {ratio:g}: need more than 0 and at most {MOST}"
                )
        if not named or len(set(named)) < len(named):
            raise UsageError(f"families={named}: name at least one, each once")
        for name in self.templates:
            template(name)  # refuses a name that there is not
        if self.candidates < 2:
            raise UsageError(f"candidates={self.candidates}: need at least 2 to choose from")

    def chosen(self, family: str) -> tuple[Template, ...]:
        """The templates that a family's examples are made with.

        Raises:
            UnknownName: A template does not exist.
        """
        if not self.templates:
            return templates(family, seen=True)
        return tuple(made for made in map(template, self.templates) if made.family == family)
