"""Chat completions as OpenAI shapes them, and conversations that go on."""

import json
import time
from collections.abc import AsyncIterator
from functools import partial
from typing import Any, Literal

from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse, StreamingResponse

from penchant.serve.events import new_event_id
from penchant.serve.guard.access import Caller, Holding, read, write
from penchant.serve.problems import Problem, problem_of
from penchant.serve.shapes.talking import (
    ChatAnswer,
    ChatChunk,
    ChatMessage,
    ChatRequest,
    Choice,
    ChunkChoice,
    Conversation,
    Delta,
    Forgotten,
    NewConversation,
    Turn,
)
from penchant.serve.shapes.words import PathId
from penchant.serve.shop import Shop
from penchant.serve.talk.chatting import Ended, Event, Found, said_now, spoken
from penchant.serve.talk.conversations import MOST_SAID, Kept

router = APIRouter(prefix="/v1", tags=["words"])
STREAM = "text/event-stream"
ALSO: dict[int | str, dict[str, Any]] = {  # Any: as FastAPI types it
    200: {
        "description": "The answer; with stream, chunks as server-sent events and [DONE]",
        "content": {STREAM: {}},
    }
}


@router.post("/chat/completions", dependencies=[read], response_model=ChatAnswer, responses=ALSO)
async def chat(asked: ChatRequest, shop: Holding, caller: Caller, request: Request) -> Any:
    """An answer that speaks of retrieved items alone, with those items.

    What the newest message says is read as a filter and a search; items are retrieved within it and
    within ``where``; a language model, if there is one, speaks of them, and sentences that speak of
    anything else are withheld. Without one, or when it fails, a plain sentence names them.
    """
    kept = await _kept(shop, asked.conversation_id, caller)
    if kept is not None and kept.user is not None and asked.user not in (None, kept.user):
        told = "the conversation is another person's"
        raise Problem(409, told, code="conversation", pointer="/user")
    if kept is not None and len(kept.said) + 2 > MOST_SAID:
        told = f"the conversation has {len(kept.said)} messages of {MOST_SAID} at most"
        hint = "begin another one:  POST /v1/conversations"
        raise Problem(409, told, code="full", pointer="/conversation_id", hint=hint)
    head = _Head(asked, shop)
    events = spoken(shop, asked, kept)
    found = await anext(events)  # what is wrong with the request is told before a stream begins
    assert isinstance(found, Found)
    if asked.stream:
        chunks = _streamed(head, found, events, getattr(request.state, "request_id", None))
        return StreamingResponse(chunks, media_type=STREAM)
    said: list[str] = []
    ended: Ended | None = None
    async for event in events:
        if isinstance(event, str):
            said.append(event)
        elif isinstance(event, Ended):
            ended = event
    assert ended is not None
    await head.keep(" ".join(said), found, ended)
    return JSONResponse(head.answer(" ".join(said), found, ended).model_dump(mode="json"))


@router.post("/conversations", dependencies=[write], status_code=201)
def begin(asked: NewConversation, shop: Holding, caller: Caller) -> Conversation:
    """A conversation that is remembered; whoever has its id and this key may go on with it."""
    name = shop.talks.kept.begin(caller, user=asked.user)
    return _told(_there(shop, name, caller))


@router.get("/conversations/{conversation_id}", dependencies=[read])
def conversation(conversation_id: PathId, shop: Holding, caller: Caller) -> Conversation:
    """What was said so far, oldest first, without what names anybody."""
    return _told(_there(shop, conversation_id, caller))


@router.delete("/conversations/{conversation_id}", dependencies=[write])
def forget(conversation_id: PathId, shop: Holding, caller: Caller) -> Forgotten:
    """Forgets a conversation; what it said is overwritten."""
    messages = shop.talks.kept.forget(conversation_id, caller)
    if messages is None:
        raise _none(conversation_id)
    return Forgotten(id=conversation_id, messages=messages)


