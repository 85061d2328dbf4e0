"""Requests that may be sent again: the first answer is kept, and given once more.

A caller that heard no answer cannot know whether its request was done. With a header
``Idempotency-Key`` it may ask again: what was answered then is answered again, and nothing is done
twice. The same key with another body is refused, and so is a request that is still under way.
"""

import hashlib
import logging
import sqlite3
from dataclasses import dataclass

from fastapi import Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from penchant.serve.guard.replies import LONGEST_REPLY, Replies, Reply
from penchant.serve.problems import Problem

HEADER = "Idempotency-Key"
LONGEST_KEY = 255
_LOG = logging.getLogger(__name__)
_STATE = "asked_once"


@dataclass(frozen=True, slots=True)
class AskedOnce:
    """A request under a key, which nobody else may use while it is under way."""

    place: bytes
    """Of caller, route and key: 32 bytes."""
    asked: bytes
    """Of type and body: 32 bytes."""


class Answered(Exception):
    """The request was answered before; this is the answer."""

    def __init__(self, reply: Reply) -> None:
        super().__init__()
        self.reply = reply


async def ask_once(request: Request, replies: Replies, key: str, caller: str) -> None:
    """Goes on if a request is the first under its key.

    Args:
        request: What is asked; its body is read.
        replies: What was answered.
        key: Chosen by the caller.
        caller: The secret that the caller showed, or nothing; others have other keys.

    Raises:
        Answered: It was answered before.
        Problem: The key stood over another body, or the first request is still under way.
    """
    try:
        body = await request.body()
    except RuntimeError:  # a form was read as it came
        told = f"uploads are taken without {HEADER}"
        raise Problem(422, told, code="idempotency", pointer=f"#/{HEADER}") from None
    where = (caller, request.method, request.url.path, request.url.query, key)
    asked = AskedOnce(
        hashlib.sha256("\0".join(where).encode()).digest(),
        hashlib.sha256(_kind(request.headers.get("content-type", "")) + b"\0" + body).digest(),
    )
    reply = await run_in_threadpool(replies.begin, asked.place, asked.asked)
    if reply is not None:
        raise Answered(reply)
    request.scope["state"][_STATE] = asked


def asked_once(request: Request) -> bytes | None:
    """32 bytes of a request that came under a key: what it makes can be named after them."""
    asked: AskedOnce | None = request.scope["state"].get(_STATE)
    return None if asked is None else asked.place + asked.asked


async def answer_again(_: Request, error: Exception) -> Response:
    """The handler of :class:`Answered`."""
    assert isinstance(error, Answered)  # it is registered for no other
    reply = error.reply
    return Response(
        reply.body,
        reply.status,
        {"idempotent-replayed": "true"},
        media_type=reply.type or None,
    )


class Once:
    """An ASGI application around another, which keeps answers before they are sent."""

    def __init__(self, inner: ASGIApp, replies: Replies) -> None:
        self._inner, self._replies = inner, replies

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes a request on."""
        if scope["type"] != "http":
            await self._inner(scope, receive, send)
            return
        state = scope.setdefault("state", {})
        held = _Held()

        async def kept(message: Message) -> None:
            asked: AskedOnce | None = state.get(_STATE)
            if asked is None or held.let_go:
                await send(message)
                return
            held.add(message)
            if held.whole or held.let_go:
                if held.worth_keeping:
                    await run_in_threadpool(self._keep, asked, held.reply())
                for one in held.messages:
                    await send(one)
                held.messages.clear()

        try:
            await self._inner(scope, receive, kept)
        finally:
            if (asked := state.get(_STATE)) is not None:
                self._replies.release(asked.place)

    def _keep(self, asked: AskedOnce, reply: Reply) -> None:
        try:
            self._replies.keep(asked.place, asked.asked, reply)
        except sqlite3.DatabaseError:
            # The request was done: its caller must hear so, though nobody will hear it again.
            _LOG.exception("an answer could not be kept")


class _Held:
    """The messages of an answer until it is whole, or too long to be kept."""

    def __init__(self) -> None:
        self.messages: list[Message] = []
        self.whole = self.let_go = False
        self._body = b""

    def add(self, message: Message) -> None:
        """The next one."""
        self.messages.append(message)
        if message["type"] == "http.response.start":
            self.let_go = self._type.startswith("text/event-stream")
        elif message["type"] == "http.response.body":
            self._body += message.get("body", b"")
            self.whole = not message.get("more_body", False)
            self.let_go = len(self._body) > LONGEST_REPLY

    @property
    def _type(self) -> str:
        headers = dict(self.messages[0].get("headers", ()))
        return bytes(headers.get(b"content-type", b"")).decode("latin-1")

    @property
    def worth_keeping(self) -> bool:
        """What may be otherwise the next time is not kept."""
        status = int(self.messages[0]["status"])
        return self.whole and not self.let_go and status < 500 and status not in {401, 403, 429}

    def reply(self) -> Reply:
        """As it is kept."""
        return Reply(int(self.messages[0]["status"]), self._type, self._body)


def _kind(content_type: str) -> bytes:
    return content_type.partition(";")[0].strip().lower().encode()
