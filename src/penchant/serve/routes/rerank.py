"""Texts of the caller, put in order."""

from dataclasses import replace

from fastapi import APIRouter

from penchant.core import DeadlinePassed, Run
from penchant.language import redact
from penchant.models import OrderedTexts, order_texts
from penchant.serve.events import new_event_id
from penchant.serve.guard.access import Holding, read
from penchant.serve.problems import Problem
from penchant.serve.shapes.talking import (
    Document,
    RerankAnswer,
    Reranked,
    RerankRequest,
    Usage,
)
from penchant.serve.shop import Shop
from penchant.serve.talk.chatting import usage_of

router = APIRouter(prefix="/v1", tags=["words"], dependencies=[read])
WORDS = "words"
"""The order that asks no language model."""


@router.post("/rerank")
async def rerank(asked: RerankRequest, shop: Holding) -> RerankAnswer:
    """Texts by how well they answer a query, in the shape that Jina and Cohere have."""
    by_words = _by_words(shop, asked.model)
    texts = [one if isinstance(one, str) else one.text for one in asked.documents]
    told = [redact(text).text for text in texts]
    query, deadline_s = redact(asked.query).text, shop.settings.deadline_s

    def work() -> tuple[OrderedTexts, Usage, list[str]]:
        lm = None if by_words else shop.talks.lm
        with shop.talks.asking(deadline_s) as (run, books):
            ordered = order_texts(query, told, run, lm=lm)
            return ordered, usage_of(books), shop.talks.notes_of(run)

    try:
        ordered, usage, notes = await shop.talks.do(work, deadline_s)
    except DeadlinePassed:
        ordered = replace(order_texts(query, told, Run()), degraded=True)
        usage, notes = Usage(), ["the language model did not answer in time: words decided"]
    places = zip(ordered.order.tolist(), ordered.relevances.tolist(), strict=True)
    results = [
        Reranked(
            index=place,
            relevance_score=score,
            document=Document(text=texts[place]) if asked.return_documents else None,
        )
        for place, score in places
    ]
    lm = shop.talks.lm
    by = WORDS if by_words or ordered.degraded or lm is None else lm.name
    return RerankAnswer(
        id=new_event_id(),
        model=by,
        results=results[: asked.top_n],
        usage=usage,
        degraded=ordered.degraded,
        notes=notes,
    )


def _by_words(shop: Shop, model: str | None) -> bool:
    lm = shop.talks.lm
    known = [WORDS] if lm is None else [WORDS, lm.name, type(lm.lm).__name__]
    if model is not None and model not in known:
        raise Problem(
            404,
            f"no model {model!r} puts texts in order; known: {', '.join(dict.fromkeys(known))}",
            code="model",
            pointer="/model",
            hint="leave it out, or start the service with --lm",
        )
    return lm is None or model == WORDS
