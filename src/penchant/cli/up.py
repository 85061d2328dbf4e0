"""``penchant up``: from own data to a service in one command."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from penchant.cli import options
from penchant.cli.edge import verb

if TYPE_CHECKING:
    from penchant.core import Watcher
    from penchant.data import Dataset

METHODS = ("popular", "covisit", "itemknn", "ease")
"""Of which the best is served: each takes seconds."""


@verb
def up_command(
    data: Annotated[
        str,
        typer.Argument(help="A folder with events.csv (and items.csv), a log file, or a name."),
    ],
    methods: Annotated[
        list[str] | None,
        typer.Option("--method", help=f"Choose among these. Default: {', '.join(METHODS)}."),
    ] = None,
    out: Annotated[Path, typer.Option("--out", "-o", help="Where models and events are kept.")] = (
        Path("runs/up")
    ),
    items: options.Items = None,
    people: options.People = None,
    mapping: options.Map = None,
    port: Annotated[int, typer.Option("--port", min=0, max=65_535, help="0: any.")] = 8_000,
    serve: Annotated[
        bool, typer.Option("--serve/--no-serve", help="Serve what was chosen until Ctrl-C.")
    ] = True,
    seed: options.Seed = 0,
    quiet: options.Quiet = False,
) -> None:
    """Read data, fit methods, choose on validation, measure on test, serve the best. Resumable."""
    from penchant.cli.output import show_rich, show_text
    from penchant.cli.progress import watching
    from penchant.core import Run
    from penchant.data import write_dataset
    from penchant.experiments import choose, usual_spec

    with watching(quiet=quiet) as watch:
        found = _read(data, items, people, mapping, watch)
        spec = usual_spec(methods or METHODS, found, "data", seed=seed)
        write_dataset(found, out / "data")
        name = f"{_plain(Path(data).resolve().stem)}-{_mark(found, spec)}"
        chosen = choose(spec, out / "runs" / name, base=out, watch=watch)
        model = chosen.model.save(out / chosen.name)
    measured = chosen.experiment
    if not quiet:
        show_text("\n".join(map(str, measured.audit.checks)))
        show_rich(measured.report.table())
        show_text(
            f"{chosen.name} was best on validation; fitted on all {len(found.events):,} events: "
            f"{model}\nthe figures with their slices: {measured.folder / 'report.html'}"
        )
    if serve:
        from urllib.parse import quote

        from penchant.serve.running import serve as run_service
        from penchant.serve.settings import Settings

        def started(address: str) -> None:
            somebody = quote(found.people.ids.names([0])[0], safe="")
            typer.echo(f"serving {chosen.name}; its page is at {address}", err=True)
            typer.echo(f"try: curl '{address}/v1/recommend/{somebody}?k=5'", err=True)

        settings = Settings(
            folder=out / "events",
            port=port,
            models=out / "models",
            data=out / "data",
            runs=out / "runs",
        )
        run_service([model], settings, Run(seed=seed), started=started)


def _mark(data: "Dataset", spec: str) -> str:
    """The same for the same data and the same experiment: that one is gone on with."""
    from hashlib import sha256

    from penchant.models import fingerprint

    return sha256((fingerprint(data) + spec).encode()).hexdigest()[:8]


def _plain(name: str) -> str:
    """A name that can be a folder's, and stand in an address."""
    return "".join(letter if letter.isalnum() else "-" for letter in name)


def _read(
    data: str,
    items: Path | None,
    people: Path | None,
    mapping: list[str] | None,
    watch: "Watcher",
) -> "Dataset":
    """Of a folder with own files, those that are called events, items and people."""
    from penchant.cli.source import open_data

    folder = Path(data)
    if folder.is_dir() and not (folder / "dataset.json").exists():
        from penchant.core import UsageError

        log = _called("events", folder)
        if log is None:
            raise UsageError(
                f"{folder} holds no events.csv (or .tsv, .jsonl, .parquet): name your log so, or "
                "give the file itself"
            )
        data, items = str(log), items or _called("items", folder)
        people = people or _called("people", folder)
    return open_data(data, items=items, people=people, mapping=mapping, watch=watch)


def _called(name: str, folder: Path) -> Path | None:
    kinds = ("csv", "tsv", "jsonl", "parquet", "inter")
    return next((p for kind in kinds if (p := folder / f"{name}.{kind}").exists()), None)
