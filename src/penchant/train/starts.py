"""Where item embeddings begin: items that are seen together begin near each other."""

import numpy as np
from numpy.typing import NDArray

from penchant.core import Ragged

NOISE = 0.01
"""Standard deviation of what is added, so that no two items begin at one point."""


def neighbour_vectors(
    sequences: Ragged,
    n_items: int,
    dimension: int,
    rng: np.random.Generator,
    *,
    window: int = 20,
) -> NDArray[np.float32]:
    """Unit vectors whose cosines follow how often items stand near each other.

    The largest eigenvectors of the symmetrically normalised matrix of co-occurrences, in which two
    items d events apart count d^-1/2, scaled by the root of their eigenvalues. Nothing but the
    sequences is used. It spares a trained model the passes in which it would find out the same.

    Args:
        sequences: Oldest first, without unknown items.
        n_items: Rows of the answer.
        dimension: Columns of the answer.
        rng: Draws the start of the eigensolver, the noise, and all of what is never seen.
        window: Largest distance in events.

    Returns:
        (n_items, dimension)
    """
    from scipy import sparse  # takes 0.1 s to import
    from scipy.sparse import linalg

    noise = rng.normal(0, NOISE, (n_items, dimension)).astype(np.float32)
    together = _together(sequences, n_items, window)
    sums = np.asarray(together.sum(0)).ravel()
    scale = sparse.diags_array(np.where(sums > 0, sums, 1) ** -0.5)
    # The identity makes all eigenvalues positive.
    normal = (scale @ together @ scale + sparse.eye_array(n_items)).tocsr()
    k = min(dimension, n_items - 1)
    if n_items <= 4 * dimension:
        values, vectors = np.linalg.eigh(normal.toarray())
        values, vectors = values[n_items - k :], vectors[:, n_items - k :]
    else:
        values, vectors = linalg.eigsh(normal, k=k, which="LA", v0=rng.random(n_items))
    # Largest first, and signs fixed, since solvers leave both open.
    order = np.argsort(-values, kind="stable")
    values, vectors = np.maximum(values[order], 0), vectors[:, order]
    peaks = vectors[np.abs(vectors).argmax(0), np.arange(k)]
    found = vectors * np.where(peaks < 0, -1.0, 1.0) * np.sqrt(values)
    norms = np.linalg.norm(found, axis=1, keepdims=True)
    found = np.where(sums[:, None] > 0, found / np.maximum(norms, 1e-6), 0.0)
    noise[:, :k] += found.astype(np.float32)
    return noise


def _together(sequences: Ragged, n_items: int, window: int):  # type: ignore[no-untyped-def]  # scipy loads late
    from scipy import sparse

    rows, values = sequences.rows(), sequences.values
    earlier, later, weights = [], [], []
    for distance in range(1, min(window, int(sequences.lengths.max(initial=0)) - 1) + 1):
        same = np.flatnonzero(rows[distance:] == rows[:-distance])
        earlier.append(values[same])
        later.append(values[same + distance])
        weights.append(np.full(len(same), distance**-0.5))
    pairs = (np.concatenate(earlier), np.concatenate(later))
    counts = sparse.coo_array((np.concatenate(weights), pairs), (n_items, n_items)).tocsr()
    return counts + counts.T
