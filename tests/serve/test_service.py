import json
import socket
import threading
import time
from collections import defaultdict
from pathlib import Path

import numpy as np
import pytest

import penchant as pn
from penchant.core import UsageError
from penchant.data import Rankings
from penchant.models import load, save
from penchant.serve.app import routes
from penchant.serve.guard.keys import new_secret, read_keys
from penchant.serve.openapi import document
from penchant.serve.routes.page import PATHS
from penchant.serve.settings import Settings
from tests.serve.conftest import serving

OPENAPI = Path(__file__).parents[2] / "docs" / "api" / "openapi.json"


@pytest.fixture(scope="module")
def items(models):
    return models["covisit"].catalog.ids.series().to_list()


@pytest.fixture(scope="module")
def user(models):
    return models["covisit"].people.ids.series()[0]


def test_a_user_gets_what_the_model_says(call, models, user):
    status, answer, headers = call("POST", "/v1/recommend", {"user_id": user, "k": 5})
    assert status == 200
    wanted = models["covisit"].recommend([user], k=5)
    assert [item["item_id"] for item in answer["items"]] == wanted["item"].to_list()
    assert [item["rank"] for item in answer["items"]] == [1, 2, 3, 4, 5]
    assert (answer["model"], answer["degraded"], answer["notes"]) == ("covisit", False, [])
    assert headers["x-content-type-options"] == "nosniff"
    status, line, _ = call("GET", f"/v1/recommend/{user}?k=5")
    assert line["items"] == answer["items"]


def test_filters_exclusions_and_history_are_kept_to(call, models, items):
    body = {"history": items[:2], "k": 20, "where": "year >= 2010", "exclude_items": items[2:5]}
    status, answer, _ = call("POST", "/v1/recommend", body)
    assert status == 200
    found = [item["item_id"] for item in answer["items"]]
    assert not set(found) & set(items[:5])
    table = models["covisit"].catalog.table
    years = dict(zip(table["id"], table["year"], strict=True))
    assert all(years[item] >= 2010 for item in found)
    body = {"history": items[:2], "k": 1_000, "exclude_seen": False}
    again = call("POST", "/v1/recommend", body)[1]
    assert set(items[:2]) < {item["item_id"] for item in again["items"]}


def test_reasons_are_items_of_the_history(call, items):
    body = {"history": items[:3], "k": 3, "explain": True}
    _, answer, _ = call("POST", "/v1/recommend", body)
    for item in answer["items"]:
        assert {reason["item_id"] for reason in item["evidence"]} <= set(items[:3])
    assert any(item["evidence"] for item in answer["items"])
    _, told, _ = call("POST", "/v1/explain", {"history": items[:3], "items": items[3:5]})
    assert sorted(told) == sorted(items[3:5])
    body["model"] = "popular"
    status, problem, _ = call("POST", "/v1/recommend", body)
    assert (status, problem["code"]) == (422, "cannot")


def test_given_items_are_put_in_order(call, items):
    body = {"history": items[:2], "items": items[1:6]}
    _, answer, _ = call("POST", "/v1/score", body)
    assert sorted(item["item_id"] for item in answer["items"]) == sorted(items[1:6])
    scores = [item["score"] for item in answer["items"]]
    assert scores == sorted(scores, reverse=True)


def test_similar_items(call, models, items):
    _, answer, _ = call("POST", "/v1/similar", {"item_id": items[0], "k": 4})
    wanted = models["covisit"].similar(items[0], k=4)["item"].to_list()
    assert [item["item_id"] for item in answer["items"]] == wanted


def test_what_was_acknowledged_is_seen_by_the_next_request(call, items):
    before = call("POST", "/v1/recommend", {"user_id": "new person", "k": 5})[1]
    event = {"user_id": "new person", "item_id": before["items"][0]["item_id"], "event_id": "e1"}
    assert call("POST", "/v1/events", event)[1] == {"accepted": 1, "duplicate": 0, "rejected": []}
    assert call("POST", "/v1/events", event)[1]["duplicate"] == 1
    after = call("POST", "/v1/recommend", {"user_id": "new person", "k": 5})[1]
    assert event["item_id"] not in [item["item_id"] for item in after["items"]]
    assert call("GET", "/v1/users/new%20person/history")[1] == [event["item_id"]]


