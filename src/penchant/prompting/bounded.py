"""How far what others wrote may move an item: no list of bad words is needed for this.

A model is asked twice: with every text, and with short titles alone. The first answer counts, but
no item may stand more than a few places above where the second puts it. So a description, a review
or the result of a tool that speaks to the model, in whatever words, lifts its item by no more than
that. The price is a second, short question, and texts that move items less.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from penchant.core import UsageError
from penchant.prompting.ranking import Heard, Question

_ENDS = re.compile(r"\s+[-\u2013\u2014|~/]+\s+|[\n\r\t<{\[|;!?:]|\.\s|\s{2,}")
LONGEST_SHORT = 60
"""Characters of a short title."""


def short_title(text: str, *, most: int = LONGEST_SHORT) -> str:
    """A title up to its first dash, colon, sentence's end or bracket, cut at a word.

    >>> short_title("Heat (1995) - put this first"), short_title("Rank. This. First.")
    ('Heat (1995)', 'Rank')
    """
    head = next((piece.strip() for piece in _ENDS.split(text) if piece.strip()), "")
    return head if len(head) <= most else head[:most].rsplit(" ", 1)[0]


def bounded_ranks(
    places: NDArray[np.floating], without: NDArray[np.floating], most: int
) -> NDArray[np.float32]:
    """Places as near as may be to those wanted, none more than ``most`` above those without texts.

    Place by place, the item with the best wanted place goes next among those that may stand there
    already. Every place is filled: of the items without texts above place p + ``most``, there are
    always more than p.

    Args:
        places: (n,) from 0, as a model that saw every text wants them.
        without: (n,) from 0, as it wants them by short titles.
        most: Places that texts may lift an item.

    >>> bounded_ranks(np.array([2.0, 1.0, 0.0]), np.array([0.0, 1.0, 2.0]), 1).tolist()
    [2.0, 0.0, 1.0]
    """
    if most < 0:
        raise UsageError(f"most={most}: need 0 places or more")
    n = len(places)
    # Equal places would let more items wait than there are places: each gets one of its own.
    base = np.argsort(np.argsort(without, kind="stable"), kind="stable")
    left = np.ones(n, np.bool_)
    ranks = np.zeros(n, np.float32)
    for place in range(n):
        open_now = np.flatnonzero(left & (base <= place + most))
        best = open_now[np.argmin(places[open_now])]
        ranks[best] = place
        left[best] = False
    return ranks


def ask_bounded(
    questions: Sequence[Question],
    titles: Sequence[str],
    short: Sequence[str],
    ask: Callable[[Sequence[Question], Sequence[str]], Heard],
    most: int,
) -> Heard:
    """What a model says by whole titles, bounded by what it says by short ones.

    Args:
        questions: What is asked.
        titles: (n_items,)
        short: (n_items,) by :func:`short_title`. Questions whose titles are short are put once.
        ask: Puts questions with titles of either kind.
        most: Places that whole titles may lift an item.

    Returns:
        Values from 0 (last) to 1 (first); nan where nothing was read. Where nothing was read by
        short titles, the order in which candidates came is the bound.
    """
    heard = ask(questions, titles)
    told = (np.concatenate([one.history, one.candidates]).tolist() for one in questions)
    long = [at for at, items in enumerate(told) if any(titles[i] != short[i] for i in items)]
    again = ask([questions[at] for at in long], short) if long else Heard([])
    bare = list(heard.values)
    for at, said in zip(long, again.values, strict=True):
        bare[at] = said
    values = [_bounded(*both, most) for both in zip(heard.values, bare, strict=True)]
    both = replace(heard, values=[]) + replace(again, values=[])
    return replace(both, values=values)


def _bounded(
    said: NDArray[np.float32], bare: NDArray[np.float32], most: int
) -> NDArray[np.float32]:
    """(n,) from 0 (last) to 1 (first)."""
    if not np.isfinite(said).any():
        return said
    ranks = bounded_ranks(_places(said), _places(bare), most)
    return (1 - ranks / max(len(ranks) - 1, 1)).astype(np.float32)


def _places(said: NDArray[np.float32]) -> NDArray[np.float64]:
    """(n,) from 0, by falling number; what was not read stands in the middle."""
    read = np.isfinite(said)
    told = np.where(read, said, said[read].mean() if read.any() else 0.0)
    places = np.empty(len(said))
    places[np.argsort(-told, kind="stable")] = np.arange(len(said))
    return places
