"""Jobs: begin, look, listen, cancel, resume."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path as File
from typing import Annotated, Any

from fastapi import APIRouter, Header, Path, Query, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import FileResponse, StreamingResponse

from penchant.serve.cursors import LONGEST, cursor_at, place_of
from penchant.serve.guard.access import Holding, admin, read
from penchant.serve.jobs.keeper import Jobs
from penchant.serve.jobs.log import Tail
from penchant.serve.jobs.tasks import check
from penchant.serve.jobs.words import OVER, Kept
from penchant.serve.problems import Problem
from penchant.serve.shapes.jobs import Job, JobPage, JobRequest, JobResult, Progress
from penchant.serve.shop import Shop

router = APIRouter(prefix="/v1/jobs", tags=["jobs"])
STREAM = "text/event-stream"
LOOK_S = 0.2
"""Between two looks at a log."""
QUIET_S = 10.0
"""After so long without news a comment keeps the line open."""
JobId = Annotated[str, Path(min_length=1, max_length=64, pattern=r"^[0-9a-f-]+$")]
LINES: dict[int | str, dict[str, Any]] = {  # Any: OpenAPI
    200: {
        "description": "Server-sent events: progress, note, problem, and end with the job.",
        "content": {STREAM: {"schema": {"type": "string"}}},
    }
}
FILES: dict[int | str, dict[str, Any]] = {  # Any: as above
    200: {
        "description": "The file that the job left.",
        "content": {
            kind: {"schema": {"type": "string"}}
            for kind in ("text/csv", "application/x-ndjson", "application/vnd.apache.parquet")
        }
        | {"application/json": {}},
    }
}


@router.post("", status_code=202, dependencies=[admin])
def begin(asked: JobRequest, shop: Holding, response: Response) -> Job:
    """Puts long work into the queue; jobs are done one after another."""
    kept = shop.jobs.begin(check(shop, asked.model_dump()))
    response.headers["Location"] = f"/v1/jobs/{kept.id}"
    return _job(shop.jobs, kept)


@router.get("", dependencies=[read])
def jobs(
    shop: Holding,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    cursor: Annotated[str | None, Query(max_length=LONGEST)] = None,
) -> JobPage:
    """All jobs, the newest first."""
    found = shop.jobs.all()
    end = len(found) if cursor is None else min(place_of(cursor, "jobs"), len(found))
    begin = max(0, end - limit)  # counted from the oldest: jobs that come meanwhile move nothing
    page = [_job(shop.jobs, one) for one in reversed(found[begin:end])]
    return JobPage(jobs=page, cursor=cursor_at(begin, "jobs") if begin else None)


@router.get("/{job_id}", dependencies=[read])
def job(job_id: JobId, shop: Holding) -> Job:
    """How a job goes."""
    return _job(shop.jobs, shop.jobs.get(job_id))


@router.delete("/{job_id}", dependencies=[admin])
def cancel(job_id: JobId, shop: Holding) -> Job:
    """Ends a job that waits or runs; of one that is over, removes what it left."""
    return _job(shop.jobs, shop.jobs.cancel(job_id))


@router.post("/{job_id}:resume", status_code=202, dependencies=[admin])
def resume(job_id: JobId, shop: Holding) -> Job:
    """Queues a job again that was interrupted, cancelled or failed: it continues where it was."""
    return _job(shop.jobs, shop.jobs.resume(job_id))


@router.get("/{job_id}/log", dependencies=[read], response_class=Response, responses=LINES)
async def listen(
    job_id: JobId,
    shop: Holding,
    after: Annotated[int, Query(ge=0, le=1 << 31, description="A line's number.")] = 0,
    last_event_id: Annotated[int | None, Header(ge=0, le=1 << 31)] = None,
) -> StreamingResponse:
    """What a job tells, from the first line or behind one, until it is over."""
    shop.jobs.get(job_id)
    shop.jobs.check_listening()
    tail = Tail(shop.jobs.folder_of(job_id), after if last_event_id is None else last_event_id)
    return StreamingResponse(_told(shop, job_id, tail), media_type=STREAM)


@router.get("/{job_id}/result", dependencies=[admin], response_class=Response, responses=FILES)
def result(job_id: JobId, shop: Holding) -> FileResponse:
    """The recommendations, or the report, that a job left."""
    kept = shop.jobs.get(job_id)
    name = kept.result.get("file")
    if kept.status != "succeeded" or not isinstance(name, str):
        raise Problem(
            404,
            f"job {job_id} ({kept.status}) left no file",
            code="result",
            hint="recommend and evaluate leave one when they have succeeded",
        )
    kinds = {".csv": "text/csv", ".jsonl": "application/x-ndjson", ".json": "application/json"}
    kind = kinds.get(File(name).suffix, "application/vnd.apache.parquet")
    return FileResponse(shop.jobs.folder_of(job_id) / name, media_type=kind, filename=name)


async def _told(shop: Shop, job_id: str, tail: Tail) -> AsyncIterator[str]:
    with shop.jobs.listening():
        quiet = 0.0
        yield "retry: 1000\n\n"
        while True:
            known = shop.jobs.known(job_id)  # before the log: nothing comes behind its end
            lines = await run_in_threadpool(tail.more)
            for line in lines:
                yield _event(line.kind, line.told, line.number)
            if lines:
                quiet = 0.0
                continue
            if known is not None and known.status in OVER:
                yield _event("end", _job(shop.jobs, known).model_dump(mode="json"))
            if known is None or known.status in OVER or shop.jobs.closed:
                return
            await asyncio.sleep(LOOK_S)
            quiet += LOOK_S
            if quiet >= QUIET_S:
                quiet = 0.0
                yield ": nothing new\n\n"


def _event(kind: str, told: object, number: int | None = None) -> str:
    line = "" if number is None else f"id: {number}\n"
    return f"{line}event: {kind}\ndata: {json.dumps(told)}\n\n"


def _job(jobs: Jobs, kept: Kept) -> Job:
    progress = jobs.progress(kept)
    left = dict(kept.result)
    if "file" in left:
        left["file"] = f"/v1/jobs/{kept.id}/result"
    return Job.model_validate(
        {
            "id": kept.id,
            "kind": kept.request["kind"],
            "status": kept.status,
            "request": kept.request,
            "created": kept.created,
            "started": kept.started,
            "ended": kept.ended,
            "attempts": kept.attempts,
            "before": jobs.before(kept),
            "progress": None if progress is None else Progress.model_validate(progress),
            "problem": kept.problem,
            "result": JobResult.model_validate(left) if left else None,
        }
    )
