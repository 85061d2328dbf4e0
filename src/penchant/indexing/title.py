"""Items as the words of their titles."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from penchant.core import Ragged, Run, State, UsageError
from penchant.data import Catalog, Dataset
from penchant.indexing.scheme import Coded

END = 0
"""The code that ends a title: one title may begin another."""
DIGITS = 10
"""Codes 1 to 10 write the number that tells apart items with the same words."""
FIRST_WORD = 1 + DIGITS
WORD = re.compile(r"\w+")


@dataclass(frozen=True, kw_only=True)
class TitleWords:
    """The words of the title in lower case, a number where items share them, and an end code.

    Hua et al., SIGIR-AP 2023, arXiv:2305.06569, section 3 (TID). Titles are what the catalogue
    says of itself; nothing is learned from events. An item without a title is its number alone.
    """

    longest: int = 16
    """Words of a title that are kept."""

    def __post_init__(self) -> None:
        if self.longest < 1:
            raise UsageError(f"longest={self.longest}: need at least 1 word")

    def code(self, data: Dataset, run: Run) -> Coded:
        """See :class:`Scheme`."""
        titles = [words_of(title, self.longest) for title in _titles(data.catalog)]
        untitled = sum(not title for title in titles)
        if untitled:
            run.watch.note(f"{untitled:,} of {len(titles):,} items have no title: they get numbers")
        counts = Counter(word for title in titles for word in title)
        words = sorted(counts, key=lambda word: (-counts[word], word))
        # Rows may be in the order of first events, held-out ones among them: numbers are drawn.
        drawn = run.rng("indexing.title").permutation(len(titles))
        known = {word: FIRST_WORD + i for i, word in enumerate(words)}
        codes = _codes([titles[row] for row in drawn], known, {}).take(np.argsort(drawn))
        learned = State({"words": words})
        widths = (FIRST_WORD + len(words),)
        return Coded.of(self, codes, widths, data, learned=learned)

    def more(self, coded: Coded, catalog: Catalog, run: Run) -> Coded:
        """Words that no present title has are left out."""
        index = coded.index
        known = {word: FIRST_WORD + i for i, word in enumerate(coded.learned.json["words"])}
        taken: dict[tuple[int, ...], int] = {}
        for row in range(len(index)):
            codes = index.codes[row].tolist()
            word_codes = tuple(code for code in codes if code >= FIRST_WORD)
            number = [str(code - 1) for code in codes[len(word_codes) : -1]]
            # A title without a number is the first of its kind, the next one is number 1.
            after = int("".join(number)) + 1 if number else 1
            taken[word_codes] = max(taken.get(word_codes, 0), after)
        new = _titles(catalog)[len(index) :]
        codes = _codes([words_of(title, self.longest) for title in new], known, taken)
        return coded.grown(codes, catalog)


def words_of(title: str | None, longest: int) -> list[str]:
    """Letters and digits between everything else.

    >>> words_of("The Lord's 2 Rings!", 3)
    ['the', 'lord', 's']
    """
    return WORD.findall((title or "").lower())[:longest]


def _titles(catalog: Catalog) -> list[str | None]:
    if "title" not in catalog.table.columns:
        return [None] * len(catalog)
    titles: list[str | None] = catalog.table["title"].to_list()
    return titles


def _codes(
    titles: Sequence[Sequence[str]], known: dict[str, int], taken: dict[tuple[int, ...], int]
) -> Ragged:
    """Codes of titles; ``taken`` has the next number for words that some item has already."""
    out, taken = [], dict(taken)
    for title in titles:
        words = tuple(known[word] for word in title if word in known)
        number = taken.get(words, 0)
        taken[words] = number + 1
        # Without words the first one needs a number, too: the end alone would name no item.
        digits = [1 + int(digit) for digit in str(number)] if number or not words else []
        out.append([*words, *digits, END])
    return Ragged.of(out)
