"""What this installation can do, and what must be mended."""

import os
import platform
import shutil
from importlib import metadata

from penchant.core import cache_folder

NEEDED = ("numpy", "polars", "scipy", "scikit-learn", "safetensors", "pydantic", "typer", "rich")
OPTIONAL = {"torch": "lm", "transformers": "lm", "sentence-transformers": "lm", "optuna": "tune"}
FREE_GB = 1.0
"""Less free disk than this is worth a word."""


def diagnose() -> list[tuple[str, bool, str, str]]:
    """What was looked at, whether it is well, what was found, what to do."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    found = [
        ("penchant", True, metadata.version("penchant"), ""),
        ("python", True, platform.python_version(), ""),
        ("cores", True, str(cores), ""),
    ]
    for package in NEEDED:
        version = _version(package)
        mend = "" if version else f"pip install {package}"
        found.append((package, version is not None, version or "missing", mend))
    for package, extra in OPTIONAL.items():
        version = _version(package)
        mend = "" if version else f"for some methods: pip install 'penchant[{extra}]'"
        found.append((package, True, version or "not installed", mend))
    return [*found, *_storage()]


def _storage() -> list[tuple[str, bool, str, str]]:
    folder = cache_folder()
    there = folder
    while not there.exists():
        there = there.parent
    writable = os.access(there, os.W_OK)
    mend = "" if writable else "set PENCHANT_CACHE to a folder that can be written"
    free = shutil.disk_usage(there).free / 1e9
    room = "" if free >= FREE_GB else "free some space, or set PENCHANT_CACHE to another disk"
    return [
        ("cache", writable, str(folder), mend),
        ("free disk", free >= FREE_GB, f"{free:.1f} GB", room),
        ("local copies", True, os.environ.get("PENCHANT_DATA", "PENCHANT_DATA is not set"), ""),
    ]


def _version(package: str) -> str | None:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None
