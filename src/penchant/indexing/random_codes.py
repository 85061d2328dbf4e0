"""Codes drawn at random."""

from dataclasses import dataclass

from penchant.core import Run
from penchant.data import Catalog, Dataset
from penchant.indexing.prefixes import check_sizes, fitting_width, told_apart, told_apart_from
from penchant.indexing.scheme import Coded


@dataclass(frozen=True, kw_only=True)
class RandomCodes:
    """Codes drawn at random: what the meaning of codes is worth is the difference to these.

    Hua et al., "How to Index Item IDs for Recommendation Foundation Models", SIGIR-AP 2023,
    arXiv:2305.06569, section 3, where a random number is split into the pieces of a tokenizer.
    """

    levels: int = 3
    """Codes per item, before the one that tells apart items whose codes collide."""
    width: int = 256
    """Different codes per level; not more than a quarter of the items."""
    spare: int = 16
    """Last codes kept free for items that come later."""

    def __post_init__(self) -> None:
        check_sizes(levels=self.levels, width=self.width, spare=self.spare)

    def code(self, data: Dataset, run: Run) -> Coded:
        """See :class:`Scheme`; only the number of items matters."""
        n = len(data.catalog)
        width = fitting_width(self.width, n)
        drawn = run.rng("indexing.random").integers(width, size=(n, self.levels))
        codes, widths = told_apart(drawn, (width,) * self.levels, self.spare, run)
        return Coded.of(self, codes, widths, data, tells_apart=True)

    def more(self, coded: Coded, catalog: Catalog, run: Run) -> Coded:
        """Drawn as well."""
        index = coded.index
        rng, n_new = run.rng("indexing.append", len(index)), len(catalog) - len(index)
        drawn = rng.integers(index.widths[:-1], size=(n_new, len(index.widths) - 1))
        return coded.grown(told_apart_from(index, drawn), catalog)
