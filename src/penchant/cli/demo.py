"""``penchant demo``: the main job, on real data, in minutes."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from penchant.cli import options
from penchant.cli.edge import verb

if TYPE_CHECKING:
    from rich.table import Table
    from rich.text import Text

    from penchant.experiments import Demo, Experiment, Person

PAST = 10
"""Events of the person's history that are shown."""


@verb
def demo_command(
    out: Annotated[Path, typer.Option("--out", "-o", help="The run folder.")] = Path("runs/demo"),
    spec: Annotated[
        Path | None, typer.Option("--spec", help="Another experiment, as TOML without a split.")
    ] = None,
    serve: Annotated[
        bool, typer.Option("--serve", help="Serve its models and their page until Ctrl-C.")
    ] = False,
    port: Annotated[int, typer.Option("--port", min=0, max=65_535, help="0: any.")] = 8_000,
    seed: options.Seed = 0,
    as_json: options.AsJson = False,
    quiet: options.Quiet = False,
) -> None:
    """From a real log to an honest scoreboard: MovieLens 100K, seven methods and a blend."""
    from penchant.cli.output import show_json
    from penchant.cli.progress import watching
    from penchant.cli.report import report_json
    from penchant.cli.run import seeded
    from penchant.experiments import demo, demo_spec

    text = demo_spec() if spec is None else spec.read_text(encoding="utf-8")
    with watching(quiet=quiet) as watch:
        found = demo(out, spec=seeded(text, seed) if seed else text, watch=watch)
    if as_json:
        parts = (("time", found.by_time), ("last", found.by_last))
        show_json({name: report_json(one.report) for name, one in parts})
    elif not serve:
        _show(found)
    if serve:
        _serve(found, port)


def _serve(found: "Demo", port: int) -> None:
    """Models of the split by time, the best one first, with a page that may fit others."""
    import webbrowser

    from penchant.core import Run
    from penchant.data import write_dataset
    from penchant.serve.running import serve
    from penchant.serve.settings import Settings

    folder = found.folder
    write_dataset(found.data, folder / "data")
    served = [folder / "time" / "entries" / name / "fit" for name in _best_first(found.by_time)]

    def started(address: str) -> None:
        typer.echo(f"serving {len(served)} models; the page is at {address}", err=True)
        webbrowser.open(address)

    settings = Settings(
        folder=folder / "service",
        port=port,
        models=folder / "models",
        data=folder / "data",
        runs=folder,
        books=folder / "books.sqlite",
    )
    serve(served, settings, Run(), started=started)


def _best_first(one: "Experiment") -> list[str]:
    """Names of what was measured, by nDCG@10."""
    report = one.report
    return sorted(report.models, key=lambda name: -report.values(name, "ndcg@10").mean())


def _show(found: "Demo") -> None:
    from penchant.cli.output import show_rich, show_text
    from penchant.data import ASSETS, describe

    counts = describe(found.data).counts
    card = ASSETS.get(found.data.name)
    about = [] if card is None else [f"about: {card.about}", f"licence: {card.licence}"]
    lines = [f"{key}: {_figure(value)}" for key, value in counts.items()]
    show_text("\n".join([*about, *lines]))
    _show_experiment(found.by_time, "SPLIT BY TIME: nobody learns from the future")
    show_rich(_by_warmth(found.by_time))
    _show_experiment(found.by_last, "LEAVE LAST OUT, as most tables do it: see what it leaks")
    _show_person(found.person)
    model = found.folder / "time" / "entries" / "covisit" / "fit"
    show_text(
        f"\nreports: {found.by_time.folder / 'report.html'}, {found.by_last.folder / 'report.html'}"
        "\n\nWhat to type next:"
        f"\n  penchant recommend --model {model} --user {found.person.user} --why"
        f"\n  penchant recommend --model {model} --user {found.person.user} "
        "--where \"categories has 'Comedy'\""
        "\n  penchant data check YOUR_LOG.csv"
        "\n  penchant fit covisit --data YOUR_LOG.csv --out runs/mine"
    )


def _show_experiment(one: "Experiment", heading: str) -> None:
    from penchant.cli.output import show_rich, show_text

    show_text(f"\n{heading}\n\nLeak audit: {one.audit}\n")
    said = tuple(note for note in one.report.notes if note != one.split.claim)
    show_rich(replace(one.report, notes=said).table())


def _figure(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.4g}"
    return f"{value:,}" if isinstance(value, int) else str(value)


def _by_warmth(one: "Experiment") -> "Table":
    from rich.table import Table

    rows = one.report.by("warm_user").filter(metric="ndcg@10").to_dicts()
    table = Table(title="nDCG@10 of people with and without training history", title_justify="left")
    table.add_column("model")
    groups = list(dict.fromkeys(row["group"] for row in rows))
    sizes = {row["group"]: row["queries"] for row in rows}
    for group in groups:
        warm = "warm" if group == "yes" else "cold"
        table.add_column(f"{warm} ({sizes[group]:,} queries)", justify="right")
    for model in one.report.models:
        mine = {row["group"]: row for row in rows if row["model"] == model}
        cells = [
            f"{mine[g]['value']:.4f} [{mine[g]['low']:.4f}, {mine[g]['high']:.4f}]" for g in groups
        ]
        table.add_row(model, *cells)
    return table


def _show_person(person: "Person") -> None:
    from rich.table import Table

    from penchant.cli.output import show_rich, show_text

    past = "\n".join(f"  {title}" for title in person.history["title"].head(PAST))
    show_text(f"\nUser {person.user}, newest of {len(person.history)} events first:\n{past}\n")
    show_text(
        "Reasons are the past events that add most to an item's score. Methods that cannot tell "
        "borrow\nthem from the first one that can, and have none where it sees no link.\n"
    )
    names = list(person.lists)
    for start in range(0, len(names), 3):
        shown = names[start : start + 3]
        table = Table(title=f"Ten for user {person.user}", title_justify="left", show_lines=True)
        for name in shown:
            table.add_column(name, ratio=1)
        for rank in range(max(len(person.lists[name]) for name in shown)):
            table.add_row(*(_cell(person, name, rank) for name in shown))
        show_rich(table)


def _cell(person: "Person", name: str, rank: int) -> "Text":
    from rich.text import Text

    if rank >= len(person.lists[name]):
        return Text("")
    row = person.lists[name].row(rank, named=True)
    told = Text(f"{rank + 1}. {row['title']}")
    if row["because"]:
        told.append(f"\nbecause you watched {row['because']}", style="dim")
    return told
