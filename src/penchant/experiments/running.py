"""One spec in, one run folder out: every method in a process of its own, resumable.

The folder: ``spec.toml``, ``record.json`` (environment, fingerprints, audit), ``metrics.parquet``
(one row a query and method), ``slices.parquet`` (who asked, groups of queries), ``costs.json``
(seconds, memory, tokens, money), ``report.html``,
``calls.sqlite`` (what language models were asked), ``entries/NAME/`` with each fit, and
``answers.jsonl`` where texts were written.
"""

import json
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from uuid import uuid4

import polars as pl

from penchant.core import (
    Json,
    Silent,
    SpecError,
    UsageError,
    Watcher,
    sweep,
    write_file,
)
from penchant.data import Audit, Cases, Dataset, Split, audit
from penchant.evaluate import Background, Report, cases_for, slices_of, with_popularity
from penchant.experiments.processes import Processes
from penchant.experiments.records import (
    OUTCOME,
    RECORD,
    SLICES,
    SPEC,
    open_run,
    read_json,
    read_report,
)
from penchant.experiments.spec import Spec, read_spec
from penchant.language import LedgerOptions
from penchant.models import environment, fingerprint


@dataclass(frozen=True, slots=True, eq=False)
class Experiment:
    """A finished run."""

    folder: Path
    spec: Spec
    split: Split
    audit: Audit
    report: Report


def run_spec(
    spec: Path | str,
    folder: Path | str,
    *,
    base: Path | None = None,
    watch: Watcher | None = None,
    calls: LedgerOptions | None = None,
) -> Experiment:
    """Runs an experiment, or what is left of it.

    Args:
        spec: A TOML file, or TOML text.
        folder: The run folder; one that holds the same spec is continued.
        base: What paths in the spec are relative to; the spec's folder, or the current one.
        watch: Is told how it goes.
        calls: How those of language models are booked, and what they may spend; a run that is
            continued goes on spending. Default: in ``calls.sqlite`` of the folder, asked once.

    Raises:
        SpecError: The spec cannot be read.
        UsageError: The folder holds another run, or a leak check failed.
        Interrupted: Ctrl-C; the same call continues.
    """
    watch, path = watch or Silent(), Path(folder)
    text, base = _text_of(spec, base)
    read = read_spec(text, where=str(spec) if isinstance(spec, Path) else "spec")
    _claim(path, text)
    data = read.data.load(base, watch)
    split = read.split.split(data)
    found = audit(split, data=data).require(override=read.allow)
    pending = [e.name for e in read.entries if not (path / "entries" / e.name / OUTCOME).exists()]
    Processes(path, base, read.threads, watch, booked(calls, path)).run(pending, read.jobs)
    with write_file(path / SLICES) as file:
        _slices(read, split, data).write_parquet(file)
    record = {
        "environment": environment(),
        "base": str(base.resolve()),
        "data": {"name": data.name, "fingerprint": fingerprint(data), "split": split.claim},
        "audit": found.table().to_dicts(),
        "seed": read.seed,
    }
    _write_json(record, path / RECORD)
    report = read_report(open_run(path))
    _write_tables(report, path)
    _write_costs(report, path)
    report.to_html(path / "report.html")
    return Experiment(path, read, split, found, report)


def _text_of(spec: Path | str, base: Path | None) -> tuple[str, Path]:
    if isinstance(spec, Path):
        try:
            return spec.read_text(encoding="utf-8"), base or spec.parent
        except (FileNotFoundError, IsADirectoryError) as error:
            raise SpecError(f"{spec}: no such file; name a TOML file") from error
    return spec, base or Path()


def _claim(folder: Path, text: str) -> None:
    """Puts the spec into the folder, or finds the same one there."""
    kept = folder / SPEC
    if kept.exists():
        if kept.read_text(encoding="utf-8") != text:
            raise UsageError(f"{folder} holds a run of another spec; name another folder")
        sweep(folder)
        return
    if folder.is_dir() and any(folder.iterdir()):
        raise UsageError(f"{folder} holds something that is no run; name another folder")
    with write_file(kept) as path:
        path.write_text(text, encoding="utf-8")


def booked(calls: LedgerOptions | None, folder: Path) -> LedgerOptions:
    """Accounts with a file, and an account that all processes of the run share, also later ones."""
    calls = calls or LedgerOptions()
    mark = folder / "account.txt"
    if not mark.exists():
        with write_file(mark) as path:
            path.write_text(uuid4().hex, encoding="utf-8")
    own = mark.read_text(encoding="utf-8")
    file = str(Path(calls.file or folder / "calls.sqlite").resolve())
    return replace(calls, file=file, account=calls.account or own)


def _slices(spec: Spec, split: Split, data: Dataset) -> pl.DataFrame:
    """One row a query: who asked, and groups of queries."""
    cases = cases_for(split.test, data, spec.metrics)
    if isinstance(cases, Cases):
        cases = with_popularity(cases, Background.of(split.train))
    return slices_of(cases)


def _write_tables(report: Report, folder: Path) -> None:
    frames = [
        frame.with_row_index("query").with_columns(pl.lit(name).alias("model"))
        for name, frame in report.per_query.items()
    ]
    with write_file(folder / "metrics.parquet") as path:
        pl.concat(frames).write_parquet(path)


def _write_costs(report: Report, folder: Path) -> None:
    """What each method costs, and all calls of language models that its fit and answers took."""
    costs = {}
    for name, cost in report.costs.items():
        outcome = read_json(folder / "entries" / name / OUTCOME)
        costs[name] = {**asdict(cost), "language_models": outcome.get("calls")}
    _write_json(costs, folder / "costs.json")


def _write_json(value: Json, target: Path) -> None:
    with write_file(target) as path:
        text = json.dumps(value, indent=1, sort_keys=True, ensure_ascii=False)
        path.write_text(text + "\n", encoding="utf-8")
