"""``penchant why-not``: why an item is not among the answers, and what would bring it there."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from penchant.cli import options
from penchant.cli.edge import verb

if TYPE_CHECKING:
    from penchant.core import Json
    from penchant.models import WhyNot


@verb
def why_not_command(
    model: options.Model,
    item: Annotated[str, typer.Argument(help="The id of the item that is missed.")],
    user: Annotated[str | None, typer.Option("--user", "-u", help="An id.")] = None,
    history: Annotated[
        str | None, typer.Option("--history", help="Item ids with commas, oldest first.")
    ] = None,
    k: options.Best = 10,
    where: Annotated[str | None, typer.Option("--where", help="As it was asked for.")] = None,
    exclude: Annotated[
        list[str] | None, typer.Option("--exclude", help="An item id. May be repeated.")
    ] = None,
    again: Annotated[
        bool, typer.Option("--again", help="Items of the history may come back.")
    ] = False,
    seed: options.Seed = 0,
    as_json: options.AsJson = False,
    quiet: options.Quiet = False,
) -> None:
    """Tell why an item was not recommended: seen, excluded, filtered, or where it stands."""
    from penchant.cli.output import show_json, show_text
    from penchant.cli.progress import watching
    from penchant.core import Run, UsageError
    from penchant.models import Terms, load, why_not

    if (user is None) == (history is None):
        raise UsageError("give exactly one of --user and --history")
    with watching(quiet=quiet) as watch:
        fitted = load(model, run=Run(seed=seed, watch=watch))
        listed = [one for one in (history or "").split(",") if one]
        asked = fitted.ask(history=listed) if user is None else fitted.ask([user])
        found = why_not(fitted, asked, item, Terms(k, where, tuple(exclude or ()), again))
    if as_json:
        show_json({"item": item, **_plain(found)})
    else:
        changes = [f"would change it: {one}" for one in found.change]
        show_text("\n".join([f"{item}: {found.reason}: {found.told}", *changes]))


def _plain(found: "WhyNot") -> "dict[str, Json]":
    return {
        "reason": found.reason,
        "told": found.told,
        "clauses": [asdict(one) for one in found.clauses],
        "rank": found.rank,
        "open_items": found.open_items,
        "score": found.score,
        "needed": found.needed,
        "instead": [] if found.instead is None else found.instead.to_dicts(),
        "change": list(found.change),
    }
