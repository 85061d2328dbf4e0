"""The main job, on real data: from a log to a scoreboard that nobody can fool."""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

import numpy as np
import polars as pl

from penchant.core import Silent, Watcher
from penchant.data import CanExplain, Dataset
from penchant.experiments.running import Experiment, run_spec
from penchant.experiments.spec import read_spec
from penchant.models import Model
from penchant.models import load as load_model

SHOWN = 10
"""Recommendations shown for the person."""


@dataclass(frozen=True, slots=True, eq=False)
class Person:
    """Somebody known, and what each method would recommend."""

    user: str
    history: pl.DataFrame
    """``item``, ``title``; newest first"""
    lists: Mapping[str, pl.DataFrame]
    """method -> ``rank``, ``title``, ``because`` (the past title that speaks loudest for it)"""


@dataclass(frozen=True, slots=True, eq=False)
class Demo:
    """All that the demo found."""

    data: Dataset
    by_time: Experiment
    """The honest one: nobody learns from the future."""
    by_last: Experiment
    """As published tables do it, with its leaks."""
    person: Person
    folder: Path


def demo_spec() -> str:
    """The demo's experiment as TOML, to start one's own from."""
    return resources.files("penchant.experiments").joinpath("specs/demo.toml").read_text("utf-8")


def demo(folder: Path | str, *, spec: str | None = None, watch: Watcher | None = None) -> Demo:
    """Fits and measures all methods on MovieLens 100K, under two splits.

    Args:
        folder: The runs go to ``time`` and ``last`` below it; finished parts are not repeated.
        spec: Another experiment than :func:`demo_spec`, as TOML without a split.
        watch: Is told how it goes.
    """
    watch, path = watch or Silent(), Path(folder)
    text = demo_spec() if spec is None else spec
    data = read_spec(text).data.load(Path(), watch)
    by_time, by_last = (
        run_spec(f'{text}\n[split]\nkind = "{kind}"\n', path / kind, watch=watch)
        for kind in ("time", "last")
    )
    return Demo(data, by_time, by_last, _person(by_time), path)


def _person(experiment: Experiment) -> Person:
    """A warm person of the test part, with a history of middling length."""
    models = {
        entry.name: load_model(experiment.folder / "entries" / entry.name / "fit")
        for entry in experiment.spec.entries
    }
    train = experiment.split.train
    lengths = train.histories().items.lengths
    tested = np.unique(experiment.split.test.slices.filter("warm_user")["user"].to_numpy())
    chosen = int(tested[np.argsort(np.abs(lengths[tested] - 30), kind="stable")[0]])
    user = train.people.ids.names([chosen])[0]
    items = train.histories().items[chosen][::-1]
    titles = pl.Series("title", train.catalog.titles(items))
    history = pl.DataFrame({"item": train.catalog.ids.names(items), "title": titles})
    reasons = [m for m in models.values() if isinstance(m.recommender, CanExplain)]
    lists = {name: _recommended(model, user, reasons) for name, model in models.items()}
    return Person(user, history, lists)


def _recommended(model: Model, user: str, reasons: list[Model]) -> pl.DataFrame:
    """A list with the strongest evidence for each item; the method's own where it has any."""
    answer = model.recommend(users=[user], k=SHOWN)
    explainer = model if isinstance(model.recommender, CanExplain) else reasons[0]
    asked = explainer.ask(users=[user] * len(answer))
    because = explainer.evidence(asked, answer["item"].to_list(), k=1)
    named = because.select("item", pl.col("title").alias("because"))
    joined = answer.join(named, on="item", how="left", maintain_order="left")
    return joined.select("rank", "title", "because")
