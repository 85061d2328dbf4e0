"""``penchant ask`` and ``penchant explain``: answers in words, a sentence at a time."""

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from penchant.cli import options
from penchant.cli.edge import verb

if TYPE_CHECKING:
    from penchant.language import Ledger
    from penchant.models import Advice

User = Annotated[str | None, typer.Option("--user", "-u", help="Whose history counts.")]
History = Annotated[
    str | None, typer.Option("--history", help="Item ids with commas, oldest first.")
]
LM = Annotated[
    str | None,
    typer.Option(
        "--lm",
        help="Who answers: local, gguf, remote … or JSON with options, such as "
        '\'{"lm": "remote", "base_url": "http://localhost:8080/v1"}\'. '
        "Default: the model's own, else local.",
    ),
]


@verb
def ask_command(
    model: options.Model,
    question: Annotated[str, typer.Argument(help="In your own words.")],
    user: User = None,
    history: History = None,
    where: Annotated[
        str | None, typer.Option("--where", help="A filter: \"year > 1990 and title has 'love'\".")
    ] = None,
    meaning: Annotated[
        bool, typer.Option("--meaning", help="Search by meaning, too: needs a text encoder.")
    ] = False,
    lm: LM = None,
    books: options.Books = None,
    calls: options.Calls = "cache",
    max_tokens: options.MaxTokens = None,
    max_cost: options.MaxCost = None,
    dry_run: options.DryRun = False,
    seed: options.Seed = 0,
    as_json: options.AsJson = False,
    quiet: options.Quiet = False,
) -> None:
    """Ask for something in your own words; the answer speaks of retrieved items alone."""
    from penchant.backbones import SentenceEncoder
    from penchant.cli.books import booked, read_books
    from penchant.cli.progress import watching
    from penchant.core import Run
    from penchant.models import ask, load, read_language_model

    how = read_books(books, calls, max_tokens, max_cost, dry_run=dry_run)
    with watching(quiet=quiet) as watch, booked(how, quiet=quiet) as ledger:
        fitted = load(model, run=Run(seed=seed, watch=watch, books=ledger))
        advice = ask(
            fitted,
            question,
            lm=None if lm is None else read_language_model(lm),
            user=user,
            history=_ids(history),
            where=where,
            encoder=SentenceEncoder() if meaning else None,
        )
        _show(advice, as_json=as_json, counted=ledger if dry_run else None)


@verb
def explain_command(
    model: options.Model,
    item: Annotated[str, typer.Option("--item", help="Its id.")],
    user: User = None,
    history: History = None,
    lm: LM = None,
    books: options.Books = None,
    calls: options.Calls = "cache",
    max_tokens: options.MaxTokens = None,
    max_cost: options.MaxCost = None,
    dry_run: options.DryRun = False,
    seed: options.Seed = 0,
    as_json: options.AsJson = False,
    quiet: options.Quiet = False,
) -> None:
    """Say why an item suits somebody, from what they chose before."""
    from penchant.cli.books import booked, read_books
    from penchant.cli.progress import watching
    from penchant.core import Run
    from penchant.models import explain, load, read_language_model

    how = read_books(books, calls, max_tokens, max_cost, dry_run=dry_run)
    with watching(quiet=quiet) as watch, booked(how, quiet=quiet) as ledger:
        fitted = load(model, run=Run(seed=seed, watch=watch, books=ledger))
        wanted = None if lm is None else read_language_model(lm)
        advice = explain(fitted, item, lm=wanted, user=user, history=_ids(history))
        _show(advice, as_json=as_json, counted=ledger if dry_run else None)


def _show(advice: "Advice", *, as_json: bool, counted: "Ledger | None") -> None:
    """Sentences as they come, then what they cite; of a dry run, what it would take."""
    from penchant.cli.books import show_estimate
    from penchant.cli.output import show_frame, show_json

    if counted is not None:
        list(advice.sentences)
        show_estimate(counted, as_json=as_json)
        return
    said = []
    for sentence in advice.sentences:
        said.append(sentence)
        if not as_json:
            sys.stdout.write(sentence + " ")
            sys.stdout.flush()
    evidence = advice.evidence()
    if as_json:
        found = {"answer": " ".join(said), "evidence": evidence.to_dicts()}
        show_json({**found, "withheld": advice.withheld, "degraded": advice.degraded})
        return
    sys.stdout.write("\n")
    numbers = [number for number in evidence["number"] if f"[{number}]" in " ".join(said)]
    cited = evidence.filter(evidence["number"].is_in(numbers)).drop("cited")
    if len(cited):
        show_frame(cited)


def _ids(history: str | None) -> list[str] | None:
    return None if history is None else [item for item in history.split(",") if item]