def test_events_come_alone_in_arrays_and_in_lines(call):
    many = [{"user_id": "u", "item_id": f"i{n}"} for n in range(3)]
    assert call("POST", "/v1/events", many)[1]["accepted"] == 3
    far = 4_000_000_000_000_000
    lines = "\n".join(
        [
            json.dumps({"user_id": "u", "item_id": "i", "event_id": "a"}),
            "{torn",
            "",
            json.dumps({"user_id": "", "item_id": "i"}),
            json.dumps({"user_id": "u", "item_id": "other", "event_id": "a"}),
            json.dumps({"user_id": "u", "item_id": "i", "ts": far}),
            json.dumps({"user_id": "u", "item_id": "i", "tpye": "buy"}),
        ]
    )
    headers = {"content-type": "application/x-ndjson"}
    status, answer, _ = call("POST", "/v1/events", raw=lines.encode(), headers=headers)
    assert (status, answer["accepted"]) == (200, 1)
    told = {one["line"]: one["code"] for one in answer["rejected"]}
    assert told == {2: "invalid", 4: "invalid", 5: "conflict", 6: "future", 7: "invalid"}
    first = {"user_id": "u", "item_id": "x", "event_id": "a"}
    assert call("POST", "/v1/events", first)[0] == 409


@pytest.mark.parametrize(
    ("event", "pointer", "code", "hint"),
    [
        ({"item_id": "i"}, "/user_id", "invalid", "openapi.json"),
        ({"user_id": "u", "item_id": "i", "ts": 1_700_000_000}, "/ts", "past", "microseconds"),
        ({"user_id": "u", "item_id": "i", "ts": 1_700_000_000_000}, "/ts", "past", "microseconds"),
        ({"user_id": "u", "item_id": "i", "ts": "2024-05-01"}, "/ts", "invalid", "microseconds"),
        ({"user_id": "u", "item_id": "i", "ts": 4 * 10**15}, "/ts", "future", "microseconds"),
    ],
)
def test_an_event_that_cannot_be_is_told_at_its_field(call, event, pointer, code, hint):
    status, problem, _ = call("POST", "/v1/events", event)
    assert (status, problem["pointer"], problem["code"]) == (422, pointer, code)
    assert hint in problem["hint"]
    _, answer, _ = call("POST", "/v1/events", [{"user_id": "u", "item_id": "i"}, event])
    assert answer["accepted"] == 1
    (rejected,) = answer["rejected"]
    assert (rejected["line"], rejected["pointer"]) == (2, pointer)
    assert hint in rejected["hint"]


def test_a_person_is_erased_with_a_receipt(call, user, models):
    call("POST", "/v1/events", {"user_id": user, "item_id": "i"})
    status, receipt, _ = call("DELETE", f"/v1/users/{user}")
    assert status == 200
    assert receipt["events"] == 1
    assert receipt["stale_models"] == ["covisit", "popular"]
    assert user not in json.dumps(receipt)
    assert call("GET", f"/v1/users/{user}/history")[1] == []
    assert "unknown user" in call("POST", "/v1/recommend", {"user_id": user})[1]["notes"][0]


@pytest.mark.parametrize(
    ("body", "pointer", "said"),
    [
        ({"history": [], "k": 0}, "/k", "greater than or equal to 1"),
        ({"history": [], "k": 10**9}, "/k", "1000"),
        ({"histry": []}, "/histry", "not permitted"),
        ({}, "", "either user_id or history"),
        ({"history": [], "user_id": "u"}, "", "a user_id or a history, not both"),
        ({"history": ["i"] * 1_001}, "/history", "1000"),
        ({"history": [], "where": "yaer > 1"}, "/where", "did you mean 'year'"),
        ({"history": [], "where": "(" * 100}, "/where", "("),
        ({"user_id": "a\0b"}, "/user_id", "pattern"),
        ({"history": [], "model": "none"}, "/model", "those that answer: covisit, popular"),
    ],
)
def test_a_request_that_cannot_be_is_told_where_and_why(call, body, pointer, said):
    status, problem, headers = call("POST", "/v1/recommend", body)
    assert status in (404, 422)
    assert headers["content-type"] == "application/problem+json"
    assert problem["pointer"] == pointer
    assert said in problem["detail"]
    assert "value error" not in problem["detail"].lower()
    assert problem["request_id"] == headers["x-request-id"]


