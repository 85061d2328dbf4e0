"""Texts in Jinja, filled in a sandbox: what prompts of all folders are made with.

Values are put in as they are and never read as templates. There are no globals and few filters.
"""

from collections.abc import Mapping, Sequence
from functools import cache, lru_cache

import jinja2
import jinja2.meta
import jinja2.nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

_OF_JINJA = ("default", "first", "join", "last", "length", "lower", "trim", "upper")
FILTERS = ("listed", "numbered", "quote", "quoted", *_OF_JINJA)
"""Those that templates can use: four of our own, the others are Jinja's."""

# One short line of these can fill all memory, and no prompt needs them.
_FORBIDDEN = (jinja2.nodes.Call, jinja2.nodes.Mod, jinja2.nodes.Mul, jinja2.nodes.Pow)


def _listed(words: Sequence[str]) -> str:
    return ", ".join(words) if words else "nothing yet"


def _numbered(words: Sequence[str]) -> str:
    return "\n".join(f"{number}. {word}" for number, word in enumerate(words, 1))


def _quote(words: str) -> str:
    """In double quotes, once: words that stand in them already get no second ones."""
    fenced = len(words) > 1 and words[0] == words[-1] == '"'
    return '"' + (words[1:-1] if fenced else words).replace('"', "'") + '"'


def _quoted(words: Sequence[str]) -> str:
    return ", ".join(map(_quote, words))


@cache
def _environment() -> ImmutableSandboxedEnvironment:
    made = ImmutableSandboxedEnvironment(
        undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    kept = {name: made.filters[name] for name in _OF_JINJA}
    made.filters = kept | {
        "listed": _listed,
        "numbered": _numbered,
        "quote": _quote,
        "quoted": _quoted,
    }
    made.globals.clear()
    return made


@lru_cache(maxsize=1_024)
def _compiled(text: str) -> jinja2.Template:
    return _environment().from_string(text)


def fill_text(text: str, values: Mapping[str, object]) -> str:
    """A text in Jinja with its slots filled; ``values`` has all of :func:`variables`.

    >>> fill_text("Who wrote {{ title }}?", {"title": "Emma"})
    'Who wrote Emma?'
    """
    return _compiled(text).render(values)


@lru_cache(maxsize=1_024)
def variables(text: str) -> tuple[str, ...]:
    """The slots of a text in Jinja, sorted.

    >>> variables("{{ title }} by {{ author }}")
    ('author', 'title')
    """
    found = jinja2.meta.find_undeclared_variables(_environment().parse(text))
    return tuple(sorted(found))


def forbidden_line(text: str) -> int | None:
    """The first line, from 1, of a text in Jinja that calls or multiplies something."""
    found = next(_environment().parse(text).find_all(_FORBIDDEN), None)
    return None if found is None else int(found.lineno)
