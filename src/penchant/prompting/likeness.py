"""How alike two titles are: by the longest sequence of letters that both have.

LLMRank's code (Hou et al., ECIR 2024) matches titles in free text so. Differs from it: the measure
counts both lengths, so that "Alien" is not found in "Aliens" for being a part of it.
"""

import re
import unicodedata
from collections.abc import Sequence

LONGEST = 300
"""Characters of a title that are compared."""
ALIKE = 0.8
"""Titles less alike than this are different ones."""

_APART = re.compile(r"[\W_]+")


def bare_title(text: str) -> str:
    """A title without case, accents and marks; ``&`` is and.

    >>> bare_title("  Amélie & the *Gnome*! ")
    'amelie and the gnome'
    """
    spread = unicodedata.normalize("NFKD", text[:LONGEST].replace("&", " and ").casefold())
    return _APART.sub(" ", "".join(c for c in spread if not unicodedata.combining(c))).strip()


def common_length(one: str, two: str) -> int:
    """Length of the longest sequence of characters that stands in both, gaps allowed.

    Hyyrö, "Bit-parallel LCS-length computation revisited", 2004: a row of the table in one number.

    >>> common_length("abcde", "xaxcxe")
    3
    """
    where: dict[str, int] = {}
    for place, character in enumerate(one):
        where[character] = where.get(character, 0) | 1 << place
    everything = (1 << len(one)) - 1
    row = everything
    for character in two:
        met = row & where.get(character, 0)
        row = (row + met | row - met) & everything
    return len(one) - row.bit_count()


def likeness(one: str, two: str) -> float:
    """From 0, nothing in common, to 1, the same; of titles made bare before.

    >>> likeness("toy story", "toy stori"), likeness("alien", "aliens") < 0.95
    (0.8888888888888888, True)
    """
    both = len(one) + len(two)
    return 2 * common_length(one, two) / both if both else 1.0


def most_alike(text: str, titles: Sequence[str], *, least: float = ALIKE) -> int | None:
    """Which title is meant, ``None`` where none is alike enough or two are equally so.

    >>> most_alike("toy stori", ["toy story", "heat"])
    0

    Args:
        text: Made bare before.
        titles: The same.
        least: Likeness that is enough.
    """
    best, second, found = least, 0.0, None
    for place, title in enumerate(titles):
        # No pair of such lengths can be alike enough.
        if 2 * min(len(text), len(title)) < best * (len(text) + len(title)):
            continue
        value = likeness(text, title)
        if value > best or (found is None and value == best):
            best, second, found = value, (best if found is not None else 0.0), place
        else:
            second = max(second, value)
    return None if found is None or second == best else found
