"""Attributes of items that the catalogue lacks, asked of a model and checked value by value.

The attribute prompt of LLMRec: Wei et al., "LLMRec: Large Language Models with Graph Augmentation
for Recommendation", WSDM 2024, arXiv:2311.00423, section 3.1. What the catalogue knows is never
replaced, and values that a model gave are counted against what is known by exact match.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from penchant.core import Run, UsageError
from penchant.data import Catalog
from penchant.language import LanguageModel, Usage
from penchant.prompting.calls import ask_for_texts, note_failures
from penchant.prompting.item_lines import item_lines
from penchant.prompting.presets import prompt
from penchant.prompting.traits import (
    MISSING,
    UNREADABLE,
    ReadTraits,
    Trait,
    checked_values,
    read_traits,
)
from penchant.retrieve import words_of

PROMPT = "item-attributes"
MOST_TOKENS = 80
"""Of an answer."""

MOST_LINES = 3
"""Of an answer without names, among which one may hold the values."""
MOST_WORDS = 5
"""Of a value without a name."""
_SENTENCE = re.compile(r"[!?:\[\]{}<>|\u2026\u3002\uff01\uff1f]|\w{4}\.(?:\s|$)")
_TALK = re.compile(
    r"\W*(?:and|as|but|here|however|i|it|of|perhaps|so|sorry|sure|that|the|these|this|those|we|well|"
    r"you)\b",
    re.IGNORECASE,
)
"""Words with which a clause begins, and hardly a value."""

ATTRIBUTES = (Trait("director", most=3), Trait("country", most=3), Trait("language", most=3))
"""What the prompt of LLMRec asks for."""


@dataclass(frozen=True, slots=True, eq=False)
class Attributes:
    """What a model said of items, as far as it could be taken."""

    frame: pl.DataFrame
    """``item`` (row), ``attribute``, ``value``; one line a value"""
    failures: Mapping[str, int]
    """Kind -> how often, over all items"""
    asked: Sequence[int]
    """Items"""
    usage: Usage


def write_attributes(
    lm: LanguageModel,
    catalog: Catalog,
    items: Sequence[int],
    *,
    run: Run,
    attributes: Sequence[Trait] = ATTRIBUTES,
) -> Attributes:
    """What a model holds an item's attributes to be.

    Args:
        lm: Who is asked.
        catalog: What it is told of an item: title, year, categories; never the attributes.
        items: Rows.
        run: Deadline and books.
        attributes: What is asked for; known values, where given, are the only ones taken.

    Raises:
        UsageError: An item is unknown, or nothing is asked for.
    """
    if not attributes:
        raise UsageError("no attributes: name at least one, such as Trait('director')")
    for item in items:
        if not 0 <= item < len(catalog):
            raise UsageError(f"no item {item}: the catalogue has {len(catalog):,} rows")
    ids, lines = catalog.ids.series().to_list(), item_lines(catalog)
    asked, names = prompt(PROMPT), [attribute.name for attribute in attributes]
    prompts = [asked.fill(id=ids[item], line=lines[item], attributes=names) for item in items]
    told = ask_for_texts(lm, prompts, max_tokens=MOST_TOKENS, run=run)
    failures = Counter(told.failures)
    rows = []
    for item, text in zip(items, told.texts, strict=True):
        if text is not None:
            found = read_attributes(text, attributes)
            failures += Counter(found.failures)
            rows += [(item, name, value) for name, some in found.values.items() for value in some]
    schema = {"item": pl.Int32, "attribute": pl.String, "value": pl.String}
    frame = pl.DataFrame(rows, schema=schema, orient="row")
    counted = dict(sorted(failures.items()))
    note_failures(run, "attributes", counted, len(items), "what was not valid is left out")
    return Attributes(frame, counted, tuple(items), told.usage)


def read_attributes(text: str, attributes: Sequence[Trait]) -> ReadTraits:
    """Values with their names, or as many parts between commas as were asked for, in that order.

    >>> read_attributes("Ron Underwood, USA, English", ATTRIBUTES).values["director"]
    ('Ron Underwood',)
    """
    named = read_traits(text, attributes)
    if named.failures.get(UNREADABLE) != 1:
        lacking = sum(attribute.name not in named.values for attribute in attributes)
        dropped = sum(named.failures.values())
        missing = {MISSING: max(0, lacking - dropped)} if lacking > dropped else {}
        return replace(named, failures={**named.failures, **missing})
    parts = _bare_values(text, len(attributes))
    if not parts:
        return ReadTraits({}, {UNREADABLE: 1})
    failures: Counter[str] = Counter()
    values = {
        attribute.name: checked_values([part], attribute, failures)
        for part, attribute in zip(parts, attributes, strict=True)
    }
    return ReadTraits({name: some for name, some in values.items() if some}, dict(failures))


def _bare_values(text: str, n: int) -> list[str]:
    """The first line that is ``n`` short values with commas between them, and no sentence."""
    for line in [line for line in text.splitlines() if line.strip()][:MOST_LINES]:
        parts = [part.strip() for part in line.strip().removesuffix(".").split(",")]
        if len(parts) == n and not any(_is_talk(part) for part in parts):
            return parts
    return []


def _is_talk(part: str) -> bool:
    short = len(part.split()) <= MOST_WORDS
    return not short or bool(_TALK.match(part) or _SENTENCE.search(part))


def filled_in(catalog: Catalog, found: Attributes) -> Catalog:
    """The catalogue with values where it had none; what it knew stays as it was.

    A column that is new holds texts; several values have commas between them.
    """
    table = catalog.table
    for (attribute,), part in found.frame.group_by("attribute", maintain_order=True):
        name = str(attribute)
        told = part.group_by("item", maintain_order=True).agg(pl.col("value").str.join(", "))
        column = pl.Series(name, [None] * len(table), dtype=pl.String)
        if name in table.columns:
            column = table[name]
            if column.dtype != pl.String:
                raise UsageError(
                    f"{name} holds {column.dtype}: only columns of texts are filled; rename it"
                )
        given = np.full(len(table), None, object)
        given[told["item"].to_numpy()] = told["value"].to_numpy()
        filled = pl.Series(name, given.tolist(), dtype=pl.String)
        table = table.with_columns(column.zip_with(column.is_not_null(), filled).alias(name))
    return replace(catalog, table=table)


def exact_matches(found: Attributes, catalog: Catalog, attribute: str) -> tuple[int, int, int]:
    """Of items whose truth is known: how many a model got right, gave a value for, was asked.

    Case, accents and marks do not matter; of several true values each counts.

    Args:
        found: What the model said.
        catalog: With the truth, which the model was not shown, in a column of this name.
        attribute: Of both.

    Raises:
        UsageError: The catalogue has no such column.
    """
    if attribute not in catalog.table.columns:
        raise UsageError(f"the catalogue has no column {attribute!r} to compare with")
    truth = catalog.table[attribute].cast(pl.String).to_list()
    said = found.frame.filter(pl.col("attribute") == attribute)
    asked = said.group_by("item", maintain_order=True).agg("value")
    known = [(truth[item], values) for item, values in asked.iter_rows() if truth[item]]
    right = sum(
        bool({_key(part) for part in true.split(",")} & {_key(value) for value in values})
        for true, values in known
    )
    return right, len(known), sum(bool(truth[item]) for item in found.asked)


def _key(value: str) -> str:
    return " ".join(words_of(value))
