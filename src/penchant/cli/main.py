"""``penchant``: every verb, and nothing that takes long to import."""

from typing import Annotated

import typer

from penchant import __version__
from penchant.cli import data, ids, llm, models, prompts
from penchant.cli.append import append_command
from penchant.cli.ask import ask_command, explain_command
from penchant.cli.demo import demo_command
from penchant.cli.doctor import doctor_command
from penchant.cli.evaluate import compare_command, evaluate_command
from penchant.cli.fit import fit_command
from penchant.cli.fsck import fsck_command
from penchant.cli.mcp import mcp_command
from penchant.cli.rate import rate_command, write_command
from penchant.cli.recommend import recommend_command, similar_command
from penchant.cli.rerank import rerank_command
from penchant.cli.run import reproduce_command, run_command
from penchant.cli.serve import serve_command
from penchant.cli.up import up_command
from penchant.cli.why_not import why_not_command

app = typer.Typer(
    name="penchant",
    help="Recommendation with language models, measured against the recommenders they must beat.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)


def _say_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"penchant {__version__}")
        raise typer.Exit


@app.callback()
def before(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_say_version, is_eager=True, help="Say the version."),
    ] = False,
) -> None:
    """Recommendation with language models, measured against the recommenders they must beat."""


app.command("demo")(demo_command)
app.add_typer(data.app, name="data")
app.command("fit")(fit_command)
app.command("recommend")(recommend_command)
app.command("similar")(similar_command)
app.command("why-not")(why_not_command)
app.command("append")(append_command)
app.command("rate")(rate_command)
app.command("write")(write_command)
app.command("ask")(ask_command)
app.command("explain")(explain_command)
app.command("rerank")(rerank_command)
app.command("evaluate")(evaluate_command)
app.command("compare")(compare_command)
app.command("run")(run_command)
app.command("reproduce")(reproduce_command)
app.add_typer(ids.app, name="ids")
app.add_typer(llm.app, name="llm")
app.add_typer(prompts.app, name="prompts")
app.add_typer(models.models_app, name="models")
app.add_typer(models.assets_app, name="assets")
app.command("doctor")(doctor_command)
app.command("up")(up_command)
app.command("serve")(serve_command)
app.command("mcp")(mcp_command)
app.command("fsck")(fsck_command)


def main() -> None:
    """What the console script calls."""
    app()
