"""Run folders read back: what was run, what came out, and how trainings went."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from penchant.core import Json, PenchantError, Run, StorageError, UnknownName, UsageError
from penchant.evaluate import Costs, Report
from penchant.experiments.spec import Spec, read_spec

SPEC, RECORD, OUTCOME, SLICES = "spec.toml", "record.json", "outcome.json", "slices.parquet"
DEEPEST = 3
"""Folders below the one that is searched for runs."""
BETWEEN = "~"
"""Joins folders to a run's name; needs no escape in an address."""


@dataclass(frozen=True, slots=True, eq=False)
class RunFolder:
    """An experiment on disk, finished or not."""

    name: str
    """Its folder below the one that was searched: ``demo~time``."""
    folder: Path
    spec: Spec
    done: tuple[str, ...]
    """Entries that are measured."""
    record: Mapping[str, Json] = field(default_factory=dict)
    """Environment, data, audit; empty until all is done."""

    @property
    def finished(self) -> bool:
        """Whether all entries are measured and told together."""
        return bool(self.record)

    @property
    def changed(self) -> int:
        """When something last changed, ns since 1970."""
        return max(path.stat().st_mtime_ns for path in self._marks() if path.exists())

    def _marks(self) -> Iterator[Path]:
        yield from (self.folder / name for name in (SPEC, RECORD))
        yield from (self.folder / "entries" / entry / OUTCOME for entry in self.done)


def find_runs(folder: Path) -> list[RunFolder]:
    """All experiments below a folder, the newest first; those whose spec is unreadable are not.

    Args:
        folder: May be a run itself; one that is not there holds none.
    """
    found = []
    for path in _candidates(folder, DEEPEST):
        try:
            found.append(open_run(path, folder))
        except (PenchantError, OSError):
            continue  # something else that has a file of this name
    return sorted(found, key=lambda run: (-run.changed, run.name))


def find_run(folder: Path, name: str) -> RunFolder:
    """One experiment by name.

    Raises:
        UnknownName: There is none of that name.
    """
    parts = name.split(BETWEEN)
    path = folder.joinpath(*parts)
    inside = not any(part in {"", ".", ".."} or "/" in part or "\0" in part for part in parts)
    if inside and len(parts) <= DEEPEST and (path / SPEC).is_file() and not path.is_symlink():
        try:
            return open_run(path, folder)
        except (PenchantError, OSError):
            pass  # as in find_runs
    runs = {run.name: run for run in find_runs(folder)}
    if name not in runs:
        raise UnknownName("run", name, runs)
    return runs[name]


def read_report(run: RunFolder) -> Report:
    """The outcome of a run, so far as it goes, as :func:`penchant.evaluate` gave it.

    Intervals of figures of all lists together (coverage, gini) are not kept.

    Raises:
        StorageError: A file is torn.
    """
    per_query, totals, costs, degraded = {}, {}, {}, {}
    notes: list[str] = []
    metrics: list[str] = []
    for entry in run.done:
        outcome = read_json(run.folder / "entries" / entry / OUTCOME)
        per_query[entry] = _read_table(run.folder / "entries" / entry / "metrics.parquet")
        totals[entry] = outcome["totals"]
        costs[entry] = Costs(**outcome["costs"])
        if "degraded" in outcome:  # runs of older versions do not tell
            degraded[entry] = outcome["degraded"]
        notes += outcome["notes"]
        metrics = outcome["metrics"]
    kept = run.folder / SLICES
    length = max((len(frame) for frame in per_query.values()), default=0)
    if kept.exists():
        slices = _read_table(kept)
    else:
        slices = pl.select(query=pl.int_range(length))
        notes.append("who asked was not kept: intervals take every query as a person of its own")
    claim = run.record.get("data", {}).get("split")
    return Report(
        per_query=per_query,
        totals=totals,
        slices=slices,
        costs=costs,
        metrics=tuple(metrics),
        name=f"{run.spec.data.name or 'own data'}, split by {run.spec.split.kind}",
        run=Run(seed=run.spec.seed),
        notes=(*([str(claim)] if claim else []), *notes),
        degraded=degraded,
    )


def join_reports(reports: Mapping[str, Report]) -> Report:
    """Several reports on the same cases as one; models are named ``RUN/MODEL`` where needed.

    Raises:
        UsageError: They are not of the same cases.
    """
    first_name, first = next(iter(reports.items()))
    for name, report in reports.items():
        if not report.slices.equals(first.slices):
            raise UsageError(
                f"{name} and {first_name} asked different questions ({report.name}; {first.name}): "
                "only runs on the same split of the same data can be compared"
            )
    if len(reports) == 1:
        return first
    per_query = {f"{run}/{m}": f for run, r in reports.items() for m, f in r.per_query.items()}
    shared = [m for m in first.metrics if all(m in report.metrics for report in reports.values())]
    return Report(
        per_query=per_query,
        totals={f"{run}/{m}": t for run, r in reports.items() for m, t in r.totals.items()},
        slices=first.slices,
        costs={f"{run}/{m}": c for run, r in reports.items() for m, c in r.costs.items()},
        metrics=tuple(shared),
        name=first.name,
        run=first.run,
        notes=tuple(dict.fromkeys(note for r in reports.values() for note in r.notes)),
        degraded={f"{run}/{m}": d for run, r in reports.items() for m, d in r.degraded.items()},
    )


def read_json(path: Path) -> Json:
    """A file of a run folder.

    Raises:
        StorageError: It is torn.
    """
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise StorageError(
            f"{path} is not JSON ({error}); remove the file and run again"
        ) from error


def _candidates(folder: Path, deepest: int) -> Iterator[Path]:
    if (folder / SPEC).is_file():
        yield folder
    elif deepest and folder.is_dir():
        for below in sorted(folder.iterdir()):
            if below.is_dir() and not below.is_symlink():
                yield from _candidates(below, deepest - 1)


def open_run(path: Path, searched: Path | None = None) -> RunFolder:
    """What lies in a run folder, named by where it is below the one that was searched."""
    spec = read_spec((path / SPEC).read_text(encoding="utf-8"), where=str(path / SPEC))
    inside = path.relative_to(searched or path).parts or (path.resolve().name,)
    measured = [e.name for e in spec.entries if (path / "entries" / e.name / OUTCOME).is_file()]
    record = read_json(path / RECORD) if (path / RECORD).is_file() else {}
    return RunFolder(BETWEEN.join(inside), path, spec, tuple(measured), record)


def _read_table(path: Path) -> pl.DataFrame:
    try:
        return pl.read_parquet(path)
    except (OSError, pl.exceptions.PolarsError) as error:
        raise StorageError(f"{path} cannot be read ({error}); run again") from error
