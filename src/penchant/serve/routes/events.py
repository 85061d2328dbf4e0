"""Events come in, people go out."""

import json
import time
from collections.abc import Iterator
from typing import Any

from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from pydantic import ValidationError

from penchant.serve.events import Event, event_id_of, new_event_id
from penchant.serve.events.words import MOST_AT_ONCE
from penchant.serve.guard.access import Holding, admin, read, write
from penchant.serve.guard.gate import LINES
from penchant.serve.guard.once import asked_once
from penchant.serve.problems import AS_JSON, BODY, SHAPES, Problem
from penchant.serve.shapes.happenings import (
    EARLIEST_US,
    EventIn,
    EventsAnswer,
    Receipt,
    Rejected,
)
from penchant.serve.shapes.words import PathId
from penchant.serve.shop import Shop, history_of
from penchant.serve.validation import faults_of, told_of

router = APIRouter(prefix="/v1", tags=["events"])
AHEAD_US = 86_400_000_000
"""An event may be so much later than now: clocks differ."""
MICROSECONDS = "ts is an integer, microseconds since 1970: 1700000000000000 is in November 2023"
DOCUMENTED = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {
                    "anyOf": [
                        {"$ref": "#/components/schemas/EventIn"},
                        {
                            "type": "array",
                            "items": {"$ref": "#/components/schemas/EventIn"},
                            "maxItems": MOST_AT_ONCE,
                        },
                    ]
                }
            },
            LINES: {"schema": {"type": "string"}},
        },
    }
}


@router.post("/events", dependencies=[write], openapi_extra=DOCUMENTED)
async def take_events(request: Request, shop: Holding) -> EventsAnswer:
    """One event, an array of them, or one a line; answered when the disk has them.

    An event that was there before is told as a duplicate. Others of the same request are taken
    though some are rejected; lines and places count from 1.
    """
    seed = asked_once(request)
    kind = request.headers.get("content-type", "application/json").partition(";")[0].strip()
    body = await request.body()
    if kind == LINES:
        return await run_in_threadpool(_from_lines, body, shop, seed)
    if kind != "application/json":
        told = f"events are read as application/json or {LINES}, not {kind[:60]!r}"
        raise Problem(415, told, code="media-type", pointer="#/content-type", hint=AS_JSON)
    try:
        given = json.loads(body)
    except (ValueError, RecursionError) as error:
        told = f"the body is no JSON: {error}"
        raise Problem(400, told, code="json", pointer=BODY, hint="send JSON in UTF-8") from error
    if not isinstance(given, dict | list):
        told = "wanted an event or an array of events"
        raise Problem(422, told, code="invalid", pointer=BODY, hint=SHAPES)
    many = given if isinstance(given, list) else [given]
    if len(many) > MOST_AT_ONCE:
        told = f"{len(many):,} events: send {MOST_AT_ONCE:,} at most, or lines ({LINES})"
        raise Problem(413, told, code="too-many")
    answer = await run_in_threadpool(taken, list(enumerate(many, 1)), shop, seed)
    if isinstance(given, dict) and answer.rejected:
        raise problem_of_event(answer.rejected[0])
    return answer


@router.get("/users/{user_id}/history", dependencies=[read])
def history(user_id: PathId, shop: Holding) -> list[str]:
    """The items of a person, oldest first: those of the active model, then what came since."""
    model = shop.desk(None)[1].model
    return [*history_of(model, user_id), *shop.since(model, user_id)["item"].to_list()]


@router.delete("/users/{user_id}", dependencies=[admin])
def erase(user_id: PathId, shop: Holding) -> Receipt:
    """Erases all that is kept of a person; the receipt names the person by a hash."""
    receipt, stale = shop.erase(user_id)
    return Receipt(
        user_sha256=receipt.user_sha256, events=receipt.events, at=receipt.at, stale_models=stale
    )


def problem_of_event(rejected: Rejected) -> Problem:
    """Why the only event of a request was not taken."""
    return Problem(
        409 if rejected.code == "conflict" else 422,
        rejected.message,
        code=rejected.code,
        pointer=rejected.pointer,
        hint=rejected.hint,
    )


