"""What an answer names, in its order: the numbers in it, or the elements of a list in it.

Models that are asked for numbers answer with lists of lines, JSON, Python lists, arrows and prose.
Nothing here knows what the numbers are numbers of.
"""

import json
import re
from collections.abc import Mapping, Sequence

LONGEST = 20_000
"""Characters of an answer that are read."""

_THOUGHT = re.compile(r"<think(?:ing)?>.*?(?:</think(?:ing)?>|\Z)", re.DOTALL | re.IGNORECASE)
_CODE = re.compile(r"```[a-z]*", re.IGNORECASE)
_BRACKETS = re.compile(r"\[\s*(\d{1,6})\s*\]")
_PAIRS = re.compile(r"(?<![\d.])(\d{1,4})[.):]\s*[#(\[]?(\d{1,6})(?=[)\]]?\s*(?:[,;\n]|\Z))")
_LINE = re.compile(r"[\s>*•#(-]*(\d{1,6})(?![\d%])(?:\s*[.):\]]|\s+-|\s*$|\s)?\s*(.*)")
_FIRST = re.compile(r"[\s>*•#(-]*1[.):\]]")
_CALLED = re.compile(
    r"(?:(?:candidate|item|movie|film|game|book|product|song|option|number|no|title|id|index|"
    r"choice)\.?\s*)?[#(]?(\d{1,6})[)]?(?=\s*(?:$|[.,:;)\u2013\u2014-]))",
    re.IGNORECASE,
)
_RUN = re.compile(r"\d{1,6}(?:(?:[\s,;>|&/\u2192\u3001\uff0c]|\band\b|\bthen\b)+\d{1,6})+")
_NUMBER = re.compile(r"(?<![\w.,])\d{1,6}(?![\w%]|\.\d)")
_ENDED = re.compile(
    r"[\"'*_)\]}]*\s*(?:$|[.,;:!?>()\]}\u2013\u2014-]|"
    r"(?:first|second|third|next|last|and|then|or|as|because|since|is|would)\b)",
    re.IGNORECASE,
)
_PLACED = re.compile(r"\s+(?:first|second|third|fourth|fifth|next|last)\b", re.IGNORECASE)
_CHOSEN = re.compile(
    r"(?:\b(?:candidate|item|movie|film|game|book|product|song|option|number|no\.|title|choice|"
    r"choose|pick|prefer|recommend|suggest|take|try|watch|read|play|buy|with|then|next|finally|"
    r"lastly|(?:answer|choice|pick|best|favou?rite|one)\s+(?:is|would\s+be))|\d\s+and)\Z",
    re.IGNORECASE,
)
_MEASURED = re.compile(
    r"\b(?:code|error|page|rating|score|stars|status|step|time|total|year)\W*\Z", re.IGNORECASE
)
_KEYS = ("number", "candidate", "id", "index", "item", "title", "name", "movie", "choice")
_QUOTES = "'\"\u2018\u2019\u201c\u201d"
_BETWEEN = re.compile(rf"[{_QUOTES}]\s*,\s*[{_QUOTES}]")


def said_of(text: str) -> str:
    """What is answered, without what was thought before and without marks of code."""
    return _CODE.sub("", _THOUGHT.sub("", text[:LONGEST]))


def numbers_in(said: str) -> tuple[list[int], bool]:
    """The numbers by which an answer names candidates, in its order.

    Returns:
        The numbers; and whether they may be no more than the ranks 1, 2, 3 … in front of lines
        that name candidates in words.
    """
    in_brackets = _BRACKETS.findall(said)
    if len(in_brackets) > 1:
        return [int(number) for number in in_brackets], False
    listed = listed_in(said)
    if listed is not None:
        return [int(piece) if piece.isdecimal() else 0 for piece in listed], False
    pairs = [(int(one), int(two)) for one, two in _PAIRS.findall(said)]
    if len(pairs) > 1 and [one for one, _ in pairs] == list(range(1, len(pairs) + 1)):
        return [two for _, two in pairs], False
    lines = [found for line in said.splitlines() if (found := _LINE.fullmatch(line.rstrip()))]
    if lines and not any(_RUN.match(line[0].strip(" \t>*•#([")) for line in lines):
        numbers, ranks = _of_lines([(int(line[1]), line[2]) for line in lines])
        if len(lines) > 1 or (ranks and _FIRST.match(lines[0][0])):
            return numbers, ranks
    runs = [re.findall(r"\d+", run) for run in _RUN.findall(said) if _lists(run, said)]
    if runs:
        return [int(number) for number in max(runs, key=len)], False
    return _chosen_in(said), False