def test_each_field_that_is_wrong_is_named(call):
    body = {"k": 0, "history": 3, "histry": [], "quotas": [{"column": "c", "value": [], "most": 1}]}
    told = call("POST", "/v1/recommend", body)[1]["detail"].split("; ")
    assert [one.partition(": ")[0] for one in told] == [
        "/history",
        "/k",
        "/quotas/0/value",
        "/histry",
    ]
    many = call("POST", "/v1/recommend", {"history": [], **{f"x{n}": n for n in range(9)}})
    assert many[1]["detail"].endswith("/x4: extra inputs are not permitted; and 4 more")


@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "text/plain"])
def test_a_body_that_is_not_called_json_is_told_which_header_is_missing(call, kind):
    told = {"content-type": kind}
    for path in ("/v1/recommend", "/v1/events", "/v1/conversations"):
        status, problem, _ = call("POST", path, {"history": ["b14104"]}, headers=told)
        assert (status, problem["pointer"]) == (415, "#/content-type")
        assert "Content-Type: application/json" in problem["hint"]


def test_a_body_that_is_not_there_is_told(call):
    status, problem, _ = call("POST", "/v1/conversations")
    assert (status, problem["pointer"]) == (422, "")
    assert "there is no body" in problem["detail"]
    assert "Content-Type: application/json" in problem["hint"]


@pytest.mark.parametrize(
    ("raw", "headers", "status"),
    [
        (b"{", {}, 400),
        (b"[" * 50_000, {}, 400),
        (b"{}", {"content-type": "text/xml"}, 415),
        (b"\xff\xfe", {}, 400),
        (b"3", {}, 422),
        (b"{}", {"host": "evil.example"}, 421),
        (b"{}", {"origin": "https://evil.example"}, 403),
    ],
)
def test_a_body_that_cannot_be_read_is_told(call, raw, headers, status):
    found, problem, told = call("POST", "/v1/events", raw=raw, headers=headers)
    assert found == status
    assert told["content-type"] == "application/problem+json"
    assert problem["status"] == status
    assert call("GET", "/health/live")[0] == 200


def test_a_body_that_says_to_be_too_long_is_not_read(call):
    host, port = call.address.removeprefix("http://").split(":")
    head = b"POST /v1/events HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 9999999\r\n\r\n"
    with socket.create_connection((host, int(port)), timeout=20) as large:
        large.sendall(head)
        told = large.recv(4_096)
    assert b" 413 " in told
    assert b"problem+json" in told


def test_a_body_without_end_is_cut_off(call):
    host, port = call.address.removeprefix("http://").split(":")
    head = (
        b"POST /v1/events HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
        b"Transfer-Encoding: chunked\r\n\r\n"
    )
    with socket.create_connection((host, int(port)), timeout=20) as flood:
        flood.sendall(head)
        told = b""
        try:
            for _ in range(100):
                flood.sendall(b"10000\r\n" + b"x" * 65_536 + b"\r\n")
        except (BrokenPipeError, ConnectionResetError):
            pass
        try:
            told = flood.recv(4_096)
        except ConnectionResetError:
            told = b" 413 "
    assert b" 413 " in told
    assert call("GET", "/health/live")[0] == 200


def test_items_come_in_pages(call, items):
    seen, cursor = [], ""
    for _ in range(3):
        _, page, _ = call("GET", f"/v1/items?limit=7{cursor}")
        seen += [item["item_id"] for item in page["items"]]
        cursor = f"&cursor={page['cursor']}"
    assert seen == items[:21]
    assert call("GET", f"/v1/items/{items[0]}")[1]["title"]
    assert call("GET", "/v1/items/nothing")[0] == 404
    assert call("GET", "/v1/items?cursor=torn")[1]["code"] == "cursor"
    title = call("GET", f"/v1/items/{items[3]}")[1]["title"]
    part = title.split()[1].lower()
    _, found, _ = call("GET", f"/v1/items?contains={part}&limit=200")
    assert items[3] in [item["item_id"] for item in found["items"]]


