"""What a model wrote, read: ratings, yes or no, numbers of candidates.

Nothing here raises, whatever the text: it is read, or its failure has a kind and is counted.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from penchant.tasks.situations import Scale

Value = TypeVar("Value")
LONGEST = 4_000
"""Characters of an answer that are read."""


@dataclass(frozen=True, slots=True, eq=False)
class Parsed(Generic[Value]):
    """Answers as values, and what could not be read."""

    values: tuple[Value | None, ...]
    """One an answer; ``None``: unreadable"""
    failures: Mapping[str, int]
    """Kind of failure -> how often"""

    def __len__(self) -> int:
        return len(self.values)

    @property
    def unread(self) -> int:
        """How many answers have no value."""
        return sum(value is None for value in self.values)


EMPTY = "empty"
NO_NUMBER = "no number"
SEVERAL = "several"
OUT_OF_SCALE = "out of scale"
NEITHER = "neither yes nor no"
BOTH = "both yes and no"
OUT_OF_RANGE = "no such candidate"

WORDS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_DIGITS = r"\d{1,9}(?:[.,]\d{1,6})?"
_NUMBER = re.compile(rf"(?<![\w.,])[-+\u2212]?{_DIGITS}(?!\d)", re.ASCII)
_WORD = re.compile(rf"\b({'|'.join(WORDS)})\b( and a half\b)?", re.ASCII)
_OF_SCALE = re.compile(rf"(?:/|\bout of\b|\bof\b)\s*{_DIGITS}", re.ASCII)
_SHARE = re.compile(rf"{_DIGITS}\s*(?:%|percent\b)", re.ASCII)
_RANGE = re.compile(rf"({_DIGITS})\s*(?:-|\u2013|\bto\b|\bor\b)\s*({_DIGITS})", re.ASCII)


def read_rating(text: str, scale: Scale | None = None) -> float | None:
    """The rating that an answer gives; ``None``: it gives none.

    >>> read_rating("I would say 4 out of 5."), read_rating("three stars"), read_rating("3-4")
    (4.0, 3.0, 3.5)
    >>> read_rating("eleven"), read_rating("17") is None
    (None, True)
    """
    value = _rating(text, scale or Scale())
    return None if isinstance(value, str) else value


def read_ratings(texts: Sequence[str], scale: Scale | None = None) -> Parsed[float]:
    """Ratings of many answers.

    >>> read_ratings(["5", "", "nine"]).failures
    {'empty': 1, 'out of scale': 1}
    """
    at = scale or Scale()
    return _parsed([_rating(text, at) for text in texts])


def as_array(parsed: Parsed[float]) -> NDArray[np.float32]:
    """(n,) the values, nan where there is none."""
    return np.array([np.nan if v is None else v for v in parsed.values], np.float32)


def read_yes_no(text: str) -> bool | None:
    """Yes or no; ``None``: neither, or both.

    >>> read_yes_no("Yes, certainly."), read_yes_no("No!"), read_yes_no("perhaps")
    (True, False, None)
    """
    value = _yes_no(text)
    return None if isinstance(value, str) else value


def read_yes_noes(texts: Sequence[str]) -> Parsed[bool]:
    """The same of many answers."""
    return _parsed([_yes_no(text) for text in texts])


def read_choice(text: str, n: int) -> int | None:
    """Which of ``n`` candidates, from 0, an answer names by number or letter.

    >>> read_choice("(b)", 4), read_choice("Number 3.", 4), read_choice("7", 4)
    (1, 2, None)
    """
    value = _choice(text, n)
    return None if isinstance(value, str) else value


def read_choices(texts: Sequence[str], n: int | Sequence[int]) -> Parsed[int]:
    """The same of many answers; ``n`` is one number for all or one for each."""
    counts = [n] * len(texts) if isinstance(n, int) else list(n)
    return _parsed([_choice(text, count) for text, count in zip(texts, counts, strict=True)])


def _parsed(read: Sequence[Value | str]) -> Parsed[Value]:
    values = tuple(None if isinstance(value, str) else value for value in read)
    failures = Counter(value for value in read if isinstance(value, str))
    return Parsed(values, dict(sorted(failures.items())))


def _rating(text: str, scale: Scale) -> float | str:
    """The rating, or the kind of failure."""
    head = text[:LONGEST].strip().lower()
    if not head:
        return EMPTY
    # The scale itself, often said again from the question, is no answer.
    said = _RANGE.sub(lambda m: " " if _ends(m) == (scale.lowest, scale.highest) else m[0], head)
    said = _SHARE.sub(" ", _OF_SCALE.sub(" ", said))
    span = _RANGE.search(said)
    if span and not _NUMBER.search(said[: span.start()] + " " + said[span.end() :]):
        low, high = _ends(span)
        if low <= high:
            both = scale.lowest <= low and high <= scale.highest
            return (low + high) / 2 if both else OUT_OF_SCALE
    found = {_float(number) for number in _NUMBER.findall(said)}
    # Words are read only without digits: "a 4, one of the best" says 4.
    found = found or {WORDS.index(word) + 0.5 * bool(half) for word, half in _WORD.findall(said)}
    if not found:
        return NO_NUMBER
    if not any(scale.lowest <= value <= scale.highest for value in found):
        return OUT_OF_SCALE
    return found.pop() if len(found) == 1 else SEVERAL


def _ends(span: re.Match[str]) -> tuple[float, float]:
    return _float(span[1]), _float(span[2])


def _float(digits: str) -> float:
    return float(digits.replace("\u2212", "-").replace(",", "."))


_YES = re.compile(r"\b(?:yes|yeah|yep|true)\b", re.ASCII)
_ECHO = re.compile(r"\W*(?:yes\s*(?:/|or)\s*no|no\s*(?:/|or)\s*yes)\b", re.ASCII)
_NO = re.compile(r"\b(?:no|nope|false|not)\b", re.ASCII)
_UNDECIDED = re.compile(
    r"\b(?:no (?:clue|doubt|idea|information|opinion|preference|way to (?:know|tell))"
    r"|not (?:able|certain|clear|enough|possible|sure)"
    r"|(?:can not|cannot|can['\u2019]t|could not|do not|don['\u2019]t) "
    r"(?:answer|decide|determine|help|know|say|tell)"
    r"|hard to (?:know|say|tell))\b",
    re.ASCII,
)


def _yes_no(text: str) -> bool | str:
    head = text[:LONGEST].strip().lower()
    if not head:
        return EMPTY
    if _ECHO.match(head):
        return BOTH
    first = re.match(r"[^a-z0-9]*([a-z]+)", head)
    undecided = _UNDECIDED.search(head)
    if first and undecided and undecided.start() == first.start(1):
        return NEITHER
    # The first word decides: what follows often explains it in words of the other side.
    if first and _YES.fullmatch(first[1]):
        return True
    if first and _NO.fullmatch(first[1]):
        return False
    if undecided:
        return NEITHER
    yes, no = bool(_YES.search(head)), bool(_NO.search(head))
    if yes and no:
        return BOTH
    return yes if yes or no else NEITHER


_LETTER = re.compile(r"(?:^|[\s(\[\"'])([A-Za-z])(?=$|[\s)\].:,\"'])")
_PLACE = re.compile(r"(?<![\w.])(\d{1,9})(?!\w)", re.ASCII)


def _choice(text: str, n: int) -> int | str:
    head = text[:LONGEST].strip()
    if not head:
        return EMPTY
    digits = {int(found) for found in _PLACE.findall(head)}
    if digits:
        places = {number - 1 for number in digits}
    else:
        # A letter that stands alone; "a" and "I" are words unless they are all there is.
        alone = [m for m in _LETTER.findall(head) if len(head) <= 3 or m not in {"a", "I"}]
        places = {ord(letter.lower()) - ord("a") for letter in alone}
    if not places:
        return NO_NUMBER
    if len(places) > 1:
        return SEVERAL
    place = places.pop()
    return place if 0 <= place < n else OUT_OF_RANGE
