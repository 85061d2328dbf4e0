"""Who keeps jobs: a queue, a thread that does one after another, and folders that outlive it."""

import logging
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from penchant.core import Json, PenchantError, StorageError, sweep
from penchant.serve.events import Busy, new_event_id
from penchant.serve.jobs.child import INTERRUPTED, Child, Ended
from penchant.serve.jobs.log import last_progress
from penchant.serve.jobs.words import OVER, RESULT, RESUMABLE, RUNNING, Kept, Status, read_kept
from penchant.serve.problems import Problem, places_of

_LOG = logging.getLogger(__name__)
MOST_QUEUED = 32
MOST_LISTENING = 64
MOST_KEPT = 1_000
"""Jobs that are over; of more the oldest are removed."""
FOLDER = "jobs"
Prepare = Callable[[Kept, Path], None]
"""Writes what the child needs into the job's folder; once, so that a resumed job asks the same."""
Done = Callable[[Kept], None]
"""Is told of a job that has succeeded."""


class Jobs:
    """Long work, one at a time, in children that end with this process."""

    def __init__(self, folder: Path, prepare: Prepare, done: Done) -> None:
        """Reads what is there, and goes on with what was queued.

        Args:
            folder: Jobs have a folder each in ``FOLDER`` of it.
            prepare: Called before a job's child starts.
            done: Called when it has succeeded.
        """
        self._folder, self._prepare, self._done = folder / FOLDER, prepare, done
        self._changed = threading.Condition()
        self._jobs: dict[str, Kept] = {}
        self._queue: list[str] = []
        self._child: Child | None = None
        self._anew: set[str] = set()
        self._listening = 0
        self.closed = False
        self._read()
        self._thread = threading.Thread(target=self._work, name="jobs", daemon=True)
        self._thread.start()

    def folder_of(self, job_id: str) -> Path:
        """Where a job keeps what it needs and leaves."""
        return self._folder / job_id

    def begin(self, request: dict[str, Json]) -> Kept:
        """Queues a job.

        Raises:
            Busy: Too many wait.
        """
        with self._changed:
            self._check_room()
            kept = Kept(id=new_event_id(), request=request, created=_now())
            self.folder_of(kept.id).mkdir(parents=True)
            self._keep(kept)
            self._queue.append(kept.id)
            self._remove_old()
            self._changed.notify_all()
        return kept

    def all(self) -> list[Kept]:
        """The oldest first."""
        with self._changed:
            return list(self._jobs.values())

    def known(self, job_id: str) -> Kept | None:
        """A job, if there is one of that id."""
        return self._jobs.get(job_id)

    def get(self, job_id: str) -> Kept:
        """A job.

        Raises:
            Problem: There is none of that id.
        """
        kept = self.known(job_id)
        if kept is None:
            raise Problem(404, f"no job {job_id!r}", code="job", hint="GET /v1/jobs lists them")
        return kept

    def before(self, kept: Kept) -> int | None:
        """How many jobs come before one that is queued."""
        with self._changed:
            if kept.id not in self._queue:
                return None
            return self._queue.index(kept.id) + (self._child is not None)

    def progress(self, kept: Kept) -> dict[str, Json] | None:
        """What a job that was begun told last."""
        return last_progress(self.folder_of(kept.id)) if kept.attempts else None

    def check_listening(self) -> None:
        """Raises :class:`Busy` if too many listen to jobs."""
        if self._listening >= MOST_LISTENING:
            raise Busy(f"{MOST_LISTENING} listen to jobs; close a log, or ask for the job")

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Counts somebody who listens to a job."""
        with self._changed:
            self._listening += 1
        try:
            yield
        finally:
            with self._changed:
                self._listening -= 1

    def cancel(self, job_id: str) -> Kept:
        """Ends a job; removes one that is over."""
        with self._changed:
            kept = self.get(job_id)
            if kept.status in OVER:
                del self._jobs[job_id]
                shutil.rmtree(self.folder_of(job_id), ignore_errors=True)
            elif kept.status == "queued":
                self._queue.remove(job_id)
                kept = self._keep(replace(kept, status="cancelled", ended=_now()))
            elif kept.status == "running":
                kept = self._keep(replace(kept, status="cancelling"))
                if self._child is not None:
                    self._child.interrupt()
        return kept

    def resume(self, job_id: str) -> Kept:
        """Queues a job again that is over without success.

        Raises:
            Problem: It is not over, or has succeeded.
            Busy: Too many wait.
        """
        with self._changed:
            kept = self.get(job_id)
            if kept.status not in RESUMABLE:
                raise Problem(
                    409,
                    f"job {job_id} is {kept.status}",
                    code="state",
                    hint=f"only one that is {', '.join(RESUMABLE)} can be resumed",
                )
            self._check_room()
            kept = self._keep(replace(kept, status="queued", problem=None, ended=None))
            self._queue.append(job_id)
            self._changed.notify_all()
        return kept

    def forget(
        self, knows: Callable[[Kept, Path], bool], without: Callable[[Kept, Path], Kept]
    ) -> None:
        """Takes something out of all jobs that know it; one that runs is stopped and begins anew.

        Args:
            knows: Whether a job, or its folder, has it.
            without: Takes it out of a job that does not run.
        """
        with self._changed:
            for job_id in list(self._jobs):
                kept = self._jobs[job_id]  # it may have begun while another one was waited for
                preparing = kept.status in RUNNING and self._child is None
                if not preparing and not knows(kept, self.folder_of(kept.id)):
                    continue
                if kept.status in RUNNING:
                    self._anew.add(kept.id)
                    if self._child is not None:
                        self._child.kill()
                    self._changed.wait_for(lambda: kept.id not in self._anew)  # noqa: B023  # at once
                now = self._keep(without(self._jobs[kept.id], self.folder_of(kept.id)))
                if now.status == "queued" and now.id not in self._queue:
                    self._queue.insert(0, now.id)
                    self._changed.notify_all()

    def close(self) -> None:
        """Interrupts the job that runs: it resumes where it was. May be called again."""
        with self._changed:
            self.closed = True
            if self._child is not None:
                self._child.interrupt()
            self._changed.notify_all()
        self._thread.join()

    def _check_room(self) -> None:
        if len(self._queue) >= MOST_QUEUED:
            error = Busy(f"{MOST_QUEUED} jobs wait; try again when one is done")
            error.retry_after_s = 30.0
            raise error

    def _keep(self, kept: Kept) -> Kept:
        kept.write(self.folder_of(kept.id))
        self._jobs[kept.id] = kept
        return kept

    def _remove_old(self) -> None:
        over = [one for one in self._jobs.values() if one.status in OVER]
        for one in over[: max(0, len(over) - MOST_KEPT)]:
            del self._jobs[one.id]
            shutil.rmtree(self.folder_of(one.id), ignore_errors=True)

    def _read(self) -> None:
        """What was running when the service went away was interrupted; what waited waits."""
        for folder in sorted(self._folder.iterdir()) if self._folder.is_dir() else ():
            sweep(folder)
            try:
                kept = read_kept(folder)
            except StorageError:
                _LOG.exception("a job could not be read")
                continue
            if kept.status in RUNNING:
                status: Status = "interrupted" if kept.status == "running" else "cancelled"
                kept = replace(kept, status=status, problem="the service ended", ended=_now())
            self._keep(kept)
            if kept.status == "queued":
                self._queue.append(kept.id)

    def _work(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self.closed or self._queue)
                if self.closed:
                    return
                kept = self._jobs[self._queue.pop(0)]
                begun = replace(kept, status="running", attempts=kept.attempts + 1, problem=None)
                kept = self._keep(replace(begun, started=kept.started or _now()))
            try:
                self._end(kept, self._do(kept))
            except Exception as error:
                said = str(error) if isinstance(error, PenchantError | Problem) else "see the log"
                _LOG.error("job %s failed: %s", kept.id, places_of(error))
                self._end(kept, Ended(1, f"it could not be done: {said}"))

    def _do(self, kept: Kept) -> Ended:
        folder = self.folder_of(kept.id)
        if (folder / RESULT).exists():  # done before, and not written down
            return Ended(0, None)
        self._prepare(kept, folder)
        with self._changed:
            cancelled = self._jobs[kept.id].status == "cancelling"
            if self.closed or cancelled or kept.id in self._anew:
                return Ended(INTERRUPTED, None)
            self._child = child = Child(folder)
        try:
            return Ended(child.wait(), child.problem())
        finally:
            with self._changed:
                self._child = None

    def _end(self, kept: Kept, ended: Ended) -> None:
        problem, result = ended.problem, dict(kept.result)
        if ended.code == 0:
            result = ended.result(self.folder_of(kept.id))
            problem = self._follow(replace(kept, result=result))
        with self._changed:
            now = self._jobs[kept.id]
            if kept.id in self._anew and now.status != "cancelling" and not self.closed:
                status: Status = "queued"  # whoever stopped it puts it into the queue
                problem = None
            elif ended.code == 0:
                status = "succeeded"
            elif now.status == "cancelling":
                status, problem = "cancelled", None
            elif self.closed or ended.code == INTERRUPTED:
                status, problem = "interrupted", "it was interrupted; resume it"
            else:
                status = "failed"
            at = None if status == "queued" else _now()
            done = replace(now, status=status, problem=problem, result=result, ended=at)
            self._keep(done)
            self._anew.discard(kept.id)
            self._changed.notify_all()

    def _follow(self, kept: Kept) -> str | None:
        """What follows success; why it could not, if it could not."""
        try:
            self._done(kept)
        except Exception as error:
            _LOG.error("what follows job %s failed: %s", kept.id, places_of(error))
            return f"it succeeded, but what follows failed: {error}"
        return None


def _now() -> int:
    return time.time_ns() // 1_000
