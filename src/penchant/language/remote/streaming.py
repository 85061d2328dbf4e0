"""Answers from an endpoint as they come."""

import time
from collections.abc import Generator, Iterator
from dataclasses import replace
from typing import Any, cast  # Any: events nest freely

from penchant.backbones.endpoint_errors import CallFailed
from penchant.core import Run
from penchant.language.remote.asking import (
    Asking,
    Order,
    chat_body,
    greet,
    plain_body,
    without_refused,
)
from penchant.language.remote.reading import (
    OPTIONS,
    WORDLESS,
    estimate,
    may_think,
    read_event,
    read_usage,
    refused_option,
    without_begun,
    without_thoughts,
)
from penchant.language.words import Failure, Finish, Prompt, Reply, Usage

_Piece = tuple[str, Finish | None, Usage | None]


def stream_one(asking: Asking, prompt: Prompt, order: Order) -> Generator[str, None, Reply]:
    """Pieces of the answer as they come; what the generator returns says how it ended."""
    started = time.perf_counter()
    told, usage = "", Usage(estimated=True)
    finish: Finish | None = None
    failure: tuple[Failure, str] | None = None
    try:
        greet(asking, order.run)
        for piece, ended, counted in _pieces(asking, prompt, order):
            finish, usage = ended or finish, counted or usage
            told += piece
            if piece:
                yield piece
    except CallFailed as failed:
        # Some servers say how the answer ended, and then not that the stream did.
        if failed.cause != "cut" or finish is None:
            failure = cast(Failure, failed.cause), failed.detail
    if failure is None and not told:
        failure = "garbled", WORDLESS
    if usage.estimated and told:
        usage = Usage(estimate(prompt.text()), estimate(told), estimated=True)
    usage = replace(usage, seconds=time.perf_counter() - started, cost=asking.prices.of(usage))
    if failure is not None:
        came = f"; {len(told)} characters had come" if told else ""
        return Reply.failed(failure[0], f"{failure[1]}{came}", usage)
    return Reply(told, usage, finish or "stop")


def _pieces(asking: Asking, prompt: Prompt, order: Order) -> Iterator[_Piece]:
    """Each piece with how it ended and what it took, once these are told."""
    chats = bool(prompt.messages) or asking.learning.known.completes is False
    path = "/chat/completions" if chats else "/completions"
    body = chat_body(asking, prompt, order) if chats else plain_body(asking, prompt, order)
    body |= {"stream": True, "stream_options": {"include_usage": True}}
    held, begun, first = "", prompt.begun.strip() if prompt.messages else "", True
    for event, sent in _events(asking, path, body, order.run):
        said, finish = read_event(event)
        held += said
        told = isinstance(event, dict) and event.get("usage")
        usage = read_usage(event, sent, "") if told else None
        held_back = may_think(held) or (begun and begun.startswith(held.strip()))
        if first and held_back and not finish and not usage:
            continue  # It may be thinking yet, or repeating how the answer begins.
        if first:
            held = without_begun(without_thoughts(held), prompt)
        yield held, finish, usage
        first, held = first and not held, ""


def _events(
    asking: Asking, path: str, body: dict[str, Any], run: Run
) -> Iterator[tuple[Any, dict[str, Any]]]:
    """The events, with what was posted; again without what the endpoint does not take."""
    for _ in range(len(OPTIONS) + 1):
        sent = without_refused(asking, body)
        try:
            for event in asking.endpoint.stream(path, sent, run):
                yield event, sent
            return
        except CallFailed as failed:
            refused = refused_option(failed, sent)
            if refused is None:
                raise
            asking.learning.refuse(refused)
