"""``penchant data``: list, get, check, describe, split."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from penchant.cli import options
from penchant.cli.edge import verb

if TYPE_CHECKING:
    import polars as pl

    from penchant.data import Cases

app = typer.Typer(help="Look at data: list, get, check, describe, split.", no_args_is_help=True)
Log = Annotated[str, typer.Argument(help="A log file, a data set folder, or a public name.")]


@app.command("list")
@verb
def list_command(
    out: options.Out = None,
    seed: options.Seed = 0,
    as_json: options.AsJson = False,
    quiet: options.Quiet = False,
) -> None:
    """Public data sets, and whether they are here already."""
    import polars as pl

    from penchant.cli.output import answer
    from penchant.core import is_cached
    from penchant.data import ASSETS, DATASETS

    rows = [
        {
            "name": name,
            "here": is_cached(asset),
            "licence": asset.licence,
            "about": asset.about,
        }
        for name, asset in sorted(ASSETS.items())
        if name in DATASETS
    ]
    rows.append({"name": "mini-world", "here": True, "licence": "", "about": "generated"})
    answer(pl.DataFrame(rows), as_json=as_json, out=out)


@app.command("get")
@verb
def get_command(
    name: Annotated[str, typer.Argument(help="A public data set.")],
    out: options.Out = None,
    seed: options.Seed = 0,
    as_json: options.AsJson = False,
    quiet: options.Quiet = False,
) -> None:
    """Fetch a public data set; with --out, also write it as a data set folder."""
    from penchant.cli.output import show_json, show_text
    from penchant.cli.progress import watching
    from penchant.data import describe, load, write_dataset

    with watching(quiet=quiet) as watch:
        data = load(name, watch=watch)
        if out is not None:
            write_dataset(data, out)
    about = describe(data)
    show_json(about.as_dict()) if as_json else show_text(str(about))


@app.command("check")
@verb
def check_command(
    events: Annotated[Path, typer.Argument(help="A log file.")],
    items: options.Items = None,
    people: options.People = None,
    mapping: options.Map = None,
    seed: options.Seed = 0,
    out: options.Out = None,
    as_json: options.AsJson = False,
    quiet: options.Quiet = False,
) -> None:
    """Everything wrong or odd with a log, each with file:row:column. Exit code 3 if it is wrong."""
    from dataclasses import asdict, replace

    from penchant.cli.output import save_json, show_json, show_text
    from penchant.data import check, hint_as_text, read_mapping

    roles = read_mapping(mapping, options.MAPPED)
    told = check(events, items=items, people=people, mapping=roles)
    listed = (replace(one, hint=hint_as_text(one.hint, options.MAPPED)) for one in told.findings)
    found = replace(told, findings=tuple(listed))
    document = {"ok": found.ok, "findings": [asdict(one) for one in found.findings]}
    save_json(document, out)
    show_json(document) if as_json else show_text(str(found))
    if not found.ok:
        raise typer.Exit(3)


@app.command("describe")
@verb
def describe_command(
    data: Log,
    items: options.Items = None,
    people: options.People = None,
    mapping: options.Map = None,
    seed: options.Seed = 0,
    out: options.Out = None,
    as_json: options.AsJson = False,
    quiet: options.Quiet = False,
) -> None:
    """Counts, times, ratings, the long tail, and every column of a data set."""
    from penchant.cli.output import save_json, show_json, show_text
    from penchant.cli.progress import watching
    from penchant.cli.source import open_data
    from penchant.data import describe

    with watching(quiet=quiet) as watch:
        found = open_data(data, items=items, people=people, mapping=mapping, watch=watch)
        about = describe(found)
    save_json(about.as_dict(), out)
    show_json(about.as_dict()) if as_json else show_text(str(about))


@app.command("split")
@verb
def split_command(
    data: Log,
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder for the parts.")],
    split: options.SplitBy = "time",
    items: options.Items = None,
    people: options.People = None,
    mapping: options.Map = None,
    seed: options.Seed = 0,
    as_json: options.AsJson = False,
    quiet: options.Quiet = False,
) -> None:
    """Split into train, valid and test, with the leak audit."""
    from penchant.cli.output import save_json, show_json, show_text
    from penchant.cli.progress import watching
    from penchant.cli.source import open_data, split_data
    from penchant.data import audit, write_dataset
    from penchant.models import write_table

    with watching(quiet=quiet) as watch:
        found = open_data(data, items=items, people=people, mapping=mapping, watch=watch)
        parts = split_data(found, split, seed)
        checks = audit(parts)
        write_dataset(parts.train, out / "train")
        write_dataset(parts.train_and_valid, out / "train_and_valid")
        for cases in (parts.valid, parts.test):
            write_table(_rows(cases), out / f"{cases.name}.parquet")
    document = {
        "claim": parts.claim,
        "train": len(parts.train.events),
        "valid": len(parts.valid),
        "test": len(parts.test),
        "audit": checks.table().to_dicts(),
    }
    save_json(document, out / "split.json")
    show_json(document) if as_json else show_text(f"{parts.claim}\n\n{checks}\n\nparts: {out}")


def _rows(cases: "Cases") -> "pl.DataFrame":
    import polars as pl

    lists = {
        "history": cases.queries.histories.items,
        "relevant": cases.relevant,
    }
    columns = {
        name: pl.Series(
            name, [ragged[row].tolist() for row in range(len(ragged))], pl.List(pl.Int32)
        )
        for name, ragged in lists.items()
    }
    return cases.slices.with_columns(**columns)
