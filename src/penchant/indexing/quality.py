"""How good codes are, before any model is trained on them."""

from dataclasses import dataclass

import numpy as np

from penchant.codes import ItemIndex


@dataclass(frozen=True, slots=True)
class IndexReport:
    """What to look at first when codes disappoint."""

    n_items: int
    """Items that have codes."""
    collisions: float
    """Share of them whose codes but the last are those of another item, too."""
    most_alike: int
    """Items that share all codes but the last."""
    usage: tuple[float, ...]
    """Share of each level's codes that some item has."""
    perplexity: tuple[float, ...]
    """exp of the entropy of each level's codes: how many are used as if evenly."""


def report_index(index: ItemIndex) -> IndexReport:
    """Collisions, usage and perplexity of an index whose items have one code a level."""
    codes = index.padded()[index.codes.lengths > 0]
    if len(codes) == 0:
        return IndexReport(0, 0.0, 0, (), ())
    _, alike = np.unique(codes[:, :-1], axis=0, return_counts=True)
    usage, perplexity = [], []
    for column, start, width in zip(codes.T, index.starts, index.widths, strict=True):
        share = np.bincount(column - start, minlength=width) / len(codes)
        used = share[share > 0]
        usage.append(len(used) / width)
        perplexity.append(float(np.exp(-(used * np.log(used)).sum())))
    return IndexReport(
        len(codes),
        float(alike[alike > 1].sum() / len(codes)),
        int(alike.max()),
        tuple(usage),
        tuple(perplexity),
    )
