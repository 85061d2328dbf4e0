"""Several scores in one answer, read in the order in which they were asked for."""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from penchant.prompting.answer_lists import said_of
from penchant.prompting.reading import UNREADABLE
from penchant.prompting.reading_values import read_score
from penchant.tasks import Scale

_LINE = re.compile(r"^\s*[-*\u2022]?\s*\(?(\d{1,3})\s*[).:\]]\s*(.*\d.*)$")
_NUMBER = re.compile(
    r"(?<![\w.,/])(?<!out of )\d{1,6}(?:[.,]\d{1,4})?(?![\w%])(?:\s*(?:/|\bout of\b)\s*\d{1,4})?"
)


@dataclass(frozen=True, slots=True, eq=False)
class ReadScores:
    """Scores of one answer."""

    values: NDArray[np.float32]
    """(n,) nan where there is none"""
    failures: Mapping[str, int]
    """Kind -> scores that are missing; see :mod:`penchant.prompting.reading`"""


def read_scores(text: str, n: int, scale: Scale) -> ReadScores:
    r"""``n`` scores: lines with numbers before them, or as many numbers as were asked for.

    >>> read_scores("(1) Emma, Score: 4.5\n(2) 3.0", 2, Scale()).values.tolist()
    [4.5, 3.0]
    >>> read_scores("4.5, 9", 2, Scale()).failures
    {'invalid': 1}

    Args:
        text: Of the model.
        n: Scores that were asked for.
        scale: On which they must lie.
    """
    said = said_of(text)
    pieces = [_after_mark(said)] if n == 1 else _in_lines(said, n) or _all_numbers(said, n)
    if pieces is None:
        return ReadScores(np.full(n, np.nan, np.float32), {UNREADABLE: n})
    read = [read_score(piece, scale) for piece in pieces]
    failures = sum((Counter(one.failures) for one in read), Counter[str]())
    values = [np.nan if one.value is None else one.value for one in read]
    return ReadScores(np.array(values, np.float32), dict(failures))


def _after_mark(said: str) -> str:
    """A single line without the number before it: of ``(1) 4.5`` that is no score."""
    lines = [line for line in said.splitlines() if line.strip()]
    found = _LINE.match(lines[0]) if len(lines) == 1 else None
    return found[2] if found and found[1] == "1" else said


def _in_lines(said: str, n: int) -> list[str] | None:
    """The last number of each line ``(place) … number``; empty where a place is missing."""
    found: dict[int, str] = {}
    for line in re.split(r"[\n;]|,\s*(?=\(\d)|\s(?=\(\d{1,3}\))", said):
        match = _LINE.match(line)
        numbers = _NUMBER.findall(match[2]) if match else []
        if match and numbers:
            found.setdefault(int(match[1]), numbers[-1])
    if not found or not set(found) <= set(range(1, n + 1)):
        return None
    return [found.get(place, "") for place in range(1, n + 1)]


def _all_numbers(said: str, n: int) -> list[str] | None:
    numbers = _NUMBER.findall(said)
    return numbers if len(numbers) == n else None
