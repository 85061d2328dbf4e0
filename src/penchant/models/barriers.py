"""What keeps an item out of a list whatever its score."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from penchant.data import Catalog, Queries
from penchant.models.model import Model
from penchant.models.where import allowed_items, where_clauses

Reason = Literal[
    "recommended", "seen", "excluded", "filtered", "left", "no-codes", "ranked", "unknown"
]


@dataclass(frozen=True, slots=True)
class KeptOut:
    """A part of a filter that does not let the item through."""

    clause: str
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Terms:
    """How recommendations were asked for."""

    k: int = 10
    where: str | None = None
    exclude: Sequence[str] = ()
    again: bool = False


@dataclass(frozen=True, slots=True)
class Barrier:
    """One thing that keeps the item out."""

    reason: Reason
    told: str
    lifted: str
    """What to do about it"""
    terms: Terms
    """What was asked, without this"""
    clauses: tuple[KeptOut, ...] = ()


def barriers(model: Model, queries: Queries, row: int, terms: Terms) -> list[Barrier]:
    """All that stands before an item, each asked without those before it."""
    found: list[Barrier] = []
    item = model.catalog.ids.names([row])[0]
    if model.closed is not None and model.closed[row]:
        told = "it has left the catalogue, and is never recommended"
        found.append(Barrier("left", told, "put it back: PUT /v1/items/ID of a service", terms))
    if item in terms.exclude:
        terms = replace(terms, exclude=[one for one in terms.exclude if one != item])
        found.append(Barrier("excluded", "it was excluded by name", "do not exclude it", terms))
    if terms.where is not None:
        clauses, rest = _clauses(model.catalog, row, terms.where)
        if clauses:
            named = " and ".join(repr(one.clause) for one in clauses)
            told = f"the filter does not let it through: {named}"
            lifted = "leave out " + ("that clause" if len(clauses) == 1 else "those clauses")
            terms = replace(terms, where=rest)
            found.append(Barrier("filtered", told, lifted, terms, clauses))
    if not terms.again and row in queries.histories.items.values:
        told = "the person has had it already, and seen items are left out"
        terms = replace(terms, again=True)
        found.append(Barrier("seen", told, "ask with seen items as well", terms))
    return found


def _clauses(catalog: Catalog, row: int, where: str) -> tuple[tuple[KeptOut, ...], str | None]:
    """The clauses that do not let the item through, and the filter without them."""
    if allowed_items(catalog, where)[row]:
        return (), where
    own = catalog.table[row]
    found, rest = [], []
    for text, expression, columns in where_clauses(where, dict(catalog.table.schema)):
        if own.select(kept=expression.fill_null(value=False)).item():
            rest.append(text)
        else:
            found.append(KeptOut(text, columns))
    return tuple(found), " and ".join(rest) or None
