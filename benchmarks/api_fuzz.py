"""Schemathesis on the committed OpenAPI document: requests that fit it, requests that do not.

    python benchmarks/api_fuzz.py --cases 2000    # hours; stopped, it goes on where it was

A service over two small models is asked by each operation's examples, its edges, random cases and
sequences of operations. Nothing may break (5xx), every answer must be as the document says, and
every refusal a problem document that says where and what. Needs ``pip install schemathesis``.
"""

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import uvicorn
from record import write_record

import penchant as pn
from penchant.serve.events import open_events
from penchant.serve.guard.keys import new_secret, read_keys
from penchant.serve.running import configured
from penchant.serve.settings import Settings
from penchant.serve.shop import Shop

HERE = Path(__file__).parent
DOCUMENT = HERE.parent / "docs" / "api" / "openapi.json"
LEFT_OUT = ("/v1/jobs/{job_id}/log",)
"""A stream that ends when the job does."""
SEQUENCES = "sequences"


def main() -> None:
    """Asks path by path, then in sequences; leaves a record when all is done."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=2_000, help="of each operation")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--folder", type=Path, default=Path("runs/api-fuzz"))
    asked = parser.parse_args()
    kept = asked.folder / f"{asked.cases}-{asked.seed}.json"
    found = json.loads(kept.read_text(encoding="utf-8")) if kept.exists() else {}
    asked.folder.mkdir(parents=True, exist_ok=True)
    for part in [*paths(), SEQUENCES]:
        if part in found:
            continue
        found[part] = ask(part, asked.cases, asked.seed)
        kept.write_text(json.dumps(found, indent=1), encoding="utf-8")
        print(part, json.dumps(found[part]), flush=True)
    figures = {
        "operations": sum(map(len, documented().values())),
        "cases_each_at_most": asked.cases,
        "requests": sum(one["requests"] for one in found.values()),
        "failures": sum(one["failures"] for one in found.values()),
        "seconds": sum(one["seconds"] for one in found.values()),
    }
    write_record("api_fuzz", figures, note="failures are of distinct kinds, by operation")
    raise SystemExit(figures["failures"] > 0)


def ask(part: str, cases: int, seed: int) -> dict[str, float]:
    """One path, or sequences of all, at a service of its own."""
    begun = time.perf_counter()
    with tempfile.TemporaryDirectory() as name, service(Path(name)) as where:
        bounds = (
            {"phases": "stateful"}
            if part == SEQUENCES
            else {"only": f"^{re.escape(part)}$", "phases": "examples,coverage,fuzzing"}
        )
        rc, told = fuzz(where, cases=cases, seed=seed, folder=Path(name), **bounds)
    failures = number(r"(\d+) found", told) or 0
    if rc:
        print(told, flush=True)
    return {
        "requests": number(r"(\d+) generated", told) or 0,
        "failures": max(failures, int(rc != 0)),
        "seconds": time.perf_counter() - begun,
    }


def documented() -> dict[str, dict[str, object]]:
    """Operations by path and method."""
    found: dict[str, dict[str, object]] = json.loads(DOCUMENT.read_text(encoding="utf-8"))["paths"]
    return found


def paths() -> list[str]:
    """Those that are asked."""
    return [path for path in documented() if path not in LEFT_OUT]


def number(expression: str, told: str) -> int | None:
    """The first that stands in a text."""
    found = re.search(expression, told)
    return int(found[1]) if found else None


@contextmanager
def service(folder: Path) -> Iterator[tuple[str, str]]:
    """A service over two small models with a key; gives its address and the key."""
    data, secret = pn.data.mini_world(), new_secret()
    models = {"covisit": pn.fit(pn.CoVisit(), data), "popular": pn.fit(pn.Popular(), data)}
    for one in (folder / "models", folder / "runs"):
        one.mkdir(parents=True)
    settings = Settings(
        folder=folder / "events",
        port=0,
        keys=read_keys(f"fuzz:admin:{secret}", "here"),
        models=folder / "models",
        runs=folder / "runs",
    )
    shop = Shop(models, open_events(settings.folder), settings)
    server = uvicorn.Server(configured(shop))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            time.sleep(0.02)
        port = server.servers[0].sockets[0].getsockname()[1]
        yield f"http://127.0.0.1:{port}", secret
    finally:
        server.should_exit = True
        thread.join()
        shop.close()


def fuzz(
    where: tuple[str, str],
    *,
    cases: int,
    folder: Path,
    seed: int = 0,
    seconds: int | None = None,
    only: str | None = None,
    phases: str = "examples,coverage,fuzzing,stateful",
) -> tuple[int, str]:
    """What schemathesis finds at an address with a key: 0 if nothing, and what it says."""
    address, secret = where
    command = [
        sys.executable,
        "-m",
        "schemathesis.cli",
        "--config-file",
        str(HERE / "api_fuzz.toml"),
        "run",
        str(DOCUMENT),
        "--url",
        address,
        "-H",
        f"X-API-Key: {secret}",
        "--phases",
        phases,
        "--max-examples",
        str(cases),
        "--seed",
        str(seed),
        "--warnings",
        "off",
        "--no-color",
        "--generation-with-security-parameters",
        "false",
        "--suppress-health-check",
        "all",
        "--request-timeout",
        "30",
        "--continue-on-failure",
        "--no-shrink",
        *(("--max-time", str(seconds)) if seconds else ()),
        *(("--include-path-regex", only) if only else ()),
        *(part for path in LEFT_OUT for part in ("--exclude-path", path)),
    ]
    surroundings = {**os.environ, "SCHEMATHESIS_HOOKS": "api_fuzz_checks", "PYTHONPATH": str(HERE)}
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, cwd=folder, env=surroundings
    )
    return done.returncode, done.stdout + done.stderr[-4_000:]


if __name__ == "__main__":
    main()
