"""Schemes: vectors of items in, an index out."""

from dataclasses import dataclass, replace
from typing import Any, ClassVar, Protocol

import numpy as np
import polars as pl
from numpy.typing import NDArray

from penchant.codes import ItemIndex, catalogue_fingerprint
from penchant.core import Ragged, Run, State, UsageError, offsets_of
from penchant.indexing.quantizer import ResidualQuantizer


@dataclass(frozen=True, slots=True, eq=False)
class Coded:
    """An index, and what codes more items in the same way."""

    index: ItemIndex
    quantizer: ResidualQuantizer | None
    """``None``: codes have nothing to do with vectors, new items draw theirs."""

    def appended(self, vectors: NDArray[np.float32], ids: pl.Series, run: Run) -> "Coded":
        """More items after the present ones: nearest codes and a free last one.

        Args:
            vectors: (n_new, dimension) of the new items; a row of zeros: nothing is known.
            ids: Of all items, the present ones first.
            run: Draws the codes of items of which nothing is known.

        Raises:
            UsageError: The present ids do not begin the catalogue, or no last code is free.
        """
        index = self.index
        index.check_catalogue(ids[: len(index)])
        widths = np.asarray(index.widths)
        draw = run.rng("indexing.append", len(index))
        semantic = draw.integers(widths[:-1], size=(len(vectors), len(widths) - 1))
        if self.quantizer is not None:
            known = (vectors != 0).any(1)
            semantic[known] = self.quantizer.encode(vectors[known])
        taken = index.padded()[:, :-1] - np.asarray(index.starts[:-1])
        order = _order_within(np.concatenate([taken, semantic]))[len(index) :]
        if order.max(initial=0) >= widths[-1]:
            raise UsageError(
                f"{order.max() + 1} items share their codes, the index has room for {widths[-1]}: "
                "fit again, or give the scheme more spare codes"
            )
        codes = _with_starts(np.column_stack([semantic, order]), index.widths)
        new = index.appended(_as_ragged(codes), catalogue_fingerprint(ids))
        return replace(self, index=new)

    def state(self) -> State:
        """The codebooks, and the index as a part."""
        books = () if self.quantizer is None else self.quantizer.codebooks
        arrays = {f"codebook_{level}": book for level, book in enumerate(books)}
        return State({"levels": len(books)}, arrays, {"index": self.index.state()})

    @classmethod
    def restored(cls, state: State) -> "Coded":
        """What gave this state."""
        levels = range(state.json["levels"])
        books = tuple(state.arrays[f"codebook_{level}"] for level in levels)
        index = ItemIndex.restored(state.parts["index"])
        return cls(index, ResidualQuantizer(books) if books else None)


class Scheme(Protocol):
    """A way to make codes: a frozen dataclass of options."""

    __dataclass_fields__: ClassVar[dict[str, Any]]  # Any: how the standard library types it

    def code(self, vectors: NDArray[np.float32], ids: pl.Series, run: Run) -> Coded:
        """Codes for all items.

        Args:
            vectors: (n_items, dimension); a row of zeros: nothing is known of the item.
            ids: (n_items,) of the catalogue.
            run: Its seed.
        """


@dataclass(frozen=True, kw_only=True)
class ResidualKMeans:
    """Residual k-means, and a last code that tells apart items whose codes collide.

    Items without a vector draw their codes, so that they do not all share one.
    """

    levels: int = 3
    """Codes per item, before the last one."""
    width: int = 256
    """Different codes per level; not more than a quarter of the items."""
    iterations: int = 25
    """Of Lloyd's algorithm, at most, per level."""
    spare: int = 16
    """Last codes kept free for items that come later."""

    def __post_init__(self) -> None:
        _check(self.levels, self.width, self.spare)

    def code(self, vectors: NDArray[np.float32], ids: pl.Series, run: Run) -> Coded:
        """See :class:`Scheme`."""
        rng = run.rng("indexing.residual_kmeans")
        known = (vectors != 0).any(1)
        if not known.any():
            return RandomCodes(levels=self.levels, width=self.width).code(vectors, ids, run)
        width = max(2, min(self.width, len(vectors) // 4))
        widths = (width,) * self.levels
        quantizer = ResidualQuantizer.fit(vectors[known], widths, rng, iterations=self.iterations)
        codes = rng.integers(width, size=(len(vectors), self.levels))
        codes[known] = quantizer.encode(vectors[known])
        return Coded(_index(codes, widths, self.spare, ids, "residual-kmeans"), quantizer)


@dataclass(frozen=True, kw_only=True)
class RandomCodes:
    """Codes drawn at random: what the meaning of codes is worth is the difference to these."""

    levels: int = 3
    """Codes per item, before the one that tells apart items whose codes collide."""
    width: int = 256
    """Different codes per level; not more than a quarter of the items."""
    spare: int = 16
    """Last codes kept free for items that come later."""

    def __post_init__(self) -> None:
        _check(self.levels, self.width, self.spare)

    def code(self, vectors: NDArray[np.float32], ids: pl.Series, run: Run) -> Coded:
        """See :class:`Scheme`; only the number of vectors matters."""
        width = max(2, min(self.width, len(vectors) // 4))
        codes = run.rng("indexing.random").integers(width, size=(len(vectors), self.levels))
        return Coded(_index(codes, (width,) * self.levels, self.spare, ids, "random"), None)


def _check(levels: int, width: int, spare: int) -> None:
    if levels < 1:
        raise UsageError(f"levels={levels}: need at least 1 code per item")
    if width < 2:
        raise UsageError(f"width={width}: need at least 2 codes per level")
    if spare < 0:
        raise UsageError(f"spare={spare}: need 0 or more")


def _index(
    codes: NDArray[np.integer], widths: tuple[int, ...], spare: int, ids: pl.Series, scheme: str
) -> ItemIndex:
    order = _order_within(codes)
    widths = (*widths, int(order.max(initial=0)) + 1 + spare)
    full = _with_starts(np.column_stack([codes, order]), widths)
    return ItemIndex(_as_ragged(full), widths, catalogue_fingerprint(ids), scheme)


def _order_within(codes: NDArray[np.integer]) -> NDArray[np.int64]:
    """(n,) how many rows before each one have the same codes."""
    if len(codes) == 0:
        return np.zeros(0, np.int64)
    order = np.lexsort(codes.T[::-1])
    ordered = codes[order]
    fresh = np.append(True, (ordered[1:] != ordered[:-1]).any(1))
    starts = np.maximum.accumulate(np.where(fresh, np.arange(len(codes)), 0))
    within = np.empty(len(codes), np.int64)
    within[order] = np.arange(len(codes)) - starts
    return within


def _with_starts(codes: NDArray[np.integer], widths: tuple[int, ...]) -> NDArray[np.int32]:
    """Level by level codes of their own: (n, levels)."""
    starts = np.cumsum([0, *widths[:-1]])
    return np.asarray(codes + starts, np.int32)


def _as_ragged(codes: NDArray[np.int32]) -> Ragged:
    return Ragged(codes.ravel(), offsets_of(np.full(len(codes), codes.shape[1])))
