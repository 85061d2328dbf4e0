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
from penchant.models.where_words import RESERVED
from penchant.retrieve import words_of

LONGEST_WISH = 600
"""Characters of what somebody says that are read."""
SHORT_WISH = 6
"""Words: what is shorter goes on with what was said before."""
MOST_VALUES = 400
"""Different values of a column that can be said by name."""
YEARS = ("year", "published", "released", "release_year")
PRICES = ("price", "cost")
"""Columns of which people speak without naming them."""
NAMED = ("categories", "category", "genres", "genre", "brand", "type", "language", "tags")
"""Columns whose values people say as they are."""

_YEAR = r"(?P<n>1[5-9]\d\d|2[01]\d\d)"
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
_NUMBER = r"(\d{1,9}(?:\.\d{1,4})?)"
_MONEY = rf"(?:[$€£]\s*{_NUMBER}|{_NUMBER}\s*(?:[$€£]|(?:dollars?|euros?|pounds?|usd|eur|gbp)\b))"
_NUMBER_WORDS: Sequence[tuple[str, str]] = (
    (r"(?:at most|up to|no more than|not more than)", "<="),
    (r"(?:at least|no less than|not less than)", ">="),
    (r"(?:under|below|less than|fewer than|cheaper than)", "<"),
    (r"(?:over|above|more than)", ">"),
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
    clauses = _numbers(said, catalog) | _values(said, catalog)
    wish = Wish(said, clauses, another=_ANOTHER.search(said) is not None)
    return _possible(wish, catalog)


def read_wishes(texts: Sequence[str], catalog: Catalog) -> Wish:
    """What a conversation asks for: what is said last counts where it says something else.

    >>> import penchant as pn
    >>> catalog = pn.data.mini_world().catalog
    >>> read_wishes(["a mystery after 2010", "older: before 2009, please"], catalog).where
    "(year < 2009) and (categories has 'mystery')"

    Args:
        texts: What the person said, oldest first.
        catalog: Its columns and their values can be named.
    """
    wishes = [read_wish(text, catalog) for text in texts if text.strip()]
    if not wishes:
        return Wish("")
    last, clauses = wishes[-1], dict[str, str]()
    for wish in wishes:
        clauses |= wish.clauses
    said = last.query
    # Whoever only says "cheaper" still speaks of what was said before.
    if len(wishes) > 1 and len(words_of(said)) <= SHORT_WISH:
        said = f"{wishes[-2].query} {said}"[-LONGEST_WISH:]
    return _possible(replace(last, query=said, clauses=clauses), catalog)


def _numbers(said: str, catalog: Catalog) -> dict[str, str]:
    found = {}
    for name, dtype in catalog.table.schema.items():
        if dtype.is_numeric():
            year = name.lower() in YEARS
            clause = _year_clause(said, name) if year else _number_clause(said, name)
            if clause:
                found[name] = clause
    return found


def _number_clause(said: str, name: str) -> str:
    """``price < 20`` of "under 20 euros" or "price below 20"."""
    own = re.escape(name.replace("_", " "))
    for words, sign in _NUMBER_WORDS:
        spoken = rf"\b{own}\s+(?:is\s+)?{words}\s+{_NUMBER}\b|\b{words}\s+{_NUMBER}\s+{own}\b"
        if name.lower() in PRICES:
            spoken += rf"|\b{words}\s+{_MONEY}"
        match = re.search(spoken, said, re.IGNORECASE)
        if match:
            number = next(value for value in match.groups() if value is not None)
            return f"{_column(name)} {sign} {number}"
    return ""


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


def _values(said: str, catalog: Catalog) -> dict[str, str]:
    """Values that are said to be wanted, and those that are said not to be."""
    found = {}
    for column, values in _sayable(catalog).items():
        sign = "has" if isinstance(catalog.table.schema[column], pl.List) else "="
        for value in values:
            spoken = _said_as(value)
            if re.search(rf"\b{spoken}\b", said, re.IGNORECASE):
                told = f"{_column(column)} {sign} {_text(value)}"
                no = re.search(rf"\b{_NOT}\s+{_FILLER}{spoken}\b", said, re.IGNORECASE)
                found[f"{column}:{value}"] = f"not {told}" if no else told
    return found


def _sayable(catalog: Catalog) -> dict[str, list[str]]:
    """Column -> its values, for columns with few."""
    sayable = {}
    for name, dtype in catalog.table.schema.items():
        if name.lower() not in NAMED:
            continue
        column = catalog.table[name]
        values = (column.explode() if isinstance(dtype, pl.List) else column).unique().drop_nulls()
        if values.dtype == pl.String and len(values) <= MOST_VALUES:
            sayable[name] = [value for value in values.sort() if words_of(value)]
    return sayable


def _said_as(value: str) -> str:
    """A pattern of a value in singular and plural."""
    bare = re.escape(value.strip())
    if value[-1:].lower() == "y":
        return rf"{bare[:-1]}(?:y|ies)"
    if value[-1:].lower() == "s":
        return rf"{bare[:-1]}s?"
    return rf"{bare}(?:s|es)?"


def _possible(wish: Wish, catalog: Catalog) -> Wish:
    """A wish that something fulfils: any of the values, or none of them, if none has them all.

    Numbers and what is refused stay as they are.
    """
    if _some(wish, catalog):
        return wish
    kept, wanted = {}, dict[str, list[str]]()
    for about, clause in wish.clauses.items():
        if ":" in about and not clause.startswith("not "):
            wanted.setdefault(about.partition(":")[0], []).append(clause)
        else:
            kept[about] = clause
    either = {f"{column}:": " or ".join(clauses) for column, clauses in wanted.items()}
    any_of = replace(wish, clauses={**kept, **either})
    if _some(any_of, catalog):
        return any_of
    less = replace(wish, clauses=kept)
    if not wanted or not _some(less, catalog):
        return wish
    left = " and ".join(either.values())
    note = f"nothing is all of that, so this was searched for only: {left}"
    return replace(less, notes=(*wish.notes, note))


def _some(wish: Wish, catalog: Catalog) -> bool:
    return wish.where is None or bool(allowed_items(catalog, wish.where).any())


def _column(name: str) -> str:
    plain = re.fullmatch(r"[^\W\d]\w*", name) and name.lower() not in RESERVED
    return name if plain else f"`{name}`"


def _text(value: str) -> str:
    return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"
