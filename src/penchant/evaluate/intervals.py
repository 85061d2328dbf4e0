"""How sure a mean is: bootstrap by person.

A person with ten queries is one draw of ten values that go together, not ten draws: so people are
drawn with replacement and bring all their queries (cluster bootstrap).
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from penchant.core import Run
from penchant.evaluate.arithmetic import ratio

Floats = NDArray[np.float64]
RESAMPLES = 1_000
"""Bootstrap samples behind an interval."""


def clusters_of(users: NDArray[np.integer]) -> NDArray[np.int64]:
    """(n,) a number for each person from 0; unknown people (-1) are each their own."""
    keys = users.astype(np.int64)
    unknown = keys < 0
    keys = np.where(unknown, keys.max(initial=0) + 1 + np.arange(len(keys)), keys)
    return np.unique(keys, return_inverse=True)[1].ravel()


def cluster_sums(values: Floats, clusters: NDArray[np.int64]) -> tuple[Floats, Floats]:
    """Sums and counts of what is not nan, by person.

    Args:
        values: (n, m) one column a metric.
        clusters: (n,) from :func:`clusters_of`.

    Returns:
        (n_clusters, m) sums and counts.
    """
    n = int(clusters.max(initial=-1)) + 1
    known = np.isfinite(values)
    filled = np.where(known, values, 0.0)
    columns = range(values.shape[1])
    sums = [np.bincount(clusters, filled[:, column], minlength=n) for column in columns]
    counts = [np.bincount(clusters, known[:, column], minlength=n) for column in columns]
    empty = np.zeros((n, 0))
    return (np.stack(sums, 1), np.stack(counts, 1)) if sums else (empty, empty)


def bootstrap_means(
    values: Floats, clusters: NDArray[np.int64], run: Run, *, resamples: int = RESAMPLES
) -> Floats:
    """(resamples, m) means of the columns in bootstrap samples; all columns share each sample."""
    sums, counts = cluster_sums(values, clusters)
    both = np.concatenate([sums, counts], axis=1)
    parts = [weights @ both for weights in _weights(len(sums), run, resamples)]
    drawn = np.concatenate(parts) if parts else np.zeros((0, both.shape[1]))
    top, bottom = drawn[:, : values.shape[1]], drawn[:, values.shape[1] :]
    return ratio(top, bottom)


def intervals(
    values: Floats,
    clusters: NDArray[np.int64],
    run: Run,
    *,
    confidence: float = 0.95,
    resamples: int = RESAMPLES,
) -> tuple[Floats, Floats]:
    """Percentile bootstrap intervals of the means of columns.

    Args:
        values: (n, m) nan where there is no value.
        clusters: (n,) the person of each row, from :func:`clusters_of`.
        run: Its seed.
        confidence: Share of samples inside.
        resamples: Bootstrap samples.

    Returns:
        (m,) lower and upper ends; nan where a column has no value.
    """
    if values.shape[1] == 0:
        return np.zeros(0), np.zeros(0)
    means = bootstrap_means(values, clusters, run, resamples=resamples)
    nothing: NDArray[np.bool_] = np.isfinite(values).sum(0) == 0
    means = np.zeros((1, len(nothing))) if means.size == 0 else np.where(nothing, 0.0, means)
    tail = (1.0 - confidence) / 2
    low, high = np.nanquantile(means, [tail, 1.0 - tail], axis=0)
    return np.where(nothing, np.nan, low), np.where(nothing, np.nan, high)


def _weights(n: int, run: Run, resamples: int) -> Iterator[Floats]:
    """How often each person is drawn: blocks of (b, n), small enough to hold."""
    rng = run.rng("evaluate.bootstrap")
    step = max(1, 4_000_000 // max(1, n))
    for start in range(0, resamples if n else 0, step):
        size = min(step, resamples - start)
        drawn = rng.integers(0, n, (size, n)) + np.arange(size)[:, None] * n
        yield np.bincount(drawn.ravel(), minlength=size * n).reshape(size, n).astype(np.float64)
