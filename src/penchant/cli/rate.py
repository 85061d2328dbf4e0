"""``penchant rate`` and ``penchant write``: what people would give and say, for a file of pairs."""

from pathlib import Path
from typing import Annotated

import typer

from penchant.cli import options
from penchant.cli.edge import verb

Pairs = Annotated[
    Path, typer.Option("--pairs", help="A file with the columns user and item: .csv, .parquet …")
]


@verb
def rate_command(
    model: options.Model,
    pairs: Pairs,
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
    """What each person of a file would rate an item with."""
    from penchant.cli.books import booked, read_books, show_estimate
    from penchant.cli.output import answer
    from penchant.cli.progress import watching
    from penchant.core import Run
    from penchant.models import load, read_table

    how = read_books(books, calls, max_tokens, max_cost, dry_run=dry_run)
    with watching(quiet=quiet) as watch, booked(how, quiet=quiet) as ledger:
        fitted = load(model, run=Run(seed=seed, watch=watch, books=ledger))
        frame = fitted.rate(read_table(pairs))
    if dry_run:
        show_estimate(ledger, as_json=as_json)
        return
    answer(frame, as_json=as_json, out=out)


@verb
def write_command(
    model: options.Model,
    pairs: Pairs,
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
    """What each person of a file would write about an item."""
    from penchant.cli.books import booked, read_books, show_estimate
    from penchant.cli.output import answer
    from penchant.cli.progress import watching
    from penchant.core import Run
    from penchant.models import load, read_table

    how = read_books(books, calls, max_tokens, max_cost, dry_run=dry_run)
    with watching(quiet=quiet) as watch, booked(how, quiet=quiet) as ledger:
        fitted = load(model, run=Run(seed=seed, watch=watch, books=ledger))
        frame = fitted.write(read_table(pairs))
    if dry_run:
        show_estimate(ledger, as_json=as_json)
        return
    answer(frame, as_json=as_json, out=out)
