"""``penchant models`` and ``penchant assets``: what was fetched, and own models by version."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from penchant.cli import options
from penchant.cli.edge import verb

if TYPE_CHECKING:
    import polars as pl

models_app = typer.Typer(
    help="Language models that can be fetched; own models by version.", no_args_is_help=True
)
assets_app = typer.Typer(help="What is in the cache.", no_args_is_help=True)


Name = Annotated[str, typer.Argument(help="NAME@VERSION, or NAME for its newest version.")]
Within = Annotated[Path, typer.Option("--in", help="A folder of own models by version.")]


@models_app.command("list")
@verb
def list_models(
    within: Annotated[
        Path | None, typer.Option("--in", help="Own models of this folder instead.")
    ] = None,
    seed: options.Seed = 0,
    out: options.Out = None,
    as_json: options.AsJson = False,
    quiet: options.Quiet = False,
) -> None:
    """Language models, their licences, and whether they are here already; or own versions."""
    import polars as pl

    from penchant.backbones import MODELS
    from penchant.cli.output import answer
    from penchant.core import is_cached

    if within is not None:
        answer(_versions(within), as_json=as_json, out=out)
        return
    rows = [
        {"name": name, "here": is_cached(asset), "licence": asset.licence, "about": asset.about}
        for name, asset in sorted(MODELS.items())
    ]
    answer(pl.DataFrame(rows), as_json=as_json, out=out)


@models_app.command("get")
@verb
def get_model_command(
    name: Annotated[str, typer.Argument(help="A model of `models list`.")],
    seed: options.Seed = 0,
    as_json: options.AsJson = False,
    quiet: options.Quiet = False,
) -> None:
    """Fetch a model, whole or not at all."""
    from penchant.backbones import get_model
    from penchant.cli.output import show_json, show_text
    from penchant.cli.progress import watching

    with watching(quiet=quiet) as watch:
        folder = get_model(name, watch)
    show_json({"name": name, "folder": str(folder)}) if as_json else show_text(str(folder))


@models_app.command("publish")
@verb
def publish_command(
    model: Annotated[Path, typer.Argument(help="A saved model.")],
    within: Within,
    name: Annotated[
        str | None, typer.Option("--name", help="Of the model; default: its folder's.")
    ] = None,
    activate: Annotated[
        bool, typer.Option("--activate", help="Let it answer where none is named.")
    ] = False,
    seed: options.Seed = 0,
    as_json: options.AsJson = False,
    quiet: options.Quiet = False,
) -> None:
    """Copy a saved model into a folder of versions, as the next one of its name."""
    from penchant.cli.output import show_json, show_text
    from penchant.models import activate as activate_version
    from penchant.models import model_versions, publish

    folder = model / "model" if (model / "model" / "MANIFEST.json").is_file() else model
    known = len(model_versions(within))
    version = publish(folder, within, name or model.resolve().name, about={})
    if activate:
        activate_version(within, version.name)
    told = {"model": version.name, "new": len(model_versions(within)) > known, "active": activate}
    show_json(told) if as_json else show_text(f"{version.name} in {within}")


@models_app.command("activate")
@verb
def activate_command(
    name: Name,
    within: Within,
    seed: options.Seed = 0,
    as_json: options.AsJson = False,
    quiet: options.Quiet = False,
) -> None:
    """Let a version answer where none is named; a running service follows within a second."""
    from penchant.models import activate, find_version, verify

    version = find_version(within, name)
    verify(version.path)
    pointer = activate(within, version.name)
    _show_pointer(pointer.active, pointer.before, as_json=as_json)


@models_app.command("rollback")
@verb
def rollback_command(
    within: Within,
    seed: options.Seed = 0,
    as_json: options.AsJson = False,
    quiet: options.Quiet = False,
) -> None:
    """Let the version answer that did before."""
    from penchant.models import rollback

    pointer = rollback(within)
    _show_pointer(pointer.active, pointer.before, as_json=as_json)


def _versions(folder: Path) -> "pl.DataFrame":
    import datetime as dt

    import polars as pl

    from penchant.models import model_versions, read_pointer

    pointer = read_pointer(folder)
    active = None if pointer is None else pointer.active
    since = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
    rows = [
        {
            "model": one.name,
            "active": one.name == active,
            "published": since + dt.timedelta(microseconds=one.published_us()),
            "folder": str(one.path),
        }
        for one in model_versions(folder)
    ]
    schema: dict[str, pl.DataType | type[pl.DataType]] = {
        "model": pl.String,
        "active": pl.Boolean,
        "published": pl.Datetime("ms", "UTC"),
        "folder": pl.String,
    }
    return pl.DataFrame(rows, schema=schema)


def _show_pointer(active: str, before: Sequence[str], *, as_json: bool) -> None:
    from penchant.cli.output import show_json, show_text

    last = f" (before: {before[-1]})" if before else ""
    told = {"active": active, "before": list(before)}
    show_json(told) if as_json else show_text(f"active: {active}{last}")


@assets_app.command("list")
@verb
def list_assets_command(
    seed: options.Seed = 0,
    out: options.Out = None,
    as_json: options.AsJson = False,
    quiet: options.Quiet = False,
) -> None:
    """Data sets and models in the cache, with their size and licence."""
    import polars as pl

    from penchant.cli.output import answer
    from penchant.core import cache_folder, list_assets

    schema = {"name": pl.String, "mb": pl.Float64, "licence": pl.String, "source": pl.String}
    rows = [(one.name, one.size / 1e6, one.licence, one.source) for one in list_assets()]
    frame = pl.DataFrame(rows, schema=schema, orient="row")
    answer(frame, as_json=as_json, out=out, title=str(cache_folder()))


@assets_app.command("rm")
@verb
def remove_command(
    name: Annotated[str, typer.Argument(help="An asset of `assets list`.")],
    seed: options.Seed = 0,
    as_json: options.AsJson = False,
    quiet: options.Quiet = False,
) -> None:
    """Remove a data set or model from the cache."""
    from penchant.cli.output import show_json, show_text
    from penchant.core import remove_asset

    freed = remove_asset(name)
    document = {"name": name, "freed_bytes": freed}
    show_json(document) if as_json else show_text(f"{name}: {freed / 1e6:.1f} MB freed")
