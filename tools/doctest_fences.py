"""For the reference: examples of docstrings (``>>>``) are shown as code, not as quotations."""

import re
from collections.abc import Iterator
from typing import Any

import griffe

_PROMPT = re.compile(r"\s*>>> ")


class DoctestFences(griffe.Extension):
    """Puts fences around examples; what they answer belongs to them, up to the next empty line."""

    def on_object(self, *, obj: griffe.Object, **_: Any) -> None:
        """Of every module, class, function and attribute."""
        if obj.docstring is not None:
            obj.docstring.value = "\n".join(fenced(obj.docstring.value.splitlines()))


def fenced(lines: list[str]) -> Iterator[str]:
    """The lines with fences around examples."""
    inside = None
    for line in lines:
        if inside is None and _PROMPT.match(line):
            inside = line[: len(line) - len(line.lstrip())]
            yield f"{inside}```pycon"
        elif inside is not None and not line.strip():
            yield f"{inside}```"
            inside = None
        yield line
    if inside is not None:
        yield f"{inside}```"
