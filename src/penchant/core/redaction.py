"""What names a person is taken out of texts before a model, its books or a log see them.

Patterns with check digits, for what has a form: addresses of mail and machines, telephones,
cards, accounts, numbers of identity, keys. A person's name or a street in free text has no form,
and stays: leave such columns out. What is replaced is said by kind, so ``a@b.org`` becomes
``[email]``; redacting twice changes nothing more.
"""

import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

from penchant.core import checksums


@dataclass(frozen=True, slots=True)
class Redacted:
    """A text without what names a person."""

    text: str
    found: Mapping[str, int]
    """How much was replaced, by kind."""


@dataclass(frozen=True, slots=True)
class _Form:
    """How one kind looks; ``check`` sees the match without spaces and separators."""

    kind: str
    pattern: re.Pattern[str]
    check: Callable[[str], bool] = lambda _: True
    group: int = 0
    """What is replaced: the whole match, or what stands behind its keyword."""


def _form(
    kind: str, pattern: str, check: Callable[[str], bool] = lambda _: True, group: int = 0
) -> _Form:
    return _Form(kind, re.compile(pattern, re.IGNORECASE), check, group)


def _after(words: str, value: str) -> str:
    """A value behind its keyword: ``passport no. X1234567``."""
    joined = r"(?:\s+(?:is|was|no|nr|number|id))?\s{0,3}[.:#=]{0,2}\s{0,3}"
    return rf"\b(?:{words})\b{joined}({value})"


def _telephone(digits: str) -> bool:
    return 8 <= len(digits.lstrip("+")) <= 15 and len(set(digits)) > 2


def _card(digits: str) -> bool:
    return checksums.luhn(digits) and len(set(digits)) > 1