def _lists(run: str, said: str) -> bool:
    """Whether numbers in a row are a list: ``7 and 10``, ``4/5`` stand in many a sentence."""
    several = len(re.findall(r"\d+", run)) > 2
    return several or run == said.strip() or bool(re.search(r"[,;>|&\u2192\u3001\uff0c\n]", run))


def _chosen_in(said: str) -> list[int]:
    """Numbers that a sentence names as its choice; others count films, years and faults."""
    found: list[int] = []
    for line in said.splitlines():
        for at, number in enumerate(_NUMBER.finditer(line)):
            before = line[: number.start()][-60:].rstrip(" \t\"'*_([{")
            after = line[number.end() :][:20]
            if _ENDED.match(after) and (
                _PLACED.match(after) or _names_a_choice(before, alone=at == 0)
            ):
                found.append(int(number[0]))
    return found


def _names_a_choice(before: str, *, alone: bool) -> bool:
    """Whether what stands before a number says that it is chosen."""
    if before.endswith((":", "=", "\uff1a")):
        # "Top 3: 5" may name two, one or none.
        return alone and not _MEASURED.search(before)
    begins = not before.strip(" \t>*\u2022#-")
    return begins or before.endswith("#") or _CHOSEN.search(before) is not None


def _of_lines(lines: Sequence[tuple[int, str]]) -> tuple[list[int], bool]:
    """Lines that begin with a number: a rank if these count up and another number follows."""
    leading = [number for number, _ in lines]
    called = [_CALLED.match(rest) for _, rest in lines]
    counting = leading == list(range(1, len(lines) + 1))
    if counting and sum(found is not None for found in called) > len(lines) / 2:
        return [int(found[1]) for found in called if found is not None], False
    named = sum(bool(re.search(r"[^\W\d_]", rest)) for _, rest in lines)
    return leading, counting and named > len(lines) / 2


def listed_in(said: str) -> list[str] | None:
    """The elements of the first list in JSON or Python."""
    for start in [match.start() for match in re.finditer(r"[\[{]", said)][:8]:
        value = _value_at(said, start)
        found = _elements(value)
        if found:
            return found
    return None


def _value_at(said: str, start: int) -> object:
    try:
        return json.JSONDecoder().raw_decode(said, start)[0]
    except (ValueError, RecursionError):
        pass
    if said[start] != "[":
        return None
    # Lists of Python have single quotes, and models forget to escape those inside; and the end
    # of an answer that was cut is missing.
    end = said.find("]", start)
    inner = said[start + 1 : end if end > start else len(said)].strip(" \t\r\n,")
    if inner[:1] in ("'", '"', "\u2018", "\u201c"):
        return [piece.replace("\\", "") for piece in _BETWEEN.split(inner.strip(_QUOTES))]
    return None


def _elements(value: object) -> list[str]:
    if isinstance(value, Mapping):
        lists = [each for each in value.values() if isinstance(each, list)]
        return _elements(lists[0]) if lists else []
    if not isinstance(value, list | tuple):
        return []
    found: list[str] = []
    for each in value:
        if isinstance(each, Mapping):
            each = next((each[key] for key in _KEYS if key in each), None)
        if isinstance(each, str | int) and not isinstance(each, bool):
            found.append(str(each))
    return found
