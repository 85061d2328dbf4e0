"""How a model came to be: enough to fit it again, and to know whether it is the same."""

import hashlib
import json
import platform
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import metadata
from typing import Any

import numpy as np
import polars as pl

from penchant.core import Json
from penchant.data import Cases, Dataset

PACKAGES = ("numpy", "polars", "scikit-learn", "scipy", "tokenizers", "torch", "transformers")
"""Packages whose version can move a result."""


@dataclass(frozen=True, kw_only=True)
class Record:
    """What was fitted, on what, with what."""

    method: Any  # Any: the method's own options, as tagged JSON
    data: str
    """Name of the data set."""
    fingerprint: str
    """sha256 of the training data; see :func:`fingerprint`."""
    events: int
    people: int
    items: int
    last_time: int | None
    """Of the newest event, µs since 1970; ``None`` without times."""
    seed: int
    threads: int
    device: str
    versions: Mapping[str, str]
    fit_seconds: float
    metrics: Mapping[str, float] = field(default_factory=dict)


def versions() -> dict[str, str]:
    """The installed versions of Penchant, Python and everything that can move a result."""
    found = {"penchant": metadata.version("penchant"), "python": platform.python_version()}
    for package in PACKAGES:
        try:
            found[package] = metadata.version(package)
        except metadata.PackageNotFoundError:
            continue
    return found


def environment() -> dict[str, str]:
    """Versions and the machine, for records of runs."""
    return {
        **versions(),
        "machine": platform.machine(),
        "system": platform.system(),
        "byteorder": sys.byteorder,
    }


def fingerprint(data: Dataset) -> str:
    """sha256 over every id, attribute and event: two data sets with the same one are the same."""
    digest = hashlib.sha256()
    for table in (data.catalog.table, data.people.table, data.events):
        _feed_table(digest, table)
    for name in sorted(data.tables):
        digest.update(name.encode())
        _feed_table(digest, data.tables[name])
    return digest.hexdigest()


def cases_fingerprint(cases: Cases | None) -> str:
    """sha256 over what validation asks and expects; ``"none"`` without any."""
    if cases is None:
        return "none"
    digest = hashlib.sha256()
    for ragged in (cases.queries.histories.items, cases.relevant):
        digest.update(ragged.values.tobytes())
        digest.update(ragged.offsets.tobytes())
    return digest.hexdigest()


def resume_key(method: Json, record: Mapping[str, Json]) -> str:
    """What a half-done fit must agree on to be continued."""
    text = json.dumps([method, record], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def _feed_table(digest: Any, table: pl.DataFrame) -> None:  # Any: hashlib's private class
    for name in sorted(table.columns):
        digest.update(f"{name}\0{len(table)}\0".encode())
        _feed(digest, table[name])


def _feed(digest: Any, column: pl.Series) -> None:  # Any: hashlib's private class
    if isinstance(column.dtype, pl.List):
        _feed(digest, column.list.len())
        _feed(digest, column.explode())
        return
    digest.update(np.packbits(column.is_null().to_numpy()).tobytes())
    if column.dtype.is_numeric():
        zero = pl.Series([0]).cast(column.dtype)[0]
        digest.update(str(column.dtype).encode())
        digest.update(np.ascontiguousarray(column.fill_null(zero).to_numpy()).tobytes())
        return
    texts = column.cast(pl.String).fill_null("")
    digest.update(texts.str.len_bytes().to_numpy().astype(np.int64).tobytes())
    digest.update(texts.str.join("")[0].encode())
