"""Kill -9 of a service that 64 clients write to: what it acknowledged is there, once.

    python benchmarks/service_kills.py --trials 50    # 50 more, until there are 1,000
    python benchmarks/service_kills.py --large        # restart with 1,000,000 events

A trial starts ``penchant serve`` on the folder of the trial before, lets every client send events
one after another over a connection of its own, and kills the process at a random moment. What a
client had sent and heard nothing of it sends again, under the same id, to the next process. In the
folder ``acknowledged.txt`` keeps the ids, so that trials can be done in several goes.
"""

import argparse
import asyncio
import json
import random
import re
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from record import write_record

import penchant as pn
from penchant.serve.events import Event, EventStore, check_events

CLIENTS = 64
WANTED = 1_000
LARGE = 1_000_000
START_S = 120.0


@dataclass
class Clients:
    """What they sent and heard."""

    acknowledged: list[str] = field(default_factory=list)
    unheard: dict[int, str] = field(default_factory=dict)
    """By client: the event that it will send again."""
    again: int = 0
    duplicate: int = 0
    other: list[int] = field(default_factory=list)
    """Statuses that were not 200."""


def main() -> None:
    """Kills, looks, and leaves a record."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trials", type=int, default=50)
    parser.add_argument("--folder", type=Path, default=Path("runs/service-kills"))
    parser.add_argument("--large", action="store_true", help="the restart with a million events")
    asked = parser.parse_args()
    asked.folder.mkdir(parents=True, exist_ok=True)
    kept = asked.folder / "figures.json"
    figures = json.loads(kept.read_text(encoding="utf-8")) if kept.exists() else {}
    if asked.large:
        figures |= large()
    else:
        figures |= kills(asked.folder, min(asked.trials, WANTED - figures.get("kills", 0)), figures)
    kept.write_text(json.dumps(figures, indent=1), encoding="utf-8")
    write_record("service_kills", figures, note=f"{CLIENTS} clients, two processes of one machine")


def kills(folder: Path, trials: int, before: dict[str, float]) -> dict[str, float]:
    """Kills a service so often; figures of all trials so far."""
    model, store = saved_model(folder), folder / "events"
    log = folder / "acknowledged.txt"
    chance, clients, starts = random.Random(before.get("kills", 0)), Clients(), []
    done = int(before.get("kills", 0))
    for trial in range(done, done + trials):
        with service(model, store) as (process, address, seconds):
            starts.append(seconds)
            asyncio.run(write_until_killed(process, address, clients, trial, chance))
        with log.open("a", encoding="utf-8") as file:
            file.writelines(f"{one}\n" for one in clients.acknowledged)
        clients.acknowledged.clear()
        print(f"trial {trial + 1}: started in {seconds:.2f} s", flush=True)
    return {
        "kills": done + trials,
        **looked_through(store, log),
        "sent_again": before.get("sent_again", 0) + clients.again,
        "were_there": before.get("were_there", 0) + clients.duplicate,
        "other_answers": before.get("other_answers", 0) + len(clients.other),
        "start_s": median(starts) if starts else before.get("start_s", 0.0),
    }


def looked_through(store: Path, log: Path) -> dict[str, int]:
    """Acknowledged events, those that are lost, those that are there twice."""
    acknowledged = set(log.read_text(encoding="utf-8").split())
    with EventStore(store) as opened:
        there = opened.frame()["id"].to_list()
    return {
        "acknowledged": len(acknowledged),
        "lost": len(acknowledged - set(there)),
        "written_twice": len(there) - len(set(there)),
        "findings_of_fsck": len(check_events(store)),
    }


async def write_until_killed(
    process: "subprocess.Popen[str]",
    address: str,
    clients: Clients,
    trial: int,
    chance: random.Random,
) -> None:
    """All clients write; at a random moment after the first answer the process is killed."""
    heard = asyncio.Event()
    tasks = [
        asyncio.create_task(write(address, clients, trial, me, heard)) for me in range(CLIENTS)
    ]
    await asyncio.wait_for(heard.wait(), START_S)
    await asyncio.sleep(chance.uniform(0.0, 0.4))
    process.send_signal(signal.SIGKILL)
    await asyncio.gather(*tasks)
    process.wait()


async def write(address: str, clients: Clients, trial: int, me: int, heard: asyncio.Event) -> None:
    """One client: one event after another, until the connection breaks."""
    host, port = address.removeprefix("http://").split(":")
    try:
        reader, writer = await asyncio.open_connection(host, int(port))
    except OSError:
        return
    number = 0
    with suppress(OSError, asyncio.IncompleteReadError), closing(writer):
        while True:
            again = clients.unheard.get(me)
            key = again or f"{trial}-{me}-{number}"
            clients.unheard[me] = key
            writer.write(request_of(key, me))
            await writer.drain()
            status, answer = await answer_of(reader)
            heard.set()
            if status == 200:
                clients.acknowledged.append(key)
                clients.again += again is not None
                clients.duplicate += answer["duplicate"]
                del clients.unheard[me]
                number += again is None
            else:
                clients.other.append(status)
                await asyncio.sleep(0.05)


def request_of(key: str, me: int) -> bytes:
    """An event as HTTP."""
    body = json.dumps({"event_id": key, "user_id": f"u{me}", "item_id": "i1"}).encode()
    head = (
        "POST /v1/events HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


async def answer_of(reader: asyncio.StreamReader) -> tuple[int, dict[str, int]]:
    """Status and JSON."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    length = re.search(r"content-length: (\d+)", head, re.IGNORECASE)
    body = await reader.readexactly(int(length[1]) if length else 0)
    return int(head.split(" ", 2)[1]), json.loads(body)


