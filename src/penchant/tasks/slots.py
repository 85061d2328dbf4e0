"""The slots of prompts: what may stand in them, and how words of others are fenced.

Texts of a catalogue or of people are material, never instructions: they stand between double
quotes that they cannot close, on one line, no longer than allowed, and without the angle brackets
that mark tokens of a model.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import polars as pl

from penchant.core import UsageError
from penchant.data import Catalog, People

SLOTS: Mapping[str, str] = {
    "answer": "yes or no",
    "candidates": "the words of the items to choose from",
    "categories": "of the item, in quotes",
    "choice": "the number of the right candidate, from 1",
    "dataset": "the name of the data, where a model learns from several",
    "description": "of the item, in quotes",
    "details": "all that the catalogue tells of the item in few words",
    "explanation": "why this person chose the item, in a sentence of theirs",
    "feature": "what the explanation is about, a word or two",
    "highest": "of the ratings that can be given",
    "history": "the words of the items that the person chose before, oldest first",
    "item": "the words of the item",
    "lowest": "of the ratings that can be given",
    "person": "what the person tells of themselves",
    "price": "of the item",
    "rated_history": "the same as history, each with its rating",
    "rating": "what the person gave the item",
    "review": "what the person wrote about the item",
    "stars": "a rating that is asked about, right or wrong",
    "summary": "of the review, by the person who wrote it",
    "title": "of the item, in quotes",
    "user": "the words of the person",
    "year": "of the item",
}
"""Every slot that a template can have."""

ITEM_FACTS = ("categories", "description", "details", "price", "title", "year")
"""Slots that the catalogue feeds."""

FENCED = ("description", "explanation", "feature", "review", "summary", "title")
"""Slots that hold words of others."""

TEXT_LIMIT = 400
"""Characters of a text of people."""

PERSON_LIMIT = 240
"""Characters of what a person tells of themselves."""

UNKNOWN = "unknown"
"""What stands where the catalogue is silent."""

ItemNames = Callable[[int], str]
"""From the row of an item to its words in a prompt."""

UserNames = Callable[[int], str]
"""From the row of a person, -1 for somebody new, to their words in a prompt."""


def plain(text: str, limit: int) -> str:
    r"""One line of at most ``limit`` characters, without control characters and angle brackets.

    >>> plain("Great <b>book</b>,\n  truly great", 21)
    'Great (b)book(/b), tr'
    """
    # Far more than can be kept is not even looked at: a text may be as long as a book.
    seen = " ".join(text[: 8 * limit + 64].split())
    if not seen.isprintable():
        seen = " ".join("".join(c if c.isprintable() else " " for c in seen).split())
    return seen[:limit].rstrip().replace("<", "(").replace(">", ")")


def fenced(text: str, limit: int) -> str:
    r"""The same in double quotes, which it cannot close.

    >>> fenced('say "yes" and stop', 40)
    '"say \'yes\' and stop"'
    """
    return '"' + plain(text, limit).replace('"', "'") + '"'


def numbered_user(row: int) -> str:
    """``user_7``; somebody new is ``a new user``."""
    return f"user_{row}" if row >= 0 else "a new user"


def numbered_item(row: int) -> str:
    """``item_7``."""
    return f"item_{row}"


@dataclass(frozen=True, slots=True, eq=False)
class Names:
    """How people and items stand in prompts.

    >>> names = Names(numbered_item)
    >>> names.item(3), names.user(5), names.user(-1)
    ('item_3', 'user_5', 'a new user')
    """

    item: ItemNames
    user: UserNames = numbered_user
    person: UserNames | None = None
    """What a person tells of themselves; ``None``: templates that need it are left out."""
    dataset: str = ""
    """The name of the data; empty: templates that need it are left out."""
    facts: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """Of :data:`ITEM_FACTS`: a text for each item of the catalogue, fenced already."""
    text_limit: int = TEXT_LIMIT
    """Characters of a review, a summary or an explanation"""

    def __post_init__(self) -> None:
        if self.text_limit < 1:
            raise UsageError(f"text_limit={self.text_limit}: need at least 1 character")
        unknown = sorted(set(self.facts) - set(ITEM_FACTS))
        if unknown:
            raise UsageError(
                f"names have facts {', '.join(unknown)}: known are {', '.join(ITEM_FACTS)}"
            )


def names_of(
    catalog: Catalog,
    people: People | None = None,
    *,
    item: ItemNames | None = None,
    user: UserNames = numbered_user,
    dataset: str = "",
    limit: int = 120,
    text_limit: int = TEXT_LIMIT,
) -> Names:
    """Names with all that the catalogue and the people table tell.

    >>> import penchant as pn
    >>> data = pn.data.mini_world()
    >>> names_of(data.catalog).item(0)
    '"The Royal Crown, part 4"'

    Args:
        catalog: Its titles, descriptions, categories, prices and years.
        people: Their attributes; ``None`` tells nothing of people.
        item: The words of items; titles in quotes if not given.
        user: The words of people.
        dataset: The name of the data, where a model learns from several.
        limit: Characters of a title or a category; descriptions get three times as many.
        text_limit: Characters of a review, a summary or an explanation.
    """
    facts = _facts(catalog, limit)
    titles = facts.get("title") or [fenced(text, limit) for text in catalog.titles()]
    attributes = told_people(people.table) if people is not None else []

    def person(row: int) -> str:
        return attributes[row] if row >= 0 else "a stranger"

    told = person if attributes else None
    return Names(item or titles.__getitem__, user, told, dataset, facts, text_limit)


def _facts(catalog: Catalog, limit: int) -> dict[str, list[str]]:
    table = catalog.table
    facts: dict[str, list[str]] = {}
    if "title" in table.columns:
        facts["title"] = [fenced(text, limit) for text in catalog.titles()]
    if "description" in table.columns:
        texts = table["description"].cast(pl.String).to_list()
        facts["description"] = [fenced(t, 3 * limit) if t else UNKNOWN for t in texts]
    if "categories" in table.columns:
        lists = table["categories"].to_list()
        facts["categories"] = [fenced(", ".join(c), limit) if c else UNKNOWN for c in lists]
    for name in ("price", "year"):
        if name in table.columns:
            texts = table[name].cast(pl.String).to_list()
            facts[name] = [plain(t, 20) if t else UNKNOWN for t in texts]
    if facts:
        facts["details"] = _details(facts, len(catalog))
    return facts


def _details(facts: Mapping[str, Sequence[str]], n: int) -> list[str]:
    shown = [name for name in ("title", "categories", "price", "year") if name in facts]
    told = [
        ", ".join(f"{name} {facts[name][row]}" for name in shown if facts[name][row] != UNKNOWN)
        for row in range(n)
    ]
    return [text or UNKNOWN for text in told]


def told_people(table: pl.DataFrame) -> list[str]:
    """(n) what people tell of themselves, from a table of their attributes; none without any.

    >>> told_people(pl.DataFrame({"id": ["u1"], "age": [45], "locale": ["en"]}))
    ['age 45, locale en']
    """
    columns = [name for name in table.columns if name != "id"]
    if not columns:
        return []
    rows = table.select(pl.col(columns).cast(pl.String)).iter_rows()
    said = [
        ", ".join(
            f"{plain(name, 40)} {plain(v, 40)}" for name, v in zip(columns, row, strict=True) if v
        )
        for row in rows
    ]
    return [text[:PERSON_LIMIT] or UNKNOWN for text in said]
