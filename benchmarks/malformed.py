"""Malformed inputs: how many are loaded or refused, and how much memory that takes.

The corpus and ten thousand mutations go through ``read`` (and the corpus through ``check``) in one
process each; large broken files go through it in a process of their own each. What must hold: no
other exception than the two that are promised, every refusal with place, wish and hint, and memory
that grows by at most 4 times the decoded bytes and 64 MiB.

    python benchmarks/malformed.py [--mutations 10000] [--megabytes 100]
"""

import argparse
import gzip
import json
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from record import peak_memory_bytes, write_record

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "data"))
SPARE = 64 << 20


def warm(folder: Path) -> int:
    """Reads one good file of each form, so that growth counts no libraries; the peak so far."""
    from malformed import good_files

    from penchant.data import check, read

    for name, content in good_files().items():
        (folder / name).write_bytes(content)
        read(folder / name).histories()
        check(folder / name)
    return peak_memory_bytes()


def outcome(call: Callable[[], object]) -> str:
    """``loaded``, ``refused``, ``vague`` or the name of what must not happen."""
    from penchant.core import DataError, UsageError

    try:
        call()
    except DataError as error:
        placed = error.row is not None or error.column is not None or "gzip" in error.problem
        return "refused" if placed and error.hint and error.wanted and error.file else "vague"
    except UsageError:
        return "refused"
    except BaseException as error:
        return f"crashed: {type(error).__name__}"
    return "loaded"


def run_corpus() -> dict[str, object]:
    """Every hand-made input through ``read`` and ``check``."""
    from malformed import corpus

    from penchant.data import check, read

    counts: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as name:
        before = warm(Path(name))
        for number, bad in enumerate(corpus()):
            folder = Path(name) / str(number)
            folder.mkdir()
            arguments = bad.write(folder)
            counts["read " + outcome(lambda a=arguments: read(**a))] += 1
            counts["check " + outcome(lambda a=arguments: check(**a))] += 1
    return {"counts": counts, "growth_bytes": peak_memory_bytes() - before}


def run_mutations(n: int) -> dict[str, object]:
    """Mutated good files through ``read``; one in twenty is Parquet, which takes two processes."""
    from malformed import good_files, mutated

    from penchant.data import read

    files = good_files()
    texts = [name for name in files if "parquet" not in name]
    counts: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as folder:
        before = warm(Path(folder))
        for seed in range(n):
            name = "table.parquet" if seed % 20 == 0 else texts[seed % len(texts)]
            path = Path(folder) / name
            path.write_bytes(mutated(files[name], random.Random(seed)))
            counts[outcome(lambda p=path: read(p).histories())] += 1
    return {"counts": counts, "growth_bytes": peak_memory_bytes() - before}


def large_files(size: int) -> dict[str, tuple[str, Callable[[], tuple[bytes, int]]]]:
    """Broken files of about ``size`` bytes: a name, and a maker of bytes and decoded size."""
    line = b"user%06d,item%05d,4,1500000000\n"
    n = size // len(line % (0, 0))

    def csv() -> bytes:
        return b"user,item,rating,time\n" + b"".join(
            line % (k % 50_000, k % 9_999) for k in range(n)
        )

    def packed(content: bytes, cut: int = 0) -> bytes:
        whole = gzip.compress(content, 1)
        return whole[: len(whole) - cut]

    def json_lines() -> bytes:
        row = '{"user": "u%d", "item": "i%d", "rating": 4, "time": 1500000000}\n'
        return "".join(row % (k % 50_000, k % 9_999) for k in range(size // 64)).encode()

    def alone(content: bytes) -> tuple[bytes, int]:
        return content, len(content)

    return {
        "last row short": ("log.csv", lambda: alone(csv() + b"u,i\n")),
        "last rating a word": ("log.csv", lambda: alone(csv() + b"u,i,good,1500000000\n")),
        "last time in ms": ("log.csv", lambda: alone(csv() + b"u,i,4,1500000000000\n")),
        "last id not UTF-8": ("log.csv", lambda: alone(csv() + b"u\xff,i,4,1500000000\n")),
        "a quote never closed": ("log.csv", lambda: alone(csv() + b'"u,i,4,1500000000\n' * 9)),
        "truncated gzip": ("log.csv.gz", lambda: (packed(csv(), 1_000), size)),
        "gzip of zeros": ("log.csv.gz", lambda: (packed(b"\0" * size), size)),
        "gzip, last row short": ("log.csv.gz", lambda: (packed(csv() + b"u,i\n"), size)),
        "last line torn": ("log.jsonl", lambda: alone(json_lines() + b'{"user": "u"')),
        "one long line": ("log.csv", lambda: alone(b"user,item," + b"x" * size)),
        "many columns": ("log.csv", lambda: alone(b"user,item" + b",x" * (size // 2))),
        "only line ends": ("log.csv", lambda: alone(b"user,item\n" + b"\n" * size)),
        "only separators": ("log.csv", lambda: alone(b"user,item\n" + b"," * size)),
    }


def run_large(case: str, size: int) -> dict[str, object]:
    """One large file, already written, in this process alone."""
    from penchant.data import read

    name = large_files(size)[case][0]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        decoded = int(
            subprocess.run(
                [sys.executable, __file__, "--write", case, "--size", str(size), "--at", path],
                capture_output=True,
                text=True,
                check=True,
            ).stdout
        )
        (Path(folder) / "warm").mkdir()
        before = warm(Path(folder) / "warm")
        start = time.perf_counter()
        told = outcome(lambda: read(path))
        took = time.perf_counter() - start
    growth = peak_memory_bytes() - before
    return {
        "outcome": told,
        "s": took,
        "decoded_bytes": decoded,
        "growth_bytes": growth,
        "within_bound": growth <= 4 * decoded + SPARE,
    }


def in_process(*arguments: str) -> dict[str, object]:
    """What another process of this script prints."""
    command = [sys.executable, __file__, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        return {"outcome": f"process ended with {done.returncode}: {done.stderr[-300:]}"}
    parsed: dict[str, object] = json.loads(done.stdout.splitlines()[-1])
    return parsed


def main() -> None:
    """Runs all parts and leaves the record."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--mutations", type=int, default=10_000)
    parser.add_argument("--megabytes", type=int, default=100)
    parser.add_argument("--part")
    parser.add_argument("--write")
    parser.add_argument("--size", type=int)
    parser.add_argument("--at", type=Path)
    options = parser.parse_args()
    size = options.size or options.megabytes << 20
    if options.write:
        content, decoded = large_files(size)[options.write][1]()
        options.at.write_bytes(content)
        print(decoded)
    elif options.part == "corpus":
        print(json.dumps(run_corpus()))
    elif options.part == "mutations":
        print(json.dumps(run_mutations(options.mutations)))
    elif options.part:
        print(json.dumps(run_large(options.part, size)))
    else:
        figures: dict[str, object] = {
            "corpus": in_process("--part", "corpus"),
            "mutations": in_process("--part", "mutations", "--mutations", str(options.mutations)),
        }
        for case in large_files(size):
            figures[case] = in_process("--part", case, "--size", str(size))
        write_record("malformed", figures, note="large files are broken at their end")


if __name__ == "__main__":
    main()
