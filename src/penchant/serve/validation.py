"""What does not have the shape that was wanted: which fields, and what is wrong with each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

TOLD = 5
"""Fields that are named; of more it is told how many."""
NO_OBJECT = {"dict_type", "model_type", "model_attributes_type"}
KIND = {"union_tag_not_found", "union_tag_invalid"}


@dataclass(frozen=True, slots=True)
class Fault:
    """One field that is not as it should be."""

    place: str
    """``body``, ``path``, ``query`` or ``header``; empty for an argument of a tool"""
    path: tuple[str, ...]
    said: str

    @property
    def pointer(self) -> str:
        """The field (RFC 6901), behind a # where it is not in the body."""
        steps = (step.replace("~", "~0").replace("/", "~1") for step in self.path)
        told = "".join(f"/{step}" for step in steps)
        return told if self.place == "body" else f"#{told}"

    @property
    def told(self) -> str:
        """Where and what, in a line."""
        where = (
            self.pointer if self.place == "body" else " ".join((self.place, *self.path[:1])).strip()
        )
        return f"{where}: {self.said}" if where else self.said


def faults_of(
    errors: Sequence[Mapping[str, Any]],  # Any: pydantic's own, with its context
    body: object,
    place: str | None = None,
) -> list[Fault]:
    """Each field once, in the order in which they were looked at.

    Args:
        errors: As pydantic tells them.
        body: The JSON that was sent.
        place: Where it was; ``None``: the first step of each error says so.
    """
    said: dict[tuple[str, tuple[str, ...]], list[str]] = {}
    for error in errors:
        first, *rest = error["loc"] if place is None else (place, *error["loc"])
        path = _steps(rest, body, error["type"] == "missing") if first == "body" else rest
        if error["type"] in KIND:
            path = [*path, error["ctx"]["discriminator"].strip("'")]
        key = (str(first), tuple(str(step) for step in path))
        said.setdefault(key, []).append(_said(error, whole=key == ("body", ())))
    return [Fault(*key, ", or ".join(dict.fromkeys(many))) for key, many in said.items()]


def told_of(faults: Sequence[Fault]) -> str:
    """The first of them in words."""
    left = len(faults) - TOLD
    told = "; ".join(fault.told for fault in faults[:TOLD])
    return f"{told}; and {left} more" if left > 0 else told


def _said(error: Mapping[str, Any], *, whole: bool) -> str:  # Any: as above
    kind = error["type"]
    if kind in NO_OBJECT:
        return "wanted an object of JSON"
    if kind == "missing" and whole:
        return "there is no body: wanted an object of JSON"
    if kind == "union_tag_not_found":
        return "field required"
    if kind == "union_tag_invalid":
        return f"wanted one of {error['ctx']['expected_tags']}"
    # What our own shapes say stands behind a word of pydantic's.
    said = str(error["ctx"]["error"]) if kind == "value_error" else str(error["msg"])
    return said[0].lower() + said[1:]


def _steps(path: Sequence[int | str], body: object, missing: bool) -> list[int | str]:
    """The steps that lead somewhere in a body: where shapes are told apart, others stand between.

    What is missing is the last one, and not in the body.
    """
    steps: list[int | str] = []
    for at, step in enumerate(path, 1):
        if isinstance(body, dict) and isinstance(step, str):
            if step in body:
                steps.append(step)
                body = body[step]
            elif missing and at == len(path):
                steps.append(step)
        elif isinstance(body, list) and isinstance(step, int) and step < len(body):
            steps.append(step)
            body = body[step]
    return steps
