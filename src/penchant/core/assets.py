"""Data sets and models from elsewhere: fetched whole or not at all, checked, kept in a cache.

An asset says which files it is made of and the sha256 of each. Its sources are tried in order until
one gives exactly those files. Nothing that is fetched is ever imported or run.
"""

import json
import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from penchant.core.errors import AssetError, StorageError, UnknownName
from penchant.core.files import hash_file, sweep, write_folder
from penchant.core.run import Silent, Watcher

HEAD = "asset.json"
"""Beside the files in the cache: licence, source, sha256 of each file."""


@dataclass(frozen=True, slots=True)
class AssetFile:
    """One file of an asset."""

    path: str
    """Inside the folder of the asset, with forward slashes."""
    sha256: str
    """Of the file as it lies in the cache, unpacked: 64 hexadecimal digits."""
    size: int | None = None
    """In bytes, where known; for messages and progress only."""


class Source(Protocol):
    """A place that may have the files of an asset."""

    def describe(self) -> str:
        """The place, for messages."""

    def bring(self, paths: Sequence[str], into: Path, watch: Watcher) -> None:
        """Writes every file to ``into / path``.

        Raises:
            AssetError: It cannot; the message says why.
            OSError: Likewise.
        """


@dataclass(frozen=True, slots=True)
class Asset:
    """Something that can be fetched.

    Attributes:
        name: How it is asked for and what its folder in the cache is called.
        licence: Under what terms; shown when it is fetched.
        about: What it is, in a line.
        files: What it is made of.
        sources: Where it may be had, the best first.
        hint: What to do when no source has it.
    """

    name: str
    licence: str
    about: str
    files: tuple[AssetFile, ...]
    sources: tuple[Source, ...]
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Cached:
    """An asset in the cache."""

    name: str
    folder: Path
    licence: str
    source: str
    size: int
    """In bytes."""


def cache_folder() -> Path:
    """``PENCHANT_CACHE``, else ``penchant`` in the user's cache folder; it need not exist."""
    if own := os.environ.get("PENCHANT_CACHE"):
        return Path(own)
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "penchant"


def fetch(asset: Asset, watch: Watcher | None = None) -> Path:
    """The folder with all files of an asset, each checked by its sha256.

    What is in the cache is used as it is. Otherwise the sources are tried in order, and the folder
    appears once every file is there and right.

    Raises:
        AssetError: No source had it; the message names each one and why.
    """
    watch = watch or Silent()
    folder = _assets() / asset.name
    if _wrong(asset, folder) is None:
        return folder
    with _locked(_assets()):
        sweep(_assets())
        # Somebody else may have fetched it while this process waited for the lock.
        found = _wrong(asset, folder)
        if found is None:
            return folder
        if folder.exists():
            watch.note(f"{asset.name} in the cache is not whole ({found}): fetching it again")
        _fetch(asset, folder, watch)
    return folder


def is_cached(asset: Asset) -> bool:
    """Whether :func:`fetch` would answer without any source."""
    return _wrong(asset, _assets() / asset.name) is None


def list_assets() -> list[Cached]:
    """What the cache holds, by name."""
    cached = []
    for head in sorted(_assets().glob(f"*/{HEAD}")):
        values = _read_head(head.parent)
        if values is not None and head.parent.name == values["name"]:
            size = sum(file.stat().st_size for file in head.parent.rglob("*") if file.is_file())
            cached.append(
                Cached(values["name"], head.parent, values["licence"], values["source"], size)
            )
    return cached


def remove_asset(name: str) -> int:
    """Removes an asset from the cache; returns how many bytes that freed.

    Raises:
        UnknownName: The cache holds no such asset.
    """
    with _locked(_assets()):
        sweep(_assets())
        cached = {one.name: one for one in list_assets()}
        if name not in cached:
            raise UnknownName("cached asset", name, cached, where=str(_assets()))
        shutil.rmtree(cached[name].folder)
    return cached[name].size


def _assets() -> Path:
    return cache_folder() / "assets"


def _fetch(asset: Asset, folder: Path, watch: Watcher) -> None:
    reasons = []
    for source in asset.sources:
        try:
            with write_folder(folder) as temporary:
                source.bring([file.path for file in asset.files], temporary, watch)
                for file in asset.files:
                    _check(file, temporary)
                _write_head(asset, source, temporary)
        except StorageError:
            raise
        except (AssetError, OSError) as error:
            reasons.append(f"{source.describe()}: {error}")
        else:
            watch.note(f"{asset.name} from {source.describe()}; licence: {asset.licence}")
            return
    listed = "".join(f"\n  - {reason}" for reason in reasons) or " it has no sources"
    hint = f"\n  hint: {asset.hint}" if asset.hint else ""
    raise AssetError(f"could not get {asset.name} ({asset.about}):{listed}{hint}")


def _check(file: AssetFile, folder: Path) -> None:
    path = folder / file.path
    if not path.is_file():
        raise AssetError(f"{file.path} is missing there")
    found = hash_file(path)
    if found != file.sha256:
        raise AssetError(
            f"{file.path} has sha256 {found[:12]}…, wanted {file.sha256[:12]}… "
            f"({path.stat().st_size:,} bytes came): it is torn or another version"
        )


def _wrong(asset: Asset, folder: Path) -> str | None:
    """What is wrong with an asset in the cache; ``None``: nothing."""
    if not folder.is_dir():
        return "not there"
    try:
        for file in asset.files:
            _check(file, folder)
    except AssetError as error:
        return str(error)
    return None


def _write_head(asset: Asset, source: Source, folder: Path) -> None:
    head = {
        "name": asset.name,
        "about": asset.about,
        "licence": asset.licence,
        "source": source.describe(),
        "files": {file.path: file.sha256 for file in asset.files},
    }
    text = json.dumps(head, indent=1, ensure_ascii=False)
    (folder / HEAD).write_text(text + "\n", encoding="utf-8")


def _read_head(folder: Path) -> dict[str, str] | None:
    try:
        head = json.loads((folder / HEAD).read_text(encoding="utf-8"))
        return {key: str(head[key]) for key in ("name", "licence", "source")}
    except (OSError, ValueError, KeyError, TypeError):
        return None


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """One process at a time fetches into or removes from a folder; freed when a process dies."""
    import fcntl  # POSIX only: `import penchant` must work without

    try:
        folder.mkdir(parents=True, exist_ok=True)
        handle = os.open(folder / ".lock", os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as error:
        raise StorageError(
            f"could not write to the cache {folder} ({error.strerror}); set PENCHANT_CACHE"
        ) from error
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