def test_another_model_becomes_the_active_one(call, user):
    assert [card["active"] for card in call("GET", "/v1/models")[1]] == [True, False]
    assert call("POST", "/v1/models/popular:activate")[1] == {
        "active": "popular",
        "before": "covisit",
    }
    assert call("POST", "/v1/recommend", {"user_id": user})[1]["model"] == "popular"
    assert call("POST", "/v1/recommend", {"user_id": user, "model": "covisit"})[1]["model"] == (
        "covisit"
    )
    assert call("POST", "/v1/models/none:activate")[0] == 404


def paths():
    known = {"user_id": "u1", "item_id": "i1", "name": "covisit"}
    filled = defaultdict(lambda: "0", known)
    yield "GET", "/openapi.json", "/openapi.json"
    for route, methods in document(routes())["paths"].items():
        for method in methods:
            yield method.upper(), route.format_map(filled), route


def test_no_route_is_outside_the_document():
    page = {*PATHS, "/assets/{name}"}  # files: they know nothing and need no key
    tools = "/mcp"  # it tells by itself what it can
    documented = set(document(routes())["paths"]) | {"/openapi.json", tools} | page
    routers = [route.original_router for route in routes().routes]
    assert {route.path for router in routers for route in router.routes} == documented


@pytest.fixture(scope="module")
def guarded(models, tmp_path_factory):
    secrets = {scope: new_secret() for scope in ("read", "write", "admin")}
    keys = read_keys("\n".join(f"{s}:{s}:{secret}" for s, secret in secrets.items()), "test")
    with serving(models, tmp_path_factory.mktemp("guarded"), keys=keys) as client:
        yield client, secrets


@pytest.mark.parametrize(("method", "path", "route"), sorted(paths()))
def test_every_route_but_health_needs_a_key(guarded, method, path, route):
    client, _ = guarded
    status, problem, headers = client(method, path, {} if method == "POST" else None)
    if route.startswith("/health/"):
        assert status == 200
    else:
        assert (status, problem["code"]) == (401, "key")
        assert headers["www-authenticate"] == "Bearer"


def test_a_key_allows_what_its_scope_holds(guarded):
    client, secrets = guarded

    def status(scope, method, path, body=None):
        return client(method, path, body, headers={"x-api-key": secrets[scope]})[0]

    event = {"user_id": "u", "item_id": "i"}
    assert status("read", "POST", "/v1/recommend", {"history": []}) == 200
    assert status("read", "POST", "/v1/events", event) == 403
    assert status("write", "POST", "/v1/events", event) == 200
    assert status("write", "DELETE", "/v1/users/u") == 403
    assert status("admin", "DELETE", "/v1/users/u") == 200
    bearer = {"authorization": f"Bearer {secrets['read']}"}
    assert client("GET", "/v1/models", headers=bearer)[0] == 200
    wrong = {"authorization": f"Bearer {secrets['read']}x"}
    assert client("GET", "/v1/models", headers=wrong)[0] == 401


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.4", "::", "shop.example"])
def test_others_are_not_let_in_without_keys(tmp_path, host):
    with pytest.raises(UsageError, match="there are no keys"):
        Settings(folder=tmp_path, host=host)
    for loopback in ("127.0.0.1", "localhost", "::1"):
        Settings(folder=tmp_path, host=loopback)


@pytest.mark.parametrize(
    ("text", "said"),
    [("a:read:short", "has 5 characters"), ("a:all:" + "x" * 30, "scope"), ("a:read", "wanted")],
)
def test_a_key_that_cannot_be_is_told_without_its_secret(text, said):
    with pytest.raises(UsageError, match=said) as told:
        read_keys(text, "keys")
    assert text.split(":")[-1] not in str(told.value) or text.count(":") < 2


