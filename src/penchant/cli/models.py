"""``penchant models`` and ``penchant assets``: what was fetched from elsewhere."""

from typing import Annotated

import typer

from penchant.cli import options
from penchant.cli.edge import verb

models_app = typer.Typer(help="Language models that can be fetched.", no_args_is_help=True)
assets_app = typer.Typer(help="What is in the cache.", no_args_is_help=True)


@models_app.command("list")
@verb
def list_models(
    seed: options.Seed = 0,
    out: options.Out = None,
    as_json: options.AsJson = False,
    quiet: options.Quiet = False,
) -> None:
    """Models, their licences, and whether they are here already."""
    import polars as pl

    from penchant.backbones import MODELS
    from penchant.cli.output import answer
    from penchant.core import is_cached

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
