"""An endpoint that speaks JSON over HTTP as OpenAI's does: asked patiently, within limits.

Every call has a deadline for the whole of it, not only for the next byte; a bound on what is read;
a place among so many at once; and is tried again where that may help, after pauses that grow,
differ by chance, and are as long as the endpoint asks for.
"""

import json
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from penchant.backbones.endpoint_address import Address
from penchant.backbones.endpoint_errors import (
    CallFailed,
    failed_status,
    failed_within,
    held_until,
    set_up_wrong,
)
from penchant.backbones.endpoint_transport import Transport, explained
from penchant.core import Deadline, PenchantError, Run
from penchant.core.threads import side_by_side

if TYPE_CHECKING:
    import httpx2

MOST_BYTES = 256 * 2**20
"""Of one answer; embeddings of a batch are a few MiB."""
CHATS = "/chat/completions"
_LISTING_S = 5.0
In = TypeVar("In")
Out = TypeVar("Out")


class Endpoint:
    """An :class:`Address` that is being asked; threads may share it."""

    def __init__(self, address: Address) -> None:
        self.address = address
        self.has_answered = False
        """Until it has, what looks like a wrong set-up is raised."""
        self._slots = threading.BoundedSemaphore(address.concurrency)
        self._resting_until = 0.0
        self._calls = 0
        self._lock = threading.Lock()
        self._first = threading.Semaphore()
        self._problem: tuple[float, PenchantError] | None = None
        self._transport = Transport(address)

    def ask(
        self,
        path: str,
        body: dict[str, Any] | None,
        read: Callable[[Any], Out],
        run: Run,
        *,
        native: bool = False,
    ) -> Out:
        """What is read from the JSON that the endpoint answers with.

        Args:
            path: Below the base address, ``/chat/completions``.
            body: What is posted; ``None`` gets instead.
            read: Takes the JSON apart; may raise :class:`CallFailed`, and the call is tried again.
            run: Its deadline; its seed shapes the pauses.
            native: The path is below the root and not the version.

        Raises:
            CallFailed: Nothing came, or nothing of use.
            PenchantError: The endpoint has never answered, and its set-up looks wrong.
        """
        with self._alone_at_first(run):
            return self._patiently(path, body, read, run, native)

    def _patiently(
        self,
        path: str,
        body: dict[str, Any] | None,
        read: Callable[[Any], Out],
        run: Run,
        native: bool,
    ) -> Out:
        rng = self._rng(run)
        for attempt in range(self.address.retries + 1):
            try:
                self._rest(run)
                with held_until(self._slots, run):
                    answer = read(self._once(path, body, run, native))
            except CallFailed as failed:
                pause = self.address.pause_s * 2**attempt * (0.5 + rng.random())
                if not self._again(failed, attempt, pause, run):
                    raise self._mended(failed, path, run) from failed
            else:
                self.has_answered = True
                return answer
        raise AssertionError("a loop that always returns or raises")

    def stream(self, path: str, body: dict[str, Any], run: Run) -> Iterator[Any]:
        """The JSON of each event, as it comes; begun again only before the first.

        Where the endpoint knows no streams, its whole answer is the only event.

        Raises:
            CallFailed: It broke off, or never began.
        """
        came, rng = False, self._rng(run)
        for attempt in range(self.address.retries + 1):
            try:
                self._rest(run)
                with held_until(self._slots, run):
                    for event in self._events(path, body, run):
                        came = self.has_answered = True
                        yield event
                return
            except CallFailed as failed:
                pause = self.address.pause_s * 2**attempt * (0.5 + rng.random())
                if came or not self._again(failed, attempt, pause, run):
                    raise (failed if came else self._mended(failed, path, run)) from failed

    def side_by_side(self, do: Callable[[In], Out], items: Sequence[In]) -> list[Out]:
        """Results in order, as many at once as allowed."""
        return side_by_side(do, items, most=self.address.concurrency)

    def models(self, run: Run) -> list[dict[str, Any]]:
        """The models that the endpoint lists; none where it has no list."""
        soon = Deadline.after(_LISTING_S)
        if run.deadline is None or soon.at < run.deadline.at:
            run = replace(run, deadline=soon)
        try:
            listed = self._once("/models", None, run, False)
        except CallFailed:
            return []
        found = listed.get("data") if isinstance(listed, dict) else None
        return [one for one in found or [] if isinstance(one, dict)]

    @contextmanager
    def _alone_at_first(self, run: Run) -> Iterator[None]:
        """One call at a time until the first answer.

        So an endpoint that is not there is asked once, and all who waited hear the same of it.
        """
        since = time.monotonic()
        with ExitStack() as held:
            if not self.has_answered:
                held.enter_context(held_until(self._first, run))
                if self._problem is not None and self._problem[0] > since:
                    raise self._problem[1]
                if self.has_answered:
                    held.close()
            try:
                yield
            except PenchantError as problem:
                self._problem = (time.monotonic(), problem)
                raise

    def _once(self, path: str, body: dict[str, Any] | None, run: Run, native: bool) -> Any:
        until = self._until(run)
        with explained(), self._transport.open(path, body, until, native) as response:
            raw = bytearray()
            for chunk in response.iter_bytes():
                raw += chunk
                if time.monotonic() > until:
                    raise CallFailed("slow", "its answer dripped in slower than time allows")
                if len(raw) > MOST_BYTES:
                    raise CallFailed("garbled", f"its answer is longer than {MOST_BYTES:,} bytes")
        return self._parsed(response, bytes(raw))

    def _parsed(self, response: "httpx2.Response", raw: bytes) -> Any:
        text = self._transport.clean(raw[:2000].decode("utf-8", "replace"))
        try:
            parsed = json.loads(raw)
        except (ValueError, RecursionError):
            parsed = None
        if not 200 <= response.status_code < 300:
            raise failed_status(response.status_code, response.headers, text, self._cleaned(parsed))
        if parsed is None:
            kind = response.headers.get("content-type", "no content type")
            raise CallFailed("garbled", f"no JSON but {kind}: {text[:80]!r}", again=True)
        if within := failed_within(self._cleaned(parsed) if "error" in text else parsed):
            raise within
        return parsed

    def _events(self, path: str, body: dict[str, Any], run: Run) -> Iterator[Any]:
        until, ended = self._until(run), False
        with explained(), self._transport.open(path, body, until, False) as response:
            kind = response.headers.get("content-type", "")
            if response.status_code != 200 or "event-stream" not in kind:
                whole = self._parsed(response, response.read()[:MOST_BYTES])
                if not (isinstance(whole, dict) and whole.get("choices")):
                    raise CallFailed("garbled", f"no stream but {kind}", again=True)
                yield whole
                return
            for line in response.iter_lines():
                if time.monotonic() > until:
                    raise CallFailed("slow", "the deadline passed in the middle of the answer")
                if not line.startswith("data:"):
                    continue
                ended = line[5:].strip() == "[DONE]"
                if ended:
                    return
                yield self._event(line[5:])
        if not ended:
            raise CallFailed("cut", "the stream ended before its end was told")

    def _event(self, data: str) -> Any:
        try:
            event = json.loads(data)
        except (ValueError, RecursionError) as error:
            raise CallFailed("garbled", "an event of the stream is no JSON") from error
        if within := failed_within(event):
            raise within
        return event

    def _until(self, run: Run) -> float:
        until = time.monotonic() + self.address.timeout_s
        return min(until, run.deadline.at) if run.deadline else until

    def _rest(self, run: Run) -> None:
        """Waits until the endpoint, which asked one of the calls for a pause, may be asked."""
        pause = self._resting_until - time.monotonic()
        if pause > 0:
            if run.deadline and run.deadline.at < self._resting_until:
                raise CallFailed(
                    "limited", f"it asks to wait {pause:.1f} s; the deadline is before"
                )
            time.sleep(pause)

    def _again(self, failed: CallFailed, attempt: int, pause: float, run: Run) -> bool:
        """Whether to try again; the pause is over then."""
        if not failed.again or attempt == self.address.retries:
            return False
        pause = min(pause, self.address.pause_most_s)
        if failed.after_s is not None:
            if failed.after_s > self.address.pause_most_s:
                return False
            with self._lock:
                until = time.monotonic() + failed.after_s
                self._resting_until = max(self._resting_until, until)
            return run.deadline is None or until < run.deadline.at
        if run.deadline and time.monotonic() + pause >= run.deadline.at:
            return False
        time.sleep(pause)
        return True

    def _rng(self, run: Run) -> np.random.Generator:
        """Of the pauses of one call."""
        with self._lock:
            self._calls += 1
            return run.rng("remote.pauses", self._calls)

    def _mended(self, failed: CallFailed, path: str, run: Run) -> Exception:
        """The failure; for the person who set this up, if the endpoint has never answered."""
        # Every endpoint has chats; other paths may be missing.
        elsewhere = failed.mend == "path" and path != CHATS
        if self.has_answered or not failed.mend or elsewhere:
            return failed
        known = [str(one.get("id")) for one in self.models(run)] if failed.mend == "model" else []
        return set_up_wrong(failed, self.address, known, has_key=bool(self._transport.key()))

    def _cleaned(self, parsed: Any) -> Any:
        """The same without the key; nothing, where it is nested too deep to be looked through."""
        try:
            return json.loads(self._transport.clean(json.dumps(parsed)))
        except RecursionError:
            return None
