"""Files of prompts: TOML between two lines ``+++``, then a text in Jinja.

What holds for every such file, whatever its front matter says.
"""

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import jinja2

from penchant.core import DataError, did_you_mean
from penchant.tasks.sandbox import forbidden_line, variables

SUFFIX = ".jinja"
"""How the file of a prompt ends."""

_HEAD = re.compile(r"\+\+\+\r?\n(.*?)^\+\+\+[ \t]*(?:\r?\n|\Z)", re.DOTALL | re.MULTILINE)


def read_prompt_file(path: Path | str) -> str:
    """The text of a file.

    Raises:
        DataError: It is not there, or not UTF-8.
    """
    file = Path(path)
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        missing = isinstance(error, FileNotFoundError)
        hint = "name a file that is there" if missing else "templates are files in UTF-8"
        raise DataError(f"cannot be read as text ({error})", file=file, hint=hint) from error


def split_front_matter(text: str, file: str) -> tuple[str, str, int]:
    """The front matter, the prompt after it, and the row of the file where that begins.

    Raises:
        DataError: There is no front matter, or no prompt.
    """
    match = _HEAD.match(text)
    if match is None:
        raise DataError(
            "no front matter",
            file=file,
            row=1,
            wanted="TOML between two lines of +++, and the prompt after it",
            hint="begin the file with +++",
        )
    first_row = text.count("\n", 0, match.end()) + 1
    source = text[match.end() :].strip()
    if not source:
        raise DataError("the prompt is empty", file=file, row=first_row, hint="write it below +++")
    return match[1], source, first_row


def read_front_matter(
    text: str,
    file: str,
    known: Mapping[str, tuple[type, str]],
    *,
    optional: frozenset[str] = frozenset(),
) -> dict[str, Any]:  # Any: TOML values, checked here
    """The front matter as a mapping.

    Args:
        text: Between the lines of ``+++``.
        file: For messages.
        known: Key -> its type and, in words, what is wanted. Lists are lists of texts, tables
            are tables of texts or of tables.
        optional: Keys that need not be there.

    Raises:
        DataError: It is not TOML, a key is unknown or missing, or a value of the wrong type.
    """
    try:
        head = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        at = re.search(r"at line (\d+)", str(error))
        row = 1 + int(at[1]) if at else None
        raise DataError(
            f"the front matter is not TOML: {error}", file=file, row=row, hint="mend that line"
        ) from error
    for key in head:
        if key not in known:
            raise DataError(
                f"the front matter has {key!r}{did_you_mean(key, known)}",
                file=file,
                wanted=", ".join(known),
                hint="drop or rename it",
            )
    for key, (kind, wanted) in known.items():
        if (key in head or key not in optional) and not _fits(head.get(key), kind):
            problem = f"{key} = {head[key]!r}" if key in head else f"{key} is missing"
            raise DataError(problem, file=file, wanted=wanted, hint=f"set {key} between the +++")
    return head


def _fits(value: object, kind: type) -> bool:
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        return False
    if isinstance(value, list):
        return all(isinstance(piece, str) for piece in value)
    if isinstance(value, dict):
        return all(isinstance(piece, str | int | dict) for piece in value.values())
    return True


def used_slots(text: str, file: str, first_row: int | None) -> set[str]:
    """The slots of one text in Jinja.

    Args:
        text: In Jinja.
        file: For messages.
        first_row: Of the file, where the text begins; ``None``: in the front matter.

    Raises:
        DataError: It is not Jinja, or does what a prompt need not do.
    """
    try:
        # Before anything is compiled, since compiling works out constants.
        line = forbidden_line(text)
        used = set() if line else set(variables(text))
    except jinja2.TemplateSyntaxError as error:
        raise DataError(
            f"{error.message}",
            file=file,
            row=None if first_row is None else first_row + error.lineno - 1,
            wanted="Jinja",
            hint="mend that line",
        ) from error
    if line:
        raise DataError(
            "calls or multiplies something",
            file=file,
            row=None if first_row is None else first_row + line - 1,
            hint="a prompt is made of slots, if, for and filters",
        )
    return used


def row_of_slot(source: str, slot: str, first_row: int) -> int | None:
    """The row of a file where a slot stands first."""
    lines = enumerate(source.splitlines())
    return next(
        (first_row + n for n, line in lines if re.search(rf"\b{re.escape(slot)}\b", line)), None
    )