def _untimely(line: int, at: int, now: int) -> Rejected | None:
    """What is wrong with the time of an event, if anything is."""
    if at > now + AHEAD_US:
        message = f"ts={at} is more than a day ahead of now ({now}); is it in microseconds?"
        return Rejected(line=line, code="future", message=message, pointer="/ts", hint=MICROSECONDS)
    if at < EARLIEST_US:
        message = f"ts={at} is before March 1973; is it in microseconds?"
        return Rejected(line=line, code="past", message=message, pointer="/ts", hint=MICROSECONDS)
    return None


def _from_lines(body: bytes, shop: Shop, seed: bytes | None) -> EventsAnswer:
    answer = EventsAnswer(accepted=0, duplicate=0, rejected=[])
    numbered = enumerate(body.split(b"\n"), 1)
    lines = [(number, line) for number, line in numbered if line.strip()]
    for first in range(0, len(lines), MOST_AT_ONCE):
        parsed, broken = [], []
        for number, line in lines[first : first + MOST_AT_ONCE]:
            try:
                parsed.append((number, json.loads(line)))
            except (ValueError, RecursionError) as error:
                told = f"no JSON: {error}"
                broken.append(
                    Rejected(
                        line=number,
                        code="invalid",
                        message=told,
                        pointer=BODY,
                        hint="one event a line, as JSON in UTF-8",
                    )
                )
        some = taken(parsed, shop, seed)
        rejected = sorted([*broken, *some.rejected], key=lambda one: one.line)
        answer = EventsAnswer(
            accepted=answer.accepted + some.accepted,
            duplicate=answer.duplicate + some.duplicate,
            rejected=[*answer.rejected, *rejected],
        )
    return answer


def taken(
    given: list[tuple[int, Any]],  # Any: JSON of the caller
    shop: Shop,
    seed: bytes | None = None,
) -> EventsAnswer:
    """Stores what callers say happened; what cannot be is told by its number.

    Args:
        given: Numbers from 1, and events as JSON.
        shop: Where they are stored.
        seed: Makes the ids of events that have none.
    """
    rejected, events, lines = [], [], []
    for line, told in _read(given, seed):
        if isinstance(told, Rejected):
            rejected.append(told)
        else:
            events.append(told)
            lines.append(line)
    answer = shop.store.append(events)
    rejected += [
        Rejected(
            line=lines[one.place],
            code="conflict",
            message=one.reason,
            pointer="/event_id",
            hint="what happened another time has another event_id",
        )
        for one in answer.refused
    ]
    rejected.sort(key=lambda one: one.line)
    for fate, count in (
        ("accepted", answer.accepted),
        ("duplicate", answer.duplicate),
        ("rejected", len(rejected)),
    ):
        shop.meters.events.labels(fate).inc(count)
    return EventsAnswer(accepted=answer.accepted, duplicate=answer.duplicate, rejected=rejected)


def _read(
    given: list[tuple[int, Any]],  # Any: as above
    seed: bytes | None,
) -> Iterator[tuple[int, Event | Rejected]]:
    now = time.time_ns() // 1_000
    for line, told in given:
        try:
            said = EventIn.model_validate(told)
        except ValidationError as error:
            faults = faults_of(error.errors(), told, "body")
            pointer = faults[0].pointer
            hint = MICROSECONDS if pointer == "/ts" else SHAPES
            yield (
                line,
                Rejected(
                    line=line, code="invalid", message=told_of(faults), pointer=pointer, hint=hint
                ),
            )
            continue
        at = now if said.ts is None else said.ts
        if (rejected := _untimely(line, at, now)) is not None:
            yield line, rejected
            continue
        yield (
            line,
            Event(
                said.user_id,
                said.item_id,
                at,
                said.type,
                said.value,
                said.recommendation_id,
                said.event_id or (new_event_id() if seed is None else event_id_of(seed, line)),
                timed=said.ts is not None,
            ),
        )
