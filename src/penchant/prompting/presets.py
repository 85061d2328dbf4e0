"""The prompts that ship: a file each in ``prompts``, read when it is first asked for."""

from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from importlib.resources import files
from pathlib import Path

from penchant.core import UnknownName, UsageError
from penchant.prompting.files import parse_prompt, read_prompt
from penchant.prompting.template import PromptTemplate
from penchant.tasks import SUFFIX


def prompt(name: str, *, protected: bool = False) -> PromptTemplate:
    """A prompt by name, or a file of one's own.

    >>> prompt("rank-sequential").key
    'rank-sequential@1'
    >>> prompt("PR17").name
    'buy-next'

    Args:
        name: ``"rank-sequential@1"``; its newest version: ``"rank-sequential"``; a preset that is
            a single prompt: ``"PR17"``; the path of a file that ends in ``.jinja``.
        protected: Whether it may speak of protected attributes.

    Raises:
        UnknownName: There is none.
        UsageError: It speaks of protected attributes and ``protected`` is false; or the preset has
            several prompts.
        DataError: Its file is broken.
    """
    found = read_prompt(name) if name.endswith(SUFFIX) else _shipped_prompt(name)
    found = replace(found, permitted=protected)
    found.check_permitted()
    return found


@cache
def prompts(task: str | None = None, *, preset: str | None = None) -> tuple[PromptTemplate, ...]:
    """The newest version of each prompt that ships, by name.

    Args:
        task: Only those for this; ``None``: all.
        preset: Only those of this number, as ``PR15``; ``None``: all.

    Raises:
        UnknownName: There is no such task or preset.
    """
    everything = tuple(_read(name, max(_versions()[name])) for name in sorted(_versions()))
    for kind, value, known in (
        ("task", task, {one.task for one in everything}),
        ("preset", preset, {one.preset for one in everything if one.preset}),
    ):
        if value is not None and value not in known:
            raise UnknownName(kind, value, known)
    return tuple(
        one for one in everything if task in (None, one.task) and preset in (None, one.preset)
    )


def versions(name: str) -> tuple[int, ...]:
    """The versions of a prompt that ships, oldest first.

    Raises:
        UnknownName: There is none.
    """
    if name not in _versions():
        raise UnknownName("prompt", name, _versions())
    return _versions()[name]


def _shipped_prompt(name: str) -> PromptTemplate:
    stem, _, version = name.partition("@")
    if stem in _versions():
        wanted = version or str(max(_versions()[stem]))
        if wanted in map(str, _versions()[stem]):
            return _read(stem, int(wanted))
        raise UnknownName("prompt", name, [f"{stem}@{number}" for number in _versions()[stem]])
    presets = {one.preset for one in prompts() if one.preset}
    if name in presets:
        return _single(name, [one for one in prompts() if one.preset == name])
    raise UnknownName("prompt", name, [*_versions(), *presets])


def _single(preset: str, found: Sequence[PromptTemplate]) -> PromptTemplate:
    if len(found) > 1:
        raise UsageError(f"{preset} is {', '.join(one.name for one in found)}: name one of them")
    return found[0]


@cache
def _read(name: str, version: int) -> PromptTemplate:
    file = f"{name}@{version}{SUFFIX}"
    text = (files("penchant.prompting") / "prompts" / file).read_text(encoding="utf-8")
    return parse_prompt(text, file)


@cache
def _versions() -> dict[str, tuple[int, ...]]:
    """Name -> versions of every file in the package."""
    entries = (files("penchant.prompting") / "prompts").iterdir()
    stems = [Path(e.name).name.removesuffix(SUFFIX) for e in entries if e.name.endswith(SUFFIX)]
    found: dict[str, list[int]] = {}
    for stem in stems:
        name, _, version = stem.partition("@")
        found.setdefault(name, []).append(int(version))
    return {name: tuple(sorted(numbers)) for name, numbers in found.items()}
