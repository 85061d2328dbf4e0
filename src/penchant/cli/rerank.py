"""``penchant rerank``: what a saved model proposes, ordered anew by a language model."""

from typing import Annotated

import typer

from penchant.cli import options
from penchant.cli.ask import LM
from penchant.cli.edge import verb
from penchant.cli.recommend import Where


@verb
def rerank_command(
    model: options.Model,
    user: Annotated[
        list[str] | None, typer.Option("--user", "-u", help="An id. May be repeated.")
    ] = None,
    history: Annotated[
        str | None, typer.Option("--history", help="Item ids with commas, oldest first.")
    ] = None,
    candidates: Annotated[
        str | None,
        typer.Option("--candidates", help="Item ids with commas, instead of what is proposed."),
    ] = None,
    pool: Annotated[int, typer.Option("--pool", help="Items that the model proposes.")] = 20,
    method: Annotated[str, typer.Option("--method", help="llmrank, lmrecsys …")] = "llmrank",
    settings: Annotated[
        list[str] | None,
        typer.Option("--set", help="An option of the method: how=pairwise. May be repeated."),
    ] = None,
    lm: LM = None,
    k: options.Best = 10,
    where: Where = None,
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
    """Order what a model proposes, or items that you name, by a language model."""
    from dataclasses import replace

    import polars as pl

    from penchant.cli.books import booked, read_books, show_estimate
    from penchant.cli.output import answer, show_frame
    from penchant.cli.progress import watching
    from penchant.cli.source import build_method
    from penchant.core import Run, UsageError
    from penchant.models import Pool, load, read_language_model, rerank

    if (user is None) == (history is None):
        raise UsageError("give exactly one of --user and --history")
    chosen = build_method(method, settings)
    if lm is not None:
        if not hasattr(chosen, "lm"):
            raise UsageError(f"--lm: {method} asks no language model")
        chosen = replace(chosen, lm=read_language_model(lm))
    how = read_books(books, calls, max_tokens, max_cost, dry_run=dry_run)
    given = Pool(pool, _ids(candidates), where)
    parts = []
    with watching(quiet=quiet) as watch, booked(how, quiet=quiet) as ledger:
        fitted = load(model, run=Run(seed=seed, watch=watch, books=ledger))
        asked = fitted.ask(user, history=_ids(history))
        for frame in rerank(fitted, asked, chosen, k=k, pool=given):
            parts.append(frame)
            if not (as_json or dry_run or out):
                show_frame(frame)
    if dry_run:
        show_estimate(ledger, as_json=as_json)
    elif as_json or out:
        answer(pl.concat(parts), as_json=as_json, out=out)


def _ids(listed: str | None) -> list[str] | None:
    return None if listed is None else [item for item in listed.split(",") if item]