class _Head:
    """What all parts of one answer say of it."""

    def __init__(self, asked: ChatRequest, shop: Shop) -> None:
        self.asked, self._shop = asked, shop
        self.id, self.created = f"chatcmpl-{new_event_id()}", int(time.time())
        self._recommendation = new_event_id()

    async def keep(self, text: str, found: Found, ended: Ended) -> None:
        """Counts the answer, and adds it to its conversation."""
        by = "template" if ended.answered_by == "template" else "model"
        self._shop.meters.words.labels("standby" if ended.degraded else by).inc()
        if self.asked.conversation_id is not None:
            said = said_now(self.asked, text, found)
            kept, name = self._shop.talks.kept, self.asked.conversation_id
            await run_in_threadpool(partial(kept.add, name, said, user=self.asked.user))

    def answer(self, text: str, found: Found, ended: Ended) -> ChatAnswer:
        """The whole answer."""
        return ChatAnswer(
            id=self.id,
            created=self.created,
            model=found.model,
            choices=[Choice(message=ChatMessage(content=text))],
            usage=ended.usage,
            **self._extras(found, ended),
        )

    def chunk(
        self, found: Found, delta: Delta, ended: Ended | None = None, *, first: bool = False
    ) -> ChatChunk:
        """A part of the answer."""
        extras = self._extras(found, ended) if ended is not None else {}
        if first:
            extras = {
                "items": list(found.items),
                "understood": found.understood,
                "conversation_id": self.asked.conversation_id,
                "recommendation_id": self._recommendation,
            }
        reason: Literal["stop"] | None = None if ended is None else "stop"
        return ChatChunk(
            id=self.id,
            created=self.created,
            model=found.model,
            choices=[ChunkChoice(delta=delta, finish_reason=reason)],
            **extras,
        )

    def usage(self, found: Found, ended: Ended) -> ChatChunk:
        """The part that says what it took, as the OpenAI API sends it if it is asked to."""
        return ChatChunk(
            id=self.id, created=self.created, model=found.model, choices=[], usage=ended.usage
        )

    def _extras(self, found: Found, ended: Ended) -> dict[str, Any]:  # Any: fields of two shapes
        return {
            "items": list(ended.items),
            "understood": found.understood,
            "answered_by": ended.answered_by,
            "degraded": ended.degraded,
            "withheld": ended.withheld,
            "conversation_id": self.asked.conversation_id,
            "recommendation_id": self._recommendation,
            "notes": list(dict.fromkeys(ended.notes)),
            "calls": list(ended.calls) if self.asked.show_prompts else None,
        }


async def _streamed(
    head: _Head, found: Found, events: AsyncIterator[Event], request_id: str | None
) -> AsyncIterator[str]:
    said: list[str] = []
    yield _line(head.chunk(found, Delta(role="assistant", content=""), first=True))
    try:
        async for event in events:
            if isinstance(event, str):
                piece = event if not said else f" {event}"
                said.append(event)
                yield _line(head.chunk(found, Delta(content=piece)))
            elif isinstance(event, Ended):
                await head.keep(" ".join(said), found, event)
                yield _line(head.chunk(found, Delta(), event))
                options = head.asked.stream_options
                if options is not None and options.include_usage:
                    yield _line(head.usage(found, event))
    except Exception as error:  # the answer has begun: its end says what went wrong
        told = problem_of(error).document(request_id)
        yield f"data: {json.dumps({'error': told})}\n\n"
    yield "data: [DONE]\n\n"


def _line(chunk: ChatChunk) -> str:
    told = chunk.model_dump(mode="json", exclude_none=True)
    for choice in told["choices"]:
        choice.setdefault("finish_reason", None)
    return f"data: {json.dumps(told, ensure_ascii=False)}\n\n"


async def _kept(shop: Shop, name: str | None, caller: str) -> Kept | None:
    if name is None:
        return None
    return await run_in_threadpool(_there, shop, name, caller)


def _there(shop: Shop, name: str, caller: str) -> Kept:
    kept = shop.talks.kept.of(name, caller)
    if kept is None:
        raise _none(name)
    return kept


def _none(name: str) -> Problem:
    return Problem(
        404,
        f"no conversation {name!r}",
        code="conversation",
        pointer="/conversation_id",
        hint="begin one:  POST /v1/conversations",
    )


def _told(kept: Kept) -> Conversation:
    said = [
        Turn(
            role="user" if one.role == "user" else "assistant",
            content=one.content,
            items=list(one.items),
            at=one.at,
        )
        for one in kept.said
    ]
    return Conversation(id=kept.id, user=kept.user, created=kept.created, messages=said)
