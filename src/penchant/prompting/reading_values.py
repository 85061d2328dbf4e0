"""Scores, choices and JSON in the words of a model.

Nothing here raises, whatever the text: what cannot be read has no value, and its failure has a
kind (:data:`penchant.prompting.reading.KINDS`).
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from penchant.core import Json
from penchant.language import JsonShape, read_shaped
from penchant.prompting.answer_lists import said_of
from penchant.prompting.likeness import bare_title
from penchant.prompting.reading import INVALID, UNREADABLE
from penchant.tasks import Scale, read_choices, read_ratings

_SHARE = re.compile(r"(?<![\w.,])(\d{1,3}(?:[.,]\d{1,4})?)\s*(?:%|per ?cent\b)", re.IGNORECASE)
_OUT_OF = re.compile(r"(?:/|\bout of\b)\s*(\d{1,4})", re.IGNORECASE)
_OUTSIDE = frozenset({"out of scale", "no such candidate"})
_ANYTHING = JsonShape("anything", "{}")


@dataclass(frozen=True, slots=True)
class ReadScore:
    """A score that an answer gives."""

    value: float | None
    """On the scale that was asked for; ``None``: none that could be read"""
    share: float | None = None
    """How sure the model says that it is, from 0 to 1; ``None``: it does not say"""
    failures: Mapping[str, int] = field(default_factory=dict)
    """Kind -> how often"""


def read_score(text: str, scale: Scale | None = None) -> ReadScore:
    """The score that an answer gives, with how sure it is.

    >>> read_score("(4 stars, 85%)")
    ReadScore(value=4.0, share=0.85, failures={})
    >>> read_score("7.5", Scale(0, 10)).value, read_score("I'd say 7/10.", Scale(0, 10)).value
    (7.5, 7.0)
    >>> read_score("8/10").failures
    {'invalid': 1}

    Args:
        text: Of the model.
        scale: The scores that can be given; 1 to 5 if not given. A score "out of" another number
            is on another scale, and not read.
    """
    at = scale or Scale()
    said = said_of(text)
    sure = _SHARE.search(said)
    share = min(float(sure[1].replace(",", ".")) / 100, 1.0) if sure else None
    other = [int(number) for number in _OUT_OF.findall(said) if int(number) != at.highest]
    if other:
        return ReadScore(None, share, {INVALID: 1})
    read = read_ratings([said], at)
    return ReadScore(read.values[0], share, _kinds(read.failures))


@dataclass(frozen=True, slots=True)
class ReadOption:
    """An option that an answer chooses."""

    place: int | None
    """From 0; ``None``: none that could be read"""
    failures: Mapping[str, int] = field(default_factory=dict)
    """Kind -> how often"""


def read_option(text: str, options: Sequence[str]) -> ReadOption:
    """The option that an answer names: by its words, by its number from 1, or by its letter.

    >>> read_option("Heat, without a doubt.", ["Up", "Heat"]).place
    1
    >>> read_option("(a)", ["Up", "Heat"]).place, read_option("3", ["Up", "Heat"]).failures
    (0, {'invalid': 1})

    Args:
        text: Of the model.
        options: At least one.
    """
    said = said_of(text)
    words = f" {bare_title(said)} "
    bare = [bare_title(option) for option in options]
    whole = [place for place, option in enumerate(bare) if option and option == words.strip()]
    if len(whole) == 1:
        return ReadOption(whole[0])
    named = [place for place, option in enumerate(bare) if option and f" {option} " in words]
    # "Up" stands in "Up in the Air": the longest of those that are named is meant.
    named = [
        place
        for place in named
        if not any(other != place and f" {bare[place]} " in f" {bare[other]} " for other in named)
    ]
    if len(named) == 1:
        return ReadOption(named[0])
    if named:
        return ReadOption(None, {UNREADABLE: 1})
    read = read_choices([said], len(options))
    return ReadOption(read.values[0], _kinds(read.failures))


@dataclass(frozen=True, slots=True)
class ReadJson:
    """JSON that an answer holds."""

    value: Json
    """``None``: none that fits"""
    failures: Mapping[str, int] = field(default_factory=dict)
    """Kind -> how often: invalid JSON is of another shape"""


def read_json(text: str, shape: JsonShape) -> ReadJson:
    """The JSON of a shape in an answer, found among words and mended.

    >>> stars = JsonShape.of("stars", {"type": "object", "required": ["stars"]})
    >>> read_json("Here you are: {'stars': 4,}", stars).value
    {'stars': 4}
    >>> read_json('{"points": 4}', stars).failures, read_json("four", stars).failures
    ({'invalid': 1}, {'unreadable': 1})
    """
    found = read_shaped(text, shape)
    if found is not None:
        return ReadJson(json.loads(found))
    other = read_shaped(text, _ANYTHING) is not None
    return ReadJson(None, {INVALID if other else UNREADABLE: 1})


def _kinds(failures: Mapping[str, int]) -> dict[str, int]:
    """The same failures, by the kinds that all readers have."""
    told: dict[str, int] = {}
    for kind, count in failures.items():
        known = INVALID if kind in _OUTSIDE else UNREADABLE
        told[known] = told.get(known, 0) + count
    return told
