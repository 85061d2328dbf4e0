"""A run against a real server, recorded; then replayed with the server gone and the network shut.

A llama.cpp server with SmolLM2-135M (4 bits) re-ranks what Popular proposes to people of the mini
world; the run is recorded. Tokens on the books are compared with the server's own counters. Then
the server is stopped, every process that tries to connect anywhere is refused and writes that down,
and the run is reproduced from the recording: its metrics must be the same to the last byte.

``python benchmarks/ledger_replay.py [PEOPLE]``
"""

import json
import os
import re
import subprocess
import sys
import tempfile
import urllib.request
from pathlib import Path

import polars as pl
from record import write_record

import penchant as pn
from penchant.backbones import get_model
from penchant.experiments import reproduce, run_spec
from penchant.language import LedgerOptions, sum_calls

SPEC = """
metrics = ["ndcg@5", "recall@5"]
[data]
events = "events.csv"
items = "items.csv"
[[methods]]
method = "popular"
[[methods]]
name = "reranked"
method = "cascade"
pool = 8
first = "popular"
[methods.second]
method = "llmrank"
[methods.second.lm]
lm = "remote"
base_url = "{address}/v1"
model = "smollm2"
concurrency = 2
window = 2048
"""
SHUT = """
import os, socket
def refuse(self, address, *rest):
    with open({log!r}, "a") as file:
        file.write(repr(address) + "\\n")
    raise OSError("the network is shut")
socket.socket.connect = socket.socket.connect_ex = refuse
"""
COUNTERS = ("prompt_tokens_total", "tokens_predicted_total")


def start_server():
    """llama.cpp's own server, with its counters."""
    import xllamacpp

    settings = xllamacpp.CommonParams()
    folder = get_model("smollm2-135m-instruct-gguf")
    settings.model.path = str(next(folder.glob("*.gguf")))
    settings.n_ctx, settings.n_parallel, settings.cpuparams.n_threads = 4096, 2, 1
    settings.verbosity, settings.endpoint_metrics = -1, True
    return xllamacpp.Server(settings)


def counters(address: str) -> dict[str, int]:
    """Tokens as the server counts them: those of prompts that it computed, and those it wrote."""
    with urllib.request.urlopen(f"{address}/metrics") as answer:
        text = answer.read().decode()
    found = {name: re.search(rf"llamacpp:{name} ([\d.e+]+)", text) for name in COUNTERS}
    return {name: int(float(match[1])) for name, match in found.items() if match}


def write_data(folder: Path, people: int) -> None:
    """Some people of the mini world, and all items."""
    data = pn.data.mini_world()
    chosen = data.people.ids.series()[:people]
    names = {"user": data.people.ids.series(), "item": data.catalog.ids.series()}
    events = data.events.with_columns(
        **{role: ids.gather(data.events[role]) for role, ids in names.items()}
    )
    events.filter(events["user"].is_in(chosen.implode())).select("user", "item", "time").write_csv(
        folder / "events.csv"
    )
    catalog = data.catalog.ids.series().to_frame("item")
    titles = pl.Series("title", list(data.catalog.titles()), dtype=pl.String)
    catalog.with_columns(titles).write_csv(folder / "items.csv")


def is_shut(log: Path) -> bool:
    """Whether a new process is refused, and seen; forgotten again."""
    tried = "import urllib.request; urllib.request.urlopen('http://127.0.0.1:9')"
    ran = subprocess.run([sys.executable, "-c", tried], capture_output=True, text=True, check=False)
    seen = log.exists()
    log.unlink(missing_ok=True)
    return seen and "the network is shut" in ran.stderr


def main(people: int) -> None:
    """Records, compares the counts, shuts the network, reproduces."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        write_data(folder, people)
        server = start_server()
        address = server.listening_address
        tape = folder / "tape.sqlite"
        spec = SPEC.format(address=address)
        calls = LedgerOptions(file=str(tape), mode="record")
        before = counters(address)
        first = run_spec(spec, folder / "run", base=folder, calls=calls)
        after = counters(address)
        del server
        (folder / "shut").mkdir()
        log = folder / "connections.txt"
        (folder / "shut" / "sitecustomize.py").write_text(SHUT.format(log=str(log)))
        os.environ["PYTHONPATH"] = str(folder / "shut")
        if not is_shut(log):
            sys.exit("the network is not shut: the replay would prove nothing")
        calls = LedgerOptions(file=str(tape), mode="replay")
        again = reproduce(first.folder, folder / "again", calls=calls)
        names = ("metrics.parquet", "entries/reranked/metrics.parquet")
        same = [(first.folder / n).read_bytes() == (again.folder / n).read_bytes() for n in names]
        costs = json.loads((again.folder / "costs.json").read_text())
        replayed = costs["reranked"]["language_models"]
        booked = sum_calls(tape)[0]
        reused = json.loads((first.folder / "costs.json").read_text())["reranked"]
        reused = reused["language_models"]["reused_tokens"]
        tried = log.read_text().splitlines() if log.exists() else []
        figures = {
            "queries": len(first.split.test),
            "calls": booked["calls"],
            "failed": booked["failed"],
            "replayed_from_books": replayed["from_books"],
            "replay_spent_tokens": replayed["spent_tokens"],
            "connections_tried_in_replay": len(tried),
            "metrics_identical_to_the_byte": all(same),
            "is_identical": again.is_identical,
            "prompt_tokens_on_the_books": booked["prompt_tokens"],
            "of_them_reused": reused,
            "completion_tokens_on_the_books": booked["completion_tokens"],
            "prompt_tokens_computed_by_the_server": after[COUNTERS[0]] - before[COUNTERS[0]],
            "tokens_written_by_the_server": after[COUNTERS[1]] - before[COUNTERS[1]],
        }
    write_record("ledger_replay", figures, note="llama.cpp with SmolLM2-135M-Instruct, 4 bits")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 40)
