"""Template files: TOML between two lines ``+++``, then the text of the prompt, both with Jinja.

What cannot be is refused when a file is read, with the place and what to do.
"""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import get_args

import jinja2

from penchant.core import DataError, did_you_mean
from penchant.tasks.front_matter import (
    SUFFIX,
    read_front_matter,
    read_prompt_file,
    row_of_slot,
    split_front_matter,
    used_slots,
)
from penchant.tasks.prompt_template import FAMILIES, Answer, Template
from penchant.tasks.sandbox import FILTERS
from penchant.tasks.slots import SLOTS

_NAME = re.compile(r"[a-z][a-z0-9-]*-\d+")


def read_template(path: Path | str) -> Template:
    """A template from a file of one's own.

    Raises:
        DataError: The file says what cannot be; the message has the place and what to do.
    """
    return parse_template(read_prompt_file(path), str(path))


def parse_template(text: str, file: str) -> Template:
    """A template from the text of its file.

    >>> made = parse_template('''+++
    ... family = "rating"
    ... name = "rating-99"
    ... version = 1
    ... slots = ["user", "item", "rating"]
    ... target = "{{ rating }}"
    ... answer = "rating"
    ... seen = true
    ... +++
    ... How does {{ user }} rate {{ item }}?
    ... ''', "rating-99@1.jinja")
    >>> made.ask({"user": "Ann", "item": "Emma"})
    'How does Ann rate Emma?'

    Args:
        text: Of the file.
        file: Its name, for messages.

    Raises:
        DataError: It says what cannot be.
    """
    try:
        return _parsed(text, file)
    except RecursionError as error:
        raise DataError("is nested too deeply", file=file, hint="write it flat") from error


def _parsed(text: str, file: str) -> Template:
    front, source, first_row = split_front_matter(text, file)
    head = read_front_matter(front, file, _TYPES)
    made = Template(**{**head, "slots": tuple(head["slots"]), "source": source})
    _check_words(made, file)
    _check_slots(made, file, first_row)
    return made


_TYPES: Mapping[str, tuple[type, str]] = {
    "family": (str, f"one of {', '.join(FAMILIES)}"),
    "name": (str, "the family and a number: 'rating-3'"),
    "version": (int, "a whole number from 1"),
    "slots": (list, "a list of names"),
    "target": (str, "the right answer, such as '{{ item }}'"),
    "seen": (bool, "true (learned from) or false (held back)"),
    "answer": (str, f"one of {', '.join(get_args(Answer))}"),
}


def _check_words(made: Template, file: str) -> None:
    faults = {
        "family": made.family not in FAMILIES,
        "answer": made.answer not in get_args(Answer),
        "version": made.version < 1,
        "name": not _NAME.fullmatch(made.name) or made.name.rpartition("-")[0] != made.family,
        "target": not made.target.strip(),
    }
    for key, wrong in faults.items():
        if wrong:
            raise DataError(
                f"{key} = {getattr(made, key)!r}",
                file=file,
                wanted=_TYPES[key][1],
                hint=f"change {key} between the +++",
            )
    stem = Path(file).name.removesuffix(SUFFIX)
    if Path(file).name.endswith(SUFFIX) and stem != made.key:
        raise DataError(f"the file holds {made.key}", file=file, hint=f"call it {made.key}{SUFFIX}")


def _check_slots(made: Template, file: str, first_row: int) -> None:
    used = used_slots(made.target, file, None) | used_slots(made.source, file, first_row)
    for slot in sorted({*made.slots, *used}):
        if slot not in SLOTS:
            raise DataError(
                f"no slot {slot!r}{did_you_mean(slot, SLOTS)}",
                file=file,
                row=row_of_slot(made.source, slot, first_row),
                wanted=f"one of {', '.join(SLOTS)}",
                hint="rename it",
            )
    if missing := sorted(used - set(made.slots)):
        raise DataError(
            f"slot {missing[0]!r} is used and not declared",
            file=file,
            row=row_of_slot(made.source, missing[0], first_row),
            hint=f"add {missing[0]!r} to slots",
        )
    if unused := sorted(set(made.slots) - used):
        raise DataError(
            f"slot {unused[0]!r} is declared and not used", file=file, hint="drop it from slots"
        )
    _try(made, file, first_row)


_LISTS = ("candidates", "history", "rated_history")


def _try(made: Template, file: str, first_row: int) -> None:
    """Fills it once, so that what cannot be filled is refused when it is read."""
    values = {slot: [slot] if slot in _LISTS else slot for slot in made.slots}
    try:
        made.ask(values)
        made.reply(values)
    except (jinja2.TemplateError, ArithmeticError, LookupError, TypeError, ValueError) as error:
        raise DataError(
            f"cannot be filled: {error}",
            file=file,
            row=first_row,
            hint=f"use slots, if, for, and the filters {', '.join(FILTERS)}",
        ) from error
