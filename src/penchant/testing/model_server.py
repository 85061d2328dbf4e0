"""A server on this machine that is shaped like OpenAI's, around any open model; breaks on demand.

For tests of clients: what it gets is kept, what it can do can be taken away, and each of its
answers can be spoilt in a way in which providers spoil them.
"""

import json
import socket
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Literal, get_args  # Any: bodies nest freely

from penchant.core import PenchantError, Run, UnknownName
from penchant.language import OpenModel
from penchant.language.scripted.value import OpenScript
from penchant.testing.model_answers import (
    Ability,
    Asked,
    BadRequest,
    chunks_of,
    models_answer,
    posted_answer,
)
from penchant.testing.spoiling import Fault, spoil_contents, spoiled

ALL: tuple[Ability, ...] = get_args(Ability)
Unable = Literal["refuse", "ignore"]
_MANY = 1_000


@dataclass(eq=False)
class ModelServer:
    """A server that is up; made by :func:`serve_model`."""

    model: OpenModel
    run: Run
    name: str
    key: str
    abilities: frozenset[Ability]
    unable: Unable
    faults: list[Fault | None]
    always: Fault | None
    base_url: str = ""
    asked: list[Asked] = field(default_factory=list)
    """Every posted request, in the order of coming; also those that were spoilt."""
    most_at_once: int = 0
    """The most requests that the model was asked in at one moment."""
    busy: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)
    asking: threading.Semaphore = field(default_factory=threading.Semaphore)
    stopped: threading.Event = field(default_factory=threading.Event)

    def next_fault(self) -> Fault | None:
        """What spoils the next answer."""
        with self.lock:
            return self.faults.pop(0) if self.faults else self.always

    @contextmanager
    def in_turn(self) -> Iterator[None]:
        """One of the requests that the model may be asked in now."""
        with self.asking:
            with self.lock:
                self.busy += 1
                self.most_at_once = max(self.most_at_once, self.busy)
            try:
                yield
            finally:
                with self.lock:
                    self.busy -= 1

    def can(self, ability: Ability) -> bool:
        """Whether it has an ability."""
        return ability in self.abilities


@contextmanager
def serve_model(
    model: OpenModel,
    *,
    name: str = "scripted",
    key: str = "",
    abilities: Sequence[Ability] = ALL,
    unable: Unable = "refuse",
    faults: Sequence[Fault | None] = (),
    always: Fault | None = None,
) -> Iterator[ModelServer]:
    """A server on a free port of this machine for as long as the context lasts.

    Args:
        model: What answers, one request at a time unless it is scripted; verbs that it lacks are
            answered with 404 or 501.
        name: How the model is called; other names are answered with 404.
        key: What ``Authorization`` must bear; empty: anything will do.
        abilities: What it offers.
        unable: Whether options that it does not offer are refused with 400, or silently ignored.
        faults: Each spoils one posted request, in order; ``None`` leaves it, as do all after them.
        always: Spoils every request after those.

    Raises:
        UnknownName: There is no such fault or ability.
    """
    for known, given, kind in [
        (get_args(Fault), [one for one in (*faults, always) if one is not None], "fault"),
        (ALL, abilities, "ability"),
    ]:
        for one in given:
            if one not in known:
                raise UnknownName(kind, one, known)
    state = ModelServer(model, Run(), name, key, frozenset(abilities), unable, list(faults), always)
    if isinstance(model, OpenScript):
        state.asking = threading.Semaphore(_MANY)
    server = _Server(state)
    state.base_url = f"http://127.0.0.1:{server.server_address[1]}/v1"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield state
    finally:
        state.stopped.set()
        server.shutdown()
        server.server_close()
        server.hang_up()
        thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128
    state: ModelServer

    def __init__(self, state: ModelServer) -> None:
        super().__init__(("127.0.0.1", 0), _Answering)
        self.state = state
        self.connections: list[socket.socket] = []

    def get_request(self) -> tuple[Any, Any]:
        """A new connection."""
        request, address = super().get_request()
        self.connections.append(request)
        return request, address

    def hang_up(self) -> None:
        """Ends the connections that clients keep for later."""
        for connection in self.connections:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is no news."""


class _Answering(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # named so there
        """Says nothing."""

    def do_GET(self) -> None:  # named so there
        """The list of models."""
        state = self.server.state
        if not self._is_let_in(state):
            return
        if self.path == "/v1/models" and state.can("models"):
            self._send(200, models_answer(state.name, state.model))
        else:
            self._send(404, _error(404, f"no such path: {self.path}"))

    def do_POST(self) -> None:  # named so there
        """Everything else."""
        state = self.server.state
        raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        asked = Asked(self.path, json.loads(raw or b"{}"), dict(self.headers))
        with state.lock:
            state.asked.append(asked)
        if self._is_let_in(state):
            self._answer(state, asked)

    def _answer(self, state: ModelServer, asked: Asked) -> None:
        fault = state.next_fault()
        if fault and spoiled(self, fault, state.stopped, before=True):
            return
        try:
            with state.in_turn():
                answer = posted_answer(asked, state.model, state.run, state)
        except BadRequest as bad:
            self._send(bad.status, _error(bad.status, str(bad), bad.code), bad.headers)
            return
        except PenchantError as error:
            status = 401 if "401" in str(error) else 404 if "404" in str(error) else 500
            code = "model_not_found" if status == 404 else ""
            self._send(status, _error(status, str(error), code))
            return
        if asked.body.get("stream") and state.can("stream"):
            self._stream(answer, fault, state)
        elif not (fault and spoiled(self, fault, state.stopped, answer=answer)):
            self._send(200, answer)

    def _stream(self, answer: dict[str, Any], fault: Fault | None, state: ModelServer) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Connection", "close")
        self.end_headers()
        self.close_connection = True
        if fault:
            spoil_contents(answer, fault)
        events = list(chunks_of(answer))
        kept = events[: len(events) // 2] if fault in ("cut", "garbled", "drip") else events
        with suppress(OSError):
            for event in kept:
                self.wfile.write(b": still here\n\n")
                self.wfile.write(f"data: {json.dumps(event)}\n\n".encode())
            if fault == "garbled":
                self.wfile.write(b'data: {"choices": [{"del\n\n')
            if fault == "drip":
                while not state.stopped.wait(0.02):
                    self.wfile.write(b": drip\n\n")
                    self.wfile.flush()
            if fault not in ("cut", "no-done"):
                self.wfile.write(b"data: [DONE]\n\n")

    def _is_let_in(self, state: ModelServer) -> bool:
        if not state.key or self.headers.get("Authorization") == f"Bearer {state.key}":
            return True
        given = self.headers.get("Authorization", "none")
        self._send(401, _error(401, f"Incorrect API key provided: {given}", "invalid_api_key"))
        return False

    def _send(
        self, status: int, answer: dict[str, Any], headers: dict[str, str] | None = None
    ) -> None:
        raw = json.dumps(answer).encode()
        with suppress(OSError):
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(raw)))
            for name, value in (headers or {}).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(raw)


def _error(status: int, message: str, code: str = "") -> dict[str, Any]:
    return {"error": {"message": message, "type": "error", "code": code or status}}
