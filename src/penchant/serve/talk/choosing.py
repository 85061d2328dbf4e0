"""Recommendations by words, and in the order that a language model gives them."""

from dataclasses import dataclass, replace

import polars as pl

from penchant.core import DeadlinePassed, UsageError
from penchant.language import Attended, redact
from penchant.models import Model, allowed_items, read_wish, reorder
from penchant.models.where_words import MAX_LENGTH
from penchant.recommenders.llmrank import LLMRank
from penchant.serve.desk import Desk, Request, Served, served
from penchant.serve.problems import Problem
from penchant.serve.shapes.recommending import RerankStep
from penchant.serve.shapes.talking import Call, Understood, Usage
from penchant.serve.shop import Shop
from penchant.serve.talk.chatting import calls_of, usage_of

PROMPTS = {
    "listwise": "rank-sequential@1",
    "windows": "rank-sequential@1",
    "pointwise": "rank-yes-no@1",
    "pairwise": "rank-pair@1",
}
"""What is asked, by how it is asked."""


@dataclass(frozen=True, slots=True)
class Ordered:
    """What a language model made of a list."""

    served: Served
    before: tuple[int, ...]
    """The rank of each item in the list that it was given"""
    usage: Usage
    calls: tuple[Call, ...]


async def found_in_words(
    shop: Shop, name: str, desk: Desk, request: Request, query: str, deadline_s: float
) -> tuple[Served, Understood]:
    """The best open items for what somebody says.

    Raises:
        UsageError: The request cannot be; the message says why.
        Busy: Too many wait.
    """
    model = desk.model
    wish = read_wish(redact(query).text, model.catalog)
    understood = Understood(query=wish.query, where=wish.where, notes=list(wish.notes))

    def work() -> Served:
        advisor = shop.talks.advisor(name, model)
        history = None if request.user is not None else request.history
        queries = advisor.queries(
            wish.query,
            user=request.user,
            history=history,
            where=request.where,
            exclude=request.exclude,
            again=request.again,
        )
        if wish.where is not None:
            allowed = allowed_items(model.catalog, wish.where)
            before = queries.allowed
            queries = replace(queries, allowed=allowed if before is None else allowed & before)
        k = min(request.k, len(model.catalog))
        rankings = advisor.recommend(queries, k, model.run, rules=request.rules)
        frame = advisor.frame(rankings)
        nothing = not len(advisor.searched(queries, 1, model.run).values)
        notes = ("nothing that is open has these words",) if nothing else ()
        return Served(frame, (*wish.notes, *notes), degraded=False)

    try:
        return await shop.talks.do(work, deadline_s), understood
    except DeadlinePassed:
        asked = replace(request, where=_joined(request.where, wish.where))
        return served([asked], desk.standby, degraded="the search was not done in time")[0], (
            understood
        )


async def reordered(
    shop: Shop, model: Model, request: Request, given: Served, step: RerankStep, deadline_s: float
) -> Ordered:
    """A list in the order that a language model gives it; as it was where it gives none in time.

    Raises:
        Problem: There is no language model.
        Busy: Too many wait.
    """
    lm = shop.talks.lm
    if lm is None:
        raise Problem(
            422,
            "no language model is set, so nothing can be re-ranked",
            code="no-lm",
            pointer="/rerank",
            hint="start the service with --lm, or leave 'rerank' out",
        )
    taped = lm.taping() if step.show_prompts else lm
    items = given.frame["item"].to_list()
    if not items:
        return Ordered(given, (), Usage(), ())
    try:
        method = _method(taped, step)
    except UsageError as error:
        raise Problem(422, str(error), code="usage", pointer="/rerank") from error

    def work() -> Ordered:
        return _reordered(shop, model, request, given, method, deadline_s)

    try:
        return await shop.talks.do(work, deadline_s)
    except DeadlinePassed:
        note = "the language model did not answer in time: the order is as it was"
        return _as_it_was(given, request.k, note)


def _method(lm: Attended, step: RerankStep) -> LLMRank:
    return LLMRank(lm=lm, how=step.how, pool=step.pool, copies=step.copies)


def _reordered(
    shop: Shop, model: Model, request: Request, given: Served, method: LLMRank, deadline_s: float
) -> Ordered:
    assert isinstance(method.lm, Attended)
    live = method.lm.tape is not None
    with shop.talks.asking(deadline_s, live=live) as (run, books):
        fitted = replace(model, run=replace(run, seed=model.run.seed, threads=model.run.threads))
        asked = (
            fitted.ask([request.user])
            if request.user is not None
            else fitted.ask(history=list(request.history))
        )
        told = reorder(fitted, asked, method, given.frame["item"].to_list(), k=request.k)
        before = tuple(told.frame["before"].to_list())
        usage = usage_of(books)
        silent = ("there is no history to order by: the language model was not asked",)
        notes = (*given.notes, *shop.talks.notes_of(run), *(() if usage.calls else silent))
        failed = told.degraded or given.degraded
        answer = Served(told.frame.drop("before"), notes, degraded=failed)
        return Ordered(answer, before, usage, calls_of(method.lm))


def _as_it_was(given: Served, k: int, note: str) -> Ordered:
    frame = given.frame.filter(pl.col("rank") <= k)
    answer = Served(frame, (*given.notes, note), degraded=True)
    return Ordered(answer, tuple(frame["rank"].to_list()), Usage(), ())


def _joined(one: str | None, other: str | None) -> str | None:
    """Both filters; the caller's alone if they are too long together."""
    if one is None or other is None:
        return one or other
    both = f"({one}) and ({other})"
    return both if len(both) <= MAX_LENGTH else one
