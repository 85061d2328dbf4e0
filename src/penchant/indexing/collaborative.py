"""Items as the path of the clusters that they fall into, cluster within cluster."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from penchant.core import Run, UsageError
from penchant.data import Catalog, Dataset, history_matrix, positives
from penchant.indexing.prefixes import check_spare, told_apart, told_apart_from
from penchant.indexing.quantizer import k_means, nearest
from penchant.indexing.scheme import Coded

if TYPE_CHECKING:
    from scipy.sparse import csr_array

DENSE = 600
"""A graph of at most so many items is decomposed whole."""
ENDED = 0
"""The code of a level at which an item's cluster is not split any more."""


@dataclass(frozen=True, kw_only=True)
class CollaborativeClusters:
    """Clusters of items that the same people chose, split again while they are large.

    Hua et al., SIGIR-AP 2023, arXiv:2305.06569, section 4 (CID): recursive spectral clustering of
    the graph of training co-occurrences. Differs: degrees are regularised by their mean (Amini et
    al., Annals of Statistics 2013), since a sparse graph is else split into one large cluster and
    scraps; the depth has a bound. Items without co-occurrence draw a path among those there are.
    """

    clusters: int = 20
    """Parts that a cluster is split into."""
    largest: int = 100
    """Items of a cluster that is not split."""
    levels: int = 4
    """Splits, at most."""
    spare: int = 64
    """Last codes kept free for items that come later."""

    def __post_init__(self) -> None:
        for name, least in (("clusters", 2), ("largest", 1), ("levels", 1)):
            if getattr(self, name) < least:
                raise UsageError(f"{name}={getattr(self, name)}: need at least {least}")
        check_spare(self.spare)

    def code(self, data: Dataset, run: Run) -> Coded:
        """See :class:`Scheme`."""
        chosen = history_matrix(positives(data)[0], len(data.catalog))
        rng = run.rng("indexing.collaborative_clusters")
        paths = cluster_paths(chosen, self, rng)
        lonely = _degrees(chosen) == 0
        if lonely.any():
            count, n = int(lonely.sum()), len(lonely)
            run.watch.note(
                f"{count:,} of {n:,} items were chosen with no other: they draw clusters"
            )
            paths[lonely] = _drawn(paths, ~lonely, count, rng)
        widths = tuple(int(width) for width in 1 + paths.max(0, initial=0))
        codes, all_widths = told_apart(paths, widths, self.spare, run)
        return Coded.of(self, codes, all_widths, data, tells_apart=True)

    def more(self, coded: Coded, catalog: Catalog, run: Run) -> Coded:
        """Nobody has chosen them yet: they draw a path among those there are."""
        index = coded.index
        present = index.padded()[index.codes.lengths > 0].astype(np.int64)
        paths = present.reshape(len(present), len(index.widths))[:, :-1]
        paths = paths - np.asarray(index.starts[:-1])
        rng, n_new = run.rng("indexing.append", len(index)), len(catalog) - len(index)
        drawn = _drawn(paths, np.ones(len(paths), np.bool_), n_new, rng)
        return coded.grown(told_apart_from(index, drawn), catalog)


def cluster_paths(
    chosen: "csr_array[np.float32]", scheme: CollaborativeClusters, rng: np.random.Generator
) -> NDArray[np.int64]:
    """(n_items, at most ``levels``) the cluster at each split, from 1; then :data:`ENDED`.

    Args:
        chosen: (people, n_items) 1 where somebody chose an item.
        scheme: How to split.
        rng: Draws the starts of the eigenvectors and of k-means.
    """
    paths = np.full((chosen.shape[1], scheme.levels), ENDED, np.int64)
    groups = [np.flatnonzero(_degrees(chosen) > 0)]
    by_item = chosen.tocsc()
    for level in range(scheme.levels):
        smaller = []
        for members in groups:
            if len(members) <= max(scheme.largest, scheme.clusters):
                continue
            labels = spectral_clusters(by_item[:, members].tocsr(), scheme.clusters, rng)
            paths[members, level] = 1 + labels
            smaller += [members[labels == label] for label in np.unique(labels)]
        groups = smaller
    return paths[:, : max(1, int((paths != ENDED).any(0).sum()))]


def spectral_clusters(
    chosen: "csr_array[np.float32]", clusters: int, rng: np.random.Generator
) -> NDArray[np.int64]:
    """(n_items,) the cluster of each item, in [0, clusters).

    The co-occurrence graph is never made: with it one multiplies by people x items, twice.
    """
    chosen = chosen[np.diff(chosen.indptr) > 1]
    degrees = _degrees(chosen)
    linked = np.flatnonzero(degrees > 0)
    labels = rng.integers(clusters, size=chosen.shape[1])
    if len(linked) <= clusters:
        return labels
    vectors = _leading(chosen.tocsc()[:, linked].tocsr(), degrees[linked], clusters, rng)
    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    rows = np.asarray(vectors / np.maximum(norms, 1e-12), np.float32)
    centres = k_means(rows, clusters, rng, iterations=25)
    labels[linked] = nearest(rows, centres)[0]
    return labels


def _leading(
    chosen: "csr_array[np.float32]",
    degrees: NDArray[np.float64],
    count: int,
    rng: np.random.Generator,
) -> NDArray[np.float64]:
    """(n, count) eigenvectors of the normalised co-occurrences with the largest eigenvalues."""
    from scipy.linalg import eigh
    from scipy.sparse.linalg import LinearOperator, eigsh

    n = len(degrees)
    scale = (degrees + degrees.mean()) ** -0.5
    own = np.asarray(chosen.sum(0), np.float64).ravel()
    if n <= max(DENSE, 4 * count):
        together = np.asarray((chosen.T @ chosen).todense(), np.float64)
        np.fill_diagonal(together, 0.0)
        _, vectors = eigh(scale[:, None] * together * scale, subset_by_index=[n - count, n - 1])
        return np.asarray(vectors)

    def multiply(x: NDArray[np.float64]) -> NDArray[np.float64]:
        scaled = scale * x.ravel()
        return np.asarray(scale * (chosen.T @ (chosen @ scaled) - own * scaled))

    graph = LinearOperator((n, n), matvec=multiply, dtype=np.float64)
    start = rng.standard_normal(n)
    _, vectors = eigsh(graph, k=count, which="LA", v0=start, tol=1e-3, ncv=3 * count)
    return np.asarray(vectors)


def _degrees(chosen: "csr_array[np.float32]") -> NDArray[np.float64]:
    """(n_items,) co-occurrences of each item with others."""
    lengths = np.asarray(chosen.sum(1), np.float64).ravel()
    return np.asarray(chosen.T @ np.maximum(lengths - 1, 0), np.float64).ravel()


def _drawn(
    paths: NDArray[np.int64], among: NDArray[np.bool_], count: int, rng: np.random.Generator
) -> NDArray[np.int64]:
    """(count, levels) paths of items drawn from some; ended at once where there are none."""
    rows = np.flatnonzero(among)
    if len(rows) == 0:
        return np.full((count, paths.shape[1]), ENDED, np.int64)
    drawn: NDArray[np.int64] = paths[rng.choice(rows, count)]
    return drawn
