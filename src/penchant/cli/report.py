"""A report on the terminal, as JSON, in files."""

from pathlib import Path
from typing import TYPE_CHECKING

from penchant.cli.output import save_json, show_json, show_rich
from penchant.core import Json, UsageError

if TYPE_CHECKING:
    from penchant.evaluate import Report


def report_json(report: "Report") -> Json:
    """Means with intervals, costs, and how much of each model is its fallback's."""
    from dataclasses import asdict

    return {
        "name": report.name,
        "queries": len(report.slices),
        "summary": report.summary().to_dicts(),
        "costs": {name: asdict(costs) for name, costs in report.costs.items()},
        "degraded": dict(report.degraded),
        "notes": list(report.notes),
    }


def show_report(report: "Report", *, as_json: bool, out: Path | None = None) -> None:
    """The scoreboard; ``out`` is .html, .json or .parquet."""
    if out is not None:
        save_report(report, out)
    if as_json:
        show_json(report_json(report))
    elif out is None:
        show_rich(report.table())


def save_report(report: "Report", out: Path) -> None:
    """One file, of the kind that its name says."""
    if out.suffix == ".html":
        report.to_html(out)
    elif out.suffix == ".parquet":
        report.to_parquet(out)
    elif out.suffix == ".json":
        save_json(report_json(report), out)
    else:
        raise UsageError(f"--out {out}: a report is .html, .json or .parquet")
