"""What goes wrong, as problem documents (RFC 9457): what, where, what to do."""

import re
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.routing import Match

from penchant.core import DeadlinePassed, MissingExtra, PenchantError, StorageError, UsageError
from penchant.models import FilterError
from penchant.serve.events import Busy
from penchant.serve.validation import faults_of, told_of

MEDIA_TYPE = "application/problem+json"
TITLES = {
    400: "The request cannot be read",
    401: "A key is needed",
    403: "The key does not allow this",
    404: "There is no such thing",
    405: "This cannot be done here",
    408: "The request did not come in time",
    409: "It contradicts what is there",
    411: "The length of the body is not told",
    413: "The body is too long",
    415: "The body is of a type that is not read here",
    421: "This host is not served here",
    422: "The request cannot be",
    429: "Too many requests",
    431: "The headers are too long",
    500: "Something broke",
    503: "Busy",
    507: "It could not be stored",
}
ORIGIN = "Pages of this origin may not call this service"
"""The title where 403 does not speak of a key."""


FILLED = re.compile(r"{[^}]*}")
REQUEST = "#"
"""The pointer where no field is to blame: the request as a whole, or what it asks for."""
BODY = ""
"""The pointer at the whole body (RFC 6901)."""
AS_JSON = "send it with the header  Content-Type: application/json"
SHAPES = "openapi.json says what each field may be"
FILTERS = (
    "a filter is such as  year > 1990 and categories has 'Comedy'; GET /v1/items tells columns"
)
BARE = {
    404: ("nothing is at this path", "GET /openapi.json lists all paths"),
    405: ("this path is there, but not for this method", "the header Allow lists its methods"),
}
"""What the framework says with two words."""


