"""What each kind of job does, with the library alone."""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from penchant.core import Json, Run, UsageError, Watcher, write_file
from penchant.data import Cases, Dataset, Method, Queries, read_dataset
from penchant.evaluate import DEFAULT, Report, cases_for, evaluate, parse_metrics
from penchant.experiments import SplitSpec
from penchant.models import (
    Change,
    Model,
    asked_cases,
    fit,
    held_out,
    known_data,
    levelled,
    load,
    method_with,
    publish,
    read_method,
    recommend_file,
    with_catalog,
    with_events,
    with_stock,
    without_people,
    write_table,
)
from penchant.serve.events.words import user_hash
from penchant.serve.jobs.words import EVENTS, ITEMS, TASK, WORK

REPORT = "report.json"


@dataclass(frozen=True, slots=True)
class Task:
    """What is to be done, and where."""

    folder: Path
    watch: Watcher
    told: dict[str, Any]  # Any: plain JSON that this version wrote

    @classmethod
    def read(cls, folder: Path, watch: Watcher) -> "Task":
        """The task of a job's folder."""
        return cls(folder, watch, json.loads((folder / TASK).read_text(encoding="utf-8")))

    @property
    def request(self) -> dict[str, Any]:  # Any: as it was checked when it was sent
        """What was asked for."""
        request: dict[str, Any] = self.told["request"]
        return request

    @property
    def kind(self) -> str:
        """Of the job."""
        return str(self.request["kind"])

    def data(self) -> Dataset:
        """The data of the service, without who was erased.

        Raises:
            UsageError: It has none.
        """
        if self.told["data"] is None:
            raise UsageError("this service has no data: start it with --data FOLDER")
        return without_people(read_dataset(Path(self.told["data"])), self.is_gone)

    def model(self, name: str) -> Model:
        """A model of the task, without who was erased since its data were read."""
        known = self.told["models"][name]
        model = load(known["path"], run=Run(watch=self.watch))
        people = model.people.ids.series().to_list()
        gone = [user for user in people if self.is_gone(user, known["as_of"])]
        return model.erase(gone) if gone else model

    def learned(self, name: str) -> int:
        """The last event that a model learned from."""
        return int(self.told["models"][name]["seq"])

    def is_gone(self, user: str, as_of: int = 0) -> bool:
        """Whether a person was erased, at a time or later."""
        at = self.told["erased"].get(user_hash(user))
        return at is not None and at >= as_of

    def changes(self) -> list[Change]:
        """What became of items."""
        return [Change(**told) for told in json.loads((self.folder / ITEMS).read_text("utf-8"))]

    def events(self, *, after: int = 0) -> pl.DataFrame:
        """What people did, behind a ``seq``."""
        return pl.read_parquet(self.folder / EVENTS).filter(pl.col("seq") > after)


def train(task: Task) -> dict[str, Json]:
    """Fits a method and publishes the model."""
    asked = task.request
    method = method_with(asked["method"], asked["options"], where="options")
    data, valid = task.data(), None
    if asked["split"] != "none":
        parts = SplitSpec(kind=asked["split"], seed=asked["seed"]).split(data)
        data, valid = parts.train, parts.valid if len(parts.valid) else None
    return _published(task, method, data, valid, asked["name"], asked["seed"])


def update(task: Task) -> dict[str, Json]:
    """Fits a model's method again, on what it learned from and all that came since."""
    name = task.request["model"]
    before = task.model(name)
    data = task.data() if task.told["data"] is not None else known_data(before)
    own = task.told["data"] is None
    events = task.events(after=task.learned(name) if own else 0)
    name_of_data = before.record.data if own else data.name
    changes = _in_rows_of(before, task.changes())
    data, left_out = with_events(with_catalog(data, changes), events)
    data = replace(data, name=name_of_data)
    if left_out:
        task.watch.note(f"{left_out:,} of {len(events):,} events are of unknown items: left out")
    task.watch.note(f"{len(data.events):,} events, {len(events):,} of them since")
    method = read_method(before.record.method)
    base = name.partition("@")[0]
    return _published(task, method, data, None, base, before.record.seed)


def _in_rows_of(model: Model, changes: list[Change]) -> list[Change]:
    """Items that a model knows come in its order: the next version has them in the same rows."""
    rows = model.catalog.ids.rows([change.item for change in changes])
    order = np.argsort(np.where(rows < 0, len(model.catalog), rows), kind="stable")
    return [changes[place] for place in order]


