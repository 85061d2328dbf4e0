"""A report on disk: means as JSON, every value as Parquet."""

import json
import math
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from penchant.core import Json, write_file
from penchant.evaluate.slices import slice_columns

if TYPE_CHECKING:
    from penchant.evaluate.report import Report


def write_json(report: "Report", path: Path) -> Path:
    """Means with intervals, paired comparisons, slices, costs, notes; nan becomes null."""
    per_query = list(report.per_query[report.models[0]].columns) if report.models else []
    several = len(report.models) > 1
    head = {
        "name": report.name,
        "queries": len(report.slices),
        "people": int(report.clusters().max(initial=-1)) + 1,
        "seed": report.run.seed,
        "models": list(report.models),
        "metrics": list(report.metrics),
        "summary": report.summary().to_dicts(),
        "comparisons": {m: report.compare(m).to_dicts() for m in per_query} if several else {},
        "slices": {c: report.by(c).to_dicts() for c in slice_columns(report.slices)},
        "costs": {model: asdict(costs) for model, costs in report.costs.items()},
        "degraded": dict(report.degraded),
        "notes": list(report.notes),
    }
    text = json.dumps(_plain(head), indent=1, allow_nan=False, ensure_ascii=False)
    with write_file(path) as temporary:
        temporary.write_text(text + "\n", encoding="utf-8")
    return path


def write_parquet(report: "Report", path: Path) -> Path:
    """One row a model and query: model, query, slices, metrics."""
    parts = [
        pl.select(
            model=pl.lit(model).repeat_by(len(frame)).explode(),
            query=pl.int_range(len(frame), dtype=pl.Int32),
        )
        .hstack(report.slices.get_columns())
        .hstack(frame.get_columns())
        for model, frame in report.per_query.items()
    ]
    with write_file(path) as temporary:
        pl.concat(parts).write_parquet(temporary)
    return path


def _plain(value: Json) -> Json:
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
