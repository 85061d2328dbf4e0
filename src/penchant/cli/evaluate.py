"""``penchant evaluate`` and ``penchant compare``: saved models on the same held-out events."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from penchant.cli import options
from penchant.cli.edge import verb

if TYPE_CHECKING:
    from penchant.core import Run
    from penchant.evaluate import Report

HeldOut = Annotated[
    Path | None,
    typer.Option("--events", help="Your own held-out events: a log file of what came after."),
]
DataOrNone = Annotated[
    str | None, typer.Option("--data", "-d", help="A data set whose test part is asked.")
]


@verb
def evaluate_command(
    model: options.Models,
    events: HeldOut = None,
    data: DataOrNone = None,
    split: options.SplitBy = "time",
    mapping: options.Map = None,
    metrics: options.Metrics = None,
    by: Annotated[
        str | None, typer.Option("--by", help="Also show groups: warm_user, cold_item, …")
    ] = None,
    books: options.Books = None,
    calls: options.Calls = "cache",
    max_tokens: options.MaxTokens = None,
    max_cost: options.MaxCost = None,
    dry_run: options.DryRun = False,
    seed: options.Seed = 0,
    out: options.Out = None,
    as_json: options.AsJson = False,
    quiet: options.Quiet = False,
) -> None:
    """Measure saved models on your own held-out file, or on the test part of a data set."""
    from penchant.cli.books import booked, read_books, show_estimate
    from penchant.cli.output import show_frame
    from penchant.cli.progress import watching
    from penchant.cli.report import show_report
    from penchant.core import Run

    how = read_books(books, calls, max_tokens, max_cost, dry_run=dry_run)
    with watching(quiet=quiet) as watch, booked(how, quiet=quiet) as ledger:
        run = Run(seed=seed, watch=watch, books=ledger)
        report = _report(model, events, data, split, mapping, (metrics, run))
    if dry_run:
        show_estimate(ledger, as_json=as_json)
        return
    show_report(report, as_json=as_json, out=out)
    if by is not None and not as_json:
        show_frame(report.by(by), f"by {by}")


@verb
def compare_command(
    model: options.Models,
    events: HeldOut = None,
    data: DataOrNone = None,
    split: options.SplitBy = "time",
    mapping: options.Map = None,
    metric: Annotated[str, typer.Option("--metric", help="One metric.")] = "ndcg@10",
    against: Annotated[
        str | None, typer.Option("--against", help="Compare all with this one; default: all pairs.")
    ] = None,
    books: options.Books = None,
    calls: options.Calls = "cache",
    max_tokens: options.MaxTokens = None,
    max_cost: options.MaxCost = None,
    dry_run: options.DryRun = False,
    seed: options.Seed = 0,
    out: options.Out = None,
    as_json: options.AsJson = False,
    quiet: options.Quiet = False,
) -> None:
    """Paired differences between saved models: intervals, two tests, Holm's correction."""
    from penchant.cli.books import booked, read_books, show_estimate
    from penchant.cli.output import answer, tell
    from penchant.cli.progress import watching
    from penchant.core import Run, UsageError

    if len(model) < 2:
        raise UsageError("compare needs two models or more: --model A --model B")
    how = read_books(books, calls, max_tokens, max_cost, dry_run=dry_run)
    with watching(quiet=quiet) as watch, booked(how, quiet=quiet) as ledger:
        run = Run(seed=seed, watch=watch, books=ledger)
        report = _report(model, events, data, split, mapping, (metric, run))
    if dry_run:
        show_estimate(ledger, as_json=as_json)
        return
    frame = report.compare(metric, against=against)
    answer(frame, as_json=as_json, out=out, title=f"{metric} on {report.name}")
    tell(report.notes, quiet=quiet)


def _report(
    folders: list[Path],
    events: Path | None,
    data: str | None,
    split: str,
    mapping: list[str] | None,
    how: "tuple[str | None, Run]",
) -> "Report":
    from penchant.cli.source import open_data, split_data
    from penchant.core import UsageError
    from penchant.data import read, read_mapping
    from penchant.evaluate import DEFAULT, cases_for, evaluate, parse_metrics
    from penchant.models import asked_cases, held_out, held_out_ratings, load, same_catalogue

    if (events is None) == (data is None):
        raise UsageError("give one of --events FILE (your own held-out events) and --data NAME")
    metrics, run = how
    models = {_name(folder): load(folder) for folder in folders}
    if len(models) < len(folders):
        raise UsageError("two models have the same folder name; copy or rename one")
    same_catalogue(list(models.values()))
    wanted = DEFAULT if metrics is None else tuple(map(str, parse_metrics(metrics)))
    if events is not None:
        first = next(iter(models.values()))
        later = read(events, mapping=read_mapping(mapping, options.MAPPED))
        rated = {m.formula.source for m in parse_metrics(wanted)} == {"ratings"}
        held = held_out_ratings if rated else held_out
        return evaluate(models, held(first, later, watch=run.watch), metrics=wanted, run=run)
    whole = open_data(str(data), mapping=mapping, watch=run.watch)
    cases = asked_cases(list(models.items()), split_data(whole, split, run.seed))
    return evaluate(models, cases_for(cases, whole, wanted), metrics=wanted, run=run)


def _name(folder: Path) -> str:
    path = folder.resolve()
    return path.parent.name if path.name == "model" else path.name
