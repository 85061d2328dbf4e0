"""``penchant run`` and ``penchant reproduce``: experiments from specs."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from penchant.cli import options
from penchant.cli.edge import verb

if TYPE_CHECKING:
    from penchant.core import Watcher
    from penchant.language import LedgerOptions

Folder = Annotated[Path, typer.Option("--out", "-o", help="The run folder.")]


@verb
def run_command(
    spec: Annotated[Path, typer.Argument(help="A TOML file: data, split, methods, metrics.")],
    out: Folder,
    seed: Annotated[
        int | None, typer.Option("--seed", help="Instead of the spec's; written into the run.")
    ] = None,
    books: options.Books = None,
    calls: options.Calls = "cache",
    max_tokens: options.MaxTokens = None,
    max_cost: options.MaxCost = None,
    dry_run: options.DryRun = False,
    as_json: options.AsJson = False,
    quiet: options.Quiet = False,
) -> None:
    """Run an experiment: one spec in, one run folder out. Continues what was stopped."""
    from penchant.cli.books import read_books, refuse_misses
    from penchant.cli.progress import watching
    from penchant.cli.report import show_report
    from penchant.experiments import run_spec

    source = spec if seed is None else seeded(_read(spec), seed)
    how = read_books(books, calls, max_tokens, max_cost)
    with watching(quiet=quiet) as watch:
        if dry_run:
            _estimate(source, spec.parent, replace(how, mode="estimate"), watch, as_json=as_json)
            return
        done = run_spec(source, out, base=spec.parent, watch=watch, calls=how)
    show_report(done.report, as_json=as_json)
    if not as_json and not quiet:
        typer.echo(f"\nreport: {done.folder / 'report.html'}")
    for called in _called(done.folder).values():
        refuse_misses(how, called)


@verb
def reproduce_command(
    run: Annotated[Path, typer.Argument(help="A finished run folder.")],
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="Default: RUN-again beside it.")
    ] = None,
    seed: Annotated[
        int | None, typer.Option("--seed", help="Refused: a reproduction has the run's seed.")
    ] = None,
    books: options.Books = None,
    calls: options.Calls = "cache",
    max_tokens: options.MaxTokens = None,
    max_cost: options.MaxCost = None,
    as_json: options.AsJson = False,
    quiet: options.Quiet = False,
) -> None:
    """Run a run again and show what differs. Exit code 1 if anything does."""
    from penchant.cli.books import read_books
    from penchant.cli.output import show_frame, show_json
    from penchant.cli.progress import watching
    from penchant.core import UsageError
    from penchant.experiments import reproduce

    if seed is not None:
        raise UsageError("--seed: a reproduction uses the seed of its run; use `run` for another")
    into = out or run.with_name(f"{run.name}-again")
    with watching(quiet=quiet) as watch:
        how = read_books(books, calls, max_tokens, max_cost)
        found = reproduce(run, into, watch=watch, calls=how)
    if as_json:
        show_json(
            {
                "identical": found.is_identical,
                "data_is_same": found.data_is_same,
                "environment": found.environment,
                "differences": found.differences.to_dicts(),
                "folder": str(found.folder),
            }
        )
    else:
        show_frame(found.differences, "identical" if found.is_identical else "not identical")
        for name, (before, now) in found.environment.items():
            typer.echo(f"{name}: was {before}, is {now}")
    if not found.is_identical:
        raise typer.Exit(1)


def _estimate(
    source: Path | str, base: Path, how: "LedgerOptions", watch: "Watcher", *, as_json: bool
) -> None:
    """What each method of a spec would ask: fitted and measured in a folder that is thrown away."""
    from tempfile import TemporaryDirectory

    import polars as pl

    from penchant.cli.output import answer
    from penchant.experiments import run_spec

    with TemporaryDirectory() as folder:
        done = run_spec(source, Path(folder) / "run", base=base, watch=watch, calls=how)
        costs = _called(done.folder)
    kept = ("calls", "from_books", "estimated_tokens", "estimated_cost")
    rows = [
        {"method": name, **{figure: called[figure] for figure in kept}}
        for name, called in costs.items()
    ]
    schema = {"method": pl.String, **dict.fromkeys(kept, pl.Float64)}
    answer(pl.DataFrame(rows, schema=schema), as_json=as_json, out=None, title="at most")


def _called(folder: Path) -> dict[str, dict[str, float]]:
    """What each method of a run that asked language models called."""
    import json

    costs = json.loads((folder / "costs.json").read_text(encoding="utf-8"))
    return {name: called for name, cost in costs.items() if (called := cost["language_models"])}


def seeded(text: str, seed: int) -> str:
    """A spec with this seed instead of its own."""
    head, bracket, tail = text.partition("\n[")
    kept = [line for line in head.splitlines() if line.partition("=")[0].strip() != "seed"]
    return "\n".join([f"seed = {seed}", *kept]) + bracket + tail


def _read(spec: Path) -> str:
    from penchant.core import SpecError

    try:
        return spec.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise SpecError(f"{spec} cannot be read ({error}); name a TOML file") from error
