"""What to say of last codes that no model ever learned to write.

A last code that only tells items with the same codes apart means nothing by itself, so a model that
never wrote it knows nothing of it. Such an item stands where an average one of its neighbours under
the same codes stands: it gets an even share of what they have together. Rajput et al.,
arXiv:2305.05065, section 4.3, show new items by a share that is set by hand (epsilon).
"""

import numpy as np
from numpy.typing import NDArray

from penchant.codes.trie import Trie


def even_shares(trie: Trie, untaught: NDArray[np.bool_]) -> NDArray[np.float32]:
    """Log probabilities of the last codes that were never learned.

    What the model says of the others stays as it is, so that new items move none of the present
    ones past another.

    >>> from penchant.codes import build_trie
    >>> from penchant.core import Ragged
    >>> trie = build_trie(Ragged.of([[1, 0], [1, 1], [2, 0]]))
    >>> np.exp(even_shares(trie, np.array([False, True, False])))[-3:]
    array([nan, 0.5, nan], dtype=float32)

    Args:
        trie: Its leaves are told apart by their last code.
        untaught: (n_items,) items whose last code was never learned.

    Returns:
        (n_edges,) natural logs, of 1 by the number of leaves beside; nan: the model is asked.
    """
    told = np.full(len(trie.tokens), np.nan, np.float32)
    n_children = np.diff(trie.offsets).astype(np.int64)
    leaf_edges = np.flatnonzero(n_children[1:] == 0)
    leaf_edges = leaf_edges[untaught[trie.leaf_items[trie.first[leaf_edges + 1]]]]
    parents = np.searchsorted(trie.offsets, leaf_edges, side="right") - 1
    told[leaf_edges] = -np.log(n_children[parents])
    return told
