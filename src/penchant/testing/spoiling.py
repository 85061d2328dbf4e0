"""How providers spoil their answers."""

import json
import threading
from contextlib import suppress
from http.server import BaseHTTPRequestHandler
from typing import Any, Literal  # Any: answers nest freely

Fault = Literal[
    "401",
    "404-model",
    "429",
    "429-after",
    "429-minute",
    "429-quota",
    "500",
    "502-html",
    "close",
    "content-type",
    "cut",
    "drip",
    "empty-body",
    "empty-choices",
    "error-200",
    "garbled",
    "hang",
    "no-done",
    "no-usage",
    "null-content",
    "refusal",
    "too-long",
]
"""A way to spoil one answer.

Statuses with OpenAI's error bodies (``429-after`` bears ``Retry-After: 0.05``, ``429-minute``
``Retry-After: 60``; ``429-quota`` says that the account is empty); ``close``: the connection ends
without an answer; ``content-type``: a page instead of JSON; ``cut``: the body, or the stream, ends
in the middle; ``drip``: a byte at a time, without end; ``error-200``: an error with the status of
success; ``garbled``: half of the JSON, whole in length; ``hang``: nothing comes at all;
``no-done``: a stream without its last line.
"""
_STATUSES: dict[str, tuple[int, str, str, dict[str, str]]] = {
    "401": (401, "invalid_api_key", "Incorrect API key provided", {}),
    "404-model": (404, "model_not_found", "The model does not exist", {}),
    "429": (429, "rate_limit_exceeded", "Too many requests", {}),
    "429-after": (429, "rate_limit_exceeded", "Too many requests", {"Retry-After": "0.05"}),
    "429-minute": (429, "rate_limit_exceeded", "Too many requests", {"Retry-After": "60"}),
    "429-quota": (429, "insufficient_quota", "You exceeded your current quota", {}),
    "500": (500, "server_error", "The server had an error", {}),
    "too-long": (
        400,
        "context_length_exceeded",
        "This model's maximum context length is 10 tokens",
        {},
    ),
}


def spoiled(
    to: BaseHTTPRequestHandler,
    fault: Fault,
    stopped: threading.Event,
    *,
    before: bool = False,
    answer: dict[str, Any] | None = None,
) -> bool:
    """Sends what a fault sends; ``False``: nothing was sent, and the answer may go out.

    Args:
        to: The request.
        fault: What to do.
        stopped: Set when the server ends, so that nothing hangs for longer.
        before: No answer was made yet: only faults that need none are for now.
        answer: What would have been sent; the faults of contents change it in place.
    """
    with suppress(OSError):
        if before:
            return _before(to, fault, stopped)
        return _after(to, fault, answer or {}, stopped)
    return True


def _before(to: BaseHTTPRequestHandler, fault: Fault, stopped: threading.Event) -> bool:
    if fault in _STATUSES:
        status, code, message, headers = _STATUSES[fault]
        body = {"error": {"message": message, "type": code, "code": code}}
        _send(to, status, json.dumps(body).encode(), headers=headers)
    elif fault == "502-html":
        _send(to, 502, b"<html><h1>Bad gateway</h1></html>", kind="text/html")
    elif fault == "error-200":
        _send(to, 200, b'{"error": {"message": "upstream broke", "code": 503}}')
    elif fault == "empty-body":
        _send(to, 200, b"")
    elif fault == "close":
        to.close_connection = True
    elif fault == "hang":
        stopped.wait()
        to.close_connection = True
    else:
        return False
    return True


def _after(
    to: BaseHTTPRequestHandler, fault: Fault, answer: dict[str, Any], stopped: threading.Event
) -> bool:
    raw = json.dumps(answer).encode()
    if fault == "content-type":
        _send(to, 200, b"<html>" + raw + b"</html>", kind="text/html")
    elif fault == "garbled":
        _send(to, 200, raw[: len(raw) // 2])
    elif fault == "cut":
        _send(to, 200, raw[: len(raw) // 2], length=len(raw))
        to.close_connection = True
    elif fault == "drip":
        _send(to, 200, b"", length=len(raw) + 100_000)
        while not stopped.wait(0.02):
            to.wfile.write(b" ")
            to.wfile.flush()
        to.close_connection = True
    else:
        spoil_contents(answer, fault)
        return False
    return True


def spoil_contents(answer: dict[str, Any], fault: Fault) -> None:
    """What the faults of contents do to an answer, in place; others leave it."""
    message = answer["choices"][0].get("message", {}) if answer.get("choices") else {}
    if fault == "empty-choices":
        answer["choices"] = []
    elif fault == "null-content":
        message["content"] = None
    elif fault == "refusal":
        message["content"], message["refusal"] = None, "I can't help with that."
    elif fault == "no-usage":
        answer.pop("usage", None)


def _send(
    to: BaseHTTPRequestHandler,
    status: int,
    raw: bytes,
    *,
    kind: str = "application/json",
    length: int | None = None,
    headers: dict[str, str] | None = None,
) -> None:
    to.send_response(status)
    to.send_header("Content-Type", kind)
    to.send_header("Content-Length", str(len(raw) if length is None else length))
    for name, value in (headers or {}).items():
        to.send_header(name, value)
    to.end_headers()
    to.wfile.write(raw)
