"""How trainings went: losses and validation scores by step, from what a fit leaves on the disk."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from penchant.core import Json

MOST_POINTS = 1_000
"""Of a curve; longer ones are thinned evenly, their ends kept."""


@dataclass(frozen=True, slots=True)
class Curve:
    """One figure over the steps of a training."""

    part: str
    """The part of the method that was trained: its path in the fit, ``""`` for the whole."""
    figure: Literal["loss", "valid"]
    """``loss`` (training, nats), or ``valid`` (the validation score, higher is better)."""
    steps: tuple[int, ...]
    values: tuple[float, ...]
    best_step: int | None = None
    """Whose weights the model has; ``None`` while the training goes on."""


def read_curves(fit: Path) -> list[Curve]:
    """The curves of a fit folder; none for a method that does not train.

    A finished model tells its own; before that, the newest checkpoints do.

    Args:
        fit: The folder of :func:`penchant.fit`, or of a saved model.
    """
    model = fit / "model" if (fit / "model").is_dir() else fit
    finished = list(_of_records(model / "recommender.json"))
    return finished or list(_of_checkpoints(fit))


def _of_records(path: Path) -> Iterator[Curve]:
    for part, values in _parts(path, ""):
        record = values.get("record")
        if isinstance(record, dict) and "losses" in record:
            yield from _curves(part, record["losses"], record["scores"], record.get("best_step"))


def _parts(path: Path, name: str) -> Iterator[tuple[str, dict[str, Json]]]:
    """What a state says, and its parts say, in the files beside it."""
    told = _read(path)
    if told is None:
        return
    yield name, told.get("values", {})
    for part in told.get("parts", []):
        below = path.with_name(f"{path.stem}.{part}.json")
        yield from _parts(below, f"{name}.{part}" if name else str(part))


def _of_checkpoints(fit: Path) -> Iterator[Curve]:
    for folder in sorted(fit.rglob("checkpoints")):
        steps = [int(path.name[5:]) for path in folder.glob("step-*") if path.name[5:].isdigit()]
        told = _read(folder / f"step-{max(steps)}" / "checkpoint.json") if steps else None
        if told is not None:
            part = ".".join(folder.parent.relative_to(fit).parts)
            progress = told["progress"]
            yield from _curves(part, progress["losses"], progress["scores"], None)


def _curves(part: str, losses: Json, scores: Json, best_step: int | None) -> Iterator[Curve]:
    figures: tuple[tuple[Literal["loss", "valid"], Json], ...]
    figures = (("loss", losses), ("valid", scores))
    for figure, pairs in figures:
        kept = _thinned(pairs)
        if kept:
            steps, values = zip(*kept, strict=True)
            yield Curve(part, figure, tuple(map(int, steps)), tuple(map(float, values)), best_step)


def _thinned(pairs: list[Json]) -> list[Json]:
    if len(pairs) <= MOST_POINTS:
        return pairs
    last = len(pairs) - 1
    return [pairs[round(at * last / (MOST_POINTS - 1))] for at in range(MOST_POINTS)]


def _read(path: Path) -> dict[str, Json] | None:
    """A JSON object, or nothing where there is none, or it is being replaced."""
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return told if isinstance(told, dict) else None
