"""What language models are asked, and what that costs."""

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query

from penchant.core import UnknownName
from penchant.language import count_failures, sum_calls
from penchant.prompting import PromptTemplate, prompt, prompts
from penchant.serve.cursors import LONGEST, cursor_at, place_of
from penchant.serve.guard.access import Holding, read
from penchant.serve.problems import Problem
from penchant.serve.shapes.prompts import PromptCard, PromptPage, PromptText, SlotCard, Spend, Sum

router = APIRouter(prefix="/v1", tags=["prompts"], dependencies=[read])
COUNTED = ("calls", "failed", "kept", "prompt_tokens", "completion_tokens", "seconds", "cost")


@router.get("/prompts")
def prompt_list(
    shop: Holding,
    task: Annotated[str | None, Query(max_length=64)] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 100,
    cursor: Annotated[str | None, Query(max_length=LONGEST)] = None,
) -> PromptPage:
    """The prompts that ship, with what each has to be filled with."""
    found = [one for one in prompts() if task is None or one.task == task]
    start = place_of(cursor, "prompts", task)
    more = len(found) > start + limit
    return PromptPage(
        prompts=[PromptCard(**_card(one)) for one in found[start : start + limit]],
        cursor=cursor_at(start + limit, "prompts", task) if more else None,
    )


@router.get("/prompts/{name}")
def prompt_text(
    name: Annotated[str, Path(max_length=128, pattern=r"^[A-Za-z0-9][A-Za-z0-9-]*(@\d{1,4})?$")],
    shop: Holding,
) -> PromptText:
    """A prompt word for word: NAME is the newest version, NAME@2 the second."""
    try:
        made = prompt(name, protected=True)
    except UnknownName as error:
        raise Problem(
            404, str(error), code="prompt", pointer="#/name", hint="GET /v1/prompts lists all"
        ) from error
    slots = [
        SlotCard(
            name=slot.name,
            kind=slot.kind,
            meaning=slot.meaning,
            columns=list(slot.columns),
            default=slot.default,
            most=slot.most,
        )
        for slot in made.slots
    ]
    return PromptText(
        **_card(made),
        source=made.source,
        sha256=made.sha256,
        slots=slots,
        system=made.system,
        text=made.text,
        begun=made.begun,
        plain=made.plain,
    )


@router.get("/spend")
def spend(shop: Holding) -> Spend:
    """Calls of language models, tokens and money: by day, model, prompt and verb."""
    file = shop.settings.books
    there = file is not None and file.is_file()
    sums: dict[str, list[Sum]] = {by: [] for by in ("day", "model", "prompt", "verb")}
    failures: dict[str, int] = {}
    if file is not None and there:
        sums = {by: [_sum(str(row[by]), row) for row in sum_calls(file, by)] for by in sums}
        failures = count_failures(file)
    return Spend(
        kept=file is not None,
        total=_total(sums["verb"]),
        by_day=sorted(sums["day"], key=lambda one: one.name),
        by_model=sums["model"],
        by_prompt=_by_version(sums["prompt"]),
        by_verb=sums["verb"],
        failures=failures,
        next=_next(file is not None, there),
    )


def _next(kept: bool, there: bool) -> str | None:
    if not kept:
        return "penchant serve MODEL --books books.sqlite keeps accounts of all calls"
    return None if there else "no language model was asked yet: POST /v1/chat/completions asks one"


def _sum(name: str, row: Mapping[str, str | float]) -> Sum:
    return Sum.model_validate({"name": name, **{key: row[key] or 0 for key in COUNTED}})


def _total(sums: list[Sum]) -> Sum:
    listed = [one.model_dump() for one in sums]
    return _sum("all", {key: sum(one[key] for one in listed) for key in COUNTED})


def _by_version(sums: list[Sum]) -> list[Sum]:
    """Calls under ``NAME@VERSION``, whatever the words of the file were then."""
    named: dict[str, list[Sum]] = {}
    for one in sums:
        named.setdefault(one.name.partition("#")[0], []).append(one)
    made = [_total(listed).model_copy(update={"name": name}) for name, listed in named.items()]
    return sorted(made, key=lambda one: (-one.cost, -one.prompt_tokens, one.name))


def _card(made: PromptTemplate) -> dict[str, Any]:  # Any: checked by the shape it goes into
    return {
        "prompt": made.key,
        "name": made.name,
        "version": made.version,
        "task": made.task,
        "preset": made.preset,
        "needs": [slot.name for slot in made.slots if slot.default is None],
        "protected": list(made.protected),
    }