@contextmanager
def service(model: Path, store: Path) -> Iterator[tuple["subprocess.Popen[str]", str, float]]:
    """``penchant serve`` in a process of its own: it, its address, seconds until it answers."""
    command = [
        str(Path(sys.executable).with_name("penchant")),
        "serve",
        str(model),
        "--store",
        str(store),
    ]
    begun = time.perf_counter()
    process = subprocess.Popen([*command, "--port", "0"], stderr=subprocess.PIPE, text=True)
    try:
        assert process.stderr is not None
        said = ""
        for line in process.stderr:
            said += line
            found = re.search(r"http://\S+", line)
            if found:
                break
        else:
            raise SystemExit(f"the service did not start: {said}")
        with urllib.request.urlopen(f"{found[0]}/health/ready", timeout=START_S):
            yield process, found[0], time.perf_counter() - begun
    finally:
        process.kill()
        process.wait()
        if process.stderr is not None:
            process.stderr.close()


def saved_model(folder: Path) -> Path:
    """A small model on the disk."""
    path = folder / "popular"
    if not path.exists():
        pn.fit(pn.Popular(), pn.data.mini_world()).save(path)
    return path


def large() -> dict[str, float]:
    """Seconds until a service answers: with an empty store, and with a million events."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        model = saved_model(folder)
        with EventStore(folder / "large", seal_after=10 * LARGE) as store:
            for first in range(0, LARGE, 10_000):
                numbers = range(first, first + 10_000)
                store.append([Event(f"u{n % 9_973}", "i1", time=n, id=f"e{n}") for n in numbers])
        seconds: dict[str, list[float]] = {"empty": [], "large": []}
        for trial in range(5):
            for which, taken in seconds.items():
                store_of = folder / (which if which == "large" else f"empty-{trial}")
                with service(model, store_of) as (process, _, started):
                    taken.append(started)
                    process.send_signal(signal.SIGKILL)
    return {
        "restart_empty_s": median(seconds["empty"]),
        "restart_million_s": median(seconds["large"]),
        "restart_million_worst_s": max(seconds["large"]),
    }


if __name__ == "__main__":
    main()
