"""Orders in which candidates are shown: a new one for every copy of every question.

A model that is shown a list prefers some places of it. Asked several times, each time with the
candidates in another order, the preference averages out ("bootstrapping" in Hou et al., "Large
Language Models are Zero-Shot Rankers for Recommender Systems", ECIR 2024, section 3.3). It does so
only if the orders are independent: one shuffle that is used for all copies leaves the bias whole.
"""

import hashlib

import numpy as np
from numpy.typing import NDArray

from penchant.core import Run, UsageError


def question_key(*parts: NDArray[np.integer]) -> int:
    """A number that a question has wherever it stands in a batch: 63 bits of its content.

    >>> question_key(np.array([3, 1]), np.array([7])) == question_key(np.array([3, 1, 7]))
    False
    """
    digest = hashlib.sha256()
    for part in parts:
        digest.update(len(part).to_bytes(8, "little"))
        digest.update(np.ascontiguousarray(part, np.int64).tobytes())
    return int.from_bytes(digest.digest()[:8], "little") >> 1


def independent_orders(n: int, copies: int, key: int, run: Run) -> NDArray[np.int32]:
    """(copies, n) permutations of 0 … n - 1, each drawn from a stream of its own.

    >>> independent_orders(3, 2, 0, Run(seed=0)).shape
    (2, 3)

    Args:
        n: Candidates.
        copies: Times that the question is asked; at least 1.
        key: Of the question, by :func:`question_key`: other questions get other orders.
        run: Its seed.
    """
    if copies < 1:
        raise UsageError(f"copies={copies}: a question is asked at least once")
    drawn = [run.rng("prompting.order", key, copy).permutation(n) for copy in range(copies)]
    return np.stack(drawn).astype(np.int32)


def drawn_pairs(n: int, pairs: int, key: int, run: Run) -> NDArray[np.int32]:
    """(at most pairs, 2) which candidates are compared, and which of them is named first.

    Rounds of a tournament: in each, all stand in a new random circle and every other one meets his
    neighbour, so that after any number of pairs nobody was compared much more often than another.
    A pair that met already may meet again, in an order drawn anew.

    >>> sorted(drawn_pairs(4, 2, 0, Run(seed=0)).ravel().tolist())
    [0, 1, 2, 3]

    Args:
        n: Candidates.
        pairs: Comparisons; at least 1.
        key: Of the question, by :func:`question_key`.
        run: Its seed.
    """
    if pairs < 1:
        raise UsageError(f"pairs={pairs}: need at least one comparison")
    if n < 2:
        return np.zeros((0, 2), np.int32)
    rounds = -(-pairs // (n // 2))
    drawn = [
        run.rng("prompting.pairs", key, at).permutation(n)[: n // 2 * 2].reshape(-1, 2)
        for at in range(rounds)
    ]
    return np.concatenate(drawn)[:pairs].astype(np.int32)
