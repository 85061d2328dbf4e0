"""Two schemes one after the other."""

from dataclasses import dataclass, replace

import numpy as np

from penchant.core import Ragged, Run, State
from penchant.data import Catalog, Dataset
from penchant.indexing.category import CategoryPaths
from penchant.indexing.independent import IndependentCodes
from penchant.indexing.scheme import Coded, Scheme

FIRST, SECOND = CategoryPaths(), IndependentCodes()
ROOM = 1 << 24
"""Last codes of the first scheme: they are not kept, so there is room for any number."""


@dataclass(frozen=True, kw_only=True)
class Hybrid:
    """The codes of one scheme, then those of another, which tell the item apart.

    Hua et al., SIGIR-AP 2023, arXiv:2305.06569, section 4 (HID): categories or collaborative
    clusters, and a code of the item's own. Of the first scheme the code that only tells items
    apart is left out.
    """

    first: Scheme = FIRST
    second: Scheme = SECOND

    def code(self, data: Dataset, run: Run) -> Coded:
        """See :class:`Scheme`."""
        first = self.first.code(data, run.within("first"))
        second = self.second.code(data, run.within("second"))
        if first.tells_apart:
            widths = (*first.index.widths[:-1], ROOM)
            first = replace(first, index=replace(first.index, widths=widths))
        kept = first.index.widths[:-1] if first.tells_apart else first.index.widths
        widths = (*kept, *second.index.widths)
        if any(one.index.depth > len(one.index.widths) for one in (first, second)):
            widths = (sum(widths),)  # the codes of a level may stand anywhere: all share one
        return Coded.of(
            replace(self, first=first.scheme, second=second.scheme),
            _together(first, second),
            widths,
            data,
            learned=_parts(first, second),
            tells_apart=second.tells_apart,
        )

    def more(self, coded: Coded, catalog: Catalog, run: Run) -> Coded:
        """The codes that both schemes find."""
        parts = [Coded.restored(coded.learned.parts[name]) for name in ("first", "second")]
        first, second = (part.appended(catalog, run) for part in parts)
        both, n = _together(first, second), len(coded.index)
        grown = coded.grown(both.take(np.arange(n, len(both))), catalog)
        return replace(grown, learned=_parts(first, second))


def _parts(first: Coded, second: Coded) -> State:
    return State(parts={"first": first.state(), "second": second.state()})


def _together(first: Coded, second: Coded) -> Ragged:
    """The codes of all items, those of the second scheme after those of the first."""
    codes, kept = first.index.codes, sum(first.index.widths)
    if first.tells_apart:
        lasts = codes.offsets[1:][codes.lengths > 0] - 1
        rows, values = np.delete(codes.rows(), lasts), np.delete(codes.values, lasts)
        codes, kept = Ragged.from_rows(rows, values, len(codes)), kept - first.index.widths[-1]
    theirs = second.index.codes
    return codes.joined(Ragged(np.asarray(theirs.values + kept, np.int32), theirs.offsets))
