"""A text as a model may read it: without the disguises of letters, and with what is encoded in it.

Who hides words from a filter writes them with letters of other scripts, full-width forms, invisible
characters, figures for letters, spaces between letters, backwards, or encoded; a language model
often reads them all the same. Folding undoes these, so that one list of patterns is enough.
"""

import base64
import binascii
import codecs
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import unquote

_LOOKALIKES = str.maketrans(
    "аеорсухіјѕһԁԛԝвнкмтьαβγεηικνορτυχωΑΒΕΖΗΙΚΜΝΟΡΤΥΧАВЕКМНОРСТУХІЈЅıɡ"
    "\u217c\u2018\u2019\u201c\u201d\u2013\u2014\u2010\u2011\u2212",
    "aeopcyxijshdqwbhkmtbabyenikvoptuxwABEZHIKMNOPTYXABEKMHOPCTYXIJSigl''\"\"-----",
)
_FIGURES = str.maketrans("0134578@$!|", "oieastbasii")
_MIXED = re.compile(r"(?=\S{0,39}[a-z])(?=\S{0,39}[0134578@$!|])[a-z0134578@$!|]{3,40}")
_SPACED = re.compile(r"(?<!\w)(?:\w[ ._*\-]){2,}\w(?!\w)")
_ENCODED = re.compile(
    r"[A-Za-z0-9+/_-]{16,8000}={0,2}"
    r"|(?:[0-9a-fA-F]{2}[ :]?){8,4000}|(?:\S{0,30}%[0-9A-F]{2}){1,400}\S{0,30}"
)
_TAGS = range(0xE0020, 0xE007F)
"""Invisible characters that stand for visible ASCII ones."""
_FIRST_BEYOND_CYRILLIC = 0x0530
"""Marks on letters before it are accents; after it they are part of the letter."""
_HIDDEN = {"Cf", "Cc", "Co", "Mn", "Me"}


@dataclass(frozen=True, slots=True)
class Folded:
    """A folded text, and where each of its characters came from."""

    text: str
    """In small letters."""
    origin: tuple[int, ...]
    """(len(text) + 1,) places in the text that was folded."""


def fold(text: str) -> Folded:
    r"""The letters that are meant: small, Latin where they look so, nothing invisible.

    >>> fold("\uff29gn\u043ere").text
    'ignore'
    """
    letters: list[str] = []
    origin: list[int] = []
    for place, sign in enumerate(text):
        for plain in _plain(sign):
            letters.append(plain)
            origin.append(place)
    joined = "".join(letters)
    return Folded(joined, (*origin, len(text)))


def unspaced(folded: Folded) -> Folded | None:
    """The same with ``i g n o r e`` written together; ``None`` where nothing is so written."""
    kept: list[int] = []
    last = 0
    for match in _SPACED.finditer(folded.text):
        kept += range(last, match.start())
        kept += range(match.start(), match.end(), 2)
        last = match.end()
    if not last:
        return None
    kept += range(last, len(folded.text))
    text = "".join(folded.text[place] for place in kept)
    return Folded(text, (*(folded.origin[place] for place in kept), folded.origin[-1]))


def unfigured(folded: Folded) -> Folded | None:
    """The same with ``1gn0re`` read as letters; ``None`` where no word mixes the two."""
    text = _MIXED.sub(lambda match: match[0].translate(_FIGURES), folded.text)
    return None if text == folded.text else Folded(text, folded.origin)


def decoded(text: str) -> Iterator[tuple[int, int, str]]:
    """Start, end and meaning of each stretch that is base64, hexadecimal or percent-encoded."""
    for match in _ENCODED.finditer(text):
        for read in (_from_base64, _from_hexadecimal, unquote):
            meaning = read(match[0])
            if meaning and meaning != match[0] and _readable(meaning):
                yield match.start(), match.end(), meaning


def backwards(text: str) -> Iterator[str]:
    """The text from its end, and by the cipher that swaps halves of the alphabet."""
    yield text[::-1]
    yield codecs.encode(text, "rot13")


def _plain(sign: str) -> str:
    if sign.isascii():
        return sign.lower() if sign.isprintable() or sign in "\n\t" else ""
    if ord(sign) in _TAGS:
        return chr(ord(sign) - 0xE0000).lower()
    letters = unicodedata.normalize("NFKD", sign)
    if ord(letters[0]) >= _FIRST_BEYOND_CYRILLIC:
        letters = unicodedata.normalize("NFKC", sign)
        return "" if unicodedata.category(letters[0]) in {"Cf", "Co"} else letters.casefold()
    letters = letters.translate(_LOOKALIKES).casefold()
    return "".join(c for c in letters if unicodedata.category(c) not in _HIDDEN)


def _from_base64(text: str) -> str:
    padded = text.rstrip("=") + "=" * (-len(text.rstrip("=")) % 4)
    try:
        return base64.b64decode(padded, altchars=b"-_" if set(text) & set("-_") else None).decode()
    except (binascii.Error, ValueError):
        return ""


def _from_hexadecimal(text: str) -> str:
    try:
        return bytes.fromhex(re.sub(r"[ :]", "", text)).decode()
    except ValueError:
        return ""


def _readable(text: str) -> bool:
    letters = sum(c.isalpha() or c.isspace() for c in text)
    return len(text) >= 8 and text.isprintable() and letters >= 0.7 * len(text)
