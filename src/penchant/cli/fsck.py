"""``penchant fsck``: is all there that was acknowledged?"""

from pathlib import Path
from typing import Annotated

import typer

from penchant.cli import options
from penchant.cli.edge import verb


@verb
def fsck_command(
    folder: Annotated[Path, typer.Argument(help="The event store of a service.")],
    seed: options.Seed = 0,
    out: options.Out = None,
    as_json: options.AsJson = False,
    quiet: options.Quiet = False,
) -> None:
    """Looks through an event store and changes nothing. Exit code 1 if something is wrong."""
    import polars as pl

    from penchant.cli.output import answer
    from penchant.serve.events import check_events

    found = [(finding.place, finding.problem, finding.hint) for finding in check_events(folder)]
    schema = {"place": pl.String, "problem": pl.String, "do": pl.String}
    if found or as_json or out is not None:
        answer(pl.DataFrame(found, schema=schema, orient="row"), as_json=as_json, out=out)
    if found:
        raise typer.Exit(1)
    if not quiet and not as_json:
        typer.echo(f"{folder}: all is well")
