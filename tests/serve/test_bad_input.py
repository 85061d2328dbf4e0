"""What cannot be meant gets a defined answer, loses nothing and leaves the service up."""

import json
import time

import pytest

from penchant.core import StorageError
from penchant.serve.events import Event, EventStore, check_events
from tests.serve.conftest import serving

LONG = [f"i{n}" for n in range(120_000)]
DEEP = b"[" * 200_000 + b"]" * 200_000
POSTS = [
    ("/v1/recommend", {"history": []}),
    ("/v1/score", {"history": [], "items": ["x"]}),
    ("/v1/similar", {"item_id": "x"}),
    ("/v1/explain", {"history": [], "items": ["x"]}),
    ("/v1/rerank", {"query": "q", "documents": ["d"]}),
    ("/v1/chat/completions", {"messages": [{"role": "user", "content": "x"}]}),
    ("/v1/why-not", {"history": [], "item": "x"}),
    ("/v1/compare", {"runs": ["r"]}),
    ("/v1/ids/beams", {"history": []}),
    ("/v1/items:bulk", {"items": []}),
    ("/v1/jobs", {"kind": "train"}),
    ("/v1/conversations", {}),
    ("/v1/events", {"user_id": "u", "item_id": "i"}),
]
PATHS = [path for path, _ in POSTS]


@pytest.fixture(scope="module")
def call(models, tmp_path_factory):
    folder = tmp_path_factory.mktemp("service")
    with serving(models, folder / "events", models=folder / "models") as client:
        yield client


def refused(told, *statuses):
    status, problem, headers = told
    assert status in statuses, told
    assert headers["content-type"] == "application/problem+json"
    assert (problem["status"], problem["request_id"]) == (status, headers["x-request-id"])
    assert "pointer" in problem
    return problem


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{",
        b"null",
        b"[]",
        b'"text"',
        b"NaN",
        b"\xff\xfe\x00",
        b"\xed\xa0\x80",
        DEEP,
        b'{"a":' * 50_000 + b"1" + b"}" * 50_000,
        b"1" * 5_000,
        b'{"k": 1e999}',
    ],
    ids=range(12),
)
def test_a_body_that_is_none_is_refused(call, path, raw):
    told = call("POST", path, raw=raw)
    if (path, raw) in {("/v1/events", b"[]")}:
        assert told[1] == {"accepted": 0, "duplicate": 0, "rejected": []}
    else:
        refused(told, 400, 413, 422)


@pytest.mark.parametrize(("path", "body"), POSTS)
def test_half_a_character_is_refused_or_means_nothing(call, path, body):
    """A lone surrogate can be written in JSON, and in no file."""
    raw = json.dumps({**body, "user_id": "\ud800", "user": "\ud800", "item_id": "\udfff"}).encode()
    refused(call("POST", path, raw=raw), 404, 409, 422)


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/v1/recommend", {"history": LONG}),
        ("/v1/recommend", {"history": [], "exclude_items": LONG}),
        ("/v1/score", {"history": [], "items": LONG}),
        ("/v1/explain", {"history": LONG, "items": ["x"]}),
        ("/v1/events", [{}] * 100_000),
        ("/v1/items:bulk", {"items": [{}] * 100_000}),
    ],
)
def test_a_list_without_end_is_refused(call, path, body):
    begun = time.monotonic()
    refused(call("POST", path, raw=json.dumps(body, separators=(",", ":")).encode()), 413, 422)
    assert time.monotonic() - begun < 10


def test_a_million_elements_are_not_read(call):
    raw = json.dumps({"history": ["i"] * 1_000_000}).encode()
    assert refused(call("POST", "/v1/recommend", raw=raw), 413)["code"] == "too-long"


@pytest.mark.parametrize("path", [path for path in PATHS if path != "/v1/conversations"])
@pytest.mark.parametrize("kind", ["text/plain", "application/xml", "multipart/form-data", "x"])
def test_another_type_of_body_is_refused(call, path, kind):
    told = call("POST", path, raw=b'{"user_id": "u"}', headers={"content-type": kind})
    refused(told, 415)


