"""``penchant serve``: saved models over HTTP."""

from pathlib import Path
from typing import Annotated

import typer

from penchant.cli import options
from penchant.cli.edge import verb


@verb
def serve_command(
    models: Annotated[
        list[Path], typer.Argument(help="Saved models; the first answers where none is named.")
    ],
    store: Annotated[
        str, typer.Option("--store", help="Where events are kept: a folder, or postgresql://…")
    ] = "events",
    folder: Annotated[
        Path | None, typer.Option("--folder", help="Where all else is kept, if not in --store.")
    ] = None,
    host: Annotated[str, typer.Option("--host", help="Others than this machine need keys.")] = (
        "127.0.0.1"
    ),
    port: Annotated[int, typer.Option("--port", min=0, max=65_535, help="0: any.")] = 8_000,
    keys: Annotated[
        Path | None, typer.Option("--keys", help="A file with a line name:scope:secret for each.")
    ] = None,
    allow_host: Annotated[
        list[str] | None, typer.Option("--allow-host", help="A name it is reached by.")
    ] = None,
    allow_origin: Annotated[
        list[str] | None,
        typer.Option(
            "--allow-origin", help="A page that may call it, such as https://shop.example."
        ),
    ] = None,
    waiting: Annotated[
        int, typer.Option("--waiting", help="Requests that may wait; more are refused.")
    ] = 64,
    deadline: Annotated[
        float, typer.Option("--deadline", help="Seconds until the standby answers.")
    ] = 10.0,
    remember: Annotated[
        int, typer.Option("--remember", min=0, help="MiB of answers to send again; 0: none.")
    ] = 64,
    rate: Annotated[
        float | None, typer.Option("--rate", help="Requests a second of each caller.")
    ] = None,
    new_models: Annotated[
        Path | None, typer.Option("--models", help="Where jobs leave models, and load them from.")
    ] = None,
    data: Annotated[
        Path | None, typer.Option("--data", help="A data set folder: jobs fit on it.")
    ] = None,
    runs: Annotated[
        Path | None, typer.Option("--runs", help="Experiments whose results are shown.")
    ] = None,
    books: Annotated[
        Path | None, typer.Option("--books", help="Accounts of calls to language models.")
    ] = None,
    lm: Annotated[
        str | None, typer.Option("--lm", help="The language model of conversations.")
    ] = None,
    threads: Annotated[int, typer.Option("--threads", help="Of each model.")] = 1,
    seed: options.Seed = 0,
    quiet: options.Quiet = False,
) -> None:
    """Serve saved models over HTTP until Ctrl-C; events that are acknowledged are on the disk."""
    from penchant.core import Run, UsageError
    from penchant.serve.events.keeping import is_address
    from penchant.serve.guard.keys import given_keys
    from penchant.serve.running import serve
    from penchant.serve.settings import Settings

    if folder is not None and not is_address(store):
        raise UsageError(f"--folder goes with a database; all is kept in --store {store}")
    settings = Settings(
        folder=folder or Path("events" if is_address(store) else store),
        database=store if is_address(store) else None,
        host=host,
        port=port,
        keys=given_keys(keys),
        hosts=tuple(allow_host or ()),
        origins=tuple(allow_origin or ()),
        waiting=waiting,
        deadline_s=deadline,
        requests_per_s=rate,
        remembered_bytes=remember << 20,
        models=new_models,
        data=data,
        runs=runs,
        books=books,
        lm=lm,
    )

    def started(address: str) -> None:
        if not quiet:
            typer.echo(f"serving {', '.join(m.name for m in models)} at {address}", err=True)

    serve(models, settings, Run(seed=seed, threads=threads), started=started)
