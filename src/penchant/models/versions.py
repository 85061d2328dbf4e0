"""Models by name and version in one folder, and which of them answers.

``FOLDER/NAME/N`` is a saved model, ``FOLDER/NAME/N.json`` says where it comes from, and
``FOLDER/active.json`` names the one that answers and those that did before; it is replaced by a
rename.
"""

import json
import re
import shutil
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

from penchant.core import (
    Json,
    StorageError,
    UnknownName,
    UsageError,
    sweep,
    write_file,
    write_folder,
)
from penchant.models.folder import MANIFEST, verify

POINTER = "active.json"
MOST_BEFORE = 50
"""Models that answered before, by name; older ones are forgotten."""
_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}")


@dataclass(frozen=True, slots=True, order=True)
class Version:
    """One version of a model."""

    of: str
    number: int
    path: Path = field(compare=False)

    @property
    def name(self) -> str:
        """``NAME@N``, as people say it."""
        return f"{self.of}@{self.number}"

    def about(self) -> dict[str, Json]:
        """What was written down when it was published; nothing, if nothing was."""
        try:
            told = json.loads(_about_path(self.path).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return told if isinstance(told, dict) else {}

    def published_us(self) -> int:
        """When it was published, µs since 1970; its folder's age if it was only put there.

        What is written down is written once; a folder is as old as what last changed in it.
        """
        about = _about_path(self.path)
        return (about if about.exists() else self.path).stat().st_mtime_ns // 1_000


@dataclass(frozen=True, slots=True)
class Pointer:
    """Which model answers, and which did before, the newest last."""

    active: str
    before: tuple[str, ...] = ()


def model_versions(folder: Path) -> list[Version]:
    """All that a folder holds, by name and number; what is half written is not among them."""
    found = []
    for own in sorted(folder.iterdir()) if folder.is_dir() else ():
        if own.is_symlink() or not own.is_dir() or not _NAME.fullmatch(own.name):
            continue
        for path in own.iterdir():
            whole = path.name.isdecimal() and not path.is_symlink() and (path / MANIFEST).is_file()
            if whole and path.name == str(int(path.name)) and int(path.name) >= 1:
                found.append(Version(own.name, int(path.name), path))
    return sorted(found)


def find_version(folder: Path, name: str) -> Version:
    """A version by ``NAME@N``; ``NAME`` alone is its newest.

    Raises:
        UnknownName: There is none.
    """
    known = model_versions(folder)
    for one in reversed(known):
        if name in {one.name, one.of}:
            return one
    raise UnknownName("model", name, [one.name for one in known])


def publish(model: Path, folder: Path, name: str, *, about: Mapping[str, Json]) -> Version:
    """Copies a saved model into a folder as the next version of a name, whole or not at all.

    Args:
        model: A saved model.
        folder: Of all versions.
        name: Letters, digits, ``_``, ``.`` and ``-``.
        about: Where it comes from. The same model is not published twice under the same ``about``.

    Raises:
        UsageError: No such name can be a folder's.
        StorageError: The model is not what its manifest says, or the disk is full.
    """
    if not _NAME.fullmatch(name):
        raise UsageError(f"name={name!r}: use 1 to 64 letters, digits, '_', '.' and '-'")
    verify(model)
    own = folder / name
    sweep(own)
    known = [one for one in model_versions(folder) if one.of == name]
    for one in known:
        same = (one.path / MANIFEST).read_bytes() == (model / MANIFEST).read_bytes()
        if same and one.about() == about:
            return one
    number = known[-1].number + 1 if known else 1
    found = Version(name, number, own / str(number))
    with write_file(_about_path(found.path)) as temporary:
        temporary.write_text(json.dumps(dict(about)) + "\n", encoding="utf-8")
    with write_folder(found.path) as into:
        shutil.copytree(model, into, dirs_exist_ok=True)
    return found


def read_pointer(folder: Path) -> Pointer | None:
    """Which model answers; ``None``: that was never said.

    Raises:
        StorageError: The pointer is torn or altered.
    """
    path = folder / POINTER
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        active, before = told["active"], told["before"]
        if not isinstance(active, str) or not all(isinstance(name, str) for name in before):
            raise TypeError("names are texts")
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise StorageError(f"{path} cannot be read ({error}); activate a model anew") from error
    return Pointer(active, tuple(before))


def activate(folder: Path, name: str, *, before: str | None = None) -> Pointer:
    """From now on this model answers.

    Args:
        folder: Of all versions.
        name: Whoever calls knows that it can answer.
        before: What answered until now, where no pointer says.
    """
    known = read_pointer(folder)
    last = known.active if known is not None else before
    past = known.before if known is not None else ()
    if last is not None and last != name:
        past = (*past, last)[-MOST_BEFORE:]
    return _point(folder, Pointer(name, past))


def rollback(folder: Path) -> Pointer:
    """The model that answered before answers again.

    Raises:
        UsageError: None did.
    """
    known = read_pointer(folder)
    if known is None or not known.before:
        raise UsageError("no model answered before this one; activate one by name")
    return _point(folder, Pointer(known.before[-1], known.before[:-1]))


def _point(folder: Path, pointer: Pointer) -> Pointer:
    with write_file(folder / POINTER) as temporary:
        temporary.write_text(json.dumps(asdict(pointer)) + "\n", encoding="utf-8")
    return pointer


def _about_path(path: Path) -> Path:
    return path.with_name(f"{path.name}.json")
