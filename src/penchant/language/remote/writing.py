"""Answers in words from an endpoint, held to a shape where one is asked for."""

import time
from dataclasses import replace
from typing import cast

from penchant.backbones.endpoint_errors import CallFailed
from penchant.language.remote.asking import (
    Asking,
    Order,
    ask_adapting,
    ask_chat,
    greet,
    messages_of,
    plain_body,
)
from penchant.language.remote.ladder import RUNGS, Rung, read_rung, shaped_body
from penchant.language.remote.reading import WORDLESS, Got, without_begun
from penchant.language.words import Failure, JsonShape, Prompt, Reply, Usage

_MEND = (
    "That does not fit the JSON Schema that was asked for. Answer again, with the JSON and nothing "
    "else."
)


def write_one(asking: Asking, prompt: Prompt, shape: JsonShape | None, order: Order) -> Reply:
    """A reply, or the failure; raises only what a person can mend."""
    started = time.perf_counter()
    try:
        greet(asking, order.run)
        if shape is not None:
            with asking.learning.settling(lambda known: bool(known.rung), order.run):
                reply = _shaped(asking, prompt, shape, order)
        elif prompt.messages or asking.learning.known.completes is False:
            got = ask_chat(asking, prompt, {}, order)
            reply = _in_words(got, without_begun(got.text, prompt))
        else:
            reply = _plain(asking, prompt, order)
    except CallFailed as failed:
        reply = Reply.failed(cast(Failure, failed.cause), failed.detail)
    usage = replace(reply.usage, seconds=time.perf_counter() - started)
    return replace(reply, usage=replace(usage, cost=asking.prices.of(usage)))


def _plain(asking: Asking, prompt: Prompt, order: Order) -> Reply:
    """A text that is gone on with; as a chat where the endpoint has nothing else."""
    try:
        body = plain_body(asking, prompt, order)
        got = ask_adapting(asking, "/completions", body, order.run)
    except CallFailed as failed:
        if not failed.unsupported or asking.learning.known.completes:
            raise
        got = ask_chat(asking, prompt, {}, order)
        asking.learning.learn(completes=False)
    else:
        asking.learning.learn(completes=True)
    return _in_words(got, got.text)


def _in_words(got: Got, text: str) -> Reply:
    if got.message.get("content") is None:
        return Reply.failed("garbled", WORDLESS, got.usage)
    return Reply(text, got.usage, got.finish)


def _shaped(asking: Asking, prompt: Prompt, shape: JsonShape, order: Order) -> Reply:
    """Down the ladder, from the rung that held last time."""
    known = asking.learning.known.rung
    rungs = RUNGS[RUNGS.index(known) :] if known in RUNGS else RUNGS
    # The JSON is whole: it cannot go on with a beginning.
    prompt = replace(prompt, begun="") if prompt.messages else prompt
    usage, said, rung = Usage(), "", rungs[0]
    for rung in rungs:
        try:
            got = ask_chat(asking, prompt, shaped_body(rung, messages_of(prompt), shape), order)
        except CallFailed as failed:
            if failed.unsupported and rung != RUNGS[-1]:
                continue
            raise
        usage, said = usage + got.usage, got.text
        if reply := _read(asking, got, rung, shape, usage):
            return reply
        if known:
            break
    body = shaped_body(rung, messages_of(prompt), shape)
    body["messages"] += [
        {"role": "assistant", "content": said or "..."},
        {"role": "user", "content": _MEND},
    ]
    again = ask_chat(asking, prompt, body, order)
    usage += again.usage
    detail = f"no JSON that fits {shape.name!r}, asked for twice: {again.text[:80]!r}"
    reply = _read(asking, again, rung, shape, usage)
    return reply or Reply.failed("garbled", detail, usage)


def _read(asking: Asking, got: Got, rung: Rung, shape: JsonShape, usage: Usage) -> Reply | None:
    text = read_rung(rung, got.message, shape)
    if text is not None:
        asking.learning.learn(rung=rung)
        return Reply(text, usage, got.finish)
    if got.finish == "length":
        detail = "the JSON ended in the middle: allow more max_tokens, or bound the shape's lists"
        return Reply.failed("cut", detail, usage)
    return None
