"""What a fitted thing must keep to be itself again: JSON, arrays, parts; no code, no pickle."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load_file, save_file

from penchant.core.errors import StorageError

Json = Any  # what json.loads returns; the readers of each state check it
"""A JSON value."""


@dataclass(frozen=True, slots=True, eq=False)
class State:
    """All that save and load need.

    Attributes:
        json: Plain JSON values: options, names, counts.
        arrays: Arrays of numbers, any dtype that safetensors knows.
        parts: States of what this thing is made of.
        assets: Names of models that are referred to and not copied, with their sha256.
    """

    json: Mapping[str, Json] = field(default_factory=dict)
    arrays: Mapping[str, NDArray[Any]] = field(
        default_factory=dict
    )  # Any: each array has its own dtype
    parts: Mapping[str, "State"] = field(default_factory=dict)
    assets: Mapping[str, str] = field(default_factory=dict)


def write_state(state: State, folder: Path, name: str) -> None:
    """Writes ``NAME.json`` and ``NAME.safetensors``, and the parts beside them.

    A part is ``NAME.PART.json``, a part of that ``NAME.PART.INNER.json``. The folder must be there;
    wrap this in :func:`penchant.core.write_folder` to make it whole or nothing.
    """
    head = {"values": dict(state.json), "parts": sorted(state.parts), "assets": dict(state.assets)}
    text = json.dumps(head, indent=1, sort_keys=True, allow_nan=False, ensure_ascii=False)
    (folder / f"{name}.json").write_text(text + "\n", encoding="utf-8")
    arrays = {key: np.ascontiguousarray(array) for key, array in state.arrays.items()}
    save_file(arrays, folder / f"{name}.safetensors")
    for part, inner in state.parts.items():
        write_state(inner, folder, f"{name}.{part}")


def read_state(folder: Path, name: str) -> State:
    """Reads what :func:`write_state` wrote.

    Raises:
        StorageError: A file is missing or is not what its name says.
    """
    path = folder / f"{name}.json"
    try:
        head = json.loads(path.read_text(encoding="utf-8"))
        parts = {part: read_state(folder, f"{name}.{part}") for part in head["parts"]}
        arrays = load_file(folder / f"{name}.safetensors")
        return State(head["values"], arrays, parts, head["assets"])
    except (FileNotFoundError, SafetensorError, ValueError, KeyError, TypeError) as error:
        raise StorageError(f"{path}: not a saved state ({error}); save the model again") from error
