"""Who may do what, route by route: a new route must be named here before it can be served."""

import pytest

from penchant.serve.app import routes
from penchant.serve.guard.keys import SCOPES, new_secret, read_keys
from penchant.serve.openapi import document
from tests.serve.conftest import serving

OPEN = {("GET", "/health/live"), ("GET", "/health/ready")}
READ_BY_POST = {
    "/v1/recommend",
    "/v1/score",
    "/v1/similar",
    "/v1/explain",
    "/v1/rerank",
    "/v1/chat/completions",
    "/v1/why-not",
    "/v1/data:check",
    "/v1/ids/beams",
    "/v1/compare",
}
"""They answer, and leave nothing behind."""
WRITE = {
    ("POST", "/v1/events"),
    ("POST", "/v1/conversations"),
    ("DELETE", "/v1/conversations/{conversation_id}"),
    ("PUT", "/v1/items/{item_id}"),
    ("PATCH", "/v1/items/{item_id}"),
    ("DELETE", "/v1/items/{item_id}"),
    ("POST", "/v1/items:bulk"),
}
ADMIN = {
    ("DELETE", "/v1/users/{user_id}"),
    ("POST", "/v1/models:rollback"),
    ("POST", "/v1/models/{name}:activate"),
    ("POST", "/v1/models/{name}:load"),
    ("POST", "/v1/models/{name}:unload"),
    ("POST", "/v1/jobs"),
    ("DELETE", "/v1/jobs/{job_id}"),
    ("POST", "/v1/jobs/{job_id}:resume"),
}
READ_BY_ADMIN = {("GET", "/v1/jobs/{job_id}/result")}
"""It speaks of everybody."""
FILLED = {
    "user_id": "u1",
    "item_id": "i1",
    "name": "covisit",
    "job_id": "01a0",
    "run": "r1",
    "conversation_id": "c1",
}


def operations():
    yield "GET", "/openapi.json"
    for route, methods in document(routes())["paths"].items():
        for method in methods:
            yield method.upper(), route


def needed(method, route):
    if (method, route) in OPEN:
        return None
    if (method, route) in ADMIN | READ_BY_ADMIN:
        return "admin"
    return "write" if (method, route) in WRITE else "read"


def test_what_changes_something_is_named_here():
    """Whatever is no GET, and no question that is asked by POST, needs more than to read."""
    changing = {one for one in operations() if one[0] != "GET" and one[1] not in READ_BY_POST}
    assert changing == WRITE | ADMIN


@pytest.fixture(scope="module")
def guarded(models, tmp_path_factory):
    secrets = {scope: new_secret() for scope in SCOPES}
    keys = read_keys("\n".join(f"{s}:{s}:{secret}" for s, secret in secrets.items()), "test")
    with serving(models, tmp_path_factory.mktemp("guarded"), keys=keys) as client:
        yield client, secrets


@pytest.mark.parametrize(("method", "route"), sorted(operations()))
def test_a_route_is_open_to_its_scope_and_closed_to_less(guarded, method, route):
    client, secrets = guarded
    needs = needed(method, route)
    path = route.format(**FILLED)

    def asked(secret):
        headers = {} if secret is None else {"x-api-key": secret}
        return client(method, path, {} if method in ("POST", "PUT") else None, headers=headers)

    assert asked(None)[0] == (200 if needs is None else 401)
    assert asked(new_secret())[0] == (200 if needs is None else 401)
    for scope in SCOPES:
        status, answer, _ = asked(secrets[scope])
        if needs is not None and SCOPES.index(scope) < SCOPES.index(needs):
            assert (status, answer["code"]) == (403, "scope")
            assert answer["hint"]
        else:
            assert status not in (401, 403, 500)


@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_tools_are_closed_without_a_key(guarded, method):
    client, _ = guarded
    assert client(method, "/mcp")[0] == 401
