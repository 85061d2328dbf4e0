"""A job as it is kept."""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Literal

from penchant.core import Json, StorageError, write_file

Status = Literal[
    "queued", "running", "cancelling", "succeeded", "failed", "cancelled", "interrupted"
]
OVER: tuple[Status, ...] = ("succeeded", "failed", "cancelled", "interrupted")
RUNNING: tuple[Status, ...] = ("running", "cancelling")
RESUMABLE: tuple[Status, ...] = ("failed", "cancelled", "interrupted")
MOST_OPTIONS = 60
STATE = "job.json"
LOG = "log.jsonl"
TASK = "task.json"
RESULT = "result.json"
EVENTS = "events.parquet"
ITEMS = "items.json"
WORK = "work"
"""Checkpoints and half-done lists: what a resumed job continues from."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What is known of a job; times are microseconds since 1970."""

    id: str
    request: dict[str, Json]
    """As it was sent; ``kind`` says what is to be done."""
    created: int
    status: Status = "queued"
    started: int | None = None
    ended: int | None = None
    attempts: int = 0
    problem: str | None = None
    result: dict[str, Json] = field(default_factory=dict)

    def write(self, folder: Path) -> None:
        """Into the job's folder, whole or not at all."""
        with write_file(folder / STATE) as temporary:
            temporary.write_text(json.dumps(asdict(self)) + "\n", encoding="utf-8")


def read_kept(folder: Path) -> Kept:
    """What :meth:`Kept.write` wrote.

    Raises:
        StorageError: It is not there, or torn.
    """
    try:
        return Kept(**json.loads((folder / STATE).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError) as error:
        raise StorageError(f"{folder / STATE} cannot be read ({error}); remove {folder}") from error
