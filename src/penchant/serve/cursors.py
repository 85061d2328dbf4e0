"""Where the next page begins, as a text that only means something here."""

import base64
import binascii
import hashlib
import json

from penchant.serve.problems import Problem

LONGEST = 200
_DIGEST_BYTES = 9


def cursor_at(place: int, *asked: object) -> str:
    """The cursor of a place in the answer to what was asked.

    It survives a restart. Its checksum is no secret: whoever forges one gets another page of what
    they may read anyway.
    """
    told = str(place).encode()
    return base64.urlsafe_b64encode(_digest(told, asked) + told).decode().rstrip("=")


def place_of(cursor: str | None, *asked: object) -> int:
    """The place of a cursor; 0 without one.

    Raises:
        Problem: It was altered, or given to another question.
    """
    if cursor is None:
        return 0
    try:
        read = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
    except (binascii.Error, ValueError):
        read = b""
    digest, told = read[:_DIGEST_BYTES], read[_DIGEST_BYTES:]
    if told.isdigit() and digest == _digest(told, asked):
        return int(told)
    raise Problem(
        422,
        f"cursor {cursor[:LONGEST]!r} is none that was given to this question",
        code="cursor",
        pointer="#/cursor",
        hint="leave it out to begin again",
    )


def _digest(told: bytes, asked: tuple[object, ...]) -> bytes:
    words = json.dumps([told.decode(), *asked], default=str).encode()
    return hashlib.blake2b(words, digest_size=_DIGEST_BYTES, person=b"cursor").digest()
