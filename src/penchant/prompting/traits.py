"""What models say of people and items, read as named values and checked one by one.

A value is taken only if it is one that is known where known values are given, short, and not a
way to say that nothing is known. What is not taken is counted by kind.
"""

import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from penchant.core import UsageError
from penchant.retrieve import words_of
from penchant.tasks import plain

LONGEST_ANSWER = 4_000
"""Characters of an answer that are read."""

UNREADABLE = "unreadable"
NOT_KNOWN = "not a known value"
TOO_LONG = "too long"
TOO_MANY = "too many"
HEDGED = "says that it does not know"
PROTECTED = "protected"
CONTRADICTION = "contradiction"
NOT_IN_HISTORY = "not in the history"
MISSING = "not said"

_HEDGES = {
    "",
    "any",
    "don t know",
    "i do not know",
    "i don t know",
    "n a",
    "na",
    "no idea",
    "none",
    "not available",
    "not known",
    "not specified",
    "not sure",
    "null",
    "unknown",
    "unspecified",
}
_EDGES = " \t\r\n\"'`*_[](){}.:!"


@dataclass(frozen=True, slots=True)
class Trait:
    """One thing to be said of a person or an item."""

    name: str
    """As it stands in prompt and answer: ``liked genre``"""
    known: tuple[str, ...] = ()
    """The values that there are; empty: any that is short"""
    most: int = 5
    """Values"""
    most_characters: int = 60
    """Of a value"""
    protected: bool = False
    """Not asked for, and dropped from answers, unless it is wanted explicitly."""

    def __post_init__(self) -> None:
        if not self.name.strip() or self.most < 1 or self.most_characters < 1:
            raise UsageError(f"{self}: need a name, and room for at least one letter")


@dataclass(frozen=True, slots=True, eq=False)
class ReadTraits:
    """One answer, read."""

    values: Mapping[str, tuple[str, ...]]
    """By the name of the trait; absent: nothing that could be taken"""
    failures: Mapping[str, int]
    """Kind -> values that were not taken; ``unreadable`` 1: none was found at all"""


def read_traits(text: str, wanted: Sequence[Trait], *, refused: Sequence[Trait] = ()) -> ReadTraits:
    """Named values of an answer: JSON, ``{name: value, …}``, or lines ``name: value``.

    >>> genres = ("Comedy", "Drama", "Horror")
    >>> wanted = [Trait("liked genre", genres), Trait("disliked genre", genres)]
    >>> read = read_traits("{liked genre: comedy|Drama|Polka, disliked genre: n/a}", wanted)
    >>> read.values
    {'liked genre': ('Comedy', 'Drama')}
    >>> read.failures
    {'not a known value': 1, 'says that it does not know': 1}

    Args:
        text: Of the answer.
        wanted: What was asked for.
        refused: What is dropped, and counted as protected, should the answer tell it.
    """
    head = text[:LONGEST_ANSWER]
    found = _as_json(head, [*wanted, *refused]) or _as_pairs(head, [*wanted, *refused])
    failures: Counter[str] = Counter()
    values: dict[str, tuple[str, ...]] = {}
    if not found:
        return ReadTraits({}, {UNREADABLE: 1})
    for trait in refused:
        failures[PROTECTED] += bool(_told(found.get(trait.name, ())))
    for trait in wanted:
        if trait.name in found:
            taken = checked_values(found[trait.name], trait, failures)
            values |= {trait.name: taken} if taken else {}
    return ReadTraits(values, _counted(failures))


def checked_values(pieces: Sequence[str], trait: Trait, failures: Counter[str]) -> tuple[str, ...]:
    """The pieces that can be values of a trait, each once; the others are counted."""
    known = {_key(value): value for value in trait.known}
    taken: dict[str, str] = {}
    for piece in pieces:
        key = _key(piece)
        if key in _HEDGES:
            failures[HEDGED] += 1
        elif known and key not in known:
            failures[NOT_KNOWN] += 1
        elif len(piece.strip(_EDGES)) > trait.most_characters:
            failures[TOO_LONG] += 1
        elif len(taken) == trait.most and key not in taken:
            failures[TOO_MANY] += 1
        else:
            bare = plain(piece.strip(_EDGES), trait.most_characters)
            taken.setdefault(key, known.get(key, bare))
    return tuple(taken.values())


def _told(pieces: Sequence[str]) -> list[str]:
    return [piece for piece in pieces if _key(piece) not in _HEDGES]


def _key(value: str) -> str:
    return " ".join(words_of(value))


def _counted(failures: Counter[str]) -> dict[str, int]:
    return {kind: n for kind, n in sorted(failures.items()) if n}


def _as_json(text: str, traits: Sequence[Trait]) -> dict[str, list[str]]:
    start, end = text.find("{"), text.rfind("}")
    if not 0 <= start < end:
        return {}
    try:
        read = json.loads(text[start : end + 1])
    except (ValueError, RecursionError):
        return {}
    names = {_key(trait.name): trait.name for trait in traits}
    found: dict[str, list[str]] = {}
    for key, value in read.items():
        if (name := names.get(_key(str(key)))) is not None:
            pieces = value if isinstance(value, list) else [value]
            found[name] = [
                part for piece in pieces if piece is not None for part in _pieces(str(piece))
            ]
    return found


def _as_pairs(text: str, traits: Sequence[Trait]) -> dict[str, list[str]]:
    """Values between the names of traits and the next name, brace or line."""
    by_length = sorted((trait.name for trait in traits), key=len, reverse=True)
    names = "|".join(re.escape(name) for name in by_length)
    pattern = re.compile(
        rf"(?<![\w])({names})s?[\"'*_]*\s*[:=]\s*(.*?)"
        rf"(?=[,;]?\s*[\"'*_-]*(?<![\w])(?:{names})s?[\"'*_]*\s*[:=]|[}}\n]|$)",
        re.IGNORECASE,
    )
    spelt = {name.casefold(): name for name in by_length}
    found: dict[str, list[str]] = {}
    for match in pattern.finditer(text):
        found.setdefault(spelt[match[1].casefold()], []).extend(_pieces(match[2]))
    return found


def _pieces(value: str) -> list[str]:
    return [piece.strip() for piece in re.split(r"[|,;]", value)]
