"""Profiles of people that a model writes from what they chose, checked value by value.

The profile prompt of LLMRec: Wei et al., "LLMRec: Large Language Models with Graph Augmentation for
Recommendation", WSDM 2024, arXiv:2311.00423, section 3.1. Differs from it: protected attributes are
not asked for, and are dropped should an answer tell them, unless they are wanted by name; a genre
that is liked must be one of what the person chose. A profile is made of the interactions that are
handed over and of nothing else: hand over the training part of a split.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

import polars as pl

from penchant.core import Run, UsageError
from penchant.data import Dataset, People
from penchant.language import LanguageModel, Prompt, Usage
from penchant.prompting.calls import Texts, ask_for_texts, note_failures
from penchant.prompting.item_lines import genres_of, item_lines
from penchant.prompting.presets import prompt
from penchant.prompting.traits import (
    CONTRADICTION,
    NOT_IN_HISTORY,
    ReadTraits,
    Trait,
    read_traits,
)

LIKED, DISLIKED = "liked genre", "disliked genre"
PROMPT, PROTECTED_PROMPT = "user-profile", "user-profile-protected"
MOST_TOKENS = 160
"""Of a profile."""
MOST_GENRES = 400
"""Of a catalogue; where there are more, any short word can be one."""

TRAITS = (
    Trait("age", most=1, protected=True),
    Trait("gender", most=1, protected=True),
    Trait(LIKED),
    Trait(DISLIKED),
    Trait("liked directors"),
    Trait("country", most=3, protected=True),
    Trait("language", most=3, protected=True),
)
"""What the prompt of LLMRec asks for; where a person comes from is protected, too."""


@dataclass(frozen=True, slots=True, eq=False)
class Profiles:
    """What a model said of people, as far as it could be taken."""

    frame: pl.DataFrame
    """``user`` (row of the people table), ``trait``, ``value``; one line a value"""
    failures: Mapping[str, int]
    """Kind -> how often, over all people"""
    n_asked: int
    n_valid: int
    """People of whom at least one value was taken"""
    usage: Usage


def write_profiles(
    lm: LanguageModel,
    train: Dataset,
    users: Sequence[int],
    *,
    run: Run,
    traits: Sequence[Trait] = TRAITS,
    protected: bool = False,
    max_history: int = 20,
) -> Profiles:
    """A profile of each person, from their newest interactions; nobody without any is asked about.

    Args:
        lm: Who writes.
        train: What may be known: the training part of a split.
        users: Rows of its people table.
        run: Deadline and books.
        traits: What a profile is made of. Genres without known values get those of the catalogue.
        protected: Whether traits that are protected are asked for and kept.
        max_history: Interactions that are told.

    Raises:
        UsageError: A person is unknown, or nothing is left to ask for.
    """
    known = _with_genres(traits, train)
    wanted = [trait for trait in known if protected or not trait.protected]
    refused = [trait for trait in known if trait not in wanted]
    histories = _histories(train, users, max_history)
    asked = [user for user in users if histories[user]]
    prompts = profile_prompts(train, [histories[user] for user in asked], protected=protected)
    told = ask_for_texts(lm, prompts, max_tokens=MOST_TOKENS, run=run)
    genres = genres_of(train.catalog)
    read: list[ReadTraits | None] = []
    for user, text in zip(asked, told.texts, strict=True):
        chosen = {genre for item in histories[user] for genre in genres[item]}
        found = None if text is None else read_traits(text, wanted, refused=refused)
        read.append(None if found is None else consistent(found, chosen))
    made = _gathered(asked, read, told)
    note_failures(run, "profiles", made.failures, made.n_asked, "what was not valid is left out")
    return made


def profile_prompts(
    train: Dataset, histories: Sequence[Sequence[int]], *, protected: bool = False
) -> list[Prompt]:
    """One prompt for each history of items, oldest first."""
    ids, lines = train.catalog.ids.series().to_list(), item_lines(train.catalog)
    asked = prompt(PROTECTED_PROMPT if protected else PROMPT, protected=protected)
    return [
        asked.fill(history=[{"id": ids[item], "line": lines[item]} for item in history])
        for history in histories
    ]


def consistent(read: ReadTraits, chosen: Collection[str]) -> ReadTraits:
    """Without genres that are both liked and disliked, and liked ones that were never chosen.

    Args:
        read: Of one person.
        chosen: The genres of what they chose; empty: nothing is known of genres.
    """
    failures = Counter(read.failures)
    liked, disliked = read.values.get(LIKED, ()), read.values.get(DISLIKED, ())
    both = {*liked} & {*disliked}
    unseen = {genre for genre in liked if chosen and genre not in chosen} - both
    failures += Counter({CONTRADICTION: len(both), NOT_IN_HISTORY: len(unseen)})
    kept = {
        **read.values,
        LIKED: tuple(genre for genre in liked if genre not in both | unseen),
        DISLIKED: tuple(genre for genre in disliked if genre not in both),
    }
    return ReadTraits({name: values for name, values in kept.items() if values}, dict(failures))


def with_profiles(data: Dataset, profiles: Profiles) -> Dataset:
    """The data with a column of lists in the people table for each trait; null: nothing is known.

    >>> import penchant as pn
    >>> frame = pl.DataFrame({"user": [1], "trait": ["liked genre"], "value": ["space"]})
    >>> known = with_profiles(pn.data.mini_world(), Profiles(frame, {}, 1, 1, Usage()))
    >>> known.people.table["liked genre"].head(2).to_list()
    [None, ['space']]
    """
    table = data.people.table
    for (trait,), part in profiles.frame.group_by("trait", maintain_order=True):
        told = part.group_by("user", maintain_order=True).agg(pl.col("value").alias(str(trait)))
        rows = pl.DataFrame({"user": range(len(table))}, schema={"user": told.schema["user"]})
        table = table.drop(str(trait), strict=False).with_columns(
            rows.join(told, on="user", how="left", maintain_order="left")[str(trait)]
        )
    return replace(data, people=People(data.people.ids, table))


def _with_genres(traits: Sequence[Trait], train: Dataset) -> list[Trait]:
    genres = sorted({genre for row in genres_of(train.catalog) for genre in row})
    known = tuple(genres) if len(genres) <= MOST_GENRES else ()
    return [
        replace(trait, known=known)
        if trait.name in (LIKED, DISLIKED) and not trait.known
        else trait
        for trait in traits
    ]


def _histories(train: Dataset, users: Sequence[int], most: int) -> dict[int, list[int]]:
    items = train.histories().tail(most).items
    for user in users:
        if not 0 <= user < len(items):
            raise UsageError(f"no person {user}: the people table has {len(items):,} rows")
    return {user: items[user].tolist() for user in users}


def _gathered(users: Sequence[int], read: Sequence[ReadTraits | None], told: Texts) -> Profiles:
    failures = Counter(told.failures)
    rows = []
    for user, found in zip(users, read, strict=True):
        if found is not None:
            failures += Counter(found.failures)
            values = found.values.items()
            rows += [(user, trait, value) for trait, some in values for value in some]
    schema = {"user": pl.Int32, "trait": pl.String, "value": pl.String}
    frame = pl.DataFrame(rows, schema=schema, orient="row")
    n_valid = frame["user"].n_unique()
    return Profiles(frame, dict(sorted(failures.items())), len(users), n_valid, told.usage)
