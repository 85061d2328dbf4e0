"""Answers as rows of the books: found, and written down."""

import sqlite3
import time
from dataclasses import dataclass
from typing import Literal

from penchant.language.books.calls import Call, Kept
from penchant.language.words import Reply, Usage

LedgerMode = Literal["live", "cache", "record", "replay", "estimate"]
_USAGE = "prompt_tokens, completion_tokens, reused_tokens, seconds, cost, estimated"
_ANSWER = f"text, numbers, finish, failure, detail, {_USAGE}"
_PLACE = "key, nth, kept, account, at, verb, model, fingerprint, template, asked, how"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a call stands in the books."""

    call: Call
    nth: int
    """How often the same call was made before, in this opening; only recordings tell them apart"""
    kept: Kept | None
    """What the books hold"""


def find_answer(
    connection: sqlite3.Connection, key: str, nth: int, mode: LedgerMode
) -> Kept | None:
    """What the books answer to a call that is made for the ``nth`` time, from 0."""
    where = {
        "cache": "failure = '' ORDER BY nth DESC LIMIT 1",
        "estimate": "failure = '' ORDER BY nth DESC LIMIT 1",
        "record": "nth = :nth",
        # More often than on the tape: the last one again.
        "replay": "nth <= :nth ORDER BY nth DESC LIMIT 1",
    }
    if mode == "live":
        return None
    asked = f"SELECT {_ANSWER} FROM calls WHERE kept AND key = :key AND {where[mode]}"
    row = connection.execute(asked, {"key": key, "nth": nth}).fetchone()
    return None if row is None else _read(row)


def insert_answer(
    connection: sqlite3.Connection, place: Place, kept: Kept, mode: LedgerMode, account: str
) -> Kept:
    """Writes down what came back; returns what is to be handed on."""
    call, key = place.call, place.call.key
    nth, is_kept = place.nth, mode == "record"
    if mode == "cache":
        is_kept = kept.is_whole and not kept.reply.failure
        asked = "SELECT coalesce(max(nth) + 1, 0) FROM calls WHERE kept AND key = ?"
        (nth,) = connection.execute(asked, (key,)).fetchone()
    handed = kept
    if mode == "record":
        asked = f"SELECT {_ANSWER} FROM calls WHERE kept AND key = ? AND nth = ?"
        before = connection.execute(asked, (key, nth)).fetchone()
        if before is not None:
            is_kept, handed = False, _read(before)
    reply, usage = kept.reply, kept.reply.usage
    row = (
        *(key, nth, is_kept, account, time.time()),
        *(call.verb, call.model, call.fingerprint, call.template, call.asked, call.how),
        *(reply.text, kept.numbers, reply.finish, reply.failure, reply.detail),
        *(usage.prompt_tokens, usage.completion_tokens, usage.reused_tokens),
        *(usage.seconds, usage.cost, usage.estimated),
    )
    marks = ", ".join("?" * len(row))
    connection.execute(f"INSERT INTO calls ({_PLACE}, {_ANSWER}) VALUES ({marks})", row)
    return handed


def _read(row: tuple) -> Kept:  # type: ignore[type-arg]  # columns of several types
    text, numbers, finish, failure, detail, prompt, completion, reused, seconds, cost, rough = row
    usage = Usage(prompt, completion, reused, seconds, cost, bool(rough))
    return Kept(Reply(text, usage, finish, True, failure, detail), bytes(numbers))
