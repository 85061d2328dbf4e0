"""How a model is trained, what the training belongs to, and what came of it."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from penchant.core import Json, UsageError


@dataclass(frozen=True, slots=True, kw_only=True)
class Supervised:
    """Training by AdamW on batches, counted in steps since time is not reproducible.

    >>> Supervised(steps=100, batch_size=32).rate_at(99) < 1e-4
    True
    """

    steps: int
    """Updates of the weights, at most."""
    batch_size: int
    """In the unit of the method: sequences, examples."""
    learning_rate: float = 1e-3
    """The highest one."""
    embedding_rate: float = 1.0
    """Embedding tables learn so many times faster: most of their rows are seldom in a batch."""
    weight_decay: float = 0.0
    """Decoupled; only on weights with two or more dimensions."""
    warmup: float = 0.02
    """Share of the steps over which the rate rises from 0."""
    schedule: Literal["cosine", "constant"] = "cosine"
    """What the rate does after that; cosine falls to 0 at the last step."""
    clip: float | None = 1.0
    """Largest norm of the gradient; ``None``: any."""
    evaluate_every: int | None = None
    """Steps between looks at the validation cases; ``None``: ten looks in all."""
    patience: int | None = 5
    """Looks without a better score before training stops; ``None``: never stops early."""
    checkpoint_every: int = 500
    """Steps between checkpoints, where the run has a folder."""
    dtype: Literal["float32", "bfloat16"] = "float32"
    """Of products and activations; weights and the optimizer stay in float32."""

    def __post_init__(self) -> None:
        for name in ("steps", "batch_size", "checkpoint_every"):
            if getattr(self, name) < 1:
                raise UsageError(f"{name}={getattr(self, name)}: need at least 1")
        for name in ("evaluate_every", "patience"):
            if getattr(self, name) is not None and getattr(self, name) < 1:
                raise UsageError(f"{name}={getattr(self, name)}: need at least 1, or none at all")
        for name in ("learning_rate", "embedding_rate"):
            if not getattr(self, name) > 0:
                raise UsageError(f"{name}={getattr(self, name)}: need more than 0")
        if not 0 <= self.warmup <= 1:
            raise UsageError(f"warmup={self.warmup}: need a share of the steps, from 0 to 1")

    def rate_at(self, step: int) -> float:
        """The learning rate of the update that follows ``step`` updates."""
        rising = round(self.warmup * self.steps)
        if step < rising:
            return self.learning_rate * (step + 1) / rising
        if self.schedule == "constant":
            return self.learning_rate
        done = (step - rising) / max(1, self.steps - rising)
        return self.learning_rate * 0.5 * (1.0 + float(np.cos(np.pi * done)))

    def looks_at(self, step: int) -> bool:
        """Whether the validation cases are looked at after ``step`` updates."""
        every = self.evaluate_every or max(1, self.steps // 10)
        return step % every == 0 or step == self.steps


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """What a training belongs to: a checkpoint is taken up by the same one only."""

    name: str
    """The method, as progress and messages call it."""
    options: Mapping[str, Json] = field(default_factory=dict)
    """All that shapes the weights, as plain JSON: ``dataclasses.asdict(method)``."""
    data: str = ""
    """:func:`fingerprint` of what is learned from."""


@dataclass(frozen=True, slots=True)
class TrainingRecord:
    """How a training went."""

    steps: int
    """Updates made, over all parts of an interrupted training."""
    best_step: int
    """The step whose weights the model has now."""
    seconds: float
    """Time spent, over all parts of an interrupted training."""
    losses: tuple[tuple[int, float], ...] = ()
    """(step, mean loss since the entry before)"""
    scores: tuple[tuple[int, float], ...] = ()
    """(step, validation score)"""

    def json(self) -> dict[str, Json]:
        """The record as plain JSON."""
        return {
            "steps": self.steps,
            "best_step": self.best_step,
            "seconds": self.seconds,
            "losses": [list(entry) for entry in self.losses],
            "scores": [list(entry) for entry in self.scores],
        }

    @classmethod
    def of(cls, json: Mapping[str, Json]) -> "TrainingRecord":
        """The record that gave this JSON."""
        pairs = {key: tuple((int(s), float(v)) for s, v in json[key]) for key in _SERIES}
        return cls(json["steps"], json["best_step"], json["seconds"], **pairs)


_SERIES = ("losses", "scores")


def fingerprint(*arrays: NDArray[Any]) -> str:  # Any: each array has its own dtype
    """The sha256 of arrays: their dtypes, shapes and values."""
    digest = hashlib.sha256()
    for array in arrays:
        digest.update(f"{array.dtype.str}{array.shape}".encode())
        digest.update(np.ascontiguousarray(array).data)
    return digest.hexdigest()
