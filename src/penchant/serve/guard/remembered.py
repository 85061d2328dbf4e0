"""Lists that were answered before, and still are the answer: they are sent without asking a model.

An answer holds as long as the model that gave it stands as it stood (items that join or leave are
another model), and the person did nothing since. Each recall has an id of its own.
"""

import json
import re
import threading
import time
from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from penchant.serve.events import new_event_id
from penchant.serve.guard.keys import key_in
from penchant.serve.problems import Problem

if TYPE_CHECKING:
    from penchant.serve.shop import Shop

PATH = "/v1/recommend"
LONGEST_BODY = 64 << 10
"""Longer questions are not remembered."""
_TELLING = re.compile(rb'^\{"recommendation_id":"([^"]*)",')
_ENDING = re.compile(rb',"cached":false,"took_ms":[-+.0-9e]+')
_HEADERS = ((b"content-type", b"application/json"),)

Mark = tuple[int, int]
"""How a model stood, and how much was known of a person."""
Question = tuple[str, bytes, bytes]
"""Path, query and body."""


@dataclass(frozen=True, slots=True)
class Kept:
    """An answer without what is different each time."""

    mark: Mark
    model: str | None
    user: str | None
    route: object
    before: bytes
    after: bytes

    def __len__(self) -> int:
        return len(self.before) + len(self.after)

    def body(self, begun: float) -> bytes:
        """As it is sent, ``begun`` then."""
        took = f"{1e3 * (time.perf_counter() - begun):.3f}".encode()
        told = b'{"recommendation_id":"' + new_event_id().encode() + b'",'
        return told + self.before + b',"cached":true,"took_ms":' + took + self.after


class Remembered:
    """The newest answers, as many as there is room for."""

    def __init__(self, most_bytes: int) -> None:
        self._most, self._held = most_bytes, 0
        self._kept: OrderedDict[Question, Kept] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, asked: Question) -> Kept | None:
        """What was answered."""
        with self._lock:
            kept = self._kept.get(asked)
            if kept is not None:
                self._kept.move_to_end(asked)
            return kept

    def keep(self, asked: Question, kept: Kept) -> None:
        """Remembers an answer; the ones longest not asked for are forgotten."""
        with self._lock:
            self._drop(asked)
            self._kept[asked] = kept
            self._held += _size(asked, kept)
            while self._held > self._most:
                self._drop(next(iter(self._kept)))

    def forget(self) -> None:
        """All of it: a person was erased."""
        with self._lock:
            self._kept.clear()
            self._held = 0

    def _drop(self, asked: Question) -> None:
        kept = self._kept.pop(asked, None)
        if kept is not None:
            self._held -= _size(asked, kept)


class Remembering:
    """An ASGI application around another, for the questions that come again."""

    def __init__(self, inner: ASGIApp, shop: "Shop") -> None:
        self._inner, self._shop = inner, shop

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers, or passes a request on."""
        post = scope["type"] == "http" and scope["method"] == "POST" and scope["path"] == PATH
        if not post:
            await self._inner(scope, receive, send)
            return
        headers = Headers(scope=scope)
        if "idempotency-key" in headers:
            await self._inner(scope, receive, send)
            return
        begun = time.perf_counter()
        body, messages = await _whole(receive)
        asked = (PATH, bytes(scope["query_string"]), body)
        kept = self._shop.remembered.get(asked)
        if kept is not None and self._holds(kept) and self._may(headers):
            scope["route"] = kept.route
            await _send(kept.body(begun), send)
            return
        who = _asking(body)
        mark = None if who is None else self._mark(*who)
        if who is None or mark is None:
            await self._inner(scope, _again(messages, receive), send)
            return
        heard = _Heard(send)
        await self._inner(scope, _again(messages, receive), heard)
        parts = heard.parts()
        if parts is not None and self._mark(*who) == mark:
            kept = Kept(mark, *who, scope.get("route"), *parts)
            self._shop.remembered.keep(asked, kept)

    def _holds(self, kept: Kept) -> bool:
        return self._mark(kept.model, kept.user) == kept.mark

    def _mark(self, model: str | None, user: str | None) -> Mark | None:
        try:
            _, desk = self._shop.desk(model)
        except Problem:
            return None
        known = 0 if user is None else self._shop.store.mark(user)
        return None if known is None else (desk.mark, known)

    def _may(self, headers: Headers) -> bool:
        keys = self._shop.settings.keys
        key = key_in(headers, keys)
        return not keys or (key is not None and key.allows("read"))


class _Heard:
    """Sends an answer on, and listens."""

    def __init__(self, send: Send) -> None:
        self._send, self._status, self._body, self._whole = send, 0, b"", False

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._status = int(message["status"])
        elif message["type"] == "http.response.body":
            self._body += message.get("body", b"")
            self._whole = not message.get("more_body", False)
        await self._send(message)

    def parts(self) -> tuple[bytes, bytes] | None:
        """What stands before and behind what is different each time, if it may be sent again."""
        start, end = _TELLING.search(self._body), _ENDING.search(self._body)
        whole = self._status == 200 and self._whole and b'"degraded":false' in self._body
        if not whole or start is None or end is None:
            return None
        return self._body[start.end() : end.start()], self._body[end.end() :]


def _asking(body: bytes) -> tuple[str | None, str | None] | None:
    """Model and user that a question names."""
    if len(body) > LONGEST_BODY:
        return None
    try:
        asked: Any = json.loads(body)  # Any: plain JSON
    except (ValueError, RecursionError):
        return None
    # What a language model makes of a list is on its own books.
    if not isinstance(asked, dict) or asked.get("rerank") is not None:
        return None
    model, user = asked.get("model"), asked.get("user_id")
    if not all(name is None or isinstance(name, str) for name in (model, user)):
        return None
    return model, user


async def _whole(receive: Receive) -> tuple[bytes, list[Message]]:
    body, messages = b"", []
    while True:
        message = await receive()
        messages.append(message)
        body += message.get("body", b"")
        if message["type"] != "http.request" or not message.get("more_body", False):
            return body, messages


def _again(messages: list[Message], receive: Receive) -> Receive:
    """What was read, then what comes."""
    left = iter(messages)

    async def replayed() -> Message:
        return next(left, None) or await receive()

    return replayed


async def _send(body: bytes, send: Send) -> None:
    headers = [*_HEADERS, (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def _size(asked: Question, kept: Kept) -> int:
    return sum(map(len, asked)) + len(kept) + 200
