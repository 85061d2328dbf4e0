"""``penchant fit``: a method, or a whole spec."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from penchant.cli import options
from penchant.cli.edge import verb

if TYPE_CHECKING:
    from penchant.models import Model


@verb
def fit_command(
    method: Annotated[str, typer.Argument(help="A method by name, such as covisit.")],
    data: options.Data,
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder for checkpoints and the model.")],
    items: options.Items = None,
    people: options.People = None,
    mapping: options.Map = None,
    settings: Annotated[
        list[str] | None,
        typer.Option("--set", help="An option of the method: l2=200. May be repeated."),
    ] = None,
    split: Annotated[
        str, typer.Option("--split", help="Learn from the training part of this split; or none.")
    ] = "none",
    threads: Annotated[int | None, typer.Option("--threads", help="Default: all cores.")] = None,
    books: options.Books = None,
    calls: options.Calls = "cache",
    max_tokens: options.MaxTokens = None,
    max_cost: options.MaxCost = None,
    dry_run: options.DryRun = False,
    seed: options.Seed = 0,
    as_json: options.AsJson = False,
    quiet: options.Quiet = False,
) -> None:
    """Fit a method and save the model. The same command again continues, or answers at once."""
    from penchant.cli.books import booked, read_books, show_estimate
    from penchant.cli.progress import watching
    from penchant.cli.source import build_method, open_data, split_data
    from penchant.models import fit

    chosen = build_method(method, settings)
    how = read_books(books, calls, max_tokens, max_cost, dry_run=dry_run)
    with watching(quiet=quiet) as watch, booked(how, quiet=quiet) as ledger:
        found = open_data(data, items=items, people=people, mapping=mapping, watch=watch)
        parts = None if split == "none" else split_data(found, split, seed)
        model = fit(
            chosen,
            found if parts is None else parts.train,
            valid=parts.valid if parts is not None and len(parts.valid) else None,
            seed=seed,
            folder=None if dry_run else out,
            threads=threads,
            watch=watch,
            books=ledger,
        )
    if dry_run:
        show_estimate(ledger, as_json=as_json)
        return
    _show(model, out, (method, seed), as_json=as_json)


def _show(model: "Model", out: Path, asked: tuple[str, int], *, as_json: bool) -> None:
    """What was fitted, and where it is."""
    from penchant.cli.output import show_json, show_text

    record, (method, seed) = model.record, asked
    if as_json:
        show_json(
            {
                "model": str(out / "model"),
                "method": record.method,
                "data": record.data,
                "events": record.events,
                "fit_seconds": record.fit_seconds,
                "seed": seed,
            }
        )
    else:
        show_text(
            f"{method} on {record.events:,} events of {record.data} in {record.fit_seconds:.1f} s"
            f"\nmodel: {out}\nnext:  penchant recommend --model {out} --user ID"
        )
