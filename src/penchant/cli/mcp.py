"""``penchant mcp``: tools for an agent, over standard input and output."""

from pathlib import Path
from typing import Annotated

import typer

from penchant.cli import options
from penchant.cli.edge import verb


@verb
def mcp_command(
    models: Annotated[
        list[Path], typer.Argument(help="Saved models; the first answers where none is named.")
    ],
    store: Annotated[
        Path | None,
        typer.Option("--store", help="Where events are kept; without it none can be recorded."),
    ] = None,
    user: Annotated[
        str | None, typer.Option("--user", help="The only person the tools may speak of.")
    ] = None,
    lm: Annotated[
        str | None, typer.Option("--lm", help="Who gives reasons; default: a plain sentence.")
    ] = None,
    books: Annotated[
        Path | None, typer.Option("--books", help="Accounts of calls to language models.")
    ] = None,
    threads: Annotated[int, typer.Option("--threads", help="Of each model.")] = 1,
    seed: options.Seed = 0,
) -> None:
    """Serve tools to an agent (Model Context Protocol, stdio) until it hangs up."""
    from penchant.core import Run
    from penchant.serve.agents.running import serve_agent

    run = Run(seed=seed, threads=threads)
    serve_agent(models, run, store=store, user=user, lm=lm, books=books)
