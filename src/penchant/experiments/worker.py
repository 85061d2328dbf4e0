"""One line of a scoreboard, in a process of its own: so no cost leaks from one into another.

``python -m penchant.experiments.worker RUN NAME BASE CALLS`` fits one entry of ``RUN/spec.toml``
and measures it; CALLS is a :class:`LedgerOptions` as JSON. Progress goes to standard output, one
JSON object a line; the last one is the outcome.
"""

import json
import resource
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import TextIO

from penchant.core import Json, PenchantError, Run, UnknownName, read_fields, write_file
from penchant.evaluate import Costs, Report, cases_for, evaluate
from penchant.experiments.spec import Entry, Spec, read_spec
from penchant.language import LedgerOptions
from penchant.models import asks_language_models, fit


class Teller:
    """A watcher that writes one JSON object a line."""

    def __init__(self, out: TextIO) -> None:
        self.out = out

    def progress(self, stage: str, done: int, total: int | None, **figures: float) -> None:
        """One line."""
        self.tell(progress={"stage": stage, "done": done, "total": total, "figures": figures})

    def note(self, text: str) -> None:
        """One line."""
        self.tell(note=text)

    def tell(self, **message: Json) -> None:
        """One line."""
        print(json.dumps(message), file=self.out, flush=True)  # the parent reads it


def measure(
    spec: Spec, entry: Entry, folder: Path, base: Path, calls: LedgerOptions, watch: Teller
) -> None:
    """Fits and measures one entry; leaves its figures.

    They are ``fit/``, ``metrics.parquet``, ``outcome.json``, and ``answers.jsonl`` for texts.
    """
    whole = spec.data.load(base, watch)
    split = spec.split.split(whole)
    data = split.train_and_valid if spec.refit else split.train
    valid = None if spec.refit or not len(split.valid) else split.valid
    books = calls.open() if asks_language_models(entry.method) else None
    model = fit(
        entry.method,
        data,
        valid=valid,
        seed=spec.seed,
        folder=folder / "fit",
        threads=spec.threads,
        watch=watch,
        books=books,
    )
    run = Run(seed=spec.seed, threads=spec.threads, watch=watch, books=books)
    cases = cases_for(split.test, whole, spec.metrics)
    report = evaluate({entry.name: model}, cases, metrics=spec.metrics, run=run, train=split.train)
    costs = replace(
        report.costs[entry.name],
        fit_s=model.record.fit_seconds,
        peak_memory_mb=peak_memory_mb(),
    )
    called = None if books is None else dict(books.figures())
    model.with_metrics(report.figures(entry.name)).save(folder / "fit" / "model")
    _write(entry.name, report, costs, called, folder)


def _write(
    name: str, report: Report, costs: Costs, called: Mapping[str, float] | None, folder: Path
) -> None:
    """The figures of one entry; ``outcome.json`` comes last, and says that it is done."""
    with write_file(folder / "metrics.parquet") as path:
        report.per_query[name].write_parquet(path)
    if written := report.texts.get(name):
        _write_answers(written, folder / "answers.jsonl")
    notes = list(report.notes)
    if called is not None and not called["calls"]:
        notes.append(f"{name} names a language model and never asked it")
    outcome = {
        "totals": dict(report.totals[name]),
        "costs": asdict(costs),
        "degraded": report.degraded.get(name, float("nan")),
        "calls": called,
        "metrics": list(report.metrics),
        "notes": notes,
    }
    with write_file(folder / "outcome.json") as path:
        path.write_text(json.dumps(outcome, indent=1) + "\n", encoding="utf-8")


def _write_answers(texts: Sequence[str], target: Path) -> None:
    with write_file(target) as path, path.open("w", encoding="utf-8") as file:
        for query, text in enumerate(texts):
            file.write(json.dumps({"query": query, "text": text}, ensure_ascii=False) + "\n")


def peak_memory_mb() -> float:
    """The most memory that this process held, MB.

    Linux counts the parent's peak into ``ru_maxrss`` of a child that was started by vfork, so the
    process's own high-water mark is read where there is one.
    """
    try:
        status = Path("/proc/self/status").read_text(encoding="ascii")
        return int(status.partition("VmHWM:")[2].split()[0]) * 1024 / 1e6
    except (OSError, IndexError, ValueError):
        unit = 1 if sys.platform == "darwin" else 1024  # bytes there, kilobytes elsewhere
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6


def main(arguments: list[str]) -> int:
    """What ``python -m`` runs; the exit code is the error's."""
    teller = Teller(sys.stdout)
    try:
        run, name, base, told = arguments
        calls: LedgerOptions = read_fields(LedgerOptions, json.loads(told), ())
        spec = read_spec((Path(run) / "spec.toml").read_text(encoding="utf-8"))
        entries = {entry.name: entry for entry in spec.entries}
        if name not in entries:
            raise UnknownName("entry", name, entries)
        folder = Path(run) / "entries" / name
        measure(spec, entries[name], folder, Path(base), calls, teller)
    except PenchantError as error:
        teller.tell(error=str(error), code=error.exit_code)
        return error.exit_code
    teller.tell(done=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
