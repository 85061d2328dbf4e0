"""The leak audit: does a split tell a model what it is asked?

It reports; a failed check stops a run unless it is overridden by name.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from penchant.core import DataError, UnknownName
from penchant.data.audit_checks import (
    Check,
    check_id_order,
    check_overlap,
    check_ties,
    check_time,
)
from penchant.data.audit_contents import (
    check_candidates,
    check_counts,
    check_dates,
    check_texts,
)
from penchant.data.words import Dataset, Split

CHECKS = ("id-order", "time", "overlap", "ties", "texts", "counts", "candidates", "dates")
"""Names of what is looked for, in order."""


@dataclass(frozen=True, slots=True)
class Audit:
    """What was found, one check a leak."""

    checks: tuple[Check, ...]
    claim: str
    """What the split promises, in its own words."""

    def __getitem__(self, name: str) -> Check:
        found = {check.name: check for check in self.checks}
        if name not in found:
            raise UnknownName("check", name, found)
        return found[name]

    @property
    def failed(self) -> tuple[str, ...]:
        """Names of the checks that failed."""
        return tuple(check.name for check in self.checks if check.outcome == "failed")

    def require(self, *, override: Sequence[str] = ()) -> "Audit":
        """Itself, if no check failed but those overridden.

        Raises:
            DataError: A check failed.
            UnknownName: There is no check of an overridden name.
        """
        for name in override:
            self[name]
        open_ = [check for check in self.checks if check.name in self.failed]
        open_ = [check for check in open_ if check.name not in override]
        if open_:
            said = "".join(f"\n  {check}" for check in open_)
            names = ", ".join(check.name for check in open_)
            raise DataError(
                f"the leak audit failed:{said}",
                hint=f"mend the data or the split, or override by name: {names}",
            )
        return self

    def table(self) -> pl.DataFrame:
        """name, outcome, figure, explanation; one row a check."""
        return pl.DataFrame(
            [(c.name, c.outcome, c.figure, c.explanation) for c in self.checks],
            {
                "name": pl.String,
                "outcome": pl.String,
                "figure": pl.Float64,
                "explanation": pl.String,
            },
            orient="row",
        )

    def __str__(self) -> str:
        return "\n".join([self.claim, *map(str, self.checks)])


def audit(split: Split, *, data: Dataset | None = None, seed: int = 0) -> Audit:
    """Looks for the known ways in which a split gives its answers away.

    Args:
        split: What to look at.
        data: The whole data set that was split, where it is at hand: its review texts are then
            looked for in the catalogue and the people table.
        seed: Of the samples that the slower checks draw.

    >>> import penchant as pn
    >>> found = pn.data.audit(pn.data.split_time(pn.data.mini_world()))
    >>> found.failed
    ()
    """
    checks = (
        check_id_order(split),
        check_time(split),
        check_overlap(split),
        check_ties(split),
        check_texts(split, data, seed),
        check_counts(split),
        check_candidates(split),
        check_dates(split),
    )
    return Audit(checks, split.claim)
