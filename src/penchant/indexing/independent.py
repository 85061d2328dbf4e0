"""A code for each item, shared with nothing."""

from dataclasses import dataclass

import numpy as np

from penchant.core import Run, UsageError
from penchant.data import Catalog, Dataset
from penchant.indexing.prefixes import check_spare, level_codes
from penchant.indexing.scheme import Coded


@dataclass(frozen=True, kw_only=True)
class IndependentCodes:
    """One new code for each item, so that nothing is known of it but what training teaches.

    Hua et al., SIGIR-AP 2023, arXiv:2305.06569, section 3 (IID). Which item has which code is
    drawn, so that the order of the catalogue, which may know the future, says nothing.
    """

    spare: int = 256
    """Codes kept free for items that come later."""

    def __post_init__(self) -> None:
        check_spare(self.spare)

    def code(self, data: Dataset, run: Run) -> Coded:
        """See :class:`Scheme`; only the number of items matters."""
        n = len(data.catalog)
        widths = (n + self.spare,)
        drawn = run.rng("indexing.independent").permutation(n)
        return Coded.of(self, level_codes(drawn[:, None], widths), widths, data)

    def more(self, coded: Coded, catalog: Catalog, run: Run) -> Coded:
        """The next free codes; those of tombstones are free, too.

        Raises:
            UsageError: None is left.
        """
        index, n_new = coded.index, len(catalog) - len(coded.index)
        free = np.setdiff1d(np.arange(index.vocabulary), index.codes.values)
        if len(free) < n_new:
            raise UsageError(
                f"{n_new} new items, and {len(free)} free codes: fit again, or give the scheme "
                "more spare codes"
            )
        return coded.grown(level_codes(free[:n_new, None], index.widths), catalog)
