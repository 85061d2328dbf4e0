"""Orders in the words of a model, read back to the candidates that it was shown.

Nothing here raises, whatever the text: what cannot be read is left out and counted by kind. Models
that are asked for numbers answer with lists of lines, JSON, Python lists, arrows and prose; those
that are asked for titles change them, repeat them and make up new ones.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from penchant.prompting.answer_lists import listed_in, numbers_in, said_of
from penchant.prompting.likeness import LONGEST, bare_title, most_alike

INVALID = "invalid"
"""A number or a title that is no candidate."""
DUPLICATE = "duplicate"
COPIED = "copied"
"""All that it names stands as it was shown: an answer that orders nothing."""
HISTORY = "history"
"""A title that the person has chosen already, and that is no candidate."""
UNREADABLE = "unreadable"
"""Nothing in it names a candidate."""
KINDS = (INVALID, DUPLICATE, COPIED, HISTORY, UNREADABLE)

SHORTEST_WITHIN = 4
"""Characters of a title that is found inside of a sentence."""
FEWEST_COPIED = 5
"""Candidates in the order of the prompt that are no chance any more: 1 in 120."""

_UNKNOWN, _OF_HISTORY, _SAYS_NOTHING = -1, -2, -3

Mode = Literal["strict", "fuzzy"]

_NUMBERING = r"(?:\(?\[?\d{1,4}[.):\]]+|#\d{1,4})"
_MARK = re.compile(rf"^\s*(?:[-*•>]+\s+{_NUMBERING}?|{_NUMBERING})\s*")
_ENDS = re.compile(r"\s+[-\u2013\u2014|]+\s+|:\s+|\s+\(|\t|[.;]\s+")
_BRACKETED_END = re.compile(r"(?:\s*\([^()]*\))+\W*$")
_ARTICLE = re.compile(r"^\W*(.*), (the|a|an|la|le|les|il|das|der|die|el|los)\W*$", re.IGNORECASE)
_QUOTED = re.compile(r"[\"\u201c]([^\"\u201c\u201d\n]{1,300})[\"\u201d]")


@dataclass(frozen=True, slots=True, eq=False)
class ReadOrder:
    """What an answer says of the candidates."""

    order: NDArray[np.int32]
    """(m,) places of candidates from 0, best first, each once; those not named are not in it"""
    failures: Mapping[str, int]
    """Kind -> how often"""


class Counted(Protocol):
    """An answer that was read."""

    @property
    def failures(self) -> Mapping[str, int]:
        """Kind -> how often."""


def count_failures(read: Sequence[Counted]) -> dict[str, int]:
    """Kind -> how often, over many answers.

    >>> count_failures([read_order("2, 2, 9", 3), read_order("no", 3)])
    {'duplicate': 1, 'invalid': 1, 'unreadable': 1}
    """
    return dict(sorted(sum((Counter(one.failures) for one in read), Counter[str]()).items()))


def read_order(
    text: str, n: int, *, titles: Sequence[str] = (), history: Sequence[str] = ()
) -> ReadOrder:
    r"""The order of ``n`` candidates that an answer gives by their numbers, counted from 1.

    >>> read_order("[3, 1, 2]", 3).order.tolist(), read_order("[2] > [1]", 3).order.tolist()
    ([2, 0, 1], [1, 0])
    >>> read_order("1. Heat\n2. Up", 2, titles=["Up", "Heat"]).order.tolist()
    [1, 0]

    Args:
        text: Of the model.
        n: Candidates.
        titles: (n) theirs, if known: then lines ``1. Title`` are read by title, as read_titles does
            in its fuzzy mode, and their ranks are not taken for the numbers of candidates.
        history: Titles that the person chose before, to tell these from invented ones.
    """
    numbers, ranks = numbers_in(said_of(text))
    if titles and (ranks or not numbers):
        return read_titles(text, titles, mode="fuzzy", history=history)
    return _taken((number - 1 for number in numbers), n)


def read_titles(
    text: str, titles: Sequence[str], *, mode: Mode = "strict", history: Sequence[str] = ()
) -> ReadOrder:
    r"""The order of candidates that an answer gives by their titles.

    >>> read_titles("1. Heat\n2. Toy Stroy", ["Toy Story", "Heat"]).failures
    {'invalid': 1}
    >>> read_titles("1. Heat\n2. Toy Stroy", ["Toy Story", "Heat"], mode="fuzzy").order.tolist()
    [1, 0]

    Args:
        text: Of the model.
        titles: (n) as they were shown.
        mode: strict: a title counts if all its letters are there in their order and no others;
            fuzzy: the most alike one does, too, and titles inside of a sentence.
        history: Titles that the person chose before, to tell these from invented ones.
    """
    said = said_of(text)
    shown = [bare_title(title) for title in titles]
    chosen = {bare_title(title) for title in history} - set(shown)
    places = {title: place for place, title in reversed(list(enumerate(shown))) if title}
    if mode == "fuzzy":
        places = _other_forms(titles) | places
    found: list[int] = []
    for piece in _pieces(said, places):
        named = _named(piece, places)
        if not named and mode == "fuzzy" and bare_title(piece) not in chosen:
            named = _within(piece, places) or _alike(piece, places)
        found += named or [_nameless(piece, chosen)]
    if not any(place >= 0 for place in found) and not re.search(r"[^\W\d_]", said):
        return _taken((number - 1 for number in numbers_in(said)[0]), len(titles))
    return _taken(iter(found), len(titles))


def _nameless(piece: str, chosen: Collection[str]) -> int:
    """What a piece is that names no candidate; see :func:`_taken`."""
    if _named(piece, dict.fromkeys(chosen, 0)):
        return _OF_HISTORY
    announces = piece.rstrip().endswith(":") or not bare_title(piece)
    return _SAYS_NOTHING if announces else _UNKNOWN


def _taken(places: Iterator[int], n: int) -> ReadOrder:
    """Places in their order, each once; what is no place is counted."""
    failures: Counter[str] = Counter()
    found: dict[int, None] = {}
    for place in places:
        if place == _SAYS_NOTHING:
            continue
        if not 0 <= place < n:
            failures[HISTORY if place == _OF_HISTORY else INVALID] += 1
        elif place in found:
            failures[DUPLICATE] += 1
        else:
            found[place] = None
    if not found:
        failures[UNREADABLE] += 1
    if len(found) >= FEWEST_COPIED and list(found) == sorted(found):
        failures[COPIED] += 1
    return ReadOrder(np.array(list(found), np.int32), dict(sorted(failures.items())))


def _pieces(said: str, places: Collection[str]) -> Iterator[str]:
    """What may be titles: elements of a list, or lines without their marks."""
    listed = listed_in(said)
    if listed is not None and any(re.search(r"[^\W\d_]", piece) for piece in listed):
        yield from listed
        return
    lines = [line for line in said.splitlines() if line.strip()]
    marks = [_MARK.match(line) for line in lines]
    # Around a list there is talk; but a list that was begun for the model goes on with its second.
    listing = sum(mark is not None for mark in marks) > 1
    begun = next((mark for mark in marks if mark is not None), None)
    goes_on = begun is not None and begun[0].strip(" .([):]#") == "2"
    for at, (line, mark) in enumerate(zip(lines, marks, strict=True)):
        # "2001: A Space Odyssey" begins like a line of a list.
        if mark is None or bare_title(line) in places:
            if not listing or bare_title(line) in places or (at == 0 and goes_on):
                yield line
        else:
            yield line[mark.end() :]


def _named(piece: str, places: Mapping[str, int]) -> list[int]:
    """The title that a piece is, or that stands in quotes or before a remark; or several."""
    quoted = _QUOTED.search(piece)
    tries = [piece, *([quoted[1]] if quoted else []), *_beginnings(piece)]
    for one in tries:
        if (bare := bare_title(one)) in places:
            return [places[bare]]
    return _between_commas(piece, places)


def _between_commas(piece: str, places: Mapping[str, int]) -> list[int]:
    """Titles with commas between them, or in them, if a piece is made of nothing else."""
    parts, at = piece.split(","), 0
    found: list[int] = []
    while at < len(parts):
        ends = range(min(len(parts), at + 4), at, -1)
        tries = ((end, bare_title(",".join(parts[at:end]))) for end in ends)
        fitting = next(((end, bare) for end, bare in tries if bare in places), None)
        if fitting is None:
            return []
        at = fitting[0]
        found.append(places[fitting[1]])
    return found


def _other_forms(titles: Sequence[str]) -> dict[str, int]:
    """Titles without what stands in brackets at their end, and with the article in front."""
    found: dict[str, list[int]] = {}
    for place, title in enumerate(titles):
        short = _BRACKETED_END.sub("", title)
        for form in {short, _ARTICLE.sub(r"\2 \1", short)}:
            found.setdefault(bare_title(form), []).append(place)
    return {form: places[0] for form, places in found.items() if form and len(places) == 1}


def _beginnings(piece: str) -> list[str]:
    """What stands before each mark that can end a title, longest first."""
    ends = _ENDS.finditer(piece[:LONGEST])
    return [piece[: match.start()] for match in reversed(list(ends))]


def _alike(piece: str, places: Mapping[str, int]) -> list[int]:
    """The title that is most like a piece up to its first remark."""
    head = bare_title(min([piece, *_beginnings(piece)], key=len))
    forms = list(places)
    found = most_alike(head, forms)
    return [] if found is None else [places[forms[found]]]


def _within(piece: str, places: Mapping[str, int]) -> list[int]:
    """Titles that stand in a sentence as whole words, in its order; none inside of another."""
    text = f" {bare_title(piece)} "
    spans: list[tuple[int, int, int]] = []
    for title in sorted(places, key=len, reverse=True):
        # "It" is a film, and a word of every second sentence.
        at = text.find(f" {title} ") if len(title) >= SHORTEST_WITHIN else -1
        if at >= 0 and not any(start <= at < end for start, end, _ in spans):
            spans.append((at, at + len(title) + 1, places[title]))
    return list(dict.fromkeys(place for _, _, place in sorted(spans)))
