"""``penchant append``: new items for a saved model."""

from pathlib import Path
from typing import Annotated

import typer

from penchant.cli import options
from penchant.cli.edge import verb


@verb
def append_command(
    model: options.Model,
    items: Annotated[Path, typer.Option("--items", help="A catalogue file of the new items.")],
    mapping: options.Map = None,
    seed: options.Seed = 0,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="Another folder; default: in place.")
    ] = None,
    as_json: options.AsJson = False,
    quiet: options.Quiet = False,
) -> None:
    """Add items that nobody has chosen yet; they can be recommended at once, without training."""
    from penchant.cli.output import show_json, show_text
    from penchant.cli.progress import watching
    from penchant.core import Run
    from penchant.data import read_catalog, read_mapping
    from penchant.models import load

    with watching(quiet=quiet) as watch:
        before = load(model, run=Run(seed=seed, watch=watch))
        after = before.with_items(
            read_catalog(items, mapping=read_mapping(mapping, options.MAPPED))
        )
        saved = after.save(out or model)
    added, total = len(after.catalog) - len(before.catalog), len(after.catalog)
    if as_json:
        show_json({"model": str(saved), "added": added, "items": total})
    else:
        show_text(f"{added:,} items added, {total:,} in all\nmodel: {saved}")
