import os
import queue
import shutil
import signal
import subprocess
import sys
import threading
import time
import urllib.request

import pytest

import penchant as pn
from penchant.models import save
from penchant.serve.jobs import keeper
from penchant.serve.jobs.log import read_log, telling
from penchant.serve.jobs.words import LOG
from tests.serve.conftest import Client
from tests.serve.test_jobs import ended, service

SLOW = {
    "kind": "train",
    "method": "sasrec",
    "options": {
        "training": {"steps": 100_000, "checkpoint_every": 10, "batch_size": 64},
    },
}
"""Longer than any test waits."""


@pytest.fixture(scope="module")
def data_folder(tmp_path_factory):
    return pn.data.write_dataset(pn.data.mini_world(), tmp_path_factory.mktemp("data") / "mini")


def steps_done(call, job, more_than=0, within_s=60):
    until = time.monotonic() + within_s
    while True:
        told = call("GET", f"/v1/jobs/{job['id']}")[1]
        done = told["progress"]["done"] if told["progress"] else 0
        if done > more_than:
            return done
        assert told["status"] in {"queued", "running"}, told
        assert time.monotonic() < until, told
        time.sleep(0.05)


class Process:
    """``penchant serve`` in a process of its own."""

    def __init__(self, model, folder, data_folder):
        command = ["serve", str(model), "--store", str(folder / "events"), "--port", "0"]
        command += ["--models", str(folder / "models"), "--data", str(data_folder)]
        code = "from penchant.cli.main import main; main()"
        self.process = subprocess.Popen(
            [sys.executable, "-c", code, *command], stderr=subprocess.PIPE, text=True
        )
        told = queue.Queue()
        threading.Thread(target=lambda: told.put(self.process.stderr.readline())).start()
        self.call = Client(told.get(timeout=60).split()[-1], None)

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        self.process.stderr.close()


