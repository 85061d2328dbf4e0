"""What to do about a file, for those who sent it over HTTP: nothing of it is said in Python."""

import re

_LAST = re.compile(r",? or (?:(?!,? or ).)*(?:mapping=|Layout\().*$")
_NAMED = re.compile(r"^name (?:it|another column): mapping=\{'(\w+)'.*$")


def without_python(hint: str) -> str:
    """A hint without the options of our own functions.

    >>> without_python("fill it in, remove the row, or read without times: mapping={'time': None}")
    'fill it in, remove the row'
    >>> without_python("name it: mapping={'user': 'customer'}")
    "call its column 'user'"
    """
    return _NAMED.sub(r"call its column '\1'", _LAST.sub("", hint))
