"""Lists of items in the words of a model, read back to rows of the catalogue.

Only whole words of an item count: nothing is guessed from likeness. What is not an item, not open,
or said twice is left out and counted by kind.
"""

import json
import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from penchant.core import Ragged
from penchant.tasks.parsing import EMPTY
from penchant.tasks.slots import ItemNames

LONGEST = 20_000
"""Characters of an answer that are read."""
MOST_COMMAS = 6
"""In the words of one item, where an answer has them without quotes."""

UNKNOWN_ITEM = "unknown"
AMBIGUOUS = "ambiguous"
DUPLICATE = "duplicate"
NOT_A_CANDIDATE = "not a candidate"
EXCLUDED = "excluded"

_MARK = re.compile(r"^\s*(?:[-*•]|\(?\d{1,4}[.):]|#\d{1,4})\s+")
_QUOTED = re.compile(r'"([^"\n]+)"')
_EDGES = " \t\r\n\"'`*_[](){}.,;:!"


@dataclass(frozen=True, slots=True, eq=False)
class ItemWords:
    """Which item some words mean.

    >>> words = ItemWords.of(("Emma", "Persuasion").__getitem__, 2)
    >>> words.row("persuasion."), words.row("Emily") is None
    (1, True)
    """

    rows: Mapping[str, int]
    """Words -> row; -1: several items"""

    @classmethod
    def of(cls, names: ItemNames, n_items: int) -> "ItemWords":
        """From the words of all items."""
        rows: dict[str, int] = {}
        for row in range(n_items):
            words = _bare(names(row))
            rows[words] = -1 if words in rows else row
        return cls(rows)

    def row(self, words: str) -> int | None:
        """The item, -1 where several have these words, ``None`` where none has."""
        return self.rows.get(_bare(words))


@dataclass(frozen=True, slots=True, eq=False)
class ParsedItems:
    """Lists that were read."""

    items: NDArray[np.int32]
    """(n, k) in the order of the answers, -1 pads"""
    failures: Mapping[str, int]
    """Kind -> how often, over all answers"""


def read_items(
    texts: Sequence[str],
    words: ItemWords,
    k: int,
    *,
    candidates: Ragged | None = None,
    excluded: Ragged | None = None,
) -> ParsedItems:
    r"""The first ``k`` items of each answer.

    Reads lists in lines (numbered or not), JSON, quotes and commas.

    >>> words = ItemWords.of(("Emma", "Persuasion").__getitem__, 2)
    >>> found = read_items(["1. Persuasion\n2. Emma\n3. Emma\n4. Ulysses"], words, 3)
    >>> found.items.tolist(), found.failures
    ([[1, 0, -1]], {'duplicate': 1, 'unknown': 1})

    Args:
        texts: (n) answers.
        words: Of the catalogue.
        k: Most items of an answer.
        candidates: (n) items that may come back; all, if not given.
        excluded: (n) items that may not.
    """
    items = np.full((len(texts), k), -1, np.int32)
    failures: Counter[str] = Counter()
    for row, text in enumerate(texts):
        allowed = None if candidates is None else set(candidates[row].tolist())
        barred = set() if excluded is None else set(excluded[row].tolist())
        found = _open_items(text, words, allowed, barred, failures)[:k]
        items[row, : len(found)] = found
    return ParsedItems(items, dict(sorted(failures.items())))


def _open_items(
    text: str,
    words: ItemWords,
    allowed: Collection[int] | None,
    barred: Collection[int],
    failures: Counter[str],
) -> list[int]:
    if not text.strip():
        failures[EMPTY] += 1
        return []
    found: dict[int, None] = {}
    for item in _items(text[:LONGEST], words):
        if item is None:
            failures[UNKNOWN_ITEM] += 1
        elif item < 0:
            failures[AMBIGUOUS] += 1
        elif item in found:
            failures[DUPLICATE] += 1
        elif item in barred:
            failures[EXCLUDED] += 1
        elif allowed is not None and item not in allowed:
            failures[NOT_A_CANDIDATE] += 1
        else:
            found[item] = None
    return list(found)


def _items(text: str, words: ItemWords) -> Iterator[int | None]:
    """What each piece of an answer means; lines that announce a list mean nothing."""
    listed = _json_list(text)
    if listed is not None:
        yield from map(words.row, listed)
        return
    for line in re.split(r"[\n;]", text):
        piece = _MARK.sub("", line)
        if not _bare(piece) or line.rstrip().endswith(":"):
            continue
        whole = words.row(piece)
        if whole is not None:
            yield whole
        elif quoted := _QUOTED.findall(piece):
            yield from map(words.row, quoted)
        else:
            yield from _between_commas(piece, words)


def _between_commas(line: str, words: ItemWords) -> Iterator[int | None]:
    """Items with commas between them, or in them: the longest words that fit are taken."""
    parts = line.split(",")
    at = 0
    while at < len(parts):
        for end in range(min(len(parts), at + 1 + MOST_COMMAS), at, -1):
            row = words.row(",".join(parts[at:end]))
            if row is not None:
                yield row
                at = end
                break
        else:
            yield from _between_blanks(parts[at], words)
            at += 1


def _between_blanks(part: str, words: ItemWords) -> Iterator[int | None]:
    """Items of one word each; anything else is one unknown piece."""
    rows = [words.row(piece) for piece in part.split()]
    if len(rows) > 1 and all(row is not None for row in rows):
        yield from rows
    elif _bare(part):
        yield None


def _json_list(text: str) -> list[str] | None:
    start, end = text.find("["), text.rfind("]")
    if not 0 <= start < end:
        return None
    try:
        read = json.loads(text[start : end + 1])
    except (ValueError, RecursionError):
        return None
    if not isinstance(read, list) or not all(isinstance(piece, str) for piece in read):
        return None
    return read


def _bare(words: str) -> str:
    """Words without case, marks at their ends and superfluous blanks."""
    return " ".join(words.split()).strip(_EDGES).casefold()
