"""Slashes within an id: a path is decoded before it is routed, and there they would part it.

The gate marks those that came as ``%2F``, so that they stay within their step of the path; whoever
reads an id out of the path makes slashes of the marks again. The mark stands for nothing in
Unicode; an id that holds it nevertheless is marked, too.
"""

from urllib.parse import unquote

MARK = "\ue02f"
"""A character of private use."""
_ITSELF, _SLASH = MARK + "0", MARK + "1"


def marked(raw: bytes) -> str:
    """A path as it came, decoded step by step.

    >>> with_slashes(marked(b"/v1/users/a%2Fb/history").split("/")[3])
    'a/b'
    """
    steps = [unquote(step) for step in raw.decode("latin-1").split("/")]
    return "/".join(step.replace(MARK, _ITSELF).replace("/", _SLASH) for step in steps)


def with_slashes(step: str) -> str:
    """A step of such a path as it was meant."""
    return step.replace(_SLASH, "/").replace(_ITSELF, MARK)
