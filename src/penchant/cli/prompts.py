"""``penchant prompts``: list, show, fill and compare what models are asked."""

import json
import tomllib
from typing import TYPE_CHECKING, Annotated

import typer

from penchant.cli import options
from penchant.cli.edge import verb

if TYPE_CHECKING:
    from penchant.core import Json
    from penchant.prompting import PromptTemplate

app = typer.Typer(help="What models are asked: list, show, fill, compare.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(help="NAME, NAME@VERSION, PR1 to PR23, or a .jinja file.")]
Protected = Annotated[
    bool, typer.Option("--protected", help="It may speak of protected attributes.")
]


@app.command("list")
@verb
def list_command(
    task: Annotated[
        str | None, typer.Option("--task", help="Only those for this: rank, rate, explain …")
    ] = None,
    preset: Annotated[
        str | None, typer.Option("--preset", help="Only those of this number: PR14.")
    ] = None,
    out: options.Out = None,
    as_json: options.AsJson = False,
) -> None:
    """The prompts that ship, with what each has to be filled with."""
    import polars as pl

    from penchant.cli.output import answer
    from penchant.prompting import prompts

    rows = [
        {
            "prompt": one.key,
            "task": one.task,
            "preset": one.preset,
            "needs": ", ".join(slot.name for slot in one.slots if slot.default is None),
            "protected": ", ".join(one.protected),
        }
        for one in prompts(task, preset=preset)
    ]
    answer(pl.DataFrame(rows), as_json=as_json, out=out)


@app.command("show")
@verb
def show_command(
    name: Name,
    settings: Annotated[
        list[str] | None,
        typer.Option("--set", help='Fill a slot: title=Emma, history=\'["A", "B"]\'.'),
    ] = None,
    protected: Protected = False,
    as_json: options.AsJson = False,
) -> None:
    """A prompt with its slots; filled, where any slot is set, just as a model gets it."""
    from dataclasses import asdict

    from penchant.cli.output import show_json, show_text
    from penchant.core import UsageError
    from penchant.prompting import prompt

    made = prompt(name, protected=protected or not settings)
    if not settings:
        shown = {**asdict(made), "template": made.template}
        show_json(shown) if as_json else show_text("\n".join(_told(made)))
        return
    values = dict(_setting(one) for one in settings)
    for slot in made.slots:
        value = values.get(slot.name)
        if slot.kind == "list" and isinstance(value, str) and value:
            form = json.dumps(value.split(","), ensure_ascii=False)
            raise UsageError(f"--set {slot.name}={value}: a list is written '{slot.name}={form}'")
    filled = made.fill(**values)
    show_json(asdict(filled)) if as_json else show_text(filled.text())


@app.command("diff")
@verb
def diff_command(one: Name, other: Name, as_json: options.AsJson = False) -> None:
    """What differs between two prompts, or two versions of one; nothing, where nothing does."""
    from difflib import unified_diff

    from penchant.cli.output import show_json, show_text
    from penchant.prompting import prompt

    first, second = (prompt(name, protected=True) for name in (one, other))
    lines = list(unified_diff(_told(first), _told(second), first.key, second.key, lineterm="", n=2))
    if as_json:
        show_json({"one": first.template, "other": second.template, "diff": lines})
    elif lines:
        show_text("\n".join(lines))


def _told(made: "PromptTemplate") -> list[str]:
    """All that a prompt is, line by line."""
    lines = [f"prompt     {made.template}", f"task       {made.task}", f"source     {made.source}"]
    lines += [f"preset     {made.preset}"] if made.preset else []
    lines += [f"protected  {', '.join(made.protected)}"] if made.protected else []
    for slot in made.slots:
        given = "" if slot.default is None else f" [{slot.default or 'may be left out'}]"
        lines.append(f"{slot.kind:<10} {slot.name}{given}: {slot.meaning}")
    for part, text in (("system", made.system), ("text", made.text), ("begun", made.begun)):
        lines += ["", f"--- {part} ---", *text.splitlines()] if text else []
    return lines


def _setting(setting: str) -> "tuple[str, Json]":
    from penchant.core import UsageError

    slot, equals, value = setting.partition("=")
    if not equals:
        raise UsageError(f"--set {setting}: wanted SLOT=VALUE, such as title=Emma")
    try:
        return slot.strip(), tomllib.loads(f"value = {value.strip()}")["value"]
    except tomllib.TOMLDecodeError:
        return slot.strip(), value.strip()
