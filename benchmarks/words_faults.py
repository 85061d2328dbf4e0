"""What conversations and re-rankings come to when the language model breaks, in every way it can.

Run: ``python benchmarks/words_faults.py [TIMES]``. For every fault that the scripted endpoint has,
TIMES chats and TIMES re-ranked recommendations with a deadline of .8 s, each against a fresh
breaker: how many are answered, how many with the items that the service finds anyway, and how late
the latest comes. Then how long it takes until the breaker leaves a dead endpoint alone, and until
one that is back is asked again.
"""

import json
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, get_args

import uvicorn
from record import write_record

import penchant as pn
from penchant.core import Breaker, Run
from penchant.language import ScriptedLM
from penchant.serve.events import open_events
from penchant.serve.running import configured
from penchant.serve.settings import Settings
from penchant.serve.shop import Shop
from penchant.testing import serve_model
from penchant.testing.spoiling import Fault

DEADLINE_S = 0.8
CHAT = {"messages": [{"role": "user", "content": "a mystery after 2010"}], "k": 5}
LIST = {"history": ["b14104"], "k": 5}


@contextmanager
def service(base_url: str) -> Iterator[tuple[Shop, str]]:
    """A service that asks an endpoint."""
    lm = {"lm": "remote", "base_url": base_url, "model": "scripted", "retries": 0}
    model = pn.fit(pn.CoVisit(), pn.data.mini_world())
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(folder=Path(folder), port=0, lm=json.dumps(lm))
        shop = Shop({"shop": model}, open_events(Path(folder), None), settings)
        server = uvicorn.Server(configured(shop))
        thread = threading.Thread(target=server.run)
        thread.start()
        try:
            while not server.started:
                time.sleep(0.01)
            yield shop, f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()
            shop.close()


def post(address: str, path: str, body: dict[str, Any]) -> tuple[dict[str, Any], float]:
    """The answer, and seconds until it was whole."""
    headers = {"content-type": "application/json"}
    request = urllib.request.Request(address + path, json.dumps(body).encode(), headers)
    began = time.perf_counter()
    with urllib.request.urlopen(request, timeout=60) as reply:
        told: dict[str, Any] = json.loads(reply.read())
    return told, time.perf_counter() - began


def ids(answer: dict[str, Any]) -> set[str]:
    """Of its items."""
    return {item["item_id"] for item in answer["items"]}


def faults(times: int) -> dict[str, Any]:
    """A row for each fault."""
    rows: dict[str, Any] = {}
    deadline = {"deadline_ms": int(1e3 * DEADLINE_S)}
    for fault in get_args(Fault):
        script = ScriptedLM(answers=("Try this one [1].",)).open(Run())
        with serve_model(script, always=fault) as server, service(server.base_url) as (shop, at):
            sound = {
                "chat": post(at, "/v1/recommend", {"query": "a mystery after 2010", "k": 5})[0],
                "rerank": post(at, "/v1/recommend", LIST)[0],
            }
            assert shop.talks.lm is not None
            row = {"answers": 0, "same_items": 0, "degraded": 0, "latest_over_deadline_s": -9.9}
            for number in range(2 * times):
                shop.talks.lm.breaker.note(well=True)
                kind = "chat" if number % 2 else "rerank"
                path = "/v1/chat/completions" if kind == "chat" else "/v1/recommend"
                body = CHAT if kind == "chat" else {**LIST, "rerank": {"pool": 5}}
                answer, took = post(at, path, {**body, **deadline})
                row["answers"] += 1
                row["same_items"] += ids(answer) == ids(sound[kind])
                row["degraded"] += answer["degraded"]
                over = took - DEADLINE_S
                row["latest_over_deadline_s"] = max(row["latest_over_deadline_s"], over)
            rows[fault] = row
    return rows


def breaking() -> dict[str, float]:
    """Seconds until a dead endpoint is left alone, and until one that is back is asked again."""
    script = ScriptedLM(answers=("Try this one [1].",)).open(Run())
    with serve_model(script, always="500") as server, service(server.base_url) as (shop, at):
        assert shop.talks.lm is not None
        breaker: Breaker = shop.talks.lm.breaker
        began = time.perf_counter()
        while not breaker.is_open:
            post(at, "/v1/chat/completions", CHAT)
        opened = time.perf_counter() - began
        asked = len(server.asked)
        answer, took = post(at, "/v1/chat/completions", CHAT)
        left_alone = answer["degraded"] and len(server.asked) == asked
        server.always, began = None, time.perf_counter()
        while breaker.is_open:
            post(at, "/v1/chat/completions", CHAT)
            time.sleep(0.05)
        closed = time.perf_counter() - began
    return {
        "opened_s": opened,
        "left_alone": float(left_alone),
        "answer_while_open_s": took,
        "closed_s": closed,
    }


if __name__ == "__main__":
    told = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    found = {"faults": faults(told), "breaker": breaking()}
    write_record("words_faults", found, note="same_items must be answers; busy cores are later")
