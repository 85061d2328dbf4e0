"""``penchant recommend`` and ``penchant similar``: users, histories, whole files."""

from pathlib import Path
from typing import Annotated

import typer

from penchant.cli import options
from penchant.cli.edge import verb

Where = Annotated[
    str | None, typer.Option("--where", help="A filter: \"year > 1990 and title has 'love'\".")
]


@verb
def recommend_command(
    model: options.Model,
    user: Annotated[
        list[str] | None, typer.Option("--user", "-u", help="An id. May be repeated.")
    ] = None,
    history: Annotated[
        str | None,
        typer.Option("--history", help="Item ids with commas, oldest first."),
    ] = None,
    queries: Annotated[
        Path | None,
        typer.Option("--queries", help="A file with a column user or history."),
    ] = None,
    k: options.Best = 10,
    where: Where = None,
    exclude: Annotated[
        list[str] | None, typer.Option("--exclude", help="An item id. May be repeated.")
    ] = None,
    again: Annotated[
        bool, typer.Option("--again", help="Items of the history may come back.")
    ] = False,
    diversity: Annotated[
        float, typer.Option("--diversity", help="0: the best items; 1: the most different ones.")
    ] = 0.0,
    at_most: Annotated[
        list[str] | None,
        typer.Option("--at-most", help="categories=2, or categories:Drama=1. May be repeated."),
    ] = None,
    why: Annotated[
        bool, typer.Option("--why", help="Add the past item that speaks loudest for each.")
    ] = False,
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
    """Recommend items to users, to somebody new, or to a whole file of queries (resumable)."""
    from penchant.cli.books import booked, read_books, show_estimate
    from penchant.cli.output import answer, tell
    from penchant.cli.progress import watching
    from penchant.core import Run, UsageError
    from penchant.models import Rules, because, load, recommend_file

    if sum(arg is not None for arg in (user, history, queries)) != 1:
        raise UsageError("give exactly one of --user, --history and --queries")
    rules = Rules.read(diversity, at_most or ())
    how = read_books(books, calls, max_tokens, max_cost, dry_run=dry_run)
    with watching(quiet=quiet) as watch, booked(how, quiet=quiet) as ledger:
        fitted = load(model, run=Run(seed=seed, watch=watch, books=ledger))
        if queries is not None:
            if out is None:
                raise UsageError("--queries needs --out FILE: .parquet, .jsonl or .csv")
            if dry_run:
                raise UsageError("--dry-run with --queries: name some of its people with --user")
            written = recommend_file(
                fitted,
                queries,
                out,
                k=k,
                where=where,
                exclude=exclude or (),
                again=again,
                rules=None if rules.plain else rules,
            )
            tell([f"{written:,} recommendations in {out}"], quiet=quiet)
            return
        listed = None if history is None else [item for item in history.split(",") if item]
        asked = fitted.ask(user, history=listed)
        found = fitted.answer(asked, k=k, where=where, exclude=exclude, again=again, rules=rules)
        frame = because(fitted, asked, found) if why else found.frame
    if dry_run:
        show_estimate(ledger, as_json=as_json)
        return
    answer(frame, as_json=as_json, out=out)


@verb
def similar_command(
    model: options.Model,
    items: Annotated[list[str], typer.Argument(help="Item ids.")],
    k: options.Best = 10,
    seed: options.Seed = 0,
    out: options.Out = None,
    as_json: options.AsJson = False,
    quiet: options.Quiet = False,
) -> None:
    """Items like an item."""
    from penchant.cli.output import answer
    from penchant.cli.progress import watching
    from penchant.core import Run
    from penchant.models import load

    with watching(quiet=quiet) as watch:
        frame = load(model, run=Run(seed=seed, watch=watch)).similar(items, k)
    answer(frame, as_json=as_json, out=out)
