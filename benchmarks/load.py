"""Requests at a steady rate, whether earlier ones are answered or not; and what became of them.

An open loop: each request has its moment, and waits of a service that stalls are counted from that
moment on, so that a stall is not hidden by requests which it kept from being sent (what is called
coordinated omission). One thread, plain HTTP/1.1 over connections that are kept.
"""

import asyncio
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

Maker = Callable[[int], bytes]
"""The bytes of the n-th request."""


@dataclass
class Seen:
    """What became of requests."""

    seconds: list[float] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    at: list[float] = field(default_factory=list)
    """Since the start: when each was due"""

    def of(self, *statuses: int) -> np.ndarray:
        """Seconds of the answers with these statuses."""
        told = np.asarray(self.statuses)
        return np.asarray(self.seconds)[np.isin(told, statuses)]

    def summary(self, *statuses: int) -> dict[str, float | int]:
        """Count and milliseconds of the answers with these statuses."""
        seconds = self.of(*statuses)
        if not len(seconds):
            return {"n": 0}
        p50, p95, p99 = 1e3 * np.quantile(seconds, [0.5, 0.95, 0.99])
        worst = 1e3 * float(seconds.max())
        return {"n": len(seconds), "p50_ms": p50, "p95_ms": p95, "p99_ms": p99, "max_ms": worst}

    def counts(self) -> dict[str, int]:
        """How many answers there were of each status; 0: none, the connection broke."""
        told, n = np.unique(self.statuses, return_counts=True)
        return {str(status): int(count) for status, count in zip(told, n, strict=True)}


class _Line(asyncio.Protocol):
    """One connection; one request on its way at a time."""

    def __init__(self) -> None:
        self._read = bytearray()
        self._done: asyncio.Future[int] | None = None
        self._transport: asyncio.Transport | None = None
        self.open = True

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport  # type: ignore[assignment]

    def ask(self, request: bytes) -> "asyncio.Future[int]":
        self._done = asyncio.get_running_loop().create_future()
        self._read.clear()
        self._transport.write(request)  # type: ignore[union-attr]
        return self._done

    def data_received(self, data: bytes) -> None:
        self._read += data
        end = self._read.find(b"\r\n\r\n")
        if end < 0 or self._done is None or self._done.done():
            return
        head = bytes(self._read[:end]).lower()
        at = head.find(b"content-length:")
        length = int(head[at + 15 :].split(b"\r\n", 1)[0]) if at >= 0 else 0
        if len(self._read) >= end + 4 + length:
            self._done.set_result(int(head[9:12]))

    def connection_lost(self, error: Exception | None) -> None:
        self.open = False
        if self._done is not None and not self._done.done():
            self._done.set_result(0)


async def steady(port: int, request: Maker, *, rate: float, seconds: float) -> Seen:
    """``rate`` requests a second, evenly, for so many seconds."""
    seen, free, running = Seen(), deque[_Line](), set[asyncio.Task[None]]()
    loop, start = asyncio.get_running_loop(), time.perf_counter()

    async def one(number: int, due: float) -> None:
        line = free.popleft() if free else None
        if line is None or not line.open:
            try:
                _, line = await loop.create_connection(_Line, "127.0.0.1", port)
            except OSError:
                line = None
        status = await line.ask(request(number)) if line else 0
        seen.seconds.append(time.perf_counter() - start - due)
        seen.statuses.append(status)
        seen.at.append(due)
        if line and line.open:
            free.append(line)

    for number in range(int(rate * seconds)):
        due = number / rate
        wait = start + due - time.perf_counter()
        if wait > 0:
            await asyncio.sleep(wait)
        task = asyncio.create_task(one(number, due))
        running.add(task)
        task.add_done_callback(running.discard)
    await asyncio.gather(*running)
    return seen


async def eager(port: int, request: Maker, *, connections: int, seconds: float) -> Seen:
    """As many requests as ``connections`` callers get answered, each asking again at once."""
    seen, loop = Seen(), asyncio.get_running_loop()
    start = time.perf_counter()

    async def caller(first: int) -> None:
        _, line = await loop.create_connection(_Line, "127.0.0.1", port)
        number = first
        while (begun := time.perf_counter()) - start < seconds:
            status = await line.ask(request(number))
            seen.seconds.append(time.perf_counter() - begun)
            seen.statuses.append(status)
            seen.at.append(begun - start)
            number += connections

    await asyncio.gather(*(caller(first) for first in range(connections)))
    return seen


def post(path: str, body: bytes) -> bytes:
    """The bytes of a POST of JSON."""
    head = (
        f"POST {path} HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\n"
        f"content-length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body
