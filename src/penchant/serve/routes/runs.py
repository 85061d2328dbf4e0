"""Experiments: list, figures, comparison, curves."""

import math
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query
from pydantic import BeforeValidator

from penchant.evaluate import Metric, Report, group_order, slice_columns
from penchant.experiments import RunFolder, find_runs, join_reports, read_curves
from penchant.models import write_method
from penchant.serve.cursors import LONGEST, cursor_at, place_of
from penchant.serve.guard.access import Holding, read
from penchant.serve.guard.few import one_of_few
from penchant.serve.guard.slashes import with_slashes
from penchant.serve.problems import Problem, pointing
from penchant.serve.shapes.runs import (
    Check,
    CompareRequest,
    Comparison,
    Cost,
    Curves,
    Figure,
    GroupFigure,
    Pair,
    Point,
    RunCard,
    RunMethod,
    RunPage,
    RunReport,
    Slice,
    TrainingCurve,
)

router = APIRouter(prefix="/v1", tags=["runs"], dependencies=[read])
LEVEL = 0.05
"""Of significance."""
Name = Annotated[
    str,
    Path(max_length=512, description="As /v1/runs lists it."),
    BeforeValidator(with_slashes),
]


@router.get("/runs")
def runs(
    shop: Holding,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    cursor: Annotated[str | None, Query(max_length=LONGEST)] = None,
) -> RunPage:
    """Experiments in the folder of the service, the newest first."""
    folder = shop.settings.runs
    found = [] if folder is None else find_runs(folder)
    start = place_of(cursor, "runs")
    after = cursor_at(start + limit, "runs") if len(found) > start + limit else None
    return RunPage(runs=[_card(run) for run in found[start : start + limit]], cursor=after)


@router.get("/runs/{run}", dependencies=[one_of_few])
def run(run: Name, shop: Holding) -> RunReport:
    """What was run, and what came out: means with intervals, by groups, costs, leak audit."""
    found = shop.looking.run(run)
    report = shop.looking.report(found)
    return shop.looking.once(("shown", run), report, lambda: _report(found, report))


@router.get("/runs/{run}/curves")
def curves(run: Name, shop: Holding) -> Curves:
    """How the trainings of a run went, or go."""
    found = shop.looking.run(run)
    listed = [
        TrainingCurve(
            model=entry.name,
            part=curve.part,
            figure=curve.figure,
            points=[
                Point(step=step, value=value)
                for step, value in zip(curve.steps, curve.values, strict=True)
                if math.isfinite(value)
            ],
            best_step=curve.best_step,
        )
        for entry in found.spec.entries
        for curve in read_curves(found.folder / "entries" / entry.name / "fit")
    ]
    return Curves(run=run, curves=listed)


@router.post("/compare", dependencies=[one_of_few])
def compare(asked: CompareRequest, shop: Holding) -> Comparison:
    """Paired differences between models, with intervals and p-values: the significance matrix."""
    found = [shop.looking.run(name, "/runs") for name in dict.fromkeys(asked.runs)]
    reports = {run.name: shop.looking.report(run) for run in found}
    with pointing("/runs"):
        joined = join_reports(reports)
    key = ("compare", asked.model_dump_json())
    stamp = tuple(run.changed for run in found)
    return shop.looking.once(key, stamp, lambda: _comparison(asked, joined))


def _check_models(asked: CompareRequest, report: Report) -> None:
    named = [("/models", name) for name in asked.models or ()]
    named += [("/against", asked.against)] if asked.against else []
    for pointer, name in named:
        if name not in report.models:
            told = f"no model {name!r}; known: {', '.join(report.models)}"
            raise Problem(404, told, code="model", pointer=pointer, hint="name one of those")


