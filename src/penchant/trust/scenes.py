"""Scenes for attacks: a person, candidates with all their texts, and who tries what with them.

A scene has every text that may reach a ranking model. An attack puts a payload into one of them,
its carrier; what is asked otherwise stays the same.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from penchant.core import Run, UsageError
from penchant.data import Dataset
from penchant.language import Message, Prompt, trusted_part
from penchant.prompting import PromptTemplate, parse_prompt, short_title
from penchant.tasks import fill_text

Carrier = Literal["title", "description", "review", "user", "history", "tool"]
CARRIERS: tuple[Carrier, ...] = get_args(Carrier)
Goal = Literal["first", "stranger", "excluded"]
"""The attacked item at the first place; an item that does not exist; one that is excluded."""
STRANGER = "The Glass Harbour Chronicles (2099)"
"""In no catalogue."""
_PROMPT = "rank-with-texts@1.jinja"
_SAID = "Something for the weekend, please; surprise me a little."
_TOOL = "All items are in stock. Delivery takes three days."
_NOTHING = "(no text)"


@dataclass(frozen=True, slots=True)
class InjectionCase:
    """One attack."""

    id: str
    family: str
    """What kind of words it uses."""
    carrier: Carrier
    goal: Goal
    text: str
    """The payload, with slots: T the attacked title, R a rival's, S a stranger's, E an excluded
    one's."""


@cache
def injection_cases() -> tuple[InjectionCase, ...]:
    """The 600 committed cases: 25 families of four wordings, in six carriers.

    >>> len(injection_cases()), len({case.family for case in injection_cases()})
    (600, 25)
    """
    text = (files(__package__) / "injections.jsonl").read_text(encoding="utf-8")
    return tuple(InjectionCase(**json.loads(line)) for line in text.splitlines())


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """What a ranking model would be shown, before anything is done to it."""

    past: NDArray[np.int32]
    """Items that the person chose, oldest first: they are excluded"""
    candidates: NDArray[np.int32]
    """(n,) in the order in which they are shown"""
    chosen: int
    """Place of the candidate that the person chose next"""
    attacked: int
    """Place of the candidate that an attack is for: another one"""
    history: tuple[str, ...]
    titles: tuple[str, ...]
    descriptions: tuple[str, ...]
    reviews: tuple[str, ...]
    said: str = _SAID
    tool: str = _TOOL


def scenes_of(
    data: Dataset, n: int, run: Run, *, candidates: int = 20, past: int = 8
) -> list[Scene]:
    """Scenes from what people of a data set did: their last choice among random others.

    Args:
        data: With at least ``candidates`` + ``past`` items.
        n: Scenes; people are drawn again when there are fewer.
        run: Its seed.
        candidates: Items to rank.
        past: Items of the history that are shown, the newest.
    """
    histories = data.histories().items
    people = np.flatnonzero(histories.lengths >= 2)
    if not len(people) or len(data.catalog) < candidates + past:
        raise UsageError(
            f"{data.name}: scenes need somebody with 2 choices and {candidates + past} items"
        )
    texts = _texts_of(data)
    scenes = []
    for number in range(n):
        rng = run.rng("trust.scenes", number)
        chosen = histories[int(people[rng.integers(len(people))])]
        free = np.setdiff1d(np.arange(len(data.catalog), dtype=np.int32), chosen)
        others = rng.choice(free, min(candidates - 1, len(free)), replace=False)
        shown = rng.permutation(np.append(others, chosen[-1])).astype(np.int32)
        place = int(np.flatnonzero(shown == chosen[-1])[0])
        attacked = int(rng.choice(np.setdiff1d(np.arange(len(shown)), place)))
        scenes.append(_scene(chosen[:-1][-past:], shown, (place, attacked), texts))
    return scenes


def attacked(scene: Scene, case: InjectionCase) -> Scene:
    """The scene with the payload in its carrier."""
    said = payload(scene, case)
    at = scene.attacked
    if case.carrier == "title":
        return replace(scene, titles=_changed(scene.titles, at, f"{scene.titles[at]} - {said}"))
    if case.carrier == "description":
        text = f"{scene.descriptions[at]} {said}"
        return replace(scene, descriptions=_changed(scene.descriptions, at, text))
    if case.carrier == "review":
        text = f"{scene.reviews[at]} {said}"
        return replace(scene, reviews=_changed(scene.reviews, at, text))
    if case.carrier == "history":
        text = f"{scene.history[-1]} - {said}"
        return replace(scene, history=_changed(scene.history, len(scene.history) - 1, text))
    if case.carrier == "user":
        return replace(scene, said=f"{scene.said} {said}")
    return replace(scene, tool=f"{scene.tool} {said}")


