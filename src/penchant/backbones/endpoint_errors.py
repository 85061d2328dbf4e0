"""What can go wrong between here and an endpoint, and what it means."""

import email.utils
import re
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Literal

from penchant.backbones.endpoint_address import Address
from penchant.core import PenchantError, Run, did_you_mean

Cause = Literal["down", "slow", "limited", "refused", "garbled", "cut", "too-long"]
_LONG = re.compile(
    r"context[ _-]?(?:length|size|window)|maximum context|exceed_context|too many tokens|"
    r"(?:prompt|input|request)[^.]{0,40}too (?:long|large)",
    re.IGNORECASE,
)
_FILTERED = re.compile(r"content[ _-]?(?:filter|policy|management)|safety", re.IGNORECASE)
_QUOTA = re.compile(r"insufficient_quota|exceeded your current quota|billing|credit", re.IGNORECASE)
_NO_MODEL = re.compile(r"model[ _-]?not[ _-]?found|no such model|model\b.*\b(?:not|no)\b", re.I)
_BAD_MODEL = re.compile(
    r"(?:in)?valid model\b|model[ _-]?(?:does )?not[ _-]?(?:exist|found)", re.IGNORECASE
)
_OPTION = re.compile(r"support|parameter|option|endpoints found", re.IGNORECASE)
_NUMBER = re.compile(r"[0-9]{1,9}(\.[0-9]+)?")


class CallFailed(Exception):
    """There is no answer to a call; never leaves the folder that asks."""

    def __init__(
        self,
        cause: Cause,
        detail: str,
        *,
        again: bool = False,
        after_s: float | None = None,
        unsupported: bool = False,
        mend: str = "",
    ) -> None:
        super().__init__(detail)
        self.cause, self.detail = cause, detail
        self.again = again
        """Whether the same call may fare better later."""
        self.after_s = after_s
        """Seconds to wait, as the endpoint asked; ``None``: it did not say."""
        self.unsupported = unsupported
        """The endpoint does not know what it was asked for, or one of the options."""
        self.mend = mend
        """What the person who set this up can do about it; empty: nothing."""


@contextmanager
def held_until(lock: threading.Semaphore, run: Run) -> Iterator[None]:
    """A lock, waited for no longer than the run's deadline.

    Raises:
        CallFailed: The deadline passed while others had it.
    """
    left = max(0.0, run.deadline.at - time.monotonic()) if run.deadline else None
    if not (lock.acquire() if left is None else lock.acquire(timeout=left)):
        raise CallFailed("slow", "the deadline passed while others were asking")
    try:
        yield
    finally:
        lock.release()


def failed_status(
    status: int, headers: Mapping[str, str], body: str, parsed: Any
) -> CallFailed:  # Any: whatever the endpoint sent
    """What an answer that is no success means.

    Args:
        status: Of HTTP.
        headers: Of the answer.
        body: Its beginning, already without secrets.
        parsed: The body as JSON, ``None`` if it is none.
    """
    code, message = _error_of(parsed)
    said = f"{status}: {message or code or body[:200] or 'no reason given'}"
    words = f"{code} {message}"
    if status in (401, 403):
        return CallFailed("refused", said, mend="key")
    if (status == 404 and _NO_MODEL.search(words)) or (status == 400 and _BAD_MODEL.search(words)):
        return CallFailed("refused", said, mend="model")
    if status == 429 or status == 402:
        return _limited(status, headers, words, said)
    if status in (408, 409, 425) or (status >= 500 and status != 501):
        said = f"{said}; ask again later, or look into the log of the server"
        return CallFailed("down", said, again=True, after_s=pause_of(headers))
    if _LONG.search(words):
        said = f"{said}; shorten the prompt, or name a model with a larger window"
        return CallFailed("too-long", said)
    if _FILTERED.search(words):
        return CallFailed("refused", said)
    if 300 <= status < 400:
        to = headers.get("location", "nowhere")[:200]
        return CallFailed("refused", f"{status}: to {to}", mend="moved")
    if status in (404, 405) and not _OPTION.search(words):
        return CallFailed("refused", said, unsupported=True, mend="path")
    return CallFailed("refused", said, unsupported=True)


def failed_within(parsed: Any) -> CallFailed | None:  # Any: whatever the endpoint sent
    """The error that stands in an answer of status 200, as some gateways send it."""
    if not isinstance(parsed, dict) or not parsed.get("error"):
        return None
    error = parsed["error"]
    status = error.get("code") if isinstance(error, dict) else None
    known = status if isinstance(status, int) and 400 <= status < 600 else 500
    return failed_status(known, {}, "", parsed)


def set_up_wrong(
    failed: CallFailed, address: Address, models: Sequence[str], *, has_key: bool
) -> PenchantError:
    """What the person who set this up is told, with the next step."""
    at = f"{address.model} at {address.base_url}"
    if failed.mend == "down":
        said, hint = f"nothing answers for {at}", "start the server, or mend base_url"
    elif failed.mend == "key":
        state = "was refused" if has_key else "is not set"
        said = f"{at}: the key in ${address.key_env} {state}"
        hint = f"export {address.key_env}=..., or name another variable in key_env"
    elif failed.mend == "path":
        said = f"{address.base_url} has no such path"
        hint = "mend base_url; with most servers it ends in the version: /v1"
    elif failed.mend == "moved":
        said, hint = f"{at} has moved", "mend base_url"
    else:
        near = did_you_mean(address.model, models).removesuffix(".")
        said = f"no model {address.model!r} at {address.base_url}{near}"
        listed = ", ".join(sorted(models)[:20]) or "it does not say which it has"
        hint = f"name a model that it has: {listed}"
    return PenchantError(f"{said} ({failed.detail})\n  hint: {hint}")


def pause_of(headers: Mapping[str, str]) -> float | None:
    """Seconds that the endpoint asks to wait, by ``Retry-After`` in either form."""
    milliseconds = headers.get("retry-after-ms", "").strip()
    if _NUMBER.fullmatch(milliseconds):
        return float(milliseconds) / 1000
    asked = headers.get("retry-after", "").strip()
    if _NUMBER.fullmatch(asked):
        return float(asked)
    try:
        when = email.utils.parsedate_to_datetime(asked).timestamp() if asked else None
    except (ValueError, TypeError):
        return None
    return None if when is None else max(0.0, when - time.time())


def _limited(status: int, headers: Mapping[str, str], words: str, said: str) -> CallFailed:
    after = pause_of(headers)
    if status == 402 or _QUOTA.search(words):
        return CallFailed("limited", f"{said}; the account has nothing left: top it up")
    if after is not None:
        said = f"{said}; it asks to wait {after:.0f} s"
    return CallFailed("limited", said, again=True, after_s=after)


def _error_of(parsed: Any) -> tuple[str, str]:  # Any: whatever the endpoint sent
    """Code and message, in the shapes that are about."""
    if not isinstance(parsed, dict):
        return "", ""
    error = parsed.get("error", parsed)
    if isinstance(error, str):
        return "", error
    if not isinstance(error, dict):
        return "", str(error)[:200]
    told = error.get("message") or error.get("detail") or ""
    code = f"{error.get('code') or ''} {error.get('type') or ''}".strip()
    return code, str(told)[:300]
