"""What the client of endpoints makes of calm, disturbed, weak and dead ones.

A server on this machine answers each call after 50 ms. Measured: calls a second by how many are
asked at once; 200 calls of which every fourth request is spoilt in one of six ways; how many calls
it takes to hold an endpoint to a JSON shape, the first time and after that; and how long a row
waits for an endpoint that never answers, with a deadline of half a second.

``python benchmarks/endpoint.py``
"""

import os
import tempfile
import time

from record import write_record

from penchant.core import Deadline, Run
from penchant.language import JsonShape, Prompt, RemoteLM, ScriptedLM
from penchant.testing import serve_model

CALLS = 200
FAULTS = ("429", "500", "close", "cut", "garbled", "empty-choices")
SHAPE = JsonShape.of(
    "order",
    {
        "type": "object",
        "properties": {"order": {"type": "array", "items": {"type": "integer"}}},
        "required": ["order"],
    },
)
PROMPTS = [
    Prompt.chat(f"Person {n}. Order by number.\n1. Heat\n2. Up\n3. Big") for n in range(CALLS)
]
WEAK = {
    "strict schema": ("schema", "refuse"),
    "tools only": ("tools", "refuse"),
    "JSON mode only": ("json", "refuse"),
    "JSON mode only, the rest ignored": ("json", "ignore"),
    "words only": (None, "refuse"),
}


def remote(base_url: str, **options: object) -> RemoteLM:
    """A client of the server."""
    return RemoteLM(base_url=base_url, model="scripted", pause_s=0.02, **options)


def calm(at_once: int) -> dict[str, float]:
    """Calls a second where nothing breaks."""
    run = Run()
    with serve_model(ScriptedLM(latency_s=0.05).open(run)) as server:
        model = remote(server.base_url, concurrency=at_once).open(run)
        model.write(PROMPTS[:1], max_tokens=20, run=run)
        start = time.perf_counter()
        replies = model.write(PROMPTS, max_tokens=20, run=run)
        took = time.perf_counter() - start
    assert not any(reply.failure for reply in replies)
    return {"calls_per_s": CALLS / took, "share_of_ideal": CALLS / took / (at_once / 0.05)}


def disturbed() -> dict[str, float]:
    """What becomes of calls where every fourth request is spoilt."""
    run = Run()
    spoilt = [FAULTS[n // 4 % len(FAULTS)] if n % 4 == 0 else None for n in range(2 * CALLS)]
    with serve_model(ScriptedLM(latency_s=0.05).open(run), faults=spoilt) as server:
        model = remote(server.base_url, concurrency=8, retries=4).open(run)
        start = time.perf_counter()
        replies = model.write(PROMPTS, max_tokens=20, run=run)
        took = time.perf_counter() - start
        return {
            "unanswered": sum(bool(reply.failure) for reply in replies),
            "requests_per_call": len(server.asked) / CALLS,
            "calls_per_s": CALLS / took,
        }


def weak() -> dict[str, dict[str, float]]:
    """Calls that it takes to hold an endpoint to a shape."""
    run, found = Run(), {}
    for name, (offers, unable) in WEAK.items():
        abilities = ["chat", "models", "usage", "max_tokens", *([offers] if offers else [])]
        with serve_model(ScriptedLM().open(run), abilities=abilities, unable=unable) as server:
            model = remote(server.base_url).open(run)
            first = model.write(PROMPTS[:1], max_tokens=40, shape=SHAPE, run=run)
            tries = len(server.asked)
            later = model.write(PROMPTS[1:21], max_tokens=40, shape=SHAPE, run=run)
            assert not any(reply.failure for reply in (*first, *later))
            found[name] = {
                "calls_for_the_first": tries,
                "calls_for_each_after": (len(server.asked) - tries) / 20,
            }
    return found


def dead() -> dict[str, float]:
    """How long an endpoint that never answers holds up who has a deadline."""
    run, waited = Run(), []
    with serve_model(ScriptedLM().open(run), always="hang") as server:
        model = remote(server.base_url, concurrency=4).open(run)
        for _ in range(10):
            start = time.perf_counter()
            late = Run(deadline=Deadline.after(0.5))
            replies = model.write(PROMPTS[:8], max_tokens=20, run=late)
            waited.append(time.perf_counter() - start)
            assert all(reply.failure == "slow" for reply in replies)
    return {"deadline_s": 0.5, "longest_wait_s": max(waited)}


def main() -> None:
    """Measures and writes the record."""
    with tempfile.TemporaryDirectory() as cache:
        os.environ["PENCHANT_CACHE"] = cache
        figures = {
            "calm": {f"{n} at once": calm(n) for n in (1, 4, 16)},
            "every fourth request spoilt, 8 at once": disturbed(),
            "calls to hold to a shape": weak(),
            "an endpoint that never answers": dead(),
        }
    write_record(
        "endpoint",
        figures,
        note=(
            "client and server share the machine; a call has five tries, and of 200 calls about "
            "0.2 meet five spoilt ones in a row"
        ),
    )


if __name__ == "__main__":
    main()
