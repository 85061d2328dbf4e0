"""The words of the filter language: text into tokens that know where they stood."""

import re
from dataclasses import dataclass

from penchant.core import UsageError

MAX_LENGTH = 5_000
"""Characters of one filter."""

_TOKEN = re.compile(
    r"""(?P<space>\s+)
    |(?P<number>-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.]))
    |(?P<text>'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")
    |(?P<quoted>`[^`]+`)
    |(?P<word>[^\W\d]\w*)
    |(?P<sign><=|>=|!=|==|[=<>()\[\],])""",
    re.VERBOSE | re.DOTALL,
)
RESERVED = ("and", "or", "not", "in", "has", "is", "missing", "true", "false")


@dataclass(frozen=True, slots=True)
class Token:
    """One word of a filter."""

    kind: str
    """``number``, ``text``, ``column``, ``key`` (a reserved word), ``sign`` or ``end``."""
    value: str
    at: int
    """Where it starts, counted from 0."""


class FilterError(UsageError):
    """A filter that cannot be read, with a mark under the place."""

    def __init__(self, problem: str, text: str, at: int) -> None:
        self.problem, self.text, self.at = problem, text, at
        start = max(0, at - 50)
        shown = text[start : start + 100].replace("\n", " ")
        super().__init__(f"{problem} (column {at + 1})\n  {shown}\n  {' ' * (at - start)}^")


def read_words(text: str) -> list[Token]:
    """The tokens of a filter, ``end`` last.

    Raises:
        FilterError: Too long, or a character that starts no word.
    """
    if len(text) > MAX_LENGTH:
        raise FilterError(
            f"a filter of {len(text)} characters: at most {MAX_LENGTH} can be read", text, 0
        )
    tokens, at = [], 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise FilterError(_unreadable(text[at]), text, at)
        if match.lastgroup != "space":
            tokens.append(_token(str(match.lastgroup), match.group(), at))
        at = match.end()
    return [*tokens, Token("end", "", len(text))]


def _token(kind: str, value: str, at: int) -> Token:
    if kind == "text":
        return Token("text", re.sub(r"\\(.)", r"\1", value[1:-1], flags=re.DOTALL), at)
    if kind == "quoted":
        return Token("column", value[1:-1], at)
    if kind == "word":
        lowered = value.lower()
        return Token("key", lowered, at) if lowered in RESERVED else Token("column", value, at)
    return Token(kind, value, at)


def _unreadable(character: str) -> str:
    if character in "'\"`":
        return f"this {character} is never closed"
    if character in "&|":
        return f"cannot read {character!r}: write 'and' or 'or'"
    return f"cannot read {character!r} here"
