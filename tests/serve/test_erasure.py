"""A person who asked to be forgotten is nowhere: not in files, pages, logs, caches or answers."""

import io
import json
import logging
import secrets
import time
from dataclasses import replace

import polars as pl
import pytest

import penchant as pn
from penchant.data import Ids, People
from penchant.models import save
from penchant.serve.events import check_events
from tests.serve.conftest import serving


@pytest.fixture
def person():
    return secrets.token_hex(16)


@pytest.fixture
def shelf(tmp_path, person):
    """A saved model that learned from the person, among others."""
    data = pn.data.mini_world()
    first = data.people.ids.series()[0]
    table = data.people.table.with_columns(
        id=pl.when(pl.col("id") == first).then(pl.lit(person)).otherwise(pl.col("id"))
    )
    data = replace(data, people=People(Ids(table["id"]), table))
    model = pn.fit(pn.CoVisit(), data)
    save(model, tmp_path / "models" / "covisit" / "1")
    return tmp_path / "models"


def places_of(text, folder):
    """Files in which a text stands, as bytes or in a decoded table."""
    found = []
    for path in sorted(folder.rglob("*")):
        if not path.is_file():
            continue
        if text.encode() in path.read_bytes():
            found.append(str(path.relative_to(folder)))
        if path.suffix == ".parquet" and text in pl.read_parquet(path).write_json():
            found.append(f"{path.relative_to(folder)} (decoded)")
    return found


@pytest.fixture
def told(caplog):
    """All that is logged, at every level."""
    caplog.set_level(logging.DEBUG)
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    logging.getLogger().addHandler(handler)
    yield stream
    logging.getLogger().removeHandler(handler)


def lived(client, person, items):
    """Everything that a person may leave behind in a service."""
    key = {"idempotency-key": "k1"}
    sent = [
        {"user_id": person, "item_id": items[n], "event_id": f"{person}-{n}", "type": "buy"}
        for n in range(6)
    ]
    assert client("POST", "/v1/events", sent, headers=key)[1]["accepted"] == 6
    other = [{"user_id": "other", "item_id": items[0], "event_id": f"{person}-0"}]
    rejected = client("POST", "/v1/events", other, headers={"idempotency-key": "k2"})[1]
    assert person in json.dumps(rejected)
    client.shop.store.seal(4)
    for _ in range(2):
        assert client("POST", "/v1/recommend", {"user_id": person, "k": 3})[0] == 200
        assert client("GET", f"/v1/recommend/{person}?k=3")[0] == 200
    assert client("POST", "/v1/recommend", {"user_id": person, "where": "nothing > 1"})[0] == 422
    talk = client("POST", "/v1/conversations", {"user": person}, headers=key)[1]["id"]
    said = {"role": "user", "content": f"I am {person}, something short"}
    asked = {"messages": [said], "user": person, "conversation_id": talk}
    assert client("POST", "/v1/chat/completions", asked)[0] == 200
    job = {"kind": "recommend", "users": [person, "other"], "k": 3}
    status, begun, _ = client("POST", "/v1/jobs", job, headers={"idempotency-key": "k3"})
    assert status in (200, 201, 202)
    until = time.monotonic() + 60
    while client("GET", f"/v1/jobs/{begun['id']}")[1]["status"] not in ("succeeded", "failed"):
        assert time.monotonic() < until
        time.sleep(0.1)
    return begun["id"], talk


def test_who_is_erased_is_found_nowhere(shelf, tmp_path, person, told):
    model = pn.load(shelf / "covisit" / "1")
    items = model.catalog.ids.series().to_list()
    folder = tmp_path / "state"
    with serving({"covisit": model}, folder, models=shelf, books=tmp_path / "books") as client:
        job, talk = lived(client, person, items)
        assert any("segments" in place for place in places_of(person, folder))
        status, receipt, _ = client("DELETE", f"/v1/users/{person}")
        assert (status, receipt["events"]) == (200, 6)
        assert "covisit" in receipt["stale_models"]
        assert person not in json.dumps(receipt)
        seen = [
            client("GET", path)
            for path in (
                f"/v1/users/{person}/history",
                f"/v1/people?contains={person}",
                f"/v1/jobs/{job}",
                f"/v1/jobs/{job}/result",
                f"/v1/conversations/{talk}",
                "/v1/spend",
                "/metrics",
            )
        ]
        assert seen[0][1] == []
        assert person not in str([answer for _, answer, _ in seen[1:]])
        again = client("POST", "/v1/recommend", {"user_id": person, "k": 3})[1]
        assert "unknown user" in again["notes"][0]
        assert places_of(person, folder) == places_of(person, tmp_path / "books") == []
        assert client("GET", "/v1/users/other/history")[0] == 200
    assert places_of(person, folder) == []
    assert person not in told.getvalue()
    assert check_events(folder) == []
    with serving({"covisit": pn.load(shelf / "covisit" / "1")}, folder, models=shelf) as client:
        assert client("GET", f"/v1/users/{person}/history")[1] == []
        again = client("POST", "/v1/recommend", {"user_id": person, "k": 3})[1]
        assert "unknown user" in again["notes"][0]
        assert places_of(person, folder) == []