_BYTE = r"(?:25[0-5]|2[0-4]\d|1?\d?\d)"
_HEX = r"[0-9a-f]{1,4}"
_FORMS: tuple[_Form, ...] = (
    _form(
        "private key",
        r"-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----"
        r"[^-]{0,8000}(?:-----END[^-]{0,40}-----)?",
    ),
    _form("token", r"\beyJ[\w-]{8,4000}\.[\w-]{8,4000}\.[\w-]{4,1000}"),
    _form("key", r"\b(?:sk|pk|rk)[-_](?:[a-z]{2,12}[-_]){0,3}[a-z0-9_-]{16,200}"),
    _form(
        "key",
        r"\b(?:gh[pousr]_|github_pat_|glpat-|hf_|npm_|"
        r"pypi-|xox[abprs]-|AIza|ya29\.)[\w-]{16,250}",
    ),
    _form("key", r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b"),
    _form("key", r"\bBearer\s{1,3}([\w.~+/-]{16,4000}=*)", group=1),
    _form(
        "password",
        r"\b(?:password|passwd|passphrase|pwd|pin code|api[ _-]?key|"
        r"client secret|secret key)\b\s{0,3}"
        r"(?:[:=]|is\b)\s{0,3}([^\s,;]{4,200})",
        group=1,
    ),
    _form("login", r"\b[a-z][a-z0-9+.-]{1,10}://([^\s/:@]{1,100}:[^\s/@]{1,200})@", group=1),
    _form("email", r"(?<![\w.+-])[\w.+-]{1,64}@(?:[\w-]{1,63}\.){1,8}[a-z]{2,24}\b"),
    _form(
        "email",
        r"\b[\w.+-]{1,64}\s?[\[(]\s?at\s?[\])]\s?[\w-]{1,63}\s?"
        r"(?:[\[(]\s?dot\s?[\])]|\.)\s?[a-z]{2,24}\b",
    ),
    *(
        _form(
            "iban",
            rf"\b(?:{countries.replace(' ', '|')})\d\d(?:[ -]?[a-z0-9]){{{length - 4}}}\b",
            checksums.iban,
        )
        for length, countries in checksums.IBAN_LENGTHS.items()
    ),
    _form("identity", r"\b[12]\d{2}(?:0[1-9]|1[0-2])(?:\d{2}|2[ab])\d{6}\d{2}\b", checksums.nir),
    _form("identity", r"\b[12] \d{2} \d{2} (?:\d{2}|2[ab]) \d{3} \d{3} \d{2}\b", checksums.nir),
    _form("card", r"(?<![\w.])(?:\d[ -]?){12,18}\d(?![\w])", _card),
    _form(
        "identity", r"\b[a-z]{6}\d{2}[a-ehlmprst]\d{2}[a-z]\d{3}[a-z]\b", checksums.codice_fiscale
    ),
    _form(
        "identity",
        r"\b[1-9]\d{5}(?:19|20)\d{2}"
        r"(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01])\d{3}[\dx]\b",
        checksums.chinese_id,
    ),
    _form("identity", r"\b[2-9]\d{3}[ -]?\d{4}[ -]?\d{4}\b", checksums.verhoeff),
    _form("identity", r"\b\d{3}\.\d{3}\.\d{3}-\d{2}\b", checksums.cpf),
    _form(
        "identity", r"\b(?:[0-2]\d|3[01])(?:0\d|1[0-2])\d{2}[-+a-f]\d{3}[0-9a-y]\b", checksums.hetu
    ),
    _form(
        "identity",
        r"\b(?:19|20)?\d{2}(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01])[-+]\d{4}\b",
        lambda n: checksums.luhn(n[-10:]),
    ),
    _form("identity", r"\b(?:\d{8}|[xyz]\d{7})-?[a-z]\b", checksums.dni),
    _form("identity", r"\b(?!000|666|9\d\d)\d{3}-(?!00)\d{2}-(?!0000)\d{4}\b"),
    _form("identity", r"\b(?![dfiquv])[a-z](?![dfiquvo])[a-z] ?\d{2} ?\d{2} ?\d{2} ?[a-d]\b"),
    _form("identity", _after("nhs|nhs number", r"\d{3}[ -]?\d{3}[ -]?\d{4}"), checksums.nhs, 1),
    _form("identity", _after("bsn|burgerservicenummer|sofinummer", r"\d{9}"), checksums.bsn, 1),
    _form("identity", _after("pesel", r"\d{11}"), checksums.pesel, 1),
    _form("identity", _after("cpf", r"\d{11}"), checksums.cpf, 1),
    _form(
        "identity",
        _after("sin|social insurance(?: number)?", r"\d{3}[ -]?\d{3}[ -]?\d{3}"),
        checksums.luhn,
        1,
    ),
    _form(
        "identity",
        _after(
            "steuer-?id(?:nr)?|idnr|steueridentifikationsnummer|tax id",
            r"\d{2} ?\d{3} ?\d{3} ?\d{3}",
        ),
        checksums.steuer_id,
        1,
    ),
    _form(
        "identity", _after("ssn|social security(?: number)?", r"\d{3}[ -]?\d{2}[ -]?\d{4}"), group=1
    ),
    _form("passport", _after("passport|reisepass|passeport", r"[a-z]{0,2}\d{6,9}"), group=1),
    _form(
        "licence",
        _after("driver'?s? licen[cs]e|driving licen[cs]e", r"[a-z0-9][a-z0-9-]{4,18}\d"),
        group=1,
    ),
    _form("account", _after("routing|aba", r"\d{9}"), checksums.routing, 1),
    _form("account", _after("account|acct|sort code|konto", r"\d[\d -]{4,20}\d"), group=1),
    _form(
        "plate",
        _after("licen[cs]e plate|number plate|kennzeichen", r"[a-z0-9][a-z0-9 -]{2,9}\d\w?"),
        group=1,
    ),
    _form(
        "birth",
        _after(
            "born(?: on)?|date of birth|dob|birthday|geboren(?: am)?",
            r"\d{1,4}[./-]\d{1,2}[./-]\d{1,4}",
        ),
        group=1,
    ),
    _form("machine", r"\b(?:[0-9a-f]{2}[:-]){5}[0-9a-f]{2}\b"),
    _form("machine", rf"(?<![\w.]){_BYTE}(?:\.{_BYTE}){{3}}(?![\w.]*\d)"),
    _form(
        "machine",
        rf"(?<![\w:])(?:{_HEX}:){{7}}{_HEX}(?![\w:])|"
        rf"(?<![\w:])(?:{_HEX}:){{1,6}}(?::{_HEX}){{1,6}}(?![\w:])",
    ),
    _form("place", r"(?<![\w.])-?\d{1,2}\.\d{4,8},\s?-?\d{1,3}\.\d{4,8}(?![\w.]*\d)"),
    _form("wallet", r"\b(?:bc1[a-z0-9]{25,60}|0x[0-9a-f]{40})\b"),
    _form("telephone", r"(?<![\w+])\+\d(?:[ ().-]{0,2}\d){7,14}(?!\w)", _telephone),
    _form(
        "telephone",
        r"(?<![\w.])(?:\(\d{2,5}\)[ -]?\d{2,4}[ -.]?\d{2,6}(?:[ -.]\d{2,4}){0,2})(?!\w)",
        _telephone,
    ),
    _form("telephone", r"(?<![\w.-])\d{3}[-. ]\d{3}[-. ]\d{4}(?![\w-])", _telephone),
    _form(
        "telephone",
        _after(
            "tel|telephone|phone|mobile|cell|call me(?: at| on)?|"
            r"whatsapp|fax|telefon|handy",
            r"\+?\d[\d ()./-]{5,18}\d",
        ),
        _telephone,
        1,
    ),
)
"""What is looked for, in this order: what is replaced is not looked at again."""

KINDS = tuple(sorted({form.kind for form in _FORMS}))
"""Every kind that may be found."""

_SEPARATORS = re.compile(r"[^\w+]|_")


def redact(text: str) -> Redacted:
    """The text with every value of a known form replaced by its kind in brackets.

    Args:
        text: Of any length; the time is linear in it.

    >>> redact("Write to ann@example.org, or pay 4111 1111 1111 1111.").text
    'Write to [email], or pay [card].'
    """
    if text.isalpha():
        return Redacted(text, {})
    found: Counter[str] = Counter()
    for form in _FORMS:
        text = form.pattern.sub(partial(_replaced, form=form, found=found), text)
    return Redacted(text, dict(found))


def _replaced(match: re.Match[str], form: _Form, found: Counter[str]) -> str:
    value = match[form.group]
    if value.startswith("[") or not form.check(_SEPARATORS.sub("", value)):
        return match[0]
    found[form.kind] += 1
    start, end = match.span(form.group)
    before, after = match[0][: start - match.start()], match[0][end - match.start() :]
    return f"{before}[{form.kind}]{after}"