class Problem(HTTPException):
    """An answer that is a problem document."""

    def __init__(
        self,
        status: int,
        detail: str,
        *,
        code: str,
        pointer: str | None = None,
        hint: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(status, detail, dict(headers or {}))
        if pointer is None and status < 500:
            pointer = REQUEST
        self.code, self.pointer, self.hint = code, pointer, hint

    def document(self, request_id: str | None = None) -> dict[str, Any]:  # Any: plain JSON
        """The body of the answer."""
        told = {
            "type": f"urn:penchant:problem:{self.code}",
            "title": ORIGIN
            if self.code == "origin"
            else TITLES.get(self.status_code, "The request failed"),
            "status": self.status_code,
            "detail": self.detail,
            "code": self.code,
            "pointer": self.pointer,
            "hint": self.hint,
            "request_id": request_id,
        }
        return {name: value for name, value in told.items() if value is not None}

    def response(self, request_id: str | None = None) -> JSONResponse:
        """The answer."""
        return JSONResponse(
            self.document(request_id),
            self.status_code,
            headers=dict(self.headers or {}),
            media_type=MEDIA_TYPE,
        )


@contextmanager
def pointing(pointer: str | None, hint: str | None = None) -> Iterator[None]:
    """What cannot be is told as a problem that points at a field."""
    try:
        yield
    except (UsageError, MissingExtra) as error:
        raise problem_at(pointer, error, hint) from error


def problem_at(pointer: str | None, error: PenchantError, hint: str | None = None) -> Problem:
    """What cannot be, at the field that asks for it."""
    if isinstance(error, FilterError):
        hint = FILTERS
    return Problem(422, str(error), code="usage", pointer=pointer, hint=hint)


def no_item(item_id: str, pointer: str | None = None) -> Problem:
    """There is no item of that id."""
    hint = "GET /v1/items lists all, and finds them by words with ?query="
    return Problem(404, f"no item {item_id!r}", code="item", pointer=pointer, hint=hint)


def problem_of(error: Exception) -> Problem:
    """Any exception as a problem; of those that nobody foresaw only that they happened."""
    if isinstance(error, Problem):
        return error
    if isinstance(error, Busy):
        seconds = str(max(1, round(error.retry_after_s)))
        return Problem(503, str(error), code="busy", headers={"Retry-After": seconds})
    if isinstance(error, RequestValidationError):
        return _of_validation(error)
    if isinstance(error, HTTPException):
        return _of_framework(error)
    if isinstance(error, StorageError):
        return Problem(507, str(error), code="storage", hint="nothing acknowledged was lost")
    if isinstance(error, DeadlinePassed):
        return Problem(503, str(error), code="deadline", headers={"Retry-After": "1"})
    if isinstance(error, UsageError):
        return problem_at(None, error)
    if isinstance(error, PenchantError):
        return Problem(422, str(error), code="data")
    return Problem(
        500,
        "an error that was not foreseen; the log has it under this request id",
        code="unforeseen",
        hint="tell whoever runs this service the request id",
    )


def _of_framework(error: HTTPException) -> Problem:
    status = error.status_code
    said = error.detail if isinstance(error.detail, str) else "the request failed"
    detail, hint = BARE.get(status, (said, None))
    return Problem(
        status,
        detail,
        code=f"http-{status}",
        pointer=BODY if status == 400 else None,
        hint=hint,
        headers=error.headers,
    )


def _of_validation(error: RequestValidationError) -> Problem:
    if isinstance(error.body, bytes):  # the framework leaves what is not called JSON as it came
        return Problem(
            415,
            "the body is read as JSON, and the header Content-Type does not say that it is",
            code="media-type",
            pointer="#/content-type",
            hint=AS_JSON,
        )
    first = error.errors()[0]
    if str(first["type"]) == "json_invalid":
        told = f"the body is no JSON: {first['ctx']['error']}"
        return Problem(400, told, code="json", pointer=BODY, hint="send JSON in UTF-8")
    faults = faults_of(error.errors(), error.body)
    hint = f"{AS_JSON}; {SHAPES}" if first["loc"] == ("body",) and error.body is None else SHAPES
    return Problem(422, told_of(faults), code="invalid", pointer=faults[0].pointer, hint=hint)


def places_of(error: BaseException) -> str:
    """Its type, and where it arose; not what it says, since that may repeat what somebody sent."""
    places = "".join(traceback.format_tb(error.__traceback__))
    return f"{type(error).__module__}.{type(error).__qualname__}\n{places}".rstrip()


async def answer_problem(request: Request, error: Exception) -> JSONResponse:
    """The handler of all exceptions."""
    request_id = getattr(request.state, "request_id", None)
    problem = problem_of(error)
    problem.pointer = _placed(problem, request)
    if problem.status_code == 405:
        problem.headers = {**(problem.headers or {}), "Allow": ", ".join(_methods(request))}
    return problem.response(request_id)


def _placed(problem: Problem, request: Request) -> str | None:
    """The pointer where the request has no body: its fields are in the path and the query."""
    pointer, path = problem.pointer, list(request.path_params)
    bodied = request.headers.get("content-length", "0") != "0"
    if pointer is None or bodied or "transfer-encoding" in request.headers:
        return pointer
    if problem.status_code == 404 and pointer == REQUEST and len(path) == 1:
        return f"#/{path[0]}"
    if not pointer.startswith("/"):
        return pointer
    named = pointer[1:] in {*path, *request.query_params} or len(path) != 1
    return f"#{pointer}" if named else f"#/{path[0]}"


def _methods(request: Request) -> list[str]:
    """What can be done at a path: the framework names the methods of its first route alone."""
    found: dict[str, set[str]] = {}
    for route in request.app.router.routes:
        for one in getattr(getattr(route, "original_router", None), "routes", [route]):
            match, _ = one.matches(request.scope)
            if match is not Match.NONE:
                found.setdefault(one.path, set()).update(getattr(one, "methods", None) or ())
    # Of {id} and {id}:verb, the one that says more is meant.
    return sorted(found[max(found, key=lambda path: len(FILLED.sub("", path)))]) if found else []