@pytest.mark.parametrize("path", ["/v1/items", "/v1/people", "/v1/runs", "/v1/jobs", "/v1/prompts"])
@pytest.mark.parametrize("cursor", ["torn", "%00", "cm93Oi0x", "x" * 5_000, "%F0%9F%8D%95"])
def test_a_cursor_that_was_not_given_is_refused(call, path, cursor):
    if call("GET", path)[1].keys() >= {"cursor"}:
        assert refused(call("GET", f"{path}?cursor={cursor}"), 422)["pointer"] == "#/cursor"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/v1/items/%00"),
        ("GET", "/v1/items/" + "x" * 5_000),
        ("DELETE", "/v1/users/%00"),
        ("GET", "/v1/models/..%2F..%2Fetc"),
        ("GET", "/v1/models/../../etc/card"),
        ("POST", "/v1/models/..%2Fx:load"),
        ("GET", "/v1/runs/..%2F..%2F"),
        ("GET", "/v1/jobs/..%2Fx/result"),
        ("GET", "/v1/nothing"),
        ("GET", "/v1/prompts/..%2F..%2Fpyproject"),
        ("PATCH", "/v1/recommend"),
        ("TRACE", "/v1/recommend"),
        ("BREW", "/v1/items"),
    ],
)
def test_a_path_that_leads_nowhere_is_told(call, method, path):
    refused(call(method, path), 400, 404, 405, 422)


def test_the_service_is_still_there(call):
    assert call("POST", "/v1/recommend", {"history": [], "k": 3})[0] == 200
    assert check_events(call.shop.settings.folder) == []


def test_a_full_disk_is_told_and_loses_nothing(models, tmp_path):
    sent = {"user_id": "u", "item_id": "i", "event_id": "e1"}
    with serving(models, tmp_path) as call:
        assert call("POST", "/v1/events", sent)[1]["accepted"] == 1
        call.shop.store._alone(lambda c: c.execute("PRAGMA max_page_count = 1"))
        many = [{**sent, "event_id": f"f{n}", "item_id": "x" * 500} for n in range(500)]
        problem = refused_storage(call("POST", "/v1/events", many))
        assert "disk is full" in problem["detail"]
        assert call("POST", "/v1/recommend", {"user_id": "u", "k": 3})[0] == 200
        call.shop.store._alone(lambda c: c.execute("PRAGMA max_page_count = 1000000"))
        assert call("POST", "/v1/events", many)[1]["accepted"] == 500
    assert check_events(tmp_path) == []


def refused_storage(told):
    status, problem, headers = told
    assert (status, problem["code"]) == (507, "storage")
    assert headers["content-type"] == "application/problem+json"
    return problem


def test_a_disk_that_only_reads_is_told_and_loses_nothing(models, tmp_path):
    sent = {"user_id": "u", "item_id": "i", "event_id": "e1"}
    with serving(models, tmp_path) as call:
        call("POST", "/v1/events", sent)
        call.shop.store._alone(lambda c: c.execute("PRAGMA query_only = ON"))
        problem = refused_storage(call("POST", "/v1/events", {**sent, "event_id": "e2"}))
        assert "read-only" in problem["detail"]
        assert call("GET", "/v1/users/u/history")[1] == ["i"]
        call.shop.store._alone(lambda c: c.execute("PRAGMA query_only = OFF"))
        assert call("POST", "/v1/events", {**sent, "event_id": "e2"})[1]["accepted"] == 1


def test_answers_that_cannot_be_kept_are_still_given(models, tmp_path):
    with serving(models, tmp_path) as call:
        call.shop.replies._connection.execute("PRAGMA query_only = ON")
        sent, key = {"user_id": "u", "item_id": "i"}, {"idempotency-key": "k"}
        assert call("POST", "/v1/events", sent, headers=key)[1]["accepted"] == 1
        assert call("POST", "/v1/events", sent, headers=key)[1]["duplicate"] == 1


def test_a_torn_segment_costs_the_events_in_it_alone(models, tmp_path):
    user = models["covisit"].people.ids.series()[0]
    with EventStore(tmp_path) as store:
        store.append([Event(user, "i", time=1, id=f"e{n}") for n in range(10)])
        store.seal()
    segment = next((tmp_path / "segments").glob("*.parquet"))
    whole = segment.read_bytes()
    segment.write_bytes(whole[: len(whole) // 2])
    with serving(models, tmp_path) as call:
        problem = refused_storage(call("GET", f"/v1/users/{user}/history"))
        assert "backup" in problem["detail"]
        status, answer, _ = call("POST", "/v1/recommend", {"user_id": user, "k": 3})
        assert (status, answer["degraded"], len(answer["items"])) == (200, True, 3)
        assert "cannot be read now" in answer["notes"][-1]
        wanted = models["covisit"].recommend([user], k=3)["item"].to_list()
        assert [item["item_id"] for item in answer["items"]] == wanted
        assert call("POST", "/v1/events", {"user_id": "v", "item_id": "i"})[0] == 200
    assert [finding.place for finding in check_events(tmp_path)] == [segment.name]
    segment.write_bytes(whole)
    assert check_events(tmp_path) == []


def test_a_file_that_is_no_store_is_told(tmp_path):
    (tmp_path / "events.sqlite").write_bytes(b"this is no database" * 1_000)
    with pytest.raises(StorageError, match="it is no event store"):
        EventStore(tmp_path)
