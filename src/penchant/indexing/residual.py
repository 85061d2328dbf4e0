"""Vectors to codes by residual k-means."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from penchant.core import Run, State, UsageError
from penchant.data import Catalog, Dataset
from penchant.indexing.item_vectors import ItemVectors, TextVectors
from penchant.indexing.prefixes import check_sizes, fitting_width, told_apart, told_apart_from
from penchant.indexing.quantizer import ResidualQuantizer
from penchant.indexing.random_codes import RandomCodes
from penchant.indexing.scheme import Coded

TEXTS = TextVectors()


@dataclass(frozen=True, kw_only=True)
class ResidualKMeans:
    """Residual k-means, and a last code that tells apart items whose codes collide.

    TIGER's semantic ids (Rajput et al., NeurIPS 2023, arXiv:2305.05065, section 3.1) without its
    neural network. Items without a vector draw their codes, so that they do not all share one.
    """

    vectors: ItemVectors = TEXTS
    """What codes are made of."""
    levels: int = 3
    """Codes per item, before the last one."""
    width: int = 256
    """Different codes per level; not more than a quarter of the items."""
    iterations: int = 25
    """Of Lloyd's algorithm, at most, per level."""
    spare: int = 16
    """Last codes kept free for items that come later."""

    def __post_init__(self) -> None:
        check_sizes(levels=self.levels, width=self.width, spare=self.spare)

    def code(self, data: Dataset, run: Run) -> Coded:
        """See :class:`Scheme`."""
        return _quantized(self, data, run, None)

    def more(self, coded: Coded, catalog: Catalog, run: Run) -> Coded:
        """The codes nearest to what is known of an item."""
        return nearest_codes(coded, self.vectors, catalog, run)


@dataclass(frozen=True, kw_only=True)
class BalancedResidualKMeans:
    """Residual k-means in which no code is given to many more items than another.

    At each level a code has at most an even share of the items, rounded up, and ``slack`` of it
    besides: an item whose nearest centre is full goes to the nearest one with room. Codes carry
    more that way, and say less of what an item is like. New items go to the nearest centre.
    """

    vectors: ItemVectors = TEXTS
    """What codes are made of."""
    slack: float = 0.1
    """By how much a code may exceed its even share."""
    levels: int = 3
    """Codes per item, before the last one."""
    width: int = 256
    """Different codes per level; not more than a quarter of the items."""
    iterations: int = 25
    """Of Lloyd's algorithm, at most, per level."""
    spare: int = 16
    """Last codes kept free for items that come later."""

    def __post_init__(self) -> None:
        check_sizes(levels=self.levels, width=self.width, spare=self.spare)
        if not self.slack >= 0:
            raise UsageError(f"slack={self.slack}: need 0 or more")

    def code(self, data: Dataset, run: Run) -> Coded:
        """See :class:`Scheme`."""
        return _quantized(self, data, run, self.slack)

    def more(self, coded: Coded, catalog: Catalog, run: Run) -> Coded:
        """The codes nearest to what is known of an item."""
        return nearest_codes(coded, self.vectors, catalog, run)


def _quantized(
    scheme: ResidualKMeans | BalancedResidualKMeans, data: Dataset, run: Run, slack: float | None
) -> Coded:
    used = scheme.vectors.chosen(data, run)
    vectors = used.of(data, run)
    known = known_rows(vectors, run)
    levels = scheme.levels
    if not known.any():
        drawn = RandomCodes(levels=levels, width=scheme.width, spare=scheme.spare)
        return drawn.code(data, run)
    rng = run.rng("indexing.residual_kmeans")
    widths = (fitting_width(scheme.width, len(vectors)),) * levels
    quantizer = ResidualQuantizer.fit(
        vectors[known], widths, rng, iterations=scheme.iterations, slack=slack
    )
    prefixes = rng.integers(widths, size=(len(vectors), levels))
    prefixes[known] = quantizer.encode(vectors[known], slack=slack)
    codes, all_widths = told_apart(prefixes, widths, scheme.spare, run)
    scheme, learned = replace(scheme, vectors=used), codebooks(quantizer, used)
    return Coded.of(scheme, codes, all_widths, data, learned=learned, tells_apart=True)


def known_rows(vectors: NDArray[np.float32], run: Run) -> NDArray[np.bool_]:
    """(n,) which items have a vector; says how many have none."""
    known: NDArray[np.bool_] = (vectors != 0).any(1)
    missing = int((~known).sum())
    if missing:
        run.watch.note(f"{missing:,} of {len(known):,} items have no vector: they draw codes")
    return known


def codebooks(quantizer: ResidualQuantizer, used: ItemVectors) -> State:
    """A quantizer as what a scheme has learned."""
    arrays = {f"codebook_{level}": book for level, book in enumerate(quantizer.codebooks)}
    return State(arrays=arrays, assets=used.assets())


def quantizer_of(learned: State) -> ResidualQuantizer:
    """The quantizer that gave this state."""
    levels = sum(name.startswith("codebook_") for name in learned.arrays)
    return ResidualQuantizer(tuple(learned.arrays[f"codebook_{i}"] for i in range(levels)))


def nearest_codes(coded: Coded, source: ItemVectors, catalog: Catalog, run: Run) -> Coded:
    """Codes of new items by their vectors; an item without one draws its codes."""
    index, quantizer = coded.index, quantizer_of(coded.learned)
    vectors = source.of_new(catalog, len(index), run)
    wanted = quantizer.codebooks[0].shape[1]
    if vectors.shape[1] != wanted:
        raise UsageError(
            f"the new items have vectors of dimension {vectors.shape[1]}, the codes were made from "
            f"dimension {wanted}: use the same encoder or file"
        )
    rng, widths = run.rng("indexing.append", len(index)), index.widths[:-1]
    prefixes = rng.integers(widths, size=(len(vectors), len(widths)))
    known = (vectors != 0).any(1)
    prefixes[known] = quantizer.encode(vectors[known])
    return coded.grown(told_apart_from(index, prefixes), catalog)
