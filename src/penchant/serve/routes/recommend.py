"""Recommend, score, find similar items, explain."""

import logging
import time
from dataclasses import replace
from typing import Annotated

import polars as pl
from fastapi import APIRouter, Query
from fastapi.concurrency import run_in_threadpool

from penchant.core import StorageError, UnknownName, UsageError
from penchant.data import CanExplain, with_parts
from penchant.models import Model, Rules
from penchant.serve.desk import Request, Served
from penchant.serve.events import Busy, new_event_id
from penchant.serve.guard.access import Holding, read
from penchant.serve.problems import Problem, no_item, problem_at
from penchant.serve.settings import LONGEST_FILTER, MOST_ITEMS
from penchant.serve.shapes.recommending import (
    Answered,
    Asking,
    Evidence,
    ExplainRequest,
    Recommended,
    RecommendRequest,
    RerankStep,
    ScoreRequest,
    SimilarRequest,
)
from penchant.serve.shapes.words import PathId
from penchant.serve.shop import Shop
from penchant.serve.talk.choosing import PROMPTS, Ordered, found_in_words, reordered
from penchant.serve.whom import rules_of

_LOG = logging.getLogger(__name__)
router = APIRouter(prefix="/v1", tags=["recommend"], dependencies=[read])
UNREAD = "what this person did since the model was fitted cannot be read now"
EXPLAINED = 50
"""Items of an answer whose reasons are looked for."""


@router.post("/recommend")
async def recommend(asked: RecommendRequest, shop: Holding) -> Answered:
    """The best open items for a user, or for somebody with a history."""
    rules = rules_of(asked)
    return await _answered(shop, asked, asked.k, explain=asked.explain, rules=rules)


@router.get("/recommend/{user_id}")
async def recommend_user(
    user_id: PathId,
    shop: Holding,
    k: Annotated[int, Query(ge=1, le=MOST_ITEMS)] = 10,
    where: Annotated[str | None, Query(max_length=LONGEST_FILTER)] = None,
) -> Answered:
    """The same in a line, for trying out."""
    asked = RecommendRequest(user_id=user_id, k=k, where=where)
    return await _answered(shop, asked, k)


@router.post("/score")
async def score(asked: ScoreRequest, shop: Holding) -> Answered:
    """Given items in the order in which they suit, those of the history, too."""
    _, desk = shop.desk(asked.model)
    _known(desk.model, asked.items, "/items")
    return await _answered(shop, asked, len(asked.items), only=tuple(asked.items))


@router.post("/similar")
async def similar(asked: SimilarRequest, shop: Holding) -> Answered:
    """Items like an item."""
    begun = time.perf_counter()
    name, desk = shop.desk(asked.model)
    _known(desk.model, [asked.item_id], "/item_id")
    frame = await run_in_threadpool(desk.model.similar, asked.item_id, asked.k)
    return _answer(name, Served(frame, (), degraded=False), begun)


@router.post("/explain")
async def explain(asked: ExplainRequest, shop: Holding) -> dict[str, list[Evidence]]:
    """The past items that speak for each of the items, the loudest first."""
    _, desk = shop.desk(asked.model)
    _known(desk.model, asked.items, "/items")
    request = shop.request(desk.model, asked.user_id, asked.history, 1)
    return await run_in_threadpool(_evidence, desk.model, request, asked.items)


