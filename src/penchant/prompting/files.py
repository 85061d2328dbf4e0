"""Prompt files: ``NAME@VERSION.jinja``, TOML front matter between lines of ``+++``, then the words.

What cannot be is refused when a file is read, with the place and what to do.
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import jinja2

from penchant.core import DataError, UsageError, did_you_mean
from penchant.language import text_hash
from penchant.prompting.protected import protected_in
from penchant.prompting.template import PromptTemplate, Slot, SlotKind, SlotValue, limit_of
from penchant.tasks import (
    FILTERS,
    SUFFIX,
    read_front_matter,
    read_prompt_file,
    row_of_slot,
    split_front_matter,
    used_slots,
)

_NAME = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")
_SLOT = re.compile(r"[a-z][a-z0-9_]*")

_KEYS: Mapping[str, tuple[type, str]] = {
    "name": (str, "small letters, digits and dashes: 'rank-sequential'"),
    "version": (int, "a whole number from 1"),
    "task": (str, "what is done with it, a word: rank, rate, explain"),
    "source": (str, "where its words come from"),
    "preset": (str, "its number among the prompts of the literature: 'PR14'"),
    "system": (str, "the role that the model plays"),
    "begun": (str, "how the answer begins already"),
    "plain": (bool, "true: the text is gone on with as it stands"),
    "protected": (list, "the protected attributes that it speaks of"),
    "slots": (dict, "slot = 'what stands there', one line each"),
    "passages": (dict, "slot = 'what stands there', texts of several lines"),
    "lists": (dict, "slot = 'what stands there', lists of lines"),
    "rows": (dict, "slot = {column = 'what stands there'}, lists of rows"),
    "wishes": (list, "slots in which the person who asks says what they want"),
    "defaults": (dict, "slot = 'what stands there if nothing is given'"),
    "most": (dict, "slot = characters of each text in it"),
}
_NEEDED = frozenset({"name", "version", "task", "source"})
_KINDS: Mapping[str, SlotKind] = {
    "slots": "text",
    "passages": "passage",
    "lists": "list",
    "rows": "rows",
}


def read_prompt(path: Path | str) -> PromptTemplate:
    """A prompt from a file of one's own.

    Raises:
        DataError: The file says what cannot be; the message has the place and what to do.
    """
    return parse_prompt(read_prompt_file(path), str(path))


def parse_prompt(text: str, file: str) -> PromptTemplate:
    """A prompt from the text of its file.

    >>> made = parse_prompt('''+++
    ... name = "who"
    ... version = 1
    ... task = "ask"
    ... source = "this page"
    ... slots.title = "of a book"
    ... +++
    ... Who wrote {{ title }}?
    ... ''', "who@1.jinja")
    >>> made.fill(title="Emma").messages[0].content
    'Who wrote Emma?'

    Raises:
        DataError: It says what cannot be.
    """
    try:
        return _parsed(text.replace("\r\n", "\n"), file)
    except RecursionError as error:
        raise DataError("is nested too deeply", file=file, hint="write it flat") from error


def _parsed(text: str, file: str) -> PromptTemplate:
    front, body, first_row = split_front_matter(text, file)
    head = read_front_matter(front, file, _KEYS, optional=frozenset(_KEYS) - _NEEDED)
    made = PromptTemplate(
        name=head["name"],
        version=head["version"],
        task=head["task"],
        source=head["source"],
        text=body,
        slots=_slots(head, file),
        sha256=text_hash(text),
        preset=head.get("preset", ""),
        system=head.get("system", ""),
        begun=head.get("begun", ""),
        plain=head.get("plain", False),
        protected=tuple(sorted(head.get("protected", ()))),
    )
    _check_words(made, file)
    _check_slots(made, file, first_row)
    _check_protected(made, file)
    _try(made, file, first_row)
    return made


def _slots(head: Mapping[str, Any], file: str) -> tuple[Slot, ...]:  # Any: TOML, checked here
    defaults, most, wishes = (head.get(key, {}) for key in ("defaults", "most", "wishes"))
    found: dict[str, Slot] = {}
    for table, kind in _KINDS.items():
        for name, meaning in head.get(table, {}).items():
            rows = kind == "rows"
            if not _SLOT.fullmatch(name) or name in found:
                problem = "stands twice" if name in found else "cannot be a name"
                raise DataError(
                    f"slot {name!r} {problem}",
                    file=file,
                    wanted="small letters and _, once each",
                    hint="rename it",
                )
            columns_told = isinstance(meaning, dict) and all(
                isinstance(said, str) for said in meaning.values()
            )
            if not (columns_told if rows else isinstance(meaning, str)):
                raise DataError(
                    f"{table}.{name} = {meaning!r}",
                    file=file,
                    wanted=_KEYS[table][1],
                    hint=f"change {table}.{name} between the +++",
                )
            columns = tuple(meaning) if isinstance(meaning, dict) else ()
            told = _told(meaning)
            limit, wish = most.get(name, limit_of(kind)), name in wishes
            found[name] = Slot(name, kind, told, columns, defaults.get(name), limit, wish)
    _check_tables(found, defaults, most, file)
    texts = [name for name, slot in found.items() if slot.kind in ("text", "passage")]
    for name in wishes:
        if name not in texts:
            raise DataError(
                f"wishes has {name!r}, which is no slot of text{did_you_mean(name, texts)}",
                file=file,
                wanted=f"some of {', '.join(texts)}",
                hint="rename it",
            )
    return tuple(found[name] for name in sorted(found))


def _told(meaning: str | dict[str, str]) -> str:
    if isinstance(meaning, str):
        return meaning
    return "; ".join(f"{column}: {said}" for column, said in meaning.items())


def _check_tables(
    found: Mapping[str, Slot], defaults: Mapping[str, object], most: Mapping[str, object], file: str
) -> None:
    for table, values, kind in (("defaults", defaults, str), ("most", most, int)):
        for name, value in values.items():
            if name not in found:
                raise DataError(
                    f"{table} has no slot {name!r}{did_you_mean(name, found)}",
                    file=file,
                    wanted=f"one of {', '.join(found)}",
                    hint="rename it",
                )
            listed = found[name].kind in ("list", "rows")
            wrong = not isinstance(value, kind) or isinstance(value, bool)
            wrong = wrong or (isinstance(value, int) and value < 1)
            if wrong or (kind is str and listed and value != ""):
                raise DataError(
                    f"{table}.{name} = {value!r}",
                    file=file,
                    wanted="a number from 1" if kind is int else "a text; '' for an empty list",
                    hint=f"change {table}.{name} between the +++",
                )


def _check_words(made: PromptTemplate, file: str) -> None:
    faults = {
        "name": not _NAME.fullmatch(made.name),
        "version": made.version < 1,
        "task": not _NAME.fullmatch(made.task),
        "source": not made.source.strip(),
    }
    for key, wrong in faults.items():
        if wrong:
            raise DataError(
                f"{key} = {getattr(made, key)!r}",
                file=file,
                wanted=_KEYS[key][1],
                hint=f"change {key} between the +++",
            )
    if made.plain and (made.system or made.begun):
        raise DataError(
            "a plain prompt with a role or a begun answer",
            file=file,
            hint="put all words into the text, or drop plain",
        )
    stem = Path(file).name.removesuffix(SUFFIX)
    if Path(file).name.endswith(SUFFIX) and stem != made.key:
        raise DataError(f"the file holds {made.key}", file=file, hint=f"call it {made.key}{SUFFIX}")


def _check_slots(made: PromptTemplate, file: str, first_row: int) -> None:
    used = used_slots(made.text, file, first_row)
    used |= used_slots(made.system, file, None) | used_slots(made.begun, file, None)
    declared = {slot.name for slot in made.slots}
    if missing := sorted(used - declared):
        raise DataError(
            f"slot {missing[0]!r} is used and not declared{did_you_mean(missing[0], declared)}",
            file=file,
            row=row_of_slot(made.text, missing[0], first_row),
            hint=f"add {missing[0]} = 'what stands there' to slots, passages, lists or rows",
        )
    if unused := sorted(declared - used):
        raise DataError(f"slot {unused[0]!r} is declared and not used", file=file, hint="drop it")


def _check_protected(made: PromptTemplate, file: str) -> None:
    names = " ".join(f"{slot.name} {' '.join(slot.columns)}" for slot in made.slots)
    said = f"{made.system}\n{made.text}\n{made.begun}\n{names}"
    for attribute in protected_in(said):
        if attribute not in made.protected:
            raise DataError(
                f"speaks of {attribute!r}, a protected attribute",
                file=file,
                hint=f"drop it; or declare protected = [{attribute!r}], and ask for the prompt "
                "with protected=True wherever it is used",
            )
    for attribute in made.protected:
        if not re.search(rf"\b{re.escape(attribute)}\b", said, re.IGNORECASE):
            raise DataError(
                f"protected has {attribute!r}, and nothing speaks of it",
                file=file,
                hint="drop it from protected",
            )


def _try(made: PromptTemplate, file: str, first_row: int) -> None:
    """Fills it, with lists full and empty, so that what cannot be filled is refused when read."""
    full: dict[str, SlotValue] = {slot.name: _sample(slot, 2) for slot in made.slots}
    empty: dict[str, SlotValue] = {slot.name: _sample(slot, 0) for slot in made.slots}
    try:
        for values in (full, empty):
            replace(made, permitted=True).fill(**values)
    except UsageError as error:
        raise DataError(
            "says nothing when its lists are empty",
            file=file,
            row=first_row,
            hint="keep some words outside of if",
        ) from error
    except (jinja2.TemplateError, ArithmeticError, LookupError, TypeError, ValueError) as error:
        raise DataError(
            f"cannot be filled: {error}",
            file=file,
            row=first_row,
            hint=f"use slots, if, for, and the filters {', '.join(FILTERS)}",
        ) from error


def _sample(slot: Slot, n: int) -> SlotValue:
    if slot.kind == "rows":
        return [dict.fromkeys(slot.columns, "x")] * n
    return ["x"] * n if slot.kind == "list" else "x"
