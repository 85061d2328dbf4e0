"""The templates that ship: a file each in ``prompts``, read when it is first asked for."""

from functools import cache
from importlib.resources import files
from typing import cast

from penchant.core import UnknownName
from penchant.tasks.front_matter import SUFFIX
from penchant.tasks.prompt_template import FAMILIES, Family, Template
from penchant.tasks.template_files import parse_template


@cache
def template(name: str) -> Template:
    """A template by name: ``"sequential-3@1"``, or its newest version: ``"sequential-3"``.

    >>> template("sequential-2").key
    'sequential-2@1'

    Raises:
        UnknownName: There is none.
        DataError: Its file is broken.
    """
    stem, _, version = name.partition("@")
    versions = {key: number for key, number in _shipped() if key == stem}
    numbers = [number for key, number in _shipped() if key == stem]
    known = [f"{key}@{number}" for key, number in _shipped()]
    if not versions:
        raise UnknownName("template", name, known)
    wanted = f"{stem}@{version or max(numbers)}"
    if wanted not in known:
        raise UnknownName("template", name, known)
    file = wanted + SUFFIX
    text = (files("penchant.tasks") / "prompts" / file).read_text(encoding="utf-8")
    return parse_template(text, file)


@cache
def templates(family: str | None = None, *, seen: bool | None = None) -> tuple[Template, ...]:
    """The newest version of each template, by family and number.

    Args:
        family: One of :data:`FAMILIES`; ``None``: all.
        seen: Only those that are learned from, or only those held back; ``None``: both.

    Raises:
        UnknownName: There is no such family.
    """
    if family is not None and family not in FAMILIES:
        raise UnknownName("family of tasks", family, FAMILIES)
    names = {name for name, _ in _shipped()}
    ordered = sorted(names, key=lambda name: (_family_order(name), int(name.rpartition("-")[2])))
    listed = [template(n) for n in ordered if family in (None, n.rpartition("-")[0])]
    return tuple(t for t in listed if seen in (None, t.seen))


@cache
def _shipped() -> tuple[tuple[str, int], ...]:
    """Name and version of every file in the package."""
    entries = (files("penchant.tasks") / "prompts").iterdir()
    stems = sorted(e.name.removesuffix(SUFFIX) for e in entries if e.name.endswith(SUFFIX))
    parts = [stem.partition("@") for stem in stems]
    return tuple((name, int(version)) for name, _, version in parts)


def _family_order(name: str) -> int:
    return FAMILIES.index(cast(Family, name.rpartition("-")[0]))
