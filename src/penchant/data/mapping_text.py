"""A mapping of columns as text, for command lines and addresses: ``user=buyer``."""

import re
from collections.abc import Iterable

from penchant.core import UsageError

_MAPPED = re.compile(r"mapping=\{'([\w.]+)': ('[^']*'|None|…)\}")
_LAYOUT = re.compile(r",? or (?:(?!,? or ).)*Layout\(.*$")


def read_mapping(pairs: Iterable[str] | None, prefix: str) -> dict[str, str | None]:
    """Roles and their columns; nothing after ``=`` means no column.

    >>> read_mapping(["user=buyer", "rating="], "--map ")
    {'user': 'buyer', 'rating': None}

    Args:
        pairs: ``ROLE=COLUMN`` each.
        prefix: What stands before a pair where it is given: ``--map `` or ``map=``.

    Raises:
        UsageError: A pair without ``=``.
    """
    roles: dict[str, str | None] = {}
    for pair in pairs or ():
        role, equals, column = pair.partition("=")
        if not equals:
            raise UsageError(f"{prefix}{pair}: wanted ROLE=COLUMN, such as user=buyer")
        roles[role.strip()] = column.strip() or None
    return roles


def hint_as_text(hint: str, prefix: str) -> str:
    """A reader's hint for those who name columns by options, and cannot say a layout.

    >>> hint_as_text("name it: mapping={'user': 'customer'}", "--map ")
    'name it: --map user=customer'
    >>> hint_as_text("fill it in, or read without times: mapping={'time': None}", "--map ")
    'fill it in, or read without times: --map time='
    >>> hint_as_text("save it as UTF-8, or read with layout=Layout(encoding='utf-16')", "--map ")
    'save it as UTF-8'
    """

    def as_option(found: re.Match[str]) -> str:
        role, column = found[1], found[2]
        named = {"None": "", "…": "COLUMN"}.get(column, column.strip("'"))
        pair = f"{role}={named}"
        return prefix + (f"'{pair}'" if " " in named else pair)

    return _MAPPED.sub(as_option, _LAYOUT.sub("", hint))
