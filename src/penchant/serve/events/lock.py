"""A folder that one process writes to."""

import fcntl
from io import TextIOWrapper
from pathlib import Path

from penchant.core import StorageError

NAME = "writing.lock"


def locked(folder: Path) -> TextIOWrapper:
    """Holds the folder until the file is closed, or the process is gone.

    Raises:
        StorageError: Another process holds it.
    """
    file = (folder / NAME).open("w", encoding="utf-8")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        raise StorageError(
            f"{folder} is written to by another process: stop it, or name another folder"
        ) from None
    return file
