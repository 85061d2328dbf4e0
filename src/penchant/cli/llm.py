"""``penchant llm``: what a model can do, what was asked of it, what the books hold."""

from pathlib import Path
from typing import Annotated

import typer

from penchant.cli import options
from penchant.cli.edge import verb

app = typer.Typer(
    help="Language models: try one, see what calls cost, look after the books.",
    no_args_is_help=True,
)
File = Annotated[Path, typer.Argument(help="The books: a file that --books named.")]


@app.command("test")
@verb
def try_command(
    lm: Annotated[str, typer.Argument(help="local, gguf, remote or scripted.")] = "local",
    base_url: Annotated[
        str | None, typer.Option("--base-url", help="Of an endpoint: http://localhost:8080/v1.")
    ] = None,
    model: Annotated[
        str | None, typer.Option("--model", "-m", help="As the endpoint calls it.")
    ] = None,
    settings: Annotated[
        list[str] | None,
        typer.Option("--set", help="An option of the model: window=2048. May be repeated."),
    ] = None,
    books: options.Books = None,
    calls: options.Calls = "live",
    max_tokens: options.MaxTokens = None,
    max_cost: options.MaxCost = None,
    seed: options.Seed = 0,
    threads: Annotated[int, typer.Option("--threads", help="Of a local model.")] = 1,
    as_json: options.AsJson = False,
    quiet: options.Quiet = False,
) -> None:
    """Ask a model a little of everything, and show what it can do. Exit code 1 if it is mute."""
    from dataclasses import asdict

    import polars as pl

    from penchant.cli.books import booked, read_books
    from penchant.cli.output import show_frame, show_json
    from penchant.cli.progress import watching
    from penchant.cli.source import build_language_model
    from penchant.core import Run
    from penchant.language import opened, probe

    told = [*(settings or [])]
    told += [f"base_url={base_url}"] if base_url else []
    told += [f"model={model}"] if model else []
    if base_url or lm == "remote":
        _check_endpoint(told)
    value = build_language_model("remote" if base_url else lm, told)
    how = read_books(books, calls, max_tokens, max_cost)
    with watching(quiet=quiet) as watch, booked(how, quiet=quiet) as ledger:
        run = Run(seed=seed, threads=threads, watch=watch, books=ledger)
        asked = opened(value, run)
        probes = [asdict(one) for one in probe(asked, run)]
        about = {"name": asked.name, "fingerprint": asked.fingerprint, "window": asked.window}
        figures = dict(ledger.figures())
    if as_json:
        show_json({**about, "verbs": probes, "figures": figures})
    else:
        window = f", window {asked.window:,} tokens" if asked.window else ""
        show_frame(pl.DataFrame(probes), f"{asked.name}{window}")
    if not probes[0]["can"]:
        raise typer.Exit(1)


def _check_endpoint(settings: list[str]) -> None:
    """Names what an endpoint needs as it is given here."""
    from penchant.core import UsageError

    named = {one.partition("=")[0].strip() for one in settings}
    if missing := [one for one in ("base_url", "model") if one not in named]:
        flags = " and ".join(f"--{one.replace('_', '-')}" for one in missing)
        raise UsageError(f"an endpoint needs {flags}; such as --base-url http://localhost:8080/v1")


@app.command("cost")
@verb
def cost_command(
    books: File,
    by: Annotated[str, typer.Option("--by", help="model, prompt, verb, account or day.")] = "model",
    out: options.Out = None,
    as_json: options.AsJson = False,
    quiet: options.Quiet = False,
) -> None:
    """What was asked and what it cost: calls, failures, tokens, seconds, money."""
    import polars as pl

    from penchant.cli.output import answer, tell
    from penchant.language import count_failures, sum_calls

    frame = pl.DataFrame(sum_calls(books, by))
    answer(frame, as_json=as_json, out=out, title=str(books))
    failed = ", ".join(f"{count:,} {kind}" for kind, count in count_failures(books).items())
    tell([f"failed: {failed}"] if failed else [], quiet=quiet)


@app.command("cache")
@verb
def cache_command(
    books: File,
    forget: Annotated[
        bool, typer.Option("--forget", help="Forget answers, so that they are asked anew.")
    ] = False,
    prompt: Annotated[
        str, typer.Option("--prompt", help="Only those of this prompt: name, or name@version.")
    ] = "",
    model: Annotated[str, typer.Option("--model", "-m", help="Only those of this model.")] = "",
    as_json: options.AsJson = False,
    quiet: options.Quiet = False,
) -> None:
    """Which answers the books hold, by prompt; or forget some, their cost apart."""
    import polars as pl

    from penchant.cli.output import answer, show_json, show_text
    from penchant.core import UsageError
    from penchant.language import forget_answers, sum_calls

    if forget:
        forgotten = forget_answers(books, prompt=prompt, model=model)
        told = f"{forgotten:,} answers forgotten; what they cost stays on the books"
        show_json({"forgotten": forgotten}) if as_json else show_text(told)
        return
    if prompt or model:
        raise UsageError("--prompt and --model say what to --forget")
    rows = [
        {"prompt": row["prompt"] or "(by hand)", "kept": row["kept"]}
        for row in sum_calls(books, "prompt")
    ]
    schema = {"prompt": pl.String, "kept": pl.Int64}
    size = books.stat().st_size / 1e6
    answer(pl.DataFrame(rows, schema), as_json=as_json, out=None, title=f"{books}: {size:.1f} MB")
