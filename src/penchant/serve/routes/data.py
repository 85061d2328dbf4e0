"""What the data are like, and what is wrong with a file that somebody would like to use."""

import math
import shlex
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

import polars as pl
from fastapi import APIRouter, Query, Request
from fastapi.concurrency import run_in_threadpool
from pydantic import Field

from penchant.core import PenchantError
from penchant.data import (
    ROLES_OF,
    Dataset,
    Finding,
    Findings,
    SplitTimes,
    check,
    check_alone,
    check_mapping,
    describe,
    hint_as_text,
    long_tail,
    picture_split,
    read_mapping,
    timeline,
)
from penchant.serve.guard.access import Holding, read
from penchant.serve.guard.few import one_of_few
from penchant.serve.problems import Problem, pointing
from penchant.serve.shapes.data import (
    Bin,
    Checked,
    DataPicture,
    Fault,
    LeakBand,
    Quantile,
    SplitPart,
    SplitPicture,
    TailPoint,
    Understood,
    Valued,
)
from penchant.serve.shapes.values import Value, plain

router = APIRouter(prefix="/v1", tags=["data"], dependencies=[read])
MOST_FAULTS, PREVIEWED, LONGEST_CELL, MOST_ROLES = 500, 20, 200, 10
MAP = "map"
Mapped = Annotated[
    str, Field(max_length=100, description="ROLE=COLUMN, such as user=buyer; rating= for none.")
]
Format = Literal["csv", "tsv", "jsonl", "parquet"]
Table = Literal["events", "items", "people"]
TABLES: tuple[Table, ...] = ("events", "items", "people")
BODY: dict[str, Any] = {  # Any: an OpenAPI document nests freely
    "requestBody": {
        "required": True,
        "description": "The file as it is, of at most 64 MiB.",
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}


@router.get("/data", dependencies=[one_of_few])
def data(
    shop: Holding,
    bins: Annotated[int, Query(ge=1, le=500)] = 60,
    points: Annotated[int, Query(ge=2, le=1_000)] = 100,
) -> DataPicture:
    """Counts, events over time, the long tail, and who learns from when under each split."""
    found, held = shop.looking.data(shop.desk(None)[1].model)
    key = ("picture", bins, points)
    return shop.looking.once(key, found, lambda: _picture(found, held, bins, points))


@router.post("/data:check", openapi_extra=BODY, dependencies=[one_of_few])
async def check_data(
    request: Request,
    file_format: Annotated[Format, Query(alias="format")] = "csv",
    table: Annotated[Table, Query()] = "events",
    mapping: Annotated[list[Mapped] | None, Query(alias=MAP, max_length=MOST_ROLES)] = None,
    limit: Annotated[int, Query(ge=1, le=MOST_FAULTS)] = 100,
) -> Checked:
    """What is wrong, cell by cell, with a log of events or a catalogue; nothing of it is kept."""
    with pointing(f"#/{MAP}"):
        roles = read_mapping(mapping, f"{MAP}=")
        check_mapping(roles)
    with tempfile.TemporaryDirectory(prefix="penchant-check-") as folder:
        path = Path(folder) / f"{table}.{file_format}"
        size = 0
        with path.open("wb") as file:
            async for chunk in request.stream():
                size += len(chunk)
                await run_in_threadpool(file.write, chunk)
        if not size:
            raise Problem(
                422, "the body is empty", code="empty", pointer="", hint="send the file as the body"
            )
        return await run_in_threadpool(_checked, path, roles, limit)


def _checked(path: Path, roles: Mapping[str, str | None], limit: int) -> Checked:
    table: Table = next(name for name in TABLES if name == path.stem)
    if table == "events":
        found = check(path, mapping=roles, limit=limit)
    else:
        found = check_alone(path, table, mapping=roles, limit=limit)
    listed = _once(found.findings)
    errors = sum(one.level == "error" for one in listed)
    counts = {name: _one(value) for name, value in found.summary.items()}
    return Checked(
        ok=found.ok,
        bytes=path.stat().st_size,
        errors=errors,
        warnings=len(listed) - errors,
        findings=[
            Fault(
                level=one.level,
                problem=one.problem,
                row=one.row,
                column=one.column,
                value=_text(one.value),
                wanted=one.wanted,
                hint=hint_as_text(one.hint, f"{MAP}="),
            )
            for one in listed
        ],
        understood=_understood(found, table),
        counts={**counts, "errors": errors, "warnings": len(listed) - errors},
        preview=_preview(path, found),
        next=_next(found.ok, table, roles),
    )


def _understood(found: Findings, table: Table) -> Understood | None:
    """Nothing, where a file could not be taken for a table."""
    if not found.guesses:
        return None
    guess = found.guesses[-1]
    return Understood(
        format=guess.format,
        separator=guess.separator,
        header=guess.header,
        columns=list(guess.columns),
        roles=dict(guess.roles),
        unused=list(guess.unused),
        playable=list(ROLES_OF[table]),
    )


def _once(findings: Sequence[Finding]) -> list[Finding]:
    """Each cell once for the same problem, by rows."""
    told = {(one.row, one.column, one.problem): one for one in reversed(findings)}
    return sorted(told.values(), key=lambda one: (one.level, one.row or 0))


def _text(value: object) -> str | None:
    if value is None:
        return None
    said = value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
    return said[:LONGEST_CELL]


def _preview(path: Path, found: Findings) -> list[dict[str, Value]]:
    """The first rows with their cells as text; none where the file cannot be read as a table."""
    try:
        if path.suffix == ".parquet":
            # A damaged column can end the process: only those are read that were tried out.
            columns = [*found.guesses[-1].roles.values()] if found.ok else []
            frame = pl.read_parquet(path, columns=columns, n_rows=PREVIEWED)
        elif path.suffix == ".jsonl":
            frame = pl.read_ndjson(path, n_rows=PREVIEWED)
        else:
            tab = "\t" if path.suffix == ".tsv" else ","
            frame = pl.read_csv(
                path,
                separator=tab,
                n_rows=PREVIEWED,
                infer_schema=False,
                truncate_ragged_lines=True,
                encoding="utf8-lossy",
            )
    except (pl.exceptions.PolarsError, OSError, ValueError):
        return []
    return [
        {name: _cell(value) for name, value in row.items()} for row in frame.iter_rows(named=True)
    ]


def _cell(value: object) -> Value:
    told = plain(value)
    return told[:LONGEST_CELL] if isinstance(told, str) else told


def _next(ok: bool, table: Table, roles: Mapping[str, str | None]) -> str:
    if not ok:
        return "mend the errors, and check again"
    named = [shlex.quote(f"{role}={column or ''}") for role, column in roles.items()]
    command = " ".join(["penchant up FOLDER", *(f"--map {one}" for one in named)])
    if table == "events":
        return f"{command} makes a service of events.csv in it"
    return f"lay it beside events.csv as {table}.csv: {command} reads both"


def _picture(found: Dataset, held: bool, bins: int, points: int) -> DataPicture:
    told = describe(found)
    notes = []
    if held:
        notes.append("no data folder is served (--data): these are the histories of the model")
    splits, bars = [], []
    if found.has_times:
        bars = [Bin(**row) for row in timeline(found, bins).iter_rows(named=True)]
        for kind in ("time", "last"):
            try:
                splits.append(_split(picture_split(found, kind, bins)))
            except PenchantError as error:
                notes.append(f"no split by {kind}: {error}")
    else:
        notes.append("the events have no times: no timeline, no split by time")
    spread = [
        Quantile(quantile=share, per_person=_known(people), per_item=_known(items))
        for share, people, items in told.spread.iter_rows()
    ]
    return DataPicture(
        name=found.name,
        source="model" if held else "data",
        counts={name: _one(value) for name, value in told.counts.items()},
        spread=spread,
        timeline=bars,
        tail=[TailPoint(**row) for row in long_tail(found, points).iter_rows(named=True)],
        ratings=[Valued(value=_one(v), events=n) for v, n in told.ratings.iter_rows()],
        kinds=[Valued(value=_one(v), events=n) for v, n in told.kinds.iter_rows()],
        splits=splits,
        notes=notes,
    )


def _split(told: SplitTimes) -> SplitPicture:
    learned = int(told.parts.filter(part="train")["events"].sum())
    leak = None
    if told.leak is not None:
        begins, ends, events = told.leak
        leak = LeakBand(begins=begins, ends=ends, events=events, share=events / max(1, learned))
    parts = [
        SplitPart(**row, by_bin=told.by_bin[row["part"]].tolist())
        for row in told.parts.iter_rows(named=True)
    ]
    return SplitPicture(split=told.kind, claim=told.claim, parts=parts, leak=leak)


def _one(value: object) -> str | int | float | bool | None:
    told = plain(value)
    return ", ".join(told) if isinstance(told, list) else told


def _known(value: float) -> float | None:
    return value if math.isfinite(value) else None