async def _answered(
    shop: Shop,
    asked: Asking,
    k: int,
    *,
    explain: bool = False,
    only: tuple[str, ...] | None = None,
    rules: Rules | None = None,
) -> Answered:
    begun = time.perf_counter()
    name, desk = shop.desk(asked.model)
    who, missing = await run_in_threadpool(_asking, shop, desk.model, asked, k)
    request = Request(
        who.user,
        who.history,
        k,
        asked.where,
        tuple(asked.exclude_items),
        again=only is not None or not asked.exclude_seen,
        only=only,
        rules=rules,
    )
    bound = shop.settings.deadline_s
    deadline_s = bound if asked.deadline_ms is None else min(bound, asked.deadline_ms / 1_000)
    worded = asked if isinstance(asked, RecommendRequest) else None
    query, step = (None, None) if worded is None else (worded.query, worded.rerank)
    if step is not None:
        request = replace(request, k=max(k, step.pool))
    understood = None
    try:
        if query is not None:
            served, understood = await found_in_words(shop, name, desk, request, query, deadline_s)
        else:
            served = await desk.ask(request, deadline_s)
    except UsageError as error:
        named = rules is not None and isinstance(error, UnknownName)
        pointer = "/quotas" if named else "/where" if asked.where is not None else None
        raise problem_at(pointer, error) from error
    answer = _answer(name, served, begun)
    if step is not None:
        left = max(0.001, deadline_s - (time.perf_counter() - begun))
        given = replace(request, k=k)
        ordered = await reordered(shop, desk.model, given, served, step, left)
        answer = _reranked(_answer(name, ordered.served, begun), ordered, step)
    if understood is not None:
        answer = answer.model_copy(update={"understood": understood})
    if missing:
        answer = answer.model_copy(update={"degraded": True, "notes": [*answer.notes, *missing]})
    if answer.degraded:
        shop.meters.degraded.labels(name).inc()
    if not explain:
        return answer
    ids = [item.item_id for item in answer.items[:EXPLAINED]]
    reasons = await run_in_threadpool(_evidence, desk.model, who, ids)
    items = [
        item.model_copy(update={"evidence": reasons.get(item.item_id)}) for item in answer.items
    ]
    return answer.model_copy(update={"items": items})


def _asking(shop: Shop, model: Model, asked: Asking, k: int) -> tuple[Request, tuple[str, ...]]:
    """Who asks; and what is not known of them, while the events cannot be read."""
    try:
        return shop.request(model, asked.user_id, asked.history, k), ()
    except (Busy, StorageError) as error:
        _LOG.warning("the events of a person could not be read: %s", type(error).__name__)
        return Request(asked.user_id, (), k), (UNREAD,)


def _answer(name: str, served: Served, begun: float) -> Answered:
    rows = served.frame.select("item", "title", "rank", "score").iter_rows()
    return Answered(
        recommendation_id=new_event_id(),
        model=name,
        degraded=served.degraded,
        items=[
            Recommended(item_id=item, title=title, rank=rank, score=score)
            for item, title, rank, score in rows
        ],
        notes=list(served.notes),
        took_ms=1e3 * (time.perf_counter() - begun),
    )


def _reranked(answer: Answered, ordered: Ordered, step: RerankStep) -> Answered:
    items = [
        item.model_copy(update={"prior_rank": before})
        for item, before in zip(answer.items, ordered.before, strict=True)
    ]
    told = {"items": items, "prompt": PROMPTS[step.how], "usage": ordered.usage}
    if step.show_prompts:
        told["calls"] = list(ordered.calls)
    return answer.model_copy(update=told)


def _evidence(model: Model, request: Request, items: list[str]) -> dict[str, list[Evidence]]:
    if not any(isinstance(one, CanExplain) for one in with_parts(model.recommender)):
        raise Problem(
            422,
            f"{model.name} cannot tell which past items speak for an item",
            code="cannot",
            hint="serve a model that can, such as covisit, beside it and name it in 'model'",
        )
    if request.user is not None:
        asked = model.ask([request.user] * len(items))
    else:
        asked = model.ask(histories=[request.history] * len(items))
    rows = model.evidence(asked, items).iter_rows(named=True)
    reasons: dict[str, list[Evidence]] = {item: [] for item in items}
    for row in rows:
        told = Evidence(
            item_id=row["because"], title=row["title"], contribution=row["contribution"]
        )
        if told not in reasons[row["item"]]:
            reasons[row["item"]].append(told)
    return reasons


def _known(model: Model, items: list[str], pointer: str) -> None:
    rows = model.catalog.ids.rows(pl.Series(items, dtype=pl.String))
    if (rows < 0).any():
        missing = items[int((rows < 0).argmax())]
        raise no_item(missing, pointer)
