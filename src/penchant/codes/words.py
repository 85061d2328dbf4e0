"""Codes as words that a text model reads and writes: each code one token, each token one code."""

import re
import string
from collections.abc import Callable, Sequence

from penchant.codes.index import ItemIndex
from penchant.core import UsageError


def item_words(index: ItemIndex) -> list[str]:
    """One word for each code of the vocabulary; an item's text is those of its codes, joined.

    Levels are named ``a``, ``b``, ``c`` …; codes that all positions share are named ``t``.

    >>> from penchant.core import Ragged
    >>> item_words(ItemIndex(Ragged.of([[0, 3], [1, 2]]), (2, 2), "", ""))
    ['<a_0>', '<a_1>', '<b_0>', '<b_1>']
    """
    if len(index.widths) == 1:
        return [f"<t_{code}>" for code in range(index.vocabulary)]
    return [
        f"<{level_name(level)}_{code}>"
        for level, width in enumerate(index.widths)
        for code in range(width)
    ]


def level_name(level: int) -> str:
    """``a`` for level 0, ``z`` for 25, ``aa`` for 26.

    >>> " ".join(level_name(level) for level in (0, 25, 26, 27))
    'a z aa ab'
    """
    letters = string.ascii_lowercase
    rest, last = divmod(level, len(letters))
    return (level_name(rest - 1) if rest else "") + letters[last]


def check_segmentation(
    texts: Sequence[str], words: Sequence[str], tokenize: Callable[[str], Sequence[str]]
) -> None:
    """Refuses a tokenizer that splits the text of an item in any way but word by word.

    A tokenizer that reads ``<a_12>`` as ``<a_1`` and ``2>`` in one place and whole in another gives
    one item two codes.

    Args:
        texts: Items as they stand in a prompt: words, joined.
        words: All there are.
        tokenize: From a text to its tokens.

    Raises:
        UsageError: A text is split otherwise; names it, and how it was split.
    """
    known = sorted(words, key=len, reverse=True)
    pattern = re.compile("|".join(map(re.escape, known)))
    for text in texts:
        wanted, got = pattern.findall(text), list(tokenize(text))
        if got != wanted:
            raise UsageError(
                f"the tokenizer splits {text!r} into {got}: wanted {wanted}; add the words of the "
                "index to the tokenizer as tokens that are never split"
            )
