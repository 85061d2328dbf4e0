"""What schemathesis checks besides its own: every refusal says what, where and what to do."""

from typing import Any

import schemathesis


@schemathesis.check
def refusals_are_problem_documents(_: Any, response: Any, case: Any) -> None:
    """RFC 9457, with the request id of the headers and a pointer to what is refused."""
    if response.status_code < 400 or case.method == "HEAD":
        return
    kind = response.headers.get("content-type", [""])[0]
    assert kind == "application/problem+json", f"{response.status_code} of type {kind!r}"
    told = response.json()
    assert told["status"] == response.status_code
    assert told["code"]
    assert told["detail"]
    if "idempotent-replayed" not in response.headers:  # else it has the id of the first request
        assert told["request_id"] == response.headers["x-request-id"][0]
    if response.status_code < 500:
        assert "pointer" in told
    if response.status_code == 503:
        assert "retry-after" in response.headers
