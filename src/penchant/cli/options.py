"""Options that mean the same in every verb, written once."""

from pathlib import Path
from typing import Annotated, TypeAlias

import typer

MAPPED = "--map "

AsJson: TypeAlias = Annotated[
    bool, typer.Option("--json", help="Answer with one JSON document on standard output.")
]
Quiet: TypeAlias = Annotated[
    bool, typer.Option("--quiet", "-q", help="No progress, no notes; errors still show.")
]
Seed: TypeAlias = Annotated[int, typer.Option("--seed", help="Of every draw.")]
Out: TypeAlias = Annotated[
    Path | None, typer.Option("--out", "-o", help="Write the answer to this file or folder.")
]
Data: TypeAlias = Annotated[
    str,
    typer.Option(
        "--data", "-d", help="A public data set by name, a data set folder, or a log file."
    ),
]
Items: TypeAlias = Annotated[
    Path | None, typer.Option("--items", help="A catalogue file beside the log.")
]
People: TypeAlias = Annotated[
    Path | None, typer.Option("--people", help="A file of people beside the log.")
]
Map: TypeAlias = Annotated[
    list[str] | None,
    typer.Option("--map", help="Which column plays a role: user=buyer. May be repeated."),
]
SplitBy: TypeAlias = Annotated[
    str, typer.Option("--split", help="time, last, ratio, cold-users or cold-items.")
]
Models: TypeAlias = Annotated[
    list[Path], typer.Option("--model", "-m", help="A saved model. May be repeated.")
]
Model: TypeAlias = Annotated[Path, typer.Option("--model", "-m", help="A saved model.")]
Metrics: TypeAlias = Annotated[
    str | None, typer.Option("--metrics", help="Names with commas: ndcg@10,recall@20,mrr.")
]
Best: TypeAlias = Annotated[int, typer.Option("--k", "-k", help="How many for each.")]
Books: TypeAlias = Annotated[
    Path | None,
    typer.Option("--books", help="A file for the calls of language models, and their answers."),
]
Calls: TypeAlias = Annotated[
    str,
    typer.Option("--calls", help="live, cache (answers of the books count), record or replay."),
]
MaxTokens: TypeAlias = Annotated[
    int | None, typer.Option("--max-tokens", help="The most that language models may use; hard.")
]
MaxCost: TypeAlias = Annotated[
    float | None, typer.Option("--max-cost", help="The most money that calls may cost; hard.")
]
DryRun: TypeAlias = Annotated[
    bool, typer.Option("--dry-run", help="Ask no language model; say what it would take.")
]
