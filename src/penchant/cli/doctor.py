"""``penchant doctor``: what this installation can do."""

import typer

from penchant.cli import options
from penchant.cli.edge import verb


@verb
def doctor_command(
    seed: options.Seed = 0,
    out: options.Out = None,
    as_json: options.AsJson = False,
    quiet: options.Quiet = False,
) -> None:
    """Versions, cores, the cache, and what is missing. Exit code 1 if something must be mended."""
    import polars as pl

    from penchant.cli.output import answer
    from penchant.models import diagnose

    findings = diagnose()
    schema = {"what": pl.String, "ok": pl.Boolean, "found": pl.String, "do": pl.String}
    frame = pl.DataFrame(findings, schema=schema, orient="row")
    answer(frame, as_json=as_json, out=out)
    if not frame["ok"].all():
        raise typer.Exit(1)
