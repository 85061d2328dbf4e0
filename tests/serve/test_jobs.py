import json
import time
import urllib.request
from contextlib import contextmanager

import polars as pl
import pytest

import penchant as pn
from penchant.serve.settings import MOST_ITEMS
from tests.serve.conftest import serving

OVER = {"succeeded", "failed", "cancelled", "interrupted"}


@pytest.fixture(scope="module")
def data_folder(tmp_path_factory):
    return pn.data.write_dataset(pn.data.mini_world(), tmp_path_factory.mktemp("data") / "mini")


@contextmanager
def service(models, folder, data_folder, **options):
    with serving(
        models, folder / "events", models=folder / "models", data=data_folder, **options
    ) as client:
        yield client


def ended(call, job, within_s=60):
    until = time.monotonic() + within_s
    while (told := call("GET", f"/v1/jobs/{job['id']}")[1])["status"] not in OVER:
        assert time.monotonic() < until, told
        time.sleep(0.05)
    return told


def log_of(call, job, headers=None):
    request = urllib.request.Request(
        f"{call.address}/v1/jobs/{job['id']}/log", headers=headers or {}
    )
    with urllib.request.urlopen(request, timeout=60) as reply:
        assert reply.headers["content-type"].startswith("text/event-stream")
        blocks = reply.read().decode().split("\n\n")
    fields = [dict(line.split(": ", 1) for line in block.splitlines()) for block in blocks]
    return [
        (int(f["id"]) if "id" in f else None, f["event"], json.loads(f["data"]))
        for f in fields
        if "event" in f
    ]


def test_jobs_of_every_kind(models, tmp_path, data_folder):
    with service(models, tmp_path, data_folder) as call:
        body = {"kind": "train", "method": "covisit", "split": "time", "activate": True}
        status, job, headers = call("POST", "/v1/jobs", body)
        assert status == 202
        assert headers["location"] == f"/v1/jobs/{job['id']}"
        done = ended(call, job)
        assert (done["status"], done["problem"]) == ("succeeded", None)
        assert done["result"]["model"] == "covisit@1"
        told = log_of(call, job)
        assert told[-1][1:] == ("end", call("GET", f"/v1/jobs/{job['id']}")[1])
        assert [number for number, _, _ in told[:-1]] == list(range(1, len(told)))
        later = log_of(call, job, {"Last-Event-ID": str(len(told) - 2)})
        assert later == told[-2:]
        body = {"kind": "evaluate", "models": ["covisit@1"], "metrics": ["ndcg@10", "recall@10"]}
        done = ended(call, call("POST", "/v1/jobs", body)[1])
        assert done["status"] == "succeeded", done
        assert 0 < done["result"]["metrics"]["covisit@1"]["ndcg@10"] < 1
        report = call("GET", done["result"]["file"])[1]
        assert report["metrics"] == ["ndcg@10", "recall@10"]


def test_an_update_learns_what_came_since_and_people_are_asked_once(models, tmp_path, data_folder):
    with service(models, tmp_path, data_folder) as call:
        item = models["covisit"].catalog.ids.series()[7]
        call("PUT", "/v1/items/fresh", {"title": "A Fresh One", "columns": {"year": 2031}})
        for name, what in (("ada", "fresh"), ("ada", item), ("bob", "fresh")):
            call("POST", "/v1/events", {"user_id": name, "item_id": what})
        body = {"kind": "train", "method": "popular", "activate": True, "split": "time"}
        assert ended(call, call("POST", "/v1/jobs", body)[1])["status"] == "succeeded"
        assert call("GET", "/v1/models/popular@1")[1]["data"] == "mini-world/train"
        job = call("POST", "/v1/jobs", {"kind": "update", "activate": True})[1]
        assert job["request"]["model"] == "popular@1"
        done = ended(call, job)
        assert done["result"]["model"] == "popular@2", done
        card = call("GET", "/v1/models/popular@2")[1]
        assert card["events"] == len(pn.data.mini_world().events) + 3
        assert card["data"] == "mini-world"
        assert card["items"] == len(models["covisit"].catalog) + 1
        # The new model has those events; the service does not count them twice.
        _, desk = call.shop.desk(None)
        assert call.shop.request(desk.model, "ada", None, 5).user == "ada"
        assert call("GET", "/v1/users/ada/history")[1] == ["fresh", item]
        told = call("GET", "/v1/people/ada")[1]
        assert (told["events"], [one["live"] for one in told["history"]]) == (2, [False, False])
        assert desk.model.recommend(["ada"], k=MOST_ITEMS)["item"].is_in(["fresh", item]).any() is (
            False
        )
        body = {"kind": "recommend", "users": ["ada", "nobody"], "k": 3, "format": "csv"}
        done = ended(call, call("POST", "/v1/jobs", body)[1])
        assert done["result"]["rows"] == 6
        table = pl.read_csv(call("GET", done["result"]["file"])[1].encode())
        assert table["user"].unique(maintain_order=True).to_list() == ["ada", "nobody"]
        assert not set(table.filter(pl.col("user") == "ada")["item"]) & {"fresh", item}
        for name, what in (
            ("ada", call.shop.desk(None)[1].model.catalog.ids.series()[3]),
            ("cleo", "fresh"),
        ):
            call("POST", "/v1/events", {"user_id": name, "item_id": what})
        body = {"kind": "evaluate", "models": ["popular@1", "popular@2"], "on": "events"}
        done = ended(call, call("POST", "/v1/jobs", body)[1])
        assert set(done["result"]["metrics"]) == {"popular@1", "popular@2"}, done