def recommend(task: Task) -> dict[str, Json]:
    """Recommends to many people, with what they did since."""
    asked = task.request
    model = with_stock(task.model(asked["model"]), task.changes())
    since = task.events(after=task.learned(asked["model"]))
    lately = since.group_by("user", maintain_order=True).agg(pl.col("item").sort_by("time", "seq"))
    wanted = asked["users"] or [
        *(user for user in model.people.ids.series().to_list() if not user.startswith("\0")),
        *(user for user in lately["user"].to_list() if user not in model.people.ids),
    ]
    work = task.folder / WORK
    work.mkdir(parents=True, exist_ok=True)
    parts = []
    for name, queries in _questions(model, list(wanted), lately).items():
        path, out = work / f"{name}.parquet", work / f"{name}-answers.parquet"
        if not out.exists():
            if not path.exists():
                with write_file(path) as temporary:
                    queries.write_parquet(temporary)
            recommend_file(
                model,
                path,
                out,
                k=asked["k"],
                where=asked["where"],
                exclude=asked["exclude_items"],
                again=not asked["exclude_seen"],
            )
        parts.append(pl.read_parquet(out))
    frame = pl.concat(parts)
    file = f"recommendations.{asked['format']}"
    write_table(frame, task.folder / file)
    return {"file": file, "rows": len(frame)}


def _questions(model: Model, users: list[str], lately: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """Those who did something since ask with their whole history, the others by their id."""
    since = dict(zip(lately["user"].to_list(), lately["item"].to_list(), strict=True))
    still = [user for user in users if user not in since]
    active = [user for user in users if user in since]
    asked = model.ask(active).queries.histories.items
    ids = model.catalog.ids
    whole = [[*ids.names(asked[row]), *since[user]] for row, user in enumerate(active)]
    found = {
        "still": pl.DataFrame({"user": still}, schema={"user": pl.String}),
        "active": pl.DataFrame(
            {"user": active, "history": whole},
            schema={"user": pl.String, "history": pl.List(pl.String)},
        ),
    }
    return {name: frame for name, frame in found.items() if len(frame)} or {"still": found["still"]}


def measure(task: Task) -> dict[str, Json]:
    """Measures models on the same held-out events, and leaves the report."""
    asked = task.request
    names = list(dict.fromkeys(asked["models"]))
    models = dict(zip(names, levelled([task.model(name) for name in names]), strict=True))
    metrics = (
        tuple(map(str, parse_metrics(",".join(asked["metrics"]))))
        if asked["metrics"]
        else (DEFAULT)
    )
    run = Run(seed=asked["seed"], watch=task.watch)
    if asked["on"] == "events":
        newest = models[max(names, key=task.learned)]  # it knows what came before what is asked
        cases: Any = held_out(newest, _later(task, newest), watch=task.watch)
        cases = replace(cases, queries=_known_to_all(cases.queries, list(models.values())))
    else:
        data = task.data()
        split = SplitSpec(kind=asked["split"], seed=asked["seed"]).split(data)
        cases = cases_for(asked_cases(list(models.items()), split), data, metrics)
    report = evaluate(models, cases, metrics=metrics, run=run)
    report.to_json(task.folder / REPORT)
    return {"file": REPORT, "metrics": _means(report)}


def _later(task: Task, model: Model) -> Dataset:
    """What people did since a model was fitted, as data of their own."""
    seen = max(task.learned(name) for name in task.told["models"])
    empty = replace(known_data(model), events=known_data(model).events.clear(), name="events")
    return with_events(empty, task.events(after=seen))[0]


def _known_to_all(queries: Queries, models: list[Model]) -> Queries:
    """The queries, whose users are rows where these are the same people in all models."""
    if queries.users is None:
        return queries
    ids = [model.people.ids.series() for model in models]
    least = min(map(len, ids))
    same = np.all([one.head(least) == ids[0].head(least) for one in ids], axis=0)
    same = np.append(same, False)  # whoever is new
    return replace(
        queries, users=np.where(same[np.minimum(queries.users, least)], queries.users, -1)
    )


def _means(report: Report) -> dict[str, Json]:
    means: dict[str, Json] = {}
    for (model,), rows in report.summary().group_by("model", maintain_order=True):
        values = zip(rows["metric"].to_list(), rows["value"].to_list(), strict=True)
        means[str(model)] = {name: value for name, value in values if value == value}
    return means


def _published(
    task: Task, method: Method, data: Dataset, valid: Cases | None, name: str, seed: int
) -> dict[str, Json]:
    folder = task.folder / WORK / "fit"
    model = fit(method, data, valid=valid, seed=seed, folder=folder, threads=1, watch=task.watch)
    about: dict[str, Json] = {
        "job": task.told["job"],
        "as_of": task.told["as_of"],
        "seq": task.told["seq"],
    }
    version = publish(folder / "model", Path(task.told["publish"]), name, about=about)
    task.watch.note(f"{version.name}: fitted in {model.record.fit_seconds:.1f} s")
    return {"model": version.name}


WORK_OF: dict[str, Callable[[Task], dict[str, Json]]] = {
    "train": train,
    "update": update,
    "recommend": recommend,
    "evaluate": measure,
}
