"""Is a difference more than luck: paired tests by person, and Holm's correction.

All comparisons are paired: the same queries, so what makes a query hard cancels out. A person's
queries stand or fall together, as in :mod:`penchant.evaluate.intervals`.
"""

from collections.abc import Iterator

import numpy as np
import polars as pl
from numpy.typing import NDArray

from penchant.core import Run, UsageError
from penchant.evaluate.arithmetic import mean_of_known
from penchant.evaluate.intervals import bootstrap_means, cluster_sums

Floats = NDArray[np.float64]
PERMUTATIONS = 10_000
"""Sign flips, or bootstrap samples, behind a p-value: the smallest is 1 / 10,001."""

_ALL_SIGNS_UP_TO = 13
"""With so few people that differ, all 2 ** n sign flips are tried."""


def permutation_p(
    differences: Floats, clusters: NDArray[np.int64], run: Run, *, permutations: int = PERMUTATIONS
) -> Floats:
    """Two-sided paired permutation test of mean 0, flipping the sign of each person's sum.

    Args:
        differences: (n, m) one column a pair of models; nan where either has no value.
        clusters: (n,) the person of each row.
        run: Its seed.
        permutations: Random flips; all flips are tried where there are no more of them.

    Returns:
        (m,) p-values, (1 + flips at least as far from 0) / (1 + flips); exact where all are tried.
    """
    sums, _ = cluster_sums(differences, clusters)
    sums = sums[(sums != 0).any(1)]
    observed = np.abs(sums.sum(0))
    slack = 1e-12 * np.abs(sums).sum(0)
    extreme = np.zeros(sums.shape[1])
    exact = len(sums) <= _ALL_SIGNS_UP_TO
    tried = 0
    for signs in _all_signs(len(sums)) if exact else _random_signs(len(sums), run, permutations):
        extreme += (np.abs(signs @ sums) >= observed - slack).sum(0)
        tried += len(signs)
    return np.asarray(extreme / tried if exact else (1.0 + extreme) / (1.0 + tried), np.float64)


def paired(
    first: Floats,
    second: Floats,
    clusters: NDArray[np.int64],
    run: Run,
    confidence: float,
    rooted: bool = False,
) -> pl.DataFrame:
    """Both tests and an interval for the difference of each pair of columns.

    Args:
        first: (n, m) nan where there is no value.
        second: (n, m) likewise; rows count where both have a value.
        clusters: (n,) the person of each row.
        run: Its seed.
        confidence: Of the intervals.
        rooted: Whether values are squares and the roots of their means are compared. The
            permutation test is that of the squares: the roots differ where those do.

    Returns:
        m rows: difference, low, high, p_permutation, p_bootstrap.
    """
    differences = first - second
    if rooted:
        means, difference = _of_roots(first, second, clusters, run)
    else:
        means = bootstrap_means(differences, clusters, run, resamples=PERMUTATIONS)
        difference = mean_of_known(differences)
    tail = (1.0 - confidence) / 2
    drawn = means if len(means) else np.full((1, means.shape[1]), np.nan)
    ends = np.quantile(drawn, [tail, 1.0 - tail], axis=0)
    return pl.DataFrame(
        {
            "difference": difference,
            "low": ends[0],
            "high": ends[1],
            "p_permutation": permutation_p(differences, clusters, run),
            "p_bootstrap": p_of_means(means),
        }
    )


def _of_roots(
    first: Floats, second: Floats, clusters: NDArray[np.int64], run: Run
) -> tuple[Floats, Floats]:
    """Differences of roots of means: (resamples, m) in bootstrap samples, (m,) as they are."""
    both = np.concatenate([first, second], axis=1)
    both = np.where(np.tile(np.isfinite(first - second), 2), both, np.nan)
    drawn = np.sqrt(bootstrap_means(both, clusters, run, resamples=PERMUTATIONS))
    known = np.sqrt(mean_of_known(both))
    m = first.shape[1]
    return drawn[:, :m] - drawn[:, m:], known[:m] - known[m:]


def bootstrap_p(
    differences: Floats, clusters: NDArray[np.int64], run: Run, *, resamples: int = PERMUTATIONS
) -> Floats:
    """(m,) two-sided p-values: twice the share of bootstrap means on the far side of 0, at most 1.

    Arguments as for :func:`permutation_p`.
    """
    means = bootstrap_means(differences, clusters, run, resamples=resamples)
    return p_of_means(means)


def p_of_means(means: Floats) -> Floats:
    """(m,) twice the share of bootstrap means (b, m) on the far side of 0, one added; at most 1."""
    below, above = (means <= 0).sum(0), (means >= 0).sum(0)
    return np.asarray(np.minimum(1.0, 2.0 * (1 + np.minimum(below, above)) / (1 + len(means))))


def holm(p_values: Floats) -> Floats:
    """Holm's step-down correction: (m,) p-values that hold for all m statements together.

    S. Holm, "A Simple Sequentially Rejective Multiple Test Procedure", Scandinavian Journal of
    Statistics 6 (1979). nan stays nan and does not count.
    """
    if ((p_values < 0) | (p_values > 1)).any():
        raise UsageError("p-values must lie between 0 and 1")
    order = np.argsort(p_values, kind="stable")
    known = int(np.isfinite(p_values).sum())
    order = order[:known]
    stepped = p_values[order] * (known - np.arange(known))
    adjusted = np.full(len(p_values), np.nan)
    adjusted[order] = np.minimum(1.0, np.maximum.accumulate(stepped))
    return adjusted


def _all_signs(n: int) -> Iterator[Floats]:
    numbers = np.arange(2**n)[:, None]
    yield np.where(numbers >> np.arange(n) & 1, 1.0, -1.0)


def _random_signs(n: int, run: Run, permutations: int) -> Iterator[Floats]:
    """Blocks of (b, n) signs, one random bit each."""
    rng = run.rng("evaluate.permutation")
    step = max(1, 4_000_000 // max(1, n))
    for start in range(0, permutations, step):
        size = min(step, permutations - start)
        bits = np.frombuffer(rng.bytes(size * -(-n // 8)), np.uint8).reshape(size, -1)
        yield np.unpackbits(bits, axis=1, count=n).astype(np.float64) * 2.0 - 1.0
