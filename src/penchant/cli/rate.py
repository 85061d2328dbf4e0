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
    seed: options.Seed = 0,
    out: options.Out = None,
    as_json: options.AsJson = False,
    quiet: options.Quiet = False,
) -> None:
    """What each person of a file would rate an item with."""
    from penchant.cli.output import answer
    from penchant.cli.progress import watching
    from penchant.core import Run
    from penchant.models import load, read_table

    with watching(quiet=quiet) as watch:
        frame = load(model, run=Run(seed=seed, watch=watch)).rate(read_table(pairs))
    answer(frame, as_json=as_json, out=out)


@verb
def write_command(
    model: options.Model,
    pairs: Pairs,
    seed: options.Seed = 0,
    out: options.Out = None,
    as_json: options.AsJson = False,
    quiet: options.Quiet = False,
) -> None:
    """What each person of a file would write about an item."""
    from penchant.cli.output import answer
    from penchant.cli.progress import watching
    from penchant.core import Run
    from penchant.models import load, read_table

    with watching(quiet=quiet) as watch:
        frame = load(model, run=Run(seed=seed, watch=watch)).write(read_table(pairs))
    answer(frame, as_json=as_json, out=out)
