"""Checkpoints: whole or not at all, told apart by what they belong to, checked when read.

``checkpoints/step-N/`` holds ``weights.safetensors``, ``best.safetensors`` (the weights with the
best validation score, where there are any), ``optimizer.safetensors``, ``checkpoint.json`` and
``MANIFEST.json`` with the sha256 of the others.
"""

import hashlib
import json
import platform
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

import numpy as np
import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file

from penchant.core import Json, Run, StorageError, UsageError, hash_file, sweep, write_folder
from penchant.train.settings import Identity, Supervised

KEEP = 2
"""Checkpoints kept: the newest, and one to fall back to."""

Tensors = dict[str, torch.Tensor]


@dataclass(frozen=True, slots=True, eq=False)
class Checkpoint:
    """All that the rest of a training depends on."""

    step: int
    weights: Tensors
    optimizer: Tensors
    """Moments by ``NAME/KEY``, and the generator's state as ``draws``."""
    best: Tensors
    """Empty where nothing was validated yet."""
    progress: Mapping[str, Json]
    """Scores, losses, seconds so far."""


@dataclass(frozen=True, slots=True)
class Checkpoints:
    """The checkpoints of one training, below the run's folder."""

    folder: Path
    belongs_to: Mapping[str, Json]
    run: Run
    good: list[int] = field(default_factory=list)
    """Steps of checkpoints known to be whole, oldest first."""

    def newest(self) -> Checkpoint | None:
        """The newest whole checkpoint; sweeps what dead processes left.

        Raises:
            UsageError: The folder holds checkpoints of another training.
        """
        sweep(self.folder)
        steps = sorted(self._steps(), reverse=True)
        for position, step in enumerate(steps):
            try:
                found = self._read(step)
            except StorageError as error:
                behind = f"step {steps[position + 1]}" if steps[position + 1 :] else "the start"
                self.run.watch.note(f"{error}; going on from {behind}")
                continue
            self.good.append(step)
            return found
        return None

    def write(self, checkpoint: Checkpoint) -> None:
        """Adds a checkpoint, and removes all but the newest :data:`KEEP`."""
        head = {"step": checkpoint.step, "progress": dict(checkpoint.progress)}
        head["belongs_to"] = dict(self.belongs_to)
        with write_folder(self._path(checkpoint.step)) as folder:
            save_file(checkpoint.weights, folder / "weights.safetensors")
            save_file(checkpoint.optimizer, folder / "optimizer.safetensors")
            save_file(checkpoint.best, folder / "best.safetensors")
            _write_json(head, folder / "checkpoint.json")
            hashes = {file.name: hash_file(file) for file in sorted(folder.iterdir())}
            _write_json(hashes, folder / "MANIFEST.json")
        self.good[:] = [*(s for s in self.good if s != checkpoint.step), checkpoint.step][-KEEP:]
        for step in self._steps():
            if step not in self.good:
                shutil.rmtree(self._path(step), ignore_errors=True)

    def _steps(self) -> Iterator[int]:
        for path in list(self.folder.glob("step-*")):
            number = path.name.removeprefix("step-")
            if number.isdigit():
                yield int(number)

    def _path(self, step: int) -> Path:
        return self.folder / f"step-{step}"

    def _read(self, step: int) -> Checkpoint:
        folder = self._path(step)
        try:
            hashes = json.loads((folder / "MANIFEST.json").read_text(encoding="utf-8"))
            altered = [name for name in hashes if hash_file(folder / name) != hashes[name]]
            if altered:
                raise StorageError(f"{folder}: {', '.join(altered)} differ from what was written")
            head = json.loads((folder / "checkpoint.json").read_text(encoding="utf-8"))
            weights, optimizer, best = (load_file(folder / f"{p}.safetensors") for p in _PARTS)
            found = Checkpoint(head["step"], weights, optimizer, best, head["progress"])
        except StorageError:
            raise
        except (OSError, SafetensorError, ValueError, KeyError, AttributeError) as error:
            raise StorageError(f"{folder}: not a whole checkpoint ({error})") from error
        self._refuse_foreign(head["belongs_to"])
        return found

    def _refuse_foreign(self, found: Mapping[str, Json]) -> None:
        wanted = _plain(self.belongs_to)
        if found == wanted:
            return
        differs = "; ".join(_differences(found, wanted))
        raise UsageError(
            f"{self.folder} holds the checkpoint of another training ({differs});"
            " name another folder, or remove that one to start anew"
        )


_PARTS = ("weights", "optimizer", "best")


def belongs_to(identity: Identity, settings: Supervised, run: Run) -> dict[str, Json]:
    """What a checkpoint is told apart by: options, data, seed, threads, device, versions."""
    key = {
        "method": identity.name,
        "options": _plain(identity.options),
        "training": _plain(asdict(settings)),
        "data": identity.data,
        "seed": run.seed,
        "threads": run.threads,
        "device": run.device,
        "torch": torch.__version__,
        "numpy": np.__version__,
        "machine": platform.machine(),
    }
    key["training"].pop("checkpoint_every")  # when to save changes nothing of what is learned
    text = json.dumps(key, sort_keys=True)
    return {**key, "hash": hashlib.sha256(text.encode()).hexdigest()}


def _plain(value: Json) -> Json:
    return json.loads(json.dumps(value, default=str))


def _write_json(value: Json, path: Path) -> None:
    path.write_text(json.dumps(value, indent=1, sort_keys=True) + "\n", encoding="utf-8")


def _differences(found: Json, wanted: Json, name: str = "") -> Iterator[str]:
    if isinstance(found, dict) and isinstance(wanted, dict):
        for key in sorted({*found, *wanted} - {"hash"}):
            at = f"{name}.{key}" if name else key
            yield from _differences(found.get(key), wanted.get(key), at)
    elif found != wanted:
        yield f"{name}: {_short(found)} there, {_short(wanted)} here"


def _short(value: Json) -> str:
    text = repr(value)
    return text if len(text) <= 24 else f"{text[:20]}…"
