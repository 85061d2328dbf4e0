"""Files and folders that are there whole or not at all.

Written to a temporary sibling, fsynced, renamed, the parent fsynced. A temporary is named
``NAME.tmp-PID``; :func:`sweep` removes those whose process is gone.
"""

import errno
import hashlib
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from penchant.core.errors import StorageError

__all__ = ["hash_file", "sweep", "sync", "write_file", "write_folder"]


@contextmanager
def write_file(path: Path) -> Iterator[Path]:
    """Yields a temporary path to write to.

    On leaving, it becomes ``path``. On an error nothing changes.
    """
    temporary = path.with_name(f"{path.name}.tmp-{os.getpid()}")
    with _explained(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            yield temporary
            sync(temporary)
            temporary.replace(path)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
        sync(path.parent)


@contextmanager
def write_folder(path: Path) -> Iterator[Path]:
    """Yields an empty temporary folder to fill; on leaving, it replaces ``path``.

    A folder cannot be replaced in one step: the old one is moved aside first, and :func:`sweep`
    puts it back if the process dies between the two moves.
    """
    temporary = path.with_name(f"{path.name}.tmp-{os.getpid()}")
    aside = path.with_name(f"{path.name}.old-{os.getpid()}")
    with _explained(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.rmtree(temporary, ignore_errors=True)
        temporary.mkdir()
        try:
            yield temporary
            for file in sorted(temporary.rglob("*"), reverse=True):
                sync(file)
            sync(temporary)
            if path.exists():
                path.replace(aside)
            temporary.replace(path)
        except BaseException:
            shutil.rmtree(temporary, ignore_errors=True)
            if aside.exists() and not path.exists():
                aside.replace(path)
            raise
        sync(path.parent)
        shutil.rmtree(aside, ignore_errors=True)


def sweep(folder: Path) -> list[Path]:
    """Removes what dead processes left half written in ``folder``.

    Returns the paths that are gone.
    """
    removed = []
    for path in sorted(folder.glob("*.old-*")) if folder.is_dir() else []:
        original = path.with_name(path.name.rpartition(".old-")[0])
        if _is_stale(path) and not original.exists():
            path.replace(original)
    for path in sorted(folder.glob("*.tmp-*")) + sorted(folder.glob("*.old-*")):
        if _is_stale(path):
            shutil.rmtree(path) if path.is_dir() else path.unlink()
            removed.append(path)
    return removed


def sync(path: Path) -> None:
    """Asks the disk to hold a file, or the names in a folder."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def hash_file(path: Path) -> str:
    """The sha256 of a file, as 64 hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _is_stale(path: Path) -> bool:
    process = path.suffix.rpartition("-")[2]
    if not process.isdigit():
        return False
    try:
        os.kill(int(process), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return int(process) == os.getpid()


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    hints = {
        errno.ENOSPC: "the disk is full; free some space, or name another folder",
        errno.EDQUOT: "the disk quota is used up; free some space, or name another folder",
        errno.EROFS: "the file system is read-only; name another folder",
        errno.EACCES: "no permission to write there; name another folder",
        errno.ENOTDIR: "a file stands where a folder is needed; name another folder",
        errno.EEXIST: "a file stands where a folder is needed; name another folder",
    }
    try:
        yield
    except StorageError:
        raise
    except Exception as error:
        number = _errno_of(error)
        if number not in hints:
            raise
        raise StorageError(f"could not write {path}: {hints[number]}") from error


def _errno_of(error: Exception) -> int | None:
    """The system's error number; safetensors and polars keep it in their message only."""
    number = getattr(error, "errno", None)
    if isinstance(number, int):
        return number
    found = re.search(r"\(os error (\d+)\)", str(error))
    return int(found.group(1)) if found else None
