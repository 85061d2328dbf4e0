"""A model on disk: safetensors, Parquet and JSON, a manifest of sha256; no code, no pickle.

``model.json`` (format version, record), ``recommender*.json`` and ``recommender*.safetensors``,
``catalog.parquet``, ``people.parquet``, ``histories.safetensors``, ``README.md`` (model card) and
``MANIFEST.json``. Nothing is read before all of it is what the manifest says.
"""

import dataclasses
import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from safetensors import SafetensorError
from safetensors.numpy import load_file, save_file

from penchant.core import (
    Json,
    Ragged,
    Run,
    SpecError,
    StorageError,
    hash_file,
    read_fields,
    read_state,
    sweep,
    write_folder,
    write_state,
)
from penchant.data import Catalog, History, Ids, People
from penchant.models.card import model_card
from penchant.models.methods import read_method
from penchant.models.model import Model
from penchant.models.record import Record
from penchant.recommenders import METHOD

FORMAT = 1
"""Raised when an older Penchant could not read what this one writes."""

MANIFEST = "MANIFEST.json"
_SAFE_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*")


def save(model: Model, folder: Path | str) -> Path:
    """Writes a model, whole or not at all; a model that stood there is replaced.

    Raises:
        UnknownName: The method is in no table, so it could not be read back.
        StorageError: The disk is full, the folder cannot be written, or holds something else.
    """
    path = Path(folder)
    METHOD.name_of(model.recommender.method)
    if path.is_dir() and any(path.iterdir()) and not (path / "model.json").exists():
        raise StorageError(f"{path} holds something that is no model; name another folder")
    sweep(path.parent)
    with write_folder(path) as temporary:
        _write(model, temporary)
        names = sorted(file.name for file in temporary.iterdir())
        hashes = {name: hash_file(temporary / name) for name in names}
        _write_json({"sha256": hashes}, temporary / MANIFEST)
    return path


def load(folder: Path | str, *, run: Run | None = None) -> Model:
    """Reads a model; a folder of ``fit`` is read at its ``model``.

    Raises:
        StorageError: Not a model, altered, torn, or written by a newer Penchant.
    """
    path = Path(folder)
    if not (path / MANIFEST).exists() and (path / "model" / MANIFEST).exists():
        path /= "model"
    if not (path / MANIFEST).is_file():
        raise StorageError(f"{path} is no saved model: it has no {MANIFEST}")
    verify(path)
    try:
        return _read(path, run)
    except (KeyError, TypeError, ValueError, SafetensorError, pl.exceptions.PolarsError) as error:
        raise StorageError(f"{path}: not a model that can be read ({error})") from error


def verify(path: Path) -> None:
    """Checks that a model folder holds exactly what its manifest says.

    Raises:
        StorageError: A file is missing, altered, unlisted, or has a name that leaves the folder.
    """
    manifest = _read_json(path / MANIFEST)
    hashes = manifest.get("sha256") if isinstance(manifest, dict) else None
    if not isinstance(hashes, dict) or not hashes:
        raise StorageError(f"{path / MANIFEST} lists no files; copy the model again")
    for name, expected in hashes.items():
        file = path / name
        if not _SAFE_NAME.fullmatch(name) or file.is_symlink():
            raise StorageError(f"{path / MANIFEST} lists {name!r}: may lie elsewhere, refused")
        if not file.is_file():
            raise StorageError(f"{file} is missing; copy the model again")
        if hash_file(file) != expected:
            raise StorageError(
                f"{file} is not what {MANIFEST} says (altered or torn); copy the model again"
            )
    read = {f.name for f in path.iterdir() if f.suffix in {".json", ".safetensors", ".parquet"}}
    unlisted = sorted(read - set(hashes) - {MANIFEST})
    if unlisted:
        raise StorageError(f"{path / unlisted[0]} is not in {MANIFEST}: refused; remove it")
    _check_parts(path, "recommender", 0)


def _check_parts(path: Path, name: str, depth: int) -> None:
    head = _read_json(path / f"{name}.json")
    parts = head.get("parts") if isinstance(head, dict) else None
    if not isinstance(parts, list) or depth > 20:
        raise StorageError(f"{path / name}.json is no saved state; copy the model again")
    for part in parts:
        if not isinstance(part, str) or not _SAFE_NAME.fullmatch(part):
            raise StorageError(f"{path / name}.json names a part {part!r}: refused")
        _check_parts(path, f"{name}.{part}", depth + 1)


def _write(model: Model, folder: Path) -> None:
    record = dataclasses.asdict(model.record)
    _write_json({"format": FORMAT, "record": record}, folder / "model.json")
    write_state(model.recommender.state(), folder, "recommender")
    model.catalog.table.write_parquet(folder / "catalog.parquet")
    model.people.table.write_parquet(folder / "people.parquet")
    histories = model.histories
    arrays = {"items": histories.items.values, "offsets": histories.items.offsets}
    if histories.times is not None:
        arrays["times"] = histories.times
    if histories.ratings is not None:
        arrays["ratings"] = histories.ratings
    contiguous = {name: np.ascontiguousarray(array) for name, array in arrays.items()}
    save_file(contiguous, folder / "histories.safetensors")
    (folder / "README.md").write_text(model_card(model), encoding="utf-8")


def _read(path: Path, run: Run | None) -> Model:
    head = _read_json(path / "model.json")
    if head["format"] > FORMAT:
        raise StorageError(
            f"{path} has format {head['format']}, this Penchant reads up to {FORMAT}: "
            "update Penchant"
        )
    try:
        record = read_fields(Record, head["record"], (), where="model.json")
        method = read_method(record.method, where="model.json")
    except SpecError as error:
        raise StorageError(f"{path}: {error}; it was written by another Penchant") from error
    items = pl.read_parquet(path / "catalog.parquet")
    catalog = Catalog(Ids(items["id"]), items)
    people = pl.read_parquet(path / "people.parquet")
    working = run or Run(seed=record.seed, threads=record.threads)
    state = read_state(path, "recommender")
    recommender = method.restore(state, catalog, working)
    histories = _read_histories(path / "histories.safetensors", len(people), len(catalog))
    owners = People(Ids(people["id"]), people)
    return Model(catalog, owners, histories, recommender, record, working)


def _read_histories(path: Path, n_people: int, n_items: int) -> History:
    arrays = load_file(path)
    values = arrays["items"].astype(np.int32, copy=False)
    offsets = arrays["offsets"].astype(np.int64, copy=False)
    if len(offsets) != n_people + 1 or offsets[0] != 0 or offsets[-1] != len(values):
        raise StorageError(f"{path}: {len(offsets) - 1} histories for {n_people} people")
    if (np.diff(offsets) < 0).any() or not _within(values, n_items):
        raise StorageError(f"{path}: items that the catalogue does not have")
    return History(Ragged(values, offsets), arrays.get("times"), arrays.get("ratings"))


def _within(values: np.ndarray[Any, np.dtype[np.int32]], n_items: int) -> bool:
    return bool(len(values) == 0 or (values.min() >= 0 and values.max() < n_items))


def _write_json(value: Json, path: Path) -> None:
    text = json.dumps(value, indent=1, sort_keys=True, ensure_ascii=False)
    path.write_text(text + "\n", encoding="utf-8")


def _read_json(path: Path) -> Json:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise StorageError(f"{path} cannot be read ({error}); copy the model again") from error
