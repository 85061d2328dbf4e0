"""From a method and data to a model; resumable, and safe to interrupt."""

import json
import os
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from penchant.core import (
    Books,
    Interrupted,
    Json,
    Run,
    Silent,
    UsageError,
    Watcher,
    sweep,
    write_file,
)
from penchant.data import Cases, Dataset, Method
from penchant.models.folder import load, save
from penchant.models.methods import read_method, write_method
from penchant.models.model import Model
from penchant.models.record import Record, cases_fingerprint, fingerprint, resume_key, versions

ONGOING = "fit.json"
"""What a folder's fit belongs to."""


def fit(  # noqa: PLR0913  # each is a choice of its own
    method: Method | str,
    data: Dataset,
    *,
    valid: Cases | None = None,
    seed: int = 0,
    folder: Path | str | None = None,
    threads: int | None = None,
    watch: Watcher | None = None,
    books: Books | None = None,
) -> Model:
    """Fits a method.

    >>> import penchant as pn
    >>> pn.fit("popular", pn.data.mini_world()).record.seed
    0

    Args:
        method: A method, or the name of one with its defaults.
        data: What to learn from.
        valid: What to choose on: early stopping, weights of a blend.
        seed: Of every draw.
        folder: Keeps checkpoints and the finished model (in ``model``). The same call again
            continues where it was stopped, or returns what is finished.
        threads: Default: all cores that this process may use.
        watch: Is told how it goes.
        books: Where calls of language models are written down.

    Raises:
        UsageError: ``folder`` belongs to another fit.
        Interrupted: Ctrl-C; with a ``folder``, the same call continues.
        DataError: Nothing can be learned from ``data``.
    """
    chosen = read_method(method) if isinstance(method, str) else method
    path = None if folder is None else Path(folder)
    run = Run(
        seed=seed,
        threads=threads or len(os.sched_getaffinity(0)),
        folder=path,
        watch=watch or Silent(),
        books=books,
    )
    record = _record(chosen, data, run)
    if path is not None:
        done = _claim(path, record, valid)
        if done is not None:
            return replace(done, run=replace(run, folder=None))
    started = time.perf_counter()
    try:
        recommender = chosen.fit(data, run, valid=valid)
    except Interrupted:
        raise
    except KeyboardInterrupt as stop:
        kept = f"; the same call continues from {path}" if path else ""
        raise Interrupted(f"interrupted while fitting{kept}") from stop
    # A method that chooses (blend weights, tuned options) leaves its choice on its recommender.
    fitted = write_method(recommender.method)
    record = replace(record, method=fitted, fit_seconds=time.perf_counter() - started)
    asking = replace(run, folder=None)
    model = Model(data.catalog, data.people, data.histories(), recommender, record, asking)
    if path is not None:
        save(model, path / "model")
    return model


def _record(method: Method, data: Dataset, run: Run) -> Record:
    last = data.events["time"].max() if data.has_times else None
    return Record(
        method=write_method(method),
        data=data.name,
        fingerprint=fingerprint(data),
        events=len(data.events),
        people=len(data.people),
        items=len(data.catalog),
        last_time=last if isinstance(last, int) else None,
        seed=run.seed,
        threads=run.threads,
        device=run.device,
        versions=versions(),
        fit_seconds=0.0,
    )


def _claim(folder: Path, record: Record, valid: Cases | None) -> Model | None:
    """Marks the folder as this fit's; the finished model if it is there."""
    facts: Mapping[str, Json] = {
        "method": record.method,
        "data": record.fingerprint,
        "valid": cases_fingerprint(valid),
        "seed": record.seed,
        "threads": record.threads,
        "versions": dict(record.versions),
    }
    key = resume_key(record.method, facts)
    sweep(folder)
    mark = folder / ONGOING
    if mark.exists():
        before = json.loads(mark.read_text(encoding="utf-8"))
        if before.get("key") != key:
            names = [name for name in facts if before.get(name) != facts[name]]
            raise UsageError(
                f"{folder} holds another fit (different: {', '.join(names)}); "
                "name another folder, or remove this one"
            )
        return load(folder / "model") if (folder / "model").is_dir() else None
    if folder.is_dir() and any(folder.iterdir()):
        raise UsageError(f"{folder} holds something that is no fit; name another folder")
    with write_file(mark) as temporary:
        temporary.write_text(json.dumps({"key": key, **facts}, indent=1) + "\n", encoding="utf-8")
    return None
