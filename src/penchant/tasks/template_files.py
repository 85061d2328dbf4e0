"""Template files: TOML between two lines ``+++``, then the text of the prompt, both with Jinja.

What cannot be is refused when a file is read, with the place and what to do.
"""

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, get_args

import jinja2

from penchant.core import DataError, did_you_mean
from penchant.tasks.prompt_template import (
    FAMILIES,
    FILTERS,
    Answer,
    Template,
    forbidden_line,
    variables,
)
from penchant.tasks.slots import SLOTS

SUFFIX = ".jinja"
"""How a template file ends."""

_NAME = re.compile(r"[a-z][a-z0-9-]*-\d+")
_HEAD = re.compile(r"\+\+\+\r?\n(.*?)^\+\+\+[ \t]*(?:\r?\n|\Z)", re.DOTALL | re.MULTILINE)


def read_template(path: Path | str) -> Template:
    """A template from a file of one's own.

    Raises:
        DataError: The file says what cannot be; the message has the place and what to do.
    """
    file = Path(path)
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(
            f"cannot be read as text ({error})", file=file, hint="templates are files in UTF-8"
        ) from error
    return parse_template(text, str(file))


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
    match = _HEAD.match(text)
    if match is None:
        raise DataError(
            "no front matter",
            file=file,
            row=1,
            wanted="TOML between two lines of +++, and the prompt after it",
            hint="begin the file with +++",
        )
    head = _read_head(match[1], file)
    source = text[match.end() :].strip()
    first_row = text.count("\n", 0, match.end()) + 1
    if not source:
        raise DataError("the prompt is empty", file=file, row=first_row, hint="write it below +++")
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


def _read_head(text: str, file: str) -> dict[str, Any]:  # Any: TOML values, checked here
    try:
        head = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        at = re.search(r"at line (\d+)", str(error))
        row = 1 + int(at[1]) if at else None
        raise DataError(
            f"the front matter is not TOML: {error}", file=file, row=row, hint="mend that line"
        ) from error
    for key in head:
        if key not in _TYPES:
            raise DataError(
                f"the front matter has {key!r}{did_you_mean(key, _TYPES)}",
                file=file,
                wanted=", ".join(_TYPES),
                hint="drop or rename it",
            )
    for key, (kind, wanted) in _TYPES.items():
        value = head.get(key)
        named = value if kind is list and isinstance(value, list) else []
        wrong = not isinstance(value, kind) or (kind is int and isinstance(value, bool))
        if wrong or not all(isinstance(slot, str) for slot in named):
            problem = f"{key} = {value!r}" if key in head else f"{key} is missing"
            raise DataError(problem, file=file, wanted=wanted, hint=f"set {key} between the +++")
    return head


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


def _used_slots(made: Template, file: str, first_row: int) -> set[str]:
    used: set[str] = set()
    for part, row in ((made.target, None), (made.source, first_row)):
        try:
            # Before anything is compiled, since compiling works out constants.
            line = forbidden_line(part)
            used |= set() if line else set(variables(part))
        except jinja2.TemplateSyntaxError as error:
            raise DataError(
                f"{error.message}",
                file=file,
                row=None if row is None else row + error.lineno - 1,
                wanted="Jinja",
                hint="mend that line",
            ) from error
        if line:
            raise DataError(
                "calls or multiplies something",
                file=file,
                row=None if row is None else row + line - 1,
                hint="a prompt is made of slots, if, for and filters",
            )
    return used


def _check_slots(made: Template, file: str, first_row: int) -> None:
    used = _used_slots(made, file, first_row)
    for slot in sorted({*made.slots, *used}):
        if slot not in SLOTS:
            raise DataError(
                f"no slot {slot!r}{did_you_mean(slot, SLOTS)}",
                file=file,
                row=_row_of(made, slot, first_row),
                wanted=f"one of {', '.join(SLOTS)}",
                hint="rename it",
            )
    if missing := sorted(used - set(made.slots)):
        raise DataError(
            f"slot {missing[0]!r} is used and not declared",
            file=file,
            row=_row_of(made, missing[0], first_row),
            hint=f"add {missing[0]!r} to slots",
        )
    if unused := sorted(set(made.slots) - used):
        raise DataError(
            f"slot {unused[0]!r} is declared and not used", file=file, hint="drop it from slots"
        )
    _try(made, file, first_row)


def _row_of(made: Template, slot: str, first_row: int) -> int | None:
    lines = enumerate(made.source.splitlines())
    return next(
        (first_row + n for n, line in lines if re.search(rf"\b{re.escape(slot)}\b", line)), None
    )


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
            hint=f"use slots, if, for, and the filters listed, numbered, {', '.join(FILTERS)}",
        ) from error