def _comparison(asked: CompareRequest, report: Report) -> Comparison:
    _check_models(asked, report)
    if asked.models:
        kept = {*asked.models, *([asked.against] if asked.against else [])}
        report = report.only([name for name in report.models if name in kept])
    if len(report.models) < 2:
        raise Problem(
            422,
            "one model: a comparison needs two",
            code="usage",
            pointer="/runs",
            hint="name another run, or more models of this one",
        )
    with pointing("/metric"):
        metric = str(Metric.parse(asked.metric))
        frame = report.compare(metric, against=asked.against)
    figures = [one for one in _figures(report) if one.metric == metric]
    better = Metric.parse(metric).formula.better
    sign = 1 if better == "lower" else -1
    figures.sort(key=lambda one: (one.value is None, sign * (one.value or 0.0)))
    pairs = [
        Pair(
            **{k: _known(v) for k, v in row.items() if k != "people"},
            significant=row["p_holm"] < LEVEL,
        )
        for row in frame.iter_rows(named=True)
    ]
    return Comparison(
        metric=metric,
        better=better,
        models=figures,
        pairs=pairs,
        people=int(report.clusters().max(initial=-1)) + 1,
        queries=len(report.slices),
        notes=list(report.notes),
    )


def _card(run: RunFolder) -> RunCard:
    spec = run.spec
    return RunCard(
        run=run.name,
        data=_data(run),
        split=spec.split.kind,
        methods=[entry.name for entry in spec.entries],
        measured=list(run.done),
        metrics=list(spec.metrics),
        finished=run.finished,
        changed=run.changed // 1_000,
    )


def _data(run: RunFolder) -> str:
    return run.spec.data.name or run.spec.data.events or "own data"


def _report(run: RunFolder, report: Report) -> RunReport:
    record = run.record
    return RunReport(
        run=run.name,
        name=report.name,
        data=_data(run),
        split=run.spec.split.kind,
        seed=run.spec.seed,
        finished=run.finished,
        queries=len(report.slices),
        people=int(report.clusters().max(initial=-1)) + 1,
        metrics=list(report.metrics or run.spec.metrics),
        methods=_methods(run),
        figures=_figures(report),
        slices=[_slice(report, column) for column in slice_columns(report.slices)],
        costs=[_cost(report, name) for name in report.models],
        audit=[Check(**{k: _known(v) for k, v in one.items()}) for one in record.get("audit", [])],
        notes=list(report.notes),
        environment={k: str(v) for k, v in record.get("environment", {}).items()},
        spec=(run.folder / "spec.toml").read_text(encoding="utf-8"),
    )


def _methods(run: RunFolder) -> list[RunMethod]:
    return [
        RunMethod(
            name=entry.name,
            method=write_method(entry.method),
            measured=entry.name in run.done,
            curves=bool(read_curves(run.folder / "entries" / entry.name / "fit")),
        )
        for entry in run.spec.entries
    ]


def _figures(report: Report) -> list[Figure]:
    rows = report.summary().iter_rows(named=True)
    return [Figure(**{name: _known(value) for name, value in row.items()}) for row in rows]


def _slice(report: Report, column: str) -> Slice:
    rows = report.by(column).iter_rows(named=True)
    figures = [GroupFigure(**{k: _known(v) for k, v in row.items()}) for row in rows]
    return Slice(column=column, groups=group_order(report.slices, column), figures=figures)


def _cost(report: Report, name: str) -> Cost:
    costs = report.costs[name]
    return Cost(
        model=name,
        fit_s=_known(costs.fit_s),
        recommend_ms=_known(costs.recommend_ms),
        peak_memory_mb=_known(costs.peak_memory_mb),
        calls=_known(costs.calls),
        prompt_tokens=_known(costs.prompt_tokens),
        completion_tokens=_known(costs.completion_tokens),
        money=_known(costs.money),
    )


def _known(value: Any) -> Any:  # Any: a value of a frame, checked by the shape it goes into
    """JSON knows no nan."""
    return None if isinstance(value, float) and not math.isfinite(value) else value