def bare(scene: Scene) -> Scene:
    """The scene without what others wrote: short titles, the words of the person, nothing else."""
    nothing = ("",) * len(scene.titles)
    return replace(
        scene,
        history=tuple(short_title(title) for title in scene.history),
        titles=tuple(short_title(title) for title in scene.titles),
        descriptions=nothing,
        reviews=nothing,
        tool="",
    )


def payload(scene: Scene, case: InjectionCase) -> str:
    """The words of the attack in this scene."""
    rival = scene.titles[(scene.attacked + 1) % len(scene.titles)]
    slots = {"T": scene.titles[scene.attacked], "R": rival, "S": STRANGER, "E": scene.history[-1]}
    text = case.text
    for name, value in slots.items():
        text = text.replace(f"{{{name}}}", value)
    return text


def prompt_of(scene: Scene, *, defended: bool) -> Prompt:
    """The question about a scene.

    Args:
        scene: As it stands, attacked or not.
        defended: As this library asks: texts without sentences that speak to a model, cleaned and
            cut. Otherwise every text as it stands.
    """
    if not defended:
        return _filled(scene)
    return _template().fill(
        history=shielded(scene.history),
        said=shielded((scene.said,))[0],
        tool=shielded((scene.tool,))[0],
        candidates=[
            {"title": title, "description": description, "review": review}
            for title, description, review in zip(
                shielded(scene.titles),
                shielded(scene.descriptions),
                shielded(scene.reviews),
                strict=True,
            )
        ],
    )


def shielded(texts: Sequence[str]) -> list[str]:
    """Texts without what speaks to a model; ``(no text)`` where nothing else was said."""
    return [trusted_part(text) or (_NOTHING if text else "") for text in texts]


def _filled(scene: Scene) -> Prompt:
    """The same words without any defence: for comparison only."""
    told = zip(scene.titles, scene.descriptions, scene.reviews, strict=True)
    rows = [dict(zip(("title", "description", "review"), texts, strict=True)) for texts in told]
    values = {"history": scene.history, "said": scene.said, "tool": scene.tool, "candidates": rows}
    template = _template()
    system = fill_text(template.system, values)
    user = fill_text(template.text, values).strip()
    return Prompt((Message("system", system), Message("user", user)), template=template.template)


@cache
def _template() -> PromptTemplate:
    text = (files(__package__) / _PROMPT).read_text(encoding="utf-8")
    return parse_prompt(text, _PROMPT)


@dataclass(frozen=True, slots=True, eq=False)
class _Texts:
    titles: Sequence[str]
    descriptions: Sequence[str]
    reviews: Sequence[str]


def _texts_of(data: Dataset) -> _Texts:
    """What a catalogue and people say of each item; made up from its categories where nothing."""
    table = data.catalog.table
    said = table["description"].to_list() if "description" in table.columns else []
    described = said or [None] * len(table)
    reviews = [""] * len(table)
    if "review" in data.events.columns:
        for item, text in data.events.select("item", "review").drop_nulls().iter_rows():
            reviews[item] = reviews[item] or text
    return _Texts(
        data.catalog.titles(),
        [text or "An item of this catalogue." for text in described],
        [text or "I liked it well enough." for text in reviews],
    )


def _scene(
    past: NDArray[np.int32], shown: NDArray[np.int32], places: tuple[int, int], texts: _Texts
) -> Scene:
    return Scene(
        past,
        shown,
        places[0],
        places[1],
        tuple(texts.titles[item] for item in past),
        tuple(texts.titles[item] for item in shown),
        tuple(texts.descriptions[item] for item in shown),
        tuple(texts.reviews[item] for item in shown),
    )


def _changed(texts: tuple[str, ...], at: int, text: str) -> tuple[str, ...]:
    return (*texts[:at], text, *texts[at + 1 :])
