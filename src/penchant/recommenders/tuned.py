"""Tuned: a method whose options are searched for on validation, so that baselines are tuned, too.

The search is the tree-structured Parzen estimator of Bergstra et al., "Algorithms for
Hyper-Parameter Optimization", NeurIPS 2011, as optuna implements it.
"""

import json
import math
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any

from penchant.core import (
    Json,
    MissingExtra,
    Run,
    SpecError,
    State,
    UsageError,
    did_you_mean,
    write_file,
    write_options,
)
from penchant.data import Cases, Catalog, Dataset, Method, Recommender
from penchant.evaluate import evaluate
from penchant.recommenders import KINDS

Study = Any  # an optuna.Study: optuna is not typed for mypy

TRIALS = "trials.json"
"""In the run's folder: every trial's options and figure, best first."""


@dataclass(frozen=True, slots=True)
class Range:
    """Numbers from ``low`` to ``high``, both included."""

    low: float
    high: float
    log: bool = False
    """Whether ratios count instead of differences."""
    whole: bool = False
    """Only whole numbers."""

    def __post_init__(self) -> None:
        if not self.low < self.high:
            raise UsageError(f"Range({self.low}, {self.high}): low must be below high")
        if self.log and self.low <= 0:
            raise UsageError(f"Range({self.low}, {self.high}, log=True): low must be above 0")


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several values."""

    among: tuple[bool | int | float | str | None, ...]

    def __post_init__(self) -> None:
        if not self.among:
            raise UsageError("Choice(()): need at least one value")


Space = tuple[tuple[str, Range | Choice], ...]
"""Option names, a dot before an option of an option, and what they may be."""


@dataclass(frozen=True, kw_only=True)
class Tuned:
    """The best of several fits.

    Fitting returns the recommender of the best options found, whose ``method`` names them.

    >>> import penchant as pn
    >>> from penchant.recommenders.tuned import Range, Tuned
    >>> split = pn.data.split_time(pn.data.mini_world())
    >>> tuned = Tuned(of=pn.CoVisit(), space=(("recency", Range(0, 2)),), trials=3)
    >>> model = pn.fit(tuned, split.train, valid=split.valid)
    >>> 0 <= model.recommender.method.recency <= 2
    True
    """

    of: Method
    """Its own options are the first trial, if the space holds them."""
    space: Space
    trials: int = 20
    """Fits, those of an interrupted search in the same folder counted."""
    metric: str = "ndcg@10"
    """Larger is better."""

    def __post_init__(self) -> None:
        if self.trials < 1:
            raise UsageError(f"trials={self.trials}: need at least 1")
        for name, _ in self.space:
            _get(self.of, name)

    def fit(self, data: Dataset, run: Run, *, valid: Cases | None = None) -> Recommender:
        """Tries, measures on ``valid``, and fits the best once more.

        Raises:
            UsageError: There is nothing to choose on.
        """
        if valid is None or not len(valid):
            raise UsageError("Tuned chooses on validation: give valid=, such as split.valid")
        study = self._study(run)
        for number in range(len(study.trials), self.trials):
            self._try(study, number, data, valid, run)
            self._record(study, run)
        best = self._with(study.best_trial.user_attrs["options"])
        return best.fit(data, run.within("best"), valid=valid)

    def restore(self, state: State, catalog: Catalog, run: Run) -> Recommender:
        """Not possible: what was fitted is the best method, and restores itself."""
        raise UsageError(
            "a tuned fit returns the recommender of the best options: "
            "restore it with recommender.method, not with Tuned"
        )

    def _study(self, run: Run) -> Study:
        """The search so far; what was interrupted in the middle of a trial is left out."""
        optuna = _optuna()
        study = optuna.create_study(direction="maximize")
        for kept in self._kept(run):
            values = {name: kept["options"][name] for name, _ in self.space}
            study.add_trial(
                optuna.trial.create_trial(
                    params=values,
                    distributions={name: _distribution(over) for name, over in self.space},
                    value=kept["value"],
                    user_attrs={"options": kept["options"], "number": kept["number"]},
                )
            )
        return study

    def _kept(self, run: Run) -> list[Json]:
        path = None if run.folder is None else run.folder / TRIALS
        if path is None or not path.exists():
            return []
        kept = json.loads(path.read_text(encoding="utf-8"))
        if kept["space"] != self._written_space() or kept["metric"] != self.metric:
            raise UsageError(f"{path} is of another search; name another folder")
        return sorted(kept["trials"], key=lambda trial: int(trial["number"]))

    def _try(self, study: Study, number: int, data: Dataset, valid: Cases, run: Run) -> None:
        # A sampler of its own for each trial: a search that was interrupted draws as if it was not.
        seed = int(run.rng("tuned.trial", number).integers(2**31))
        study.sampler = _optuna().samplers.TPESampler(seed=seed, n_startup_trials=8)
        own = {name: _get(self.of, name) for name, _ in self.space}
        if number == 0 and all(_holds(over, own[name]) for name, over in self.space):
            study.enqueue_trial(own)
        trial = study.ask({name: _distribution(over) for name, over in self.space})
        options = dict(trial.params)
        method = self._with(options)
        recommender = method.fit(data, run.within(f"trial-{number}"), valid=valid)
        report = evaluate({"tried": recommender}, valid, metrics=[self.metric], run=run)
        value = float(report.summary()["value"][0])
        trial.set_user_attr("options", options)
        trial.set_user_attr("number", number)
        study.tell(trial, -math.inf if math.isnan(value) else value)
        run.watch.progress("tuned", number + 1, self.trials, **{self.metric: value})

    def _record(self, study: Study, run: Run) -> None:
        if run.folder is None:
            return
        tried = [
            {"number": t.user_attrs["number"], "value": t.value, "options": t.user_attrs["options"]}
            for t in study.trials
        ]
        tried.sort(key=lambda trial: (-trial["value"], trial["number"]))
        record = {"metric": self.metric, "space": self._written_space(), "trials": tried}
        with write_file(run.folder / TRIALS) as temporary:
            temporary.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")

    def _written_space(self) -> Json:
        return write_options(self.space, KINDS)

    def _with(self, options: dict[str, Any]) -> Method:  # Any: values of many types
        method: Any = self.of
        for name, value in options.items():
            method = _set(method, name.split("."), value)
        return method  # type: ignore[no-any-return]  # replaced field by field, still a Method


def _get(value: Any, path: str) -> Any:  # Any: a dataclass of any type, and its field
    for name in path.split("."):
        known = [f.name for f in fields(value)] if is_dataclass(value) else []
        if name not in known:
            near = did_you_mean(name, known)
            listed = ", ".join(sorted(known)) or "none"
            raise SpecError(f"{type(value).__name__} has no option {name!r}{near} Known: {listed}")
        value = getattr(value, name)
    return value


def _set(value: Any, path: list[str], new: Any) -> Any:  # Any: as in _get
    inner = new if len(path) == 1 else _set(getattr(value, path[0]), path[1:], new)
    return replace(value, **{path[0]: inner})


def _holds(over: Range | Choice, value: object) -> bool:
    if isinstance(over, Choice):
        return value in over.among
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return over.low <= value <= over.high


def _distribution(over: Range | Choice) -> Any:  # Any: optuna is not typed for mypy
    optuna = _optuna()
    if isinstance(over, Choice):
        return optuna.distributions.CategoricalDistribution(over.among)
    if over.whole:
        low, high = math.ceil(over.low), math.floor(over.high)
        return optuna.distributions.IntDistribution(low, high, log=over.log)
    return optuna.distributions.FloatDistribution(over.low, over.high, log=over.log)


def _optuna() -> Any:  # Any: optuna is not typed for mypy
    try:
        import optuna
    except ImportError as error:
        raise MissingExtra("optuna", extra="tune") from error
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    return optuna
