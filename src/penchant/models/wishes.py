"""What somebody says, read as a filter and a search: no model is asked, and nothing is guessed.

Years, prices and other numbers of the catalogue, and its categories, with and without "not". What
is read is written in the filter language, so that a person sees it and can take it back. All words
stay in the search.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import polars as pl

from penchant.data import Catalog
from penchant.models.where import allowed_items
from penchant.retrieve import words_of

LONGEST_WISH = 600
"""Characters of what somebody says that are read."""
MOST_CATEGORIES = 400
"""Different values of a column that can be said by name."""
YEARS = ("year", "published", "released", "release_year")
PRICES = ("price", "cost")
"""Columns of which people speak without naming them."""

_NUMBER = r"(?P<n>\d{1,9}(?:\.\d{1,4})?)"
_MONEY = r"(?:[$€£]\s*)?" + _NUMBER + r"(?:\s*(?:[$€£]|dollars?|euros?|pounds?|usd|eur|gbp)\b)?"
_YEAR = r"(?P<n>1[5-9]\d\d|20\d\d|21\d\d)"
_YEAR_WORDS: Sequence[tuple[str, str]] = (
    (rf"\b(?:between|from)\s+{_YEAR}\s+(?:and|to|until|-)\s+(?P<m>1[5-9]\d\d|2[01]\d\d)\b", "in"),
    (rf"\b(?:after|newer than|later than|more recent than)\s+{_YEAR}\b", ">"),
    (rf"\b(?:since|from)\s+{_YEAR}\b(?!s)", ">="),
    (rf"\b(?:before|older than|earlier than)\s+{_YEAR}\b", "<"),
    (rf"\b(?:until|up to|till)\s+{_YEAR}\b", "<="),
    (rf"\b(?:in|of)\s+(?:the\s+year\s+)?{_YEAR}\b(?!s)", "="),
    (r"\b(?:the\s+)?(?P<n>1[5-9]\d|20\d|21\d)0'?s\b", "decade"),
    (r"\b(?:the\s+)?'?(?P<n>[2-9])0'?s\b", "decade of 19"),
)
_NUMBER_WORDS: Sequence[tuple[str, str]] = (
    (r"(?:under|below|less than|fewer than|cheaper than)", "<"),
    (r"(?:at most|up to|no more than|not more than)", "<="),
    (r"(?:over|above|more than)", ">"),
    (r"(?:at least|no less than|not less than|from)", ">="),
)
_NOT = r"(?:no|not|without|except|nothing|never|don'?t (?:like|want)|hate|avoid|anything but)"
_FILLER = r"(?:(?:a|an|any|the|more|of|with|about|another|too|please)\s+){0,3}"
_ANOTHER = re.compile(
    r"\b(?:another|others?|something else|anything else|more|different|next)\b", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Wish:
    """What is looked for."""

    query: str
    """Words to search for"""
    clauses: Mapping[str, str] = field(default_factory=dict)
    """What must hold, by what it is about: ``year`` -> ``year > 1990``"""
    notes: tuple[str, ...] = ()
    another: bool = False
    """What was shown before is not wanted again"""

    @property
    def where(self) -> str | None:
        """All clauses as one filter of the catalogue."""
        return " and ".join(f"({clause})" for clause in self.clauses.values()) or None


def read_wish(text: str, catalog: Catalog) -> Wish:
    """What one sentence or a few ask for.

    >>> import penchant as pn
    >>> catalog = pn.data.mini_world().catalog
    >>> wish = read_wish("a mystery after 2010 under 20 euros, but no history", catalog)
    >>> sorted(wish.clauses.values())  # doctest: +NORMALIZE_WHITESPACE
    ["categories has 'mystery'", "not categories has 'history'", 'price < 20', 'year > 2010']
    """
    said = text.strip()[:LONGEST_WISH]
    clauses = _numbers(said, catalog) | _categories(said, catalog)
    wish = Wish(said, clauses, another=_ANOTHER.search(said) is not None)
    return _possible(wish, catalog)


def read_wishes(texts: Sequence[str], catalog: Catalog) -> Wish:
    """What a conversation asks for: what is said last counts where it says something else.

    >>> import penchant as pn
    >>> catalog = pn.data.mini_world().catalog
    >>> wish = read_wishes(["a mystery after 2010", "older: before 2000, please"], catalog)
    >>> wish.where
    "(year < 2000) and (categories has 'mystery')"
    """
    wishes = [read_wish(text, catalog) for text in texts if text.strip()]
    if not wishes:
        return Wish("")
    last, clauses = wishes[-1], dict[str, str]()
    for wish in wishes:
        clauses |= wish.clauses
    # Whoever only says less or more of something still speaks of what was said before.
    said = last.query
    if len(wishes) > 1 and len(words_of(said)) <= SHORT_WISH:
        said = f"{wishes[-2].query} {said}"[-LONGEST_WISH:]
    return _possible(replace(last, query=said, clauses=clauses), catalog)


SHORT_WISH = 6
"""Words: what is shorter goes on with what was said before."""


def _numbers(said: str, catalog: Catalog) -> dict[str, str]:
    found = {}
    numeric = [name for name, dtype in catalog.table.schema.items() if dtype.is_numeric()]
    for name in (name for name in numeric if name.lower() in YEARS):
        clause = _year_clause(said, name)
        if clause:
            found[name] = clause
    for name in numeric:
        if name.lower() in YEARS:
            continue
        for words, sign in _NUMBER_WORDS:
            own = re.escape(name.replace("_", " "))
            spoken = rf"\b{own}\s+(?:is\s+)?{words}\s+{_NUMBER}\b|\b{words}\s+{_NUMBER2}\s+{own}\b"
            if name.lower() in PRICES:
                spoken += rf"|\b{words}\s+{_MONEY3}"
            match = re.search(spoken, said, re.IGNORECASE)
            if match:
                told = next(value for value in match.groups() if value is not None)
                found[name] = f"{_column(name)} {sign} {told}"
                break
    return found


_NUMBER2 = _NUMBER.replace("?P<n>", "")
_MONEY3 = r"(?:[$€£]\s*(\d{1,9}(?:\.\d{1,4})?)|(\d{1,9}(?:\.\d{1,4})?)\s*(?:[$€£]|(?:dollars?|euros?|pounds?|usd|eur|gbp)\b))"


def _year_clause(said: str, name: str) -> str:
    column = _column(name)
    for pattern, sign in _YEAR_WORDS:
        match = re.search(pattern, said, re.IGNORECASE)
        if match is None:
            continue
        number = match["n"]
        if sign == "in":
            return f"{column} >= {number} and {column} <= {match['m']}"
        if sign.startswith("decade"):
            first = int(number) * 10 + (1_900 if sign.endswith("19") else 0)
            return f"{column} >= {first} and {column} <= {first + 9}"
        return f"{column} {sign} {number}"
    return ""


def _categories(said: str, catalog: Catalog) -> dict[str, str]:
    """Values that are said, and those that are said not to be wanted."""
    found = {}
    spoken = _spoken_values(catalog)
    for column, values in spoken.items():
        for value, pattern in values.items():
            if not re.search(rf"\b{pattern}\b", said, re.IGNORECASE):
                continue
            told = f"{_column(column)} has {_text(value)}"
            if not isinstance(catalog.table.schema[column], pl.List):
                told = f"{_column(column)} = {_text(value)}"
            no = re.search(rf"\b{_NOT}\s+{_FILLER}{pattern}\b", said, re.IGNORECASE)
            found[f"{column}:{value}"] = f"not {told}" if no else told
    return found


def _spoken_values(catalog: Catalog) -> dict[str, dict[str, str]]:
    """Column -> value -> how it is said, for columns with few values."""
    spoken = {}
    for name, dtype in catalog.table.schema.items():
        if name.lower() not in NAMED or name == "id":
            continue
        column = catalog.table[name]
        if isinstance(dtype, pl.List):
            column = column.explode()
        if column.dtype != pl.String:
            continue
        values = column.drop_nulls().unique().sort()
        if len(values) <= MOST_CATEGORIES:
            spoken[name] = {value: _said_as(value) for value in values if words_of(value)}
    return spoken


NAMED = ("categories", "category", "genres", "genre", "brand", "type", "language", "tags")
"""Columns whose values people say as they are."""


def _said_as(value: str) -> str:
    """A pattern of a value in singular and plural."""
    bare = re.escape(value.strip())
    if value[-1:].lower() == "y":
        return rf"{bare[:-1]}(?:y|ies)"
    if value[-1:].lower() == "s":
        return rf"{bare[:-1]}s?"
    return rf"{bare}(?:s|es)?"


def _possible(wish: Wish, catalog: Catalog) -> Wish:
    """Without categories that no item has together with the rest; refusals and numbers stay."""
    if wish.where is None or allowed_items(catalog, wish.where).any():
        return wish
    kept = {
        about: clause
        for about, clause in wish.clauses.items()
        if ":" not in about or clause.startswith("not ")
    }
    left = [clause for about, clause in wish.clauses.items() if about not in kept]
    note = f"nothing is all of that, so this was searched for only: {' and '.join(left)}"
    return replace(wish, clauses=kept, notes=(*wish.notes, note)) if left else wish


def _column(name: str) -> str:
    return (
        name if re.fullmatch(r"[^\W\d]\w*", name) and name.lower() not in _RESERVED else f"`{name}`"
    )


_RESERVED = ("and", "or", "not", "in", "has", "is", "missing", "true", "false")


def _text(value: str) -> str:
    return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"