def is_there(process_id):
    try:
        os.kill(process_id, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.mark.slow
def test_a_job_outlives_a_kill_of_the_service_and_resumes_where_it_was(
    models, tmp_path, data_folder
):
    saved = save(models["popular"], tmp_path / "popular")
    first = Process(saved, tmp_path, data_folder)
    job = first.call("POST", "/v1/jobs", SLOW)[1]
    steps_done(first.call, job, more_than=40)
    waiting = first.call("POST", "/v1/jobs", {"kind": "recommend", "model": "popular", "k": 2})[1]
    assert (waiting["status"], waiting["before"]) == ("queued", 1)
    children = subprocess.run(
        ["pgrep", "-P", str(first.process.pid)], capture_output=True, text=True, check=True
    ).stdout.split()
    first.kill()
    until = time.monotonic() + 30
    while any(is_there(int(child)) for child in children):
        assert time.monotonic() < until
        time.sleep(0.05)
    second = Process(saved, tmp_path, data_folder)
    try:
        told = second.call("GET", f"/v1/jobs/{job['id']}")[1]
        assert (told["status"], told["attempts"]) == ("interrupted", 1)
        # What waited goes on by itself; what ran waits for somebody to say so.
        assert ended(second.call, waiting)["status"] == "succeeded"
        folder = tmp_path / "events" / "jobs" / job["id"]
        lines = read_log(folder, most=100_000)
        before = max(line.told.get("done", 0) for line in lines)
        assert second.call("POST", f"/v1/jobs/{job['id']}:resume")[1]["attempts"] == 1
        steps_done(second.call, job, more_than=before)
        log = read_log(folder, after=len(lines), most=100_000)
        again = [line.told["done"] for line in log if line.told.get("stage") == "sasrec"]
        assert min(again) > 10
        assert second.call("DELETE", f"/v1/jobs/{job['id']}")[1]["status"] == "cancelling"
        assert ended(second.call, job)["status"] == "cancelled"
    finally:
        second.kill()


def test_a_job_that_has_hardly_begun_is_cancelled_and_one_is_interrupted(
    models, tmp_path, data_folder
):
    with service(models, tmp_path, data_folder) as call:
        for end in ("cancelled", "interrupted"):
            job = call("POST", "/v1/jobs", SLOW)[1]
            while call("GET", f"/v1/jobs/{job['id']}")[1]["status"] == "queued":
                time.sleep(0.01)
            if end == "cancelled":
                assert call("DELETE", f"/v1/jobs/{job['id']}")[1]["status"] == "cancelling"
                assert ended(call, job)["status"] == "cancelled"
    with service(models, tmp_path, data_folder) as call:
        jobs = call("GET", "/v1/jobs")[1]["jobs"]
        assert [one["status"] for one in jobs] == ["interrupted", "cancelled"]


@pytest.mark.slow
def test_a_job_is_cancelled_resumed_and_removed(models, tmp_path, data_folder):
    with service(models, tmp_path, data_folder) as call:
        job = call("POST", "/v1/jobs", SLOW)[1]
        steps_done(call, job, more_than=20)
        other = call("POST", "/v1/jobs", {"kind": "train", "method": "popular"})[1]
        assert call("DELETE", f"/v1/jobs/{other['id']}")[1]["status"] == "cancelled"
        with urllib.request.urlopen(f"{call.address}/v1/jobs/{job['id']}/log") as stream:
            while b"event: progress" not in (line := stream.readline()):
                assert line
            assert b'"loss"' in stream.readline()
        assert call("POST", f"/v1/jobs/{job['id']}:resume")[1]["code"] == "state"
        assert call("DELETE", f"/v1/jobs/{job['id']}")[1]["status"] == "cancelling"
        assert ended(call, job)["status"] == "cancelled"
        assert call("POST", f"/v1/jobs/{job['id']}:resume")[1]["status"] in {"queued", "running"}
        steps_done(call, job, more_than=20)
        folder = call.shop.jobs.folder_of(job["id"])
    # The service ended in between: the job did not.
    with service(models, tmp_path, data_folder) as call:
        assert call("GET", f"/v1/jobs/{job['id']}")[1]["status"] == "interrupted"
        listed = call("GET", "/v1/jobs?limit=1")[1]
        assert [one["id"] for one in listed["jobs"]] == [other["id"]]
        rest = call("GET", f"/v1/jobs?limit=1&cursor={listed['cursor']}")[1]
        assert [one["id"] for one in rest["jobs"]] == [job["id"]]
        assert rest["cursor"] is None
        assert call("DELETE", f"/v1/jobs/{job['id']}")[0] == 200
        assert not folder.exists()
        assert call("GET", f"/v1/jobs/{job['id']}")[0] == 404


def test_a_job_that_fails_says_why(models, tmp_path, data_folder):
    gone = shutil.copytree(data_folder, tmp_path / "nothing")
    with service(models, tmp_path, gone) as call:
        shutil.rmtree(gone)
        job = ended(call, call("POST", "/v1/jobs", {"kind": "train", "method": "popular"})[1])
        assert job["status"] == "failed"
        assert "nothing" in job["problem"]
        assert call("GET", f"/v1/jobs/{job['id']}/result")[0] == 404


@pytest.mark.parametrize(
    ("body", "status", "pointer"),
    [
        ({"kind": "dance"}, 422, "/kind"),
        ({}, 422, "/kind"),
        ({"kind": "train"}, 422, "/method"),
        ({"kind": "train", "method": "none-such"}, 422, "/method"),
        ({"kind": "train", "method": "ease", "options": {"l3": 1}}, 422, "/options"),
        ({"kind": "train", "method": "ease", "options": {"l2": "x"}}, 422, "/options"),
        ({"kind": "train", "method": "ease", "name": "../x"}, 422, "/name"),
        ({"kind": "recommend", "model": "none"}, 404, "/model"),
        ({"kind": "recommend", "k": 0}, 422, "/k"),
        ({"kind": "evaluate", "models": []}, 422, "/models"),
        ({"kind": "evaluate", "models": ["popular"], "metrics": ["ndcg@x"]}, 422, "/metrics"),
        ({"kind": "recommend", "where": "year >>> 3"}, 422, "/where"),
    ],
)
def test_a_job_that_cannot_be_is_refused(running, body, status, pointer):
    got, problem, _ = running("POST", "/v1/jobs", body)
    assert (got, problem.get("pointer")) == (status, pointer), problem
    assert running("GET", "/v1/jobs")[1]["jobs"] == []


@pytest.fixture(scope="module")
def running(models, tmp_path_factory, data_folder):
    with service(models, tmp_path_factory.mktemp("running"), data_folder) as call:
        yield call


def test_jobs_that_are_not_there(running):
    nobody = "01a1feae-7c16-7146-96ad-d14915d4f9de"
    for method, path in (("GET", ""), ("GET", "/log"), ("GET", "/result"), ("DELETE", "")):
        assert running(method, f"/v1/jobs/{nobody}{path}")[0] == 404
    assert running("POST", f"/v1/jobs/{nobody}:resume")[0] == 404
    assert running("GET", "/v1/jobs/..%2F..%2Fetc")[0] in {404, 422}


def test_the_queue_is_bounded(models, tmp_path, data_folder, monkeypatch):
    monkeypatch.setattr(keeper, "MOST_QUEUED", 2)
    with service(models, tmp_path, data_folder) as call:
        first = call("POST", "/v1/jobs", SLOW)[1]
        while call("GET", f"/v1/jobs/{first['id']}")[1]["status"] == "queued":
            time.sleep(0.01)
        body = {"kind": "train", "method": "popular"}
        assert [call("POST", "/v1/jobs", body)[0] for _ in range(2)] == [202, 202]
        status, problem, headers = call("POST", "/v1/jobs", body)
        assert (status, problem["code"], headers["retry-after"]) == (503, "busy", "30")


def test_so_many_may_listen_and_who_leaves_makes_room(models, tmp_path, data_folder, monkeypatch):
    monkeypatch.setattr(keeper, "MOST_LISTENING", 2)
    with service(models, tmp_path, data_folder) as call:
        job = call("POST", "/v1/jobs", SLOW)[1]
        path = f"/v1/jobs/{job['id']}/log"
        streams = [urllib.request.urlopen(call.address + path) for _ in range(2)]
        assert [stream.readline() for stream in streams] == [b"retry: 1000\n"] * 2
        assert call("GET", path)[1]["code"] == "busy"
        streams[0].close()
        call("DELETE", f"/v1/jobs/{job['id']}")
        rest = streams[1].read().decode()  # until the job is over
        streams[1].close()
        assert '"status": "cancelled"' in rest.rpartition("event: end")[2]
        assert call("GET", path)[0] == 200


def test_who_is_erased_is_in_no_job(models, tmp_path, data_folder):
    name = "d41d8cd98f00b204e9800998ecf8427e"
    with service(models, tmp_path, data_folder) as call:
        call("POST", "/v1/events", {"user_id": name, "item_id": "b14104"})
        body = {"kind": "recommend", "model": "popular", "users": [name, "else"], "k": 2}
        done = ended(call, call("POST", "/v1/jobs", body)[1])
        assert done["result"]["rows"] == 4
        slow = call("POST", "/v1/jobs", {"kind": "update", "model": "popular"})[1]
        waits = call("POST", "/v1/jobs", body)[1]
        call("DELETE", f"/v1/users/{name}")
        assert ended(call, slow)["status"] == "succeeded"
        assert ended(call, waits)["result"]["rows"] == 2
        assert call("GET", f"/v1/jobs/{done['id']}")[1]["result"]["rows"] == 2
        assert name not in call("GET", done["result"]["file"])[1]
        files = [path for path in tmp_path.rglob("*") if path.is_file()]
        assert len(files) > 10
        assert not [path for path in files if name.encode() in path.read_bytes()]


def test_a_torn_end_of_a_log_is_left_out(tmp_path):
    with telling(tmp_path) as tell:
        tell.note("one")
        tell.progress("fit", 1, 2, loss=0.5)
        tell.progress("fit", 1, 2, loss=0.25)  # too soon
        tell.progress("fit", 2, 2, loss=float("nan"))
    with (tmp_path / LOG).open("a") as file:
        file.write('{"kind": "no')
    assert [line.number for line in read_log(tmp_path)] == [1, 2, 3]
    with telling(tmp_path) as tell:
        tell.note("two")
    lines = read_log(tmp_path)
    assert [(line.number, line.kind) for line in lines[2:]] == [(3, "progress"), (4, "note")]
    assert lines[2].told["figures"] == {}
    assert [line.number for line in read_log(tmp_path, after=3)] == [4]
