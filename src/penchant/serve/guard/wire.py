"""Bytes that come in: what is no HTTP gets a problem document, what comes too slowly is let go.

The server closes neither connections that say nothing nor bodies that never end, and keeps a header
of any length. Here both have a bound.
"""

import asyncio
import json
from typing import Any

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from penchant.serve.events import new_event_id
from penchant.serve.problems import MEDIA_TYPE, Problem

HEAD_BYTES = 16 << 10
"""Of a request line and its headers."""
HEAD_S = 10.0
"""Until they must be there."""
LEAST_BYTES = 16 << 10
"""Of a body in :data:`HEAD_S` seconds, unless it ends."""
DRAINED_BYTES = 8 << 20
"""Of a body that was refused: who writes all of it before reading hears why."""
LOOK_S = 2.5
MOST_CONNECTIONS = 1_000


class Wire(HttpToolsProtocol):
    """One connection, as uvicorn speaks HTTP, with bounds."""

    def __init__(self, *told: Any, **more: Any) -> None:  # Any: what uvicorn gives its protocols
        super().__init__(*told, **more)
        self._in_head, self._in_message = True, False
        self._leaving = False
        self._bytes = self._bytes_before = 0
        self._since = 0.0
        self._look: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn's
        """Somebody came."""
        super().connection_made(transport)
        if len(self.connections) > MOST_CONNECTIONS:
            told = f"{MOST_CONNECTIONS:,} connections are open"
            self._refuse(Problem(503, told, code="connections", headers={"Retry-After": "1"}))
            return
        self._since = self.loop.time()
        self._look = self.loop.call_later(LOOK_S, self._look_again)

    def connection_lost(self, exc: Exception | None) -> None:
        """Somebody left."""
        if self._look is not None:
            self._look.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Some bytes."""
        self._bytes += len(data)
        super().data_received(data)
        if self.transport.is_closing():
            return
        if self._in_message and not self._in_head and self._bytes > DRAINED_BYTES:
            if self.cycle.response_complete:
                self.transport.close()
        elif self._in_head and self._bytes > HEAD_BYTES:
            told = f"the headers have more than {HEAD_BYTES:,} bytes"
            self._refuse(Problem(431, told, code="too-long"))

    def send_400_response(self, msg: str) -> None:
        """What is said to bytes that are no request."""
        hint = "send HTTP/1.1, with a path in ASCII"
        self._refuse(Problem(400, "this is no HTTP request", code="http", hint=hint))

    def on_message_begin(self) -> None:
        """The first line of a request."""
        super().on_message_begin()
        self._in_message = True
        self._since = self.loop.time()

    def on_headers_complete(self) -> None:
        """A body may follow."""
        super().on_headers_complete()
        if not self.cycle.keep_alive:
            # Closed with bytes unread, a connection takes the answer with it.
            self.cycle.keep_alive, self._leaving = True, True
        self._in_head = False
        self._bytes = self._bytes_before = 0
        self._since = self.loop.time()

    def on_message_complete(self) -> None:
        """The next bytes are another request."""
        super().on_message_complete()
        self._in_head, self._in_message = True, False
        self._bytes = 0
        if self._leaving and self.cycle.response_complete:
            self.transport.close()

    def on_response_complete(self) -> None:
        """The answer is written."""
        super().on_response_complete()
        if self._leaving and not self._in_message:
            self.transport.close()

    def _look_again(self) -> None:
        """Is the other side still sending?"""
        if self.transport.is_closing():
            return
        now, late = self.loop.time(), False
        waited = now - self._since
        if not self._in_message:
            # After an answer uvicorn's own timer runs, unless bytes that begin no request stop it.
            idle = self.cycle is None or self.cycle.response_complete
            late = idle and self.timeout_keep_alive_task is None and waited > HEAD_S
        elif self._in_head:
            late = waited > HEAD_S
        elif waited > HEAD_S and not self.flow.read_paused:
            late = self._bytes - self._bytes_before < LEAST_BYTES
            self._since, self._bytes_before = now, self._bytes
        if late:
            what = "body" if self._in_message and not self._in_head else "request"
            self._refuse(Problem(408, f"the {what} did not come in time", code="slow"))
        else:
            self._look = self.loop.call_later(LOOK_S, self._look_again)

    def _refuse(self, problem: Problem) -> None:
        """Answers, unless an answer was begun, and closes."""
        answered = self._in_message and not self._in_head
        begun = self.cycle is not None and (
            self.cycle.response_started and (answered or not self.cycle.response_complete)
        )
        if not begun:
            self.transport.write(_answer(problem))
        self.transport.close()


def _answer(problem: Problem) -> bytes:
    request_id = new_event_id()
    body = json.dumps(problem.document(request_id)).encode()
    headers = {
        "content-type": MEDIA_TYPE,
        "content-length": str(len(body)),
        "connection": "close",
        "x-request-id": request_id,
        "x-content-type-options": "nosniff",
        "cache-control": "no-store",
        **(problem.headers or {}),
    }
    lines = b"".join(f"{name}: {value}\r\n".encode("latin-1") for name, value in headers.items())
    return STATUS_LINE[problem.status_code] + lines + b"\r\n" + body
