"""Parquet, tried out in a process of its own first.

A decoder may abort the whole process on a damaged page (an allocation of 2**61 bytes was seen), and
no handler runs after that. So another Python decodes the columns first, with bounded memory; when
it dies or stands still (threads of a decoder without memory were seen to wait for each other
forever), a second one says at which column and row group.
"""

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from itertools import accumulate

import polars as pl

from penchant.core import DataError
from penchant.data.read_footer import row_groups
from penchant.data.read_guess import Guess, Layout, guess_roles, settle_roles
from penchant.data.read_source import Source

TRIAL = """
import io, os, sys, threading, time
import polars as pl
limit, where, starts, columns = int(sys.argv[1]), sys.argv[2], sys.argv[3], sys.argv[4:]
def watch():
    used, still = -1.0, 0
    while still < %d:
        now = time.process_time()
        still = still + 1 if now - used < 0.05 else 0
        used = now
        time.sleep(1)
    os._exit(1)
threading.Thread(target=watch, daemon=True).start()
try:
    import resource
    with open("/proc/self/statm") as file:
        used = int(file.read().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (used + limit, used + limit))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
except (ImportError, OSError, ValueError):
    pass
data = where or io.BytesIO(sys.stdin.buffer.read())
def scan():
    return pl.scan_parquet(data, glob=False)
try:
    if not columns:
        print(*(repr(c) for c in scan().collect_schema().names()), sep="\\n")
    elif not starts:
        frame = scan().select(columns).collect()
        print(frame.height)
    else:
        bounds = [int(s) for s in starts.split(",")]
        for group, (start, stop) in enumerate(zip(bounds, bounds[1:])):
            for column in columns:
                print(group, repr(column), flush=True)
                scan().select(column).slice(start, stop - start).collect()
        print("whole")
except BaseException as error:
    print("error", str(error).splitlines()[0][:200], flush=True)
    sys.stdout.flush()
    os._exit(1)
"""
STILL_S = 10
"""After so many seconds without work a trial is taken for dead."""
ONE_THREAD_BYTES = 64 << 20
"""Smaller files are tried with one thread, which cannot wait for another."""
SPARE_BYTES = 512 << 20
BYTES_PER_VALUE = 64
TRIAL_S = 600


def guess_parquet(
    source: Source, roles: Sequence[str], mapping: Mapping[str, str | None], layout: Layout
) -> Guess:
    """Columns and roles, from the schema.

    Raises:
        DataError: The footer cannot be read.
    """
    bounds(source)
    code, out = _trial(source, [], "")
    if code or not out:
        raise _damaged(source, "the schema in the footer cannot be read", "footer")
    try:
        columns = tuple(pl.read_parquet_schema(_data(source)))
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException):
        raise _damaged(source, "the schema in the footer cannot be read", "footer") from None
    settled, given = settle_roles(
        guess_roles(columns, roles), columns, mapping, roles, where=source.name
    )
    return Guess(
        file=source.name,
        format="parquet",
        columns=columns,
        roles=settled,
        time_unit=layout.time_unit,
        given=given,
    )


def read_parquet(source: Source, guess: Guess, *, all_columns: bool) -> pl.DataFrame:
    """The columns that play a role, or all, as they are typed.

    Raises:
        DataError: A page is damaged; with its column and row group.
    """
    names = guess.labels
    used = set(guess.roles.values())
    columns = list(guess.columns) if all_columns else [c for c in guess.columns if c in used]
    n_rows = bounds(source)[-1]
    code, out = _trial(source, columns, "")
    if code or out != [str(n_rows)]:
        raise _damaged_page(source, columns)
    try:
        frame = pl.read_parquet(_data(source), columns=columns, glob=False)
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException):
        raise _damaged_page(source, columns) from None
    return frame.rename({column: names[column] for column in columns})


def bounds(source: Source) -> list[int]:
    """Where row groups begin, and where the last one ends.

    Raises:
        DataError: The footer is damaged.
    """
    try:
        return [0, *accumulate(row_groups(source.data))]
    except ValueError as error:
        raise _damaged(source, f"this is no whole Parquet file: {error}", "footer") from None


def row_group_of(source: Source, index: int) -> int:
    """The row group that a row stands in."""
    return next((g for g, end in enumerate(bounds(source)[1:]) if index < end), 0)


def _data(source: Source) -> str | bytes:
    return bytes(source.data) if source.path is None else str(source.path)


def _trial(source: Source, columns: Sequence[str], starts: str) -> tuple[int, list[str]]:
    """Exit code and printed lines of a decoding in another process."""
    n_rows = bounds(source)[-1]
    # An id stands in 16 bytes and its text; a damaged count must not claim the machine's memory.
    limit = SPARE_BYTES + 4 * len(source.data) + BYTES_PER_VALUE * max(len(columns), 1) * n_rows
    limit = min(limit, 1 << 46)
    where = "" if source.path is None else str(source.path)
    program = TRIAL % STILL_S
    command = [sys.executable, "-c", program, str(limit), where, starts, *columns]
    threads = {"POLARS_MAX_THREADS": "1"} if len(source.data) < ONE_THREAD_BYTES else {}
    try:
        done = subprocess.run(
            command,
            input=b"" if where else bytes(source.data),
            capture_output=True,
            env={**os.environ, **threads},
            timeout=TRIAL_S,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return 1, []
    return done.returncode, done.stdout.decode(errors="replace").splitlines()


def _damaged_page(source: Source, columns: Sequence[str]) -> DataError:
    starts = ",".join(str(start) for start in bounds(source))
    code, out = _trial(source, columns, starts)
    at = [line for line in out if line.partition(" ")[0].isdigit()]
    if not code or not at:
        return _damaged(source, "the rows and the footer do not agree", "row group 0")
    group, _, column = at[-1].partition(" ")
    return _damaged(
        source, "a page cannot be decoded", f"{column.strip(chr(39))} (row group {group})"
    )


def _damaged(source: Source, problem: str, place: str) -> DataError:
    return source.refuse(
        problem,
        column=place,
        wanted="a whole Parquet file",
        hint="fetch or write the file again; this one is torn or altered",
    )