def test_too_many_requests_are_told_when_to_come_again(models, tmp_path):
    with serving(models, tmp_path, requests_per_s=2.0) as client:
        statuses = [client("GET", "/health/live") for _ in range(5)]
    assert {status for status, _, _ in statuses} == {200, 429}
    told, headers = next((told, headers) for status, told, headers in statuses if status == 429)
    assert "Retry-After" in told["hint"]
    assert int(headers["retry-after"]) >= 1


class Slow:
    """Stands still until it is told to go on, then fails or answers."""

    def __init__(self, inner):
        self.inner, self.method, self.go, self.fails = inner, inner.method, threading.Event(), False

    def recommend(self, queries, k, run):
        self.go.wait(20)
        if self.fails:
            raise RuntimeError("the model broke")
        return self.inner.recommend(queries, k, run)

    def state(self):
        return self.inner.state()


@pytest.fixture
def slow(models, tmp_path):
    from dataclasses import replace

    model = models["popular"]
    held = Slow(model.recommender)
    with serving(
        {"slow": replace(model, recommender=held)}, tmp_path, waiting=2, deadline_s=0.3
    ) as client:
        yield client, held
        held.go.set()


def test_a_late_model_is_replaced_by_what_most_choose(slow):
    client, _ = slow
    begun = time.monotonic()
    status, answer, _ = client("POST", "/v1/recommend", {"history": [], "k": 3})
    assert status == 200
    assert time.monotonic() - begun < 5
    assert answer["degraded"]
    assert len(answer["items"]) == 3
    assert "in time" in answer["notes"][-1]
    assert "penchant_degraded_total" in client("GET", "/metrics")[1]


def test_a_broken_model_is_replaced_too(slow):
    client, held = slow
    held.fails = True
    held.go.set()
    status, answer, _ = client("POST", "/v1/recommend", {"history": [], "k": 3})
    assert (status, answer["degraded"], len(answer["items"])) == (200, True, 3)


def test_more_than_can_wait_are_sent_away(slow):
    client, _ = slow
    found = []

    def work():
        found.append(client("POST", "/v1/recommend", {"history": [], "deadline_ms": 60_000}))

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    refused = [(problem, headers) for status, problem, headers in found if status == 503]
    assert refused
    assert {status for status, _, _ in found} == {200, 503}
    assert refused[0][0]["code"] == "busy"
    assert int(refused[0][1]["retry-after"]) >= 1
    assert client("GET", "/health/live")[0] == 200


def test_those_who_wait_together_get_each_their_own(call, models, items):
    wanted = {
        n: models["covisit"].recommend(history=[items[n]], k=4)["item"].to_list() for n in range(12)
    }
    found = {}

    def work(n):
        answer = call("POST", "/v1/recommend", {"history": [items[n]], "k": 4})[1]
        found[n] = [item["item_id"] for item in answer["items"]]

    threads = [threading.Thread(target=work, args=(n,)) for n in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == wanted


def test_the_committed_document_is_that_of_the_routes():
    written = json.loads(OPENAPI.read_text(encoding="utf-8"))
    assert written == document(routes()), "python -m penchant.serve.document writes it"


def test_a_saved_model_is_served(models, tmp_path):
    save(models["popular"], tmp_path / "m")
    with serving({"m": load(tmp_path / "m")}, tmp_path / "events") as client:
        assert client("GET", "/health/ready")[1]["model"] == "m"
        assert isinstance(models["popular"].recommend(history=[], k=1).height, int)


def test_there_must_be_a_model(tmp_path):
    from penchant.serve.events import EventStore
    from penchant.serve.shop import Shop

    with EventStore(tmp_path) as store, pytest.raises(UsageError, match="fit one first"):
        Shop({}, store, Settings(folder=tmp_path))


def test_rankings_of_the_standby_are_counts(models):
    from penchant.serve.standby import standby_of

    standby = standby_of(models["covisit"])
    asked = standby.ask(history=[])
    found: Rankings = standby.recommender.recommend(asked.queries, 5, pn.Run())
    assert (np.diff(found.scores[0]) <= 0).all()
