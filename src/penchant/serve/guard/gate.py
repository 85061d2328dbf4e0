"""What every request passes first: its id, the host, the origin, its rate, the size of its body."""

import json
import logging
import re
import time
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from penchant.serve.desk import TOGETHER
from penchant.serve.events import Busy, new_event_id
from penchant.serve.guard.crossing import preflight, split, told_to_pages
from penchant.serve.guard.keys import Key, is_loopback, key_in
from penchant.serve.guard.slashes import marked
from penchant.serve.meters import Meters
from penchant.serve.problems import MEDIA_TYPE, Problem, places_of, problem_of
from penchant.serve.settings import Settings

_LOG = logging.getLogger(__name__)
_GIVEN_ID = re.compile(rb"[A-Za-z0-9._-]{1,64}")
ASKING = {"/v1/recommend", "/v1/score", "/v1/similar", "/v1/explain"}
"""Paths that a model answers."""
REMEMBERED = 10_000
"""Callers whose rate is known."""
SAFE = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cache-control", b"no-store"),
)
IMPORT, CHECKED = "/v1/events", "/v1/data:check"
LINES = "application/x-ndjson"


class Gate:
    """An ASGI application around another."""

    def __init__(self, inner: ASGIApp, settings: Settings, meters: Meters) -> None:
        self._inner, self._settings, self._meters = inner, settings, meters
        self._left: OrderedDict[Key | str, tuple[float, float]] = OrderedDict()
        self._asking = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes a request on, or answers what is wrong with it."""
        if scope["type"] != "http":
            await self._inner(scope, receive, send)
            return
        if (raw := scope.get("raw_path")) is not None:
            scope["path"] = marked(raw)
        headers = dict(scope["headers"])
        given = headers.get(b"x-request-id", b"")
        request_id = given.decode() if _GIVEN_ID.fullmatch(given) else new_event_id()
        scope.setdefault("state", {})["request_id"] = request_id
        crossing = told_to_pages(_origin_of(headers), self._settings.origins)
        started, status = time.perf_counter(), 0

        async def told(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = int(message["status"])
                given = message["headers"]
                more = [(b"x-request-id", request_id.encode()), *_missing(given)]
                message = {**message, "headers": [*given, *more, *crossing]}
            await send(message)

        try:
            await self._passed(scope, headers, receive, told)
        except Exception as error:  # whatever it is, the caller gets an answer
            problem = problem_of(error)
            if problem.code == "unforeseen":
                _LOG.error("request %s failed: %s", request_id, places_of(error))
            if not status:
                await _answer(problem, request_id, told)
        # Counted by its route, never by what was asked.
        route = getattr(scope.get("route"), "path", "none")
        self._meters.requests.labels(route, str(status)).inc()
        self._meters.seconds.labels(route).observe(time.perf_counter() - started)

    async def _passed(
        self, scope: Scope, headers: dict[bytes, bytes], receive: Receive, send: Send
    ) -> None:
        self._check(scope, headers)
        if (told := preflight(scope["method"], headers)) is not None:
            await send({"type": "http.response.start", "status": 204, "headers": told})
            await send({"type": "http.response.body"})
            return
        bound = self._bound(scope, headers)
        with self._room(scope["path"]):
            await self._inner(scope, _bounded(receive, bound), send)

    @contextmanager
    def _room(self, path: str) -> Iterator[None]:
        """Refuses, before anything is read, what would wait for a model behind too many others."""
        asks = path in ASKING
        most = self._settings.waiting + TOGETHER
        if asks and self._asking >= most:
            raise Busy(f"{self._asking} requests wait for models; try again")
        self._asking += asks
        try:
            yield
        finally:
            self._asking -= asks

    def _check(self, scope: Scope, headers: dict[bytes, bytes]) -> None:
        host = headers.get(b"host", b"").decode("latin-1")
        name = split(f"//{host}").hostname or ""
        known = {self._settings.host, *self._settings.hosts}
        if not (is_loopback(name) or name in known):
            raise Problem(
                421,
                f"host {host[:80]!r} is not served here",
                code="host",
                hint="name it with --allow-host",
            )
        origin = _origin_of(headers)
        if origin and origin not in self._settings.origins and split(origin).netloc != host:
            raise Problem(
                403,
                f"pages of {origin[:80]!r} may not call this service",
                code="origin",
                hint="name it with --allow-origin",
            )
        if self._settings.requests_per_s is not None:
            self._check_rate(scope, self._settings.requests_per_s)

    def _check_rate(self, scope: Scope, rate: float) -> None:
        """A bucket of one second's requests for each caller, refilled evenly."""
        # What opens nothing tells callers apart by their own word alone.
        key = key_in(Headers(scope=scope), self._settings.keys)
        caller = key or str((scope.get("client") or ("", 0))[0])
        now, burst = time.monotonic(), max(1.0, rate)
        left, at = self._left.pop(caller, (burst, now))
        left = min(burst, left + (now - at) * rate)
        self._left[caller] = (max(0.0, left - 1), now)
        if len(self._left) > REMEMBERED:
            self._left.popitem(last=False)
        if left < 1:
            wait = max(1, round((1 - left) / rate))
            raise Problem(
                429,
                f"more than {rate:g} requests a second",
                code="rate",
                hint="send it again after Retry-After seconds",
                headers={"Retry-After": str(wait)},
            )

    def _bound(self, scope: Scope, headers: dict[bytes, bytes]) -> int:
        lines = headers.get(b"content-type", b"").decode("latin-1").startswith(LINES)
        long = (scope["path"] == IMPORT and lines) or scope["path"] == CHECKED
        bound = self._settings.import_bytes if long else self._settings.body_bytes
        length = headers.get(b"content-length", b"0")
        if not length.isdigit() or int(length) > bound:
            raise _too_long(bound)
        return bound


def _origin_of(headers: dict[bytes, bytes]) -> str:
    return headers.get(b"origin", b"").decode("latin-1")


def _missing(headers: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    """Of :data:`SAFE` what a route has not decided otherwise."""
    told = {name.lower() for name, _ in headers}
    return [(name, value) for name, value in SAFE if name not in told]


def _bounded(receive: Receive, bound: int) -> Receive:
    """The body in pieces, as long as they are not too many."""
    read = 0

    async def counted() -> Message:
        nonlocal read
        message = await receive()
        if message["type"] == "http.request":
            read += len(message.get("body", b""))
            if read > bound:
                raise _too_long(bound)
        return message

    return counted


def _too_long(bound: int) -> Problem:
    return Problem(
        413,
        f"the body has more than {bound:,} bytes",
        code="too-long",
        hint=f"send less at once; events in lines ({LINES}) may be longer",
    )


async def _answer(problem: Problem, request_id: str, send: Send) -> None:
    body = json.dumps(problem.document(request_id)).encode()
    headers = [
        (b"content-type", MEDIA_TYPE.encode()),
        (b"content-length", str(len(body)).encode()),
        *((k.lower().encode(), v.encode()) for k, v in (problem.headers or {}).items()),
    ]
    await send({"type": "http.response.start", "status": problem.status_code, "headers": headers})
    await send({"type": "http.response.body", "body": body})
