"""What a job's process is given, and what follows when it has succeeded."""

import json
import shutil
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from penchant.core import Json, write_file
from penchant.evaluate import DEFAULT, parse_metrics
from penchant.models import method_with, read_table, write_table
from penchant.recommenders import METHODS
from penchant.serve.jobs.child import ERRORS
from penchant.serve.jobs.words import EVENTS, ITEMS, LOG, RESULT, TASK, WORK, Kept
from penchant.serve.problems import Problem, pointing

if TYPE_CHECKING:
    from penchant.serve.shop import Shop


def check(shop: "Shop", request: dict[str, Json]) -> dict[str, Json]:
    """A request with what it leaves open filled in; refused if it can never be done.

    Raises:
        Problem: There is no such method or model, or no folder for what it would leave.
    """
    kind = request["kind"]
    settings = shop.settings
    asked = dict(request)
    if kind in {"train", "update"} and settings.models is None:
        raise _setup("there is nowhere to leave models", "--models FOLDER")
    needs_data = kind == "train" or (kind == "evaluate" and request["on"] == "split")
    if needs_data and settings.data is None:
        raise _setup("there are no data to learn from", "--data FOLDER")
    if kind == "train":
        options = request["options"] if isinstance(request["options"], dict) else {}
        name = str(request["method"])
        with pointing("/options" if name in METHODS else "/method"):
            method_with(name, options, where="options")
        asked["name"] = request["name"] or str(request["method"]).replace("_", "-")
    if kind in {"update", "recommend"}:
        asked["model"] = _known(shop, request["model"])
    if kind == "recommend" and asked["where"] is not None:
        model = shop.desk(None)[1].model
        with pointing("/where"):
            model.allowed(str(asked["where"]))
    if kind == "evaluate":
        metrics = request["metrics"]
        models = request["models"] if isinstance(request["models"], list) else []
        asked["models"] = [_known(shop, name, "/models") for name in models]
        with pointing("/metrics"):
            parse_metrics(map(str, metrics) if isinstance(metrics, list) else DEFAULT)
    return asked


def _setup(what: str, option: str) -> Problem:
    return Problem(
        409, f"this service cannot do that: {what}", code="setup", hint=f"start it with {option}"
    )


def _known(shop: "Shop", name: Json, pointer: str = "/model") -> str:
    wanted = shop.active if name is None else str(name)
    if wanted in shop.lineup.names:
        return wanted
    try:
        return shop.lineup.version(wanted).name
    except Problem as problem:
        problem.pointer = pointer
        raise


def prepare(shop: "Shop", kept: Kept, folder: Path) -> None:
    """Writes a job's task, and what it needs of the store, unless a first attempt did."""
    if (folder / TASK).exists():
        return
    request = kept.request
    as_of = time.time_ns() // 1_000
    seq = 0
    if request["kind"] in {"update", "recommend"} or request.get("on") == "events":
        events = shop.store.frame()
        seq = int(events["seq"].max() or 0)  # type: ignore[arg-type]  # an integer column's
        with write_file(folder / EVENTS) as temporary:
            events.write_parquet(temporary)
    changes = [
        {"item": c.item, "columns": dict(c.columns), "whole": c.whole, "gone": c.gone}
        for c in shop.stock.all()
    ]
    with write_file(folder / ITEMS) as temporary:
        temporary.write_text(json.dumps(changes), encoding="utf-8")
    names = request["models"] if request["kind"] == "evaluate" else [request.get("model")]
    models = {}
    for place, name in enumerate(names if isinstance(names, list) else []):
        if isinstance(name, str):
            origin = shop.lineup.origin(name)
            path = shop.lineup.folder_of(name, folder / WORK / f"given-{place}")
            models[name] = {"path": str(path.absolute()), "as_of": origin.as_of, "seq": origin.seq}
    task = {
        "request": request,
        "data": None if shop.settings.data is None else str(shop.settings.data.absolute()),
        "publish": None if shop.settings.models is None else str(shop.settings.models.absolute()),
        "models": models,
        "as_of": as_of,
        "seq": seq,
        "erased": shop.lineup.erased(),
        "job": kept.id,
    }
    with write_file(folder / TASK) as temporary:
        temporary.write_text(json.dumps(task) + "\n", encoding="utf-8")


def follow(shop: "Shop", kept: Kept) -> None:
    """Removes what only the work needed, and lets a fitted model answer if that was asked."""
    folder = shop.jobs.folder_of(kept.id)
    shutil.rmtree(folder / WORK, ignore_errors=True)
    for name in (EVENTS, ITEMS, TASK):
        (folder / name).unlink(missing_ok=True)
    model = kept.result.get("model")
    if kept.request.get("activate") and isinstance(model, str):
        shop.lineup.activate(model)


def knows(user: str, kept: Kept, folder: Path) -> bool:
    """Whether anything that a job keeps, or is about to leave, speaks of a person.

    A model that is being fitted is cleaned of them when it is loaded.
    """
    asked = kept.request.get("users")
    if isinstance(asked, list) and user in asked:
        return True
    if kept.request["kind"] == "recommend" and kept.attempts:
        return True
    if any(user in line for line in _lines(folder / LOG)):
        return True
    exported = folder / EVENTS
    if not exported.exists():
        return False
    return bool(len(pl.scan_parquet(exported).filter(pl.col("user") == user).head(1).collect()))


def without(user: str, kept: Kept, folder: Path) -> Kept:
    """A job that is not running, without a person; what it has not finished begins anew."""
    request, asked = dict(kept.request), kept.request.get("users")
    if isinstance(asked, list):
        request["users"] = [name for name in asked if name != user]
    lines = _lines(folder / LOG)
    if any(user in line for line in lines):  # the others keep their numbers
        nothing = json.dumps({"kind": "note", "at": 0, "text": "(erased)"}) + "\n"
        with write_file(folder / LOG) as temporary:
            told = "".join(nothing if user in line else line for line in lines)
            temporary.write_text(told, encoding="utf-8")
    (folder / ERRORS).unlink(missing_ok=True)
    file = kept.result.get("file")
    if kept.status == "succeeded" and request["kind"] == "recommend" and isinstance(file, str):
        table = read_table(folder / file)
        left = table.filter(pl.col("user").cast(pl.String) != user)
        if len(left) < len(table):
            write_table(left, folder / file)
            kept = replace(kept, result={**kept.result, "rows": len(left)})
    if kept.status != "succeeded":
        shutil.rmtree(folder / WORK, ignore_errors=True)
        for name in (EVENTS, ITEMS, TASK, RESULT):
            (folder / name).unlink(missing_ok=True)
    return replace(kept, request=request)


def _lines(path: Path) -> list[str]:
    """Of a log, as they are read by people: ids stand in them unescaped."""
    try:
        return path.read_text(encoding="utf-8").splitlines(keepends=True)
    except FileNotFoundError:
        return []
