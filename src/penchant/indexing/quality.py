"""How good codes are, before any model is trained on them."""

from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray

from penchant.codes import ItemIndex
from penchant.core import Json


@dataclass(frozen=True, slots=True)
class IndexReport:
    """What to look at first when codes disappoint."""

    n_items: int
    """Items that have codes."""
    without_codes: int
    """Items that have none, and are never answered."""
    collisions: float
    """Share of items whose codes but the last are those of another item, too; 0 where the last
    code does more than tell apart."""
    most_alike: int
    """Items that share all codes but the last; 1 where the last code does more than tell apart."""
    usage: tuple[float, ...]
    """Share of each level's codes that some item has."""
    perplexity: tuple[float, ...]
    """exp of the entropy of each level's codes: how many are used as if evenly."""
    prefixes: tuple[int, ...]
    """How many different beginnings of 1, 2 … codes there are."""
    prefix_entropy: tuple[float, ...]
    """Bits that a beginning of 1, 2 … codes tells of an item, if all are asked for equally."""

    def json(self) -> dict[str, Json]:
        """As plain JSON."""
        return asdict(self)


@dataclass(frozen=True, slots=True, eq=False)
class PrefixGroup:
    """Items whose codes begin alike."""

    codes: tuple[int, ...]
    items: NDArray[np.int64]


def report_index(index: ItemIndex, *, tells_apart: bool = True) -> IndexReport:
    """Collisions, usage, perplexity and prefixes of an index.

    Args:
        index: Of any scheme.
        tells_apart: Whether an item's last code only tells it apart (``Coded.tells_apart``).
    """
    lengths = index.codes.lengths
    codes = index.padded()[lengths > 0]
    if len(codes) == 0:
        return IndexReport(0, len(index), 0.0, 0, (), (), (), ())
    alike = np.ones(1, np.int64)
    if tells_apart:
        inner = codes.copy()
        inner[np.arange(len(codes)), lengths[lengths > 0] - 1] = -1
        alike = np.unique(inner, axis=0, return_counts=True)[1]
    usage, perplexity = [], []
    for start, width in zip(index.starts, index.widths, strict=True):
        counts = np.bincount(index.codes.values, minlength=index.vocabulary)[start : start + width]
        usage.append(float((counts > 0).mean()))
        perplexity.append(float(np.exp(_entropy(counts))))
    groups = [
        np.unique(codes[:, : depth + 1], axis=0, return_counts=True)[1]
        for depth in range(codes.shape[1])
    ]
    return IndexReport(
        n_items=len(codes),
        without_codes=len(index) - len(codes),
        collisions=float(alike[alike > 1].sum() / len(codes)),
        most_alike=int(alike.max()),
        usage=tuple(usage),
        perplexity=tuple(perplexity),
        prefixes=tuple(len(counts) for counts in groups),
        prefix_entropy=tuple(float(_entropy(counts) / np.log(2)) for counts in groups),
    )


def prefix_groups(index: ItemIndex, depth: int) -> list[PrefixGroup]:
    """Items by their first ``depth`` codes, the largest group first."""
    coded = np.flatnonzero(index.codes.lengths > 0)
    prefixes, group_of = np.unique(index.padded()[coded, :depth], axis=0, return_inverse=True)
    order = np.argsort(group_of.ravel(), kind="stable")
    counts = np.bincount(group_of.ravel(), minlength=len(prefixes))
    members = np.split(coded[order], np.cumsum(counts)[:-1]) if len(counts) else []
    groups = [
        PrefixGroup(tuple(int(code) for code in prefix if code >= 0), items)
        for prefix, items in zip(prefixes, members, strict=True)
    ]
    return sorted(groups, key=lambda group: -len(group.items))


def _entropy(counts: NDArray[np.integer]) -> float:
    """In nats."""
    shares = counts[counts > 0] / max(1, counts.sum())
    return float(abs((shares * np.log(shares)).sum()))
