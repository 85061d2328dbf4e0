import threading
import time

import pytest

from penchant.models import load, publish, read_pointer, save
from tests.serve.conftest import serving


@pytest.fixture
def shelf(models, tmp_path):
    """A models folder with three versions."""
    folder = tmp_path / "models"
    for name, times in (("covisit", 2), ("popular", 1)):
        saved = save(models[name], tmp_path / name)
        for number in range(times):
            publish(saved, folder, name, about={"job": str(number)})
    return folder


@pytest.fixture
def call(models, tmp_path, shelf):
    with serving({"popular": models["popular"]}, tmp_path / "events", models=shelf) as client:
        yield client


def test_models_are_loaded_activated_rolled_back_and_unloaded(call, shelf, models):
    cards = {card["name"]: card for card in call("GET", "/v1/models")[1]}
    assert list(cards) == ["popular", "covisit@1", "covisit@2", "popular@1"]
    assert [card["loaded"] for card in cards.values()] == [True, False, False, False]
    assert cards["covisit@1"]["items"] == len(models["covisit"].catalog)
    assert call("POST", "/v1/models/covisit@1:activate")[1] == {
        "active": "covisit@1",
        "before": "popular",
    }
    assert call("POST", "/v1/models/covisit:activate")[1]["active"] == "covisit@2"
    asked = {"history": [models["covisit"].catalog.ids.series()[0]], "k": 3}
    assert call("POST", "/v1/recommend", asked)[1]["model"] == "covisit@2"
    assert call("POST", "/v1/models:rollback")[1] == {"active": "covisit@1", "before": "covisit@2"}
    assert read_pointer(shelf).active == "covisit@1"
    assert call("POST", "/v1/models:rollback")[1]["active"] == "popular"
    status, problem, _ = call("POST", "/v1/models:rollback")
    assert (status, problem["code"]) == (409, "state")
    assert call("POST", "/v1/models/popular:unload")[1]["code"] == "state"
    assert call("POST", "/v1/models/covisit@2:unload")[1]["loaded"] is False
    assert call("GET", "/v1/models/covisit@2")[1]["loaded"] is False
    assert call("POST", "/v1/recommend", {**asked, "model": "covisit@2"})[0] == 404
    assert call("POST", "/v1/models/covisit@2:load")[1]["loaded"] is True
    assert call("POST", "/v1/recommend", {**asked, "model": "covisit@2"})[0] == 200
    resting = call("GET", "/v1/models/popular@1")[1]
    assert (resting["method"], resting["explains"]) == ("Popular", None)
    text = call("GET", "/v1/models/popular@1/card")[1]["markdown"]
    assert text.startswith("# popular on mini-world")
    assert call("GET", "/v1/models/popular/card")[1]["markdown"] == text


def test_a_name_without_a_number_is_the_newest_version_everywhere(call, models):
    asked = {"history": [models["covisit"].catalog.ids.series()[0]], "model": "covisit"}
    call("POST", "/v1/models/covisit@1:load")
    status, problem, _ = call("POST", "/v1/recommend", asked)
    assert (status, problem["hint"]) == (404, "load it first: POST /v1/models/covisit@2:load")
    assert call("POST", "/v1/models/covisit:load")[1]["name"] == "covisit@2"
    assert call("POST", "/v1/recommend", asked)[1]["model"] == "covisit@2"
    card = call("GET", "/v1/models/covisit")[1]
    assert (card["name"], card["loaded"], card["explains"]) == ("covisit@2", True, True)
    assert call("GET", "/v1/models/covisit/card")[1]["name"] == "covisit@2"
    told = call("POST", "/v1/models/covisit:unload")[1]
    assert (told["name"], told["loaded"]) == ("covisit@2", False)
    problem = call("GET", "/v1/models/nope")[1]["detail"]
    assert problem.count("covisit@1") == 1


def test_a_model_that_was_given_stays(call):
    call("POST", "/v1/models/covisit@1:activate")
    status, problem, _ = call("POST", "/v1/models/popular:unload")
    assert (status, problem["code"]) == (409, "state")
    assert call("POST", "/v1/models/popular:activate")[0] == 200


def test_what_was_active_is_active_after_a_restart(models, tmp_path, shelf):
    given = {"popular": models["popular"]}
    with serving(given, tmp_path / "events", models=shelf) as call:
        call("POST", "/v1/models/covisit@2:activate")
    with serving(given, tmp_path / "events", models=shelf) as call:
        assert call("GET", "/health/ready")[1]["model"] == "covisit@2"
        assert call("POST", "/v1/models:rollback")[1]["active"] == "popular"


@pytest.mark.parametrize(
    "tamper",
    [
        lambda path: (path / "recommender.json").write_text("{}"),
        lambda path: (path / "catalog.parquet").unlink(),
        lambda path: (path / "extra.json").write_text("{}"),
        lambda path: (path / "MANIFEST.json").write_text('{"sha256": {"../x": "0"}}'),
        lambda path: (path / "model.json").write_text("[" * 100_000),
    ],
)
def test_a_tampered_folder_is_refused_and_the_service_goes_on(call, shelf, tamper):
    tamper(shelf / "covisit" / "1")
    for verb in ("load", "activate"):
        status, problem, headers = call("POST", f"/v1/models/covisit@1:{verb}")
        assert (status, problem["code"]) == (409, "model-damaged")
        assert headers["content-type"] == "application/problem+json"
    assert call("GET", "/v1/models")[0] == 200
    assert call("GET", "/health/ready")[1]["model"] == "popular"
    assert call("POST", "/v1/models/covisit@2:activate")[0] == 200


def test_a_damaged_active_model_leaves_the_given_one(models, tmp_path, shelf):
    (shelf / "active.json").write_text('{"active": "covisit@1", "before": []}')
    (shelf / "covisit" / "1" / "people.parquet").write_bytes(b"torn")
    with serving({"popular": models["popular"]}, tmp_path / "events", models=shelf) as call:
        assert call("GET", "/health/ready")[1]["model"] == "popular"
    (shelf / "active.json").write_text("{torn")
    with serving({"popular": models["popular"]}, tmp_path / "events", models=shelf) as call:
        assert call("GET", "/health/ready")[1]["model"] == "popular"
        status, problem, _ = call("POST", "/v1/models/covisit@2:activate")
        assert status in {409, 507}, problem


@pytest.mark.parametrize("name", ["..", "covisit@3", "covisit@01", "covisit@-1", "x%2F..%2Fy", "@"])
def test_a_name_that_is_none_is_refused(call, name):
    status, problem, _ = call("POST", f"/v1/models/{name}:load")
    assert status in {404, 405}, problem


def test_no_request_is_dropped_while_models_change(call, models):
    items = models["covisit"].catalog.ids.series().to_list()
    answers, failures, stop = [], [], threading.Event()

    def ask(place):
        while not stop.is_set():
            asked = {"history": items[place : place + 3], "k": 5}
            status, told, _ = call("POST", "/v1/recommend", asked)
            if status != 200 or told["degraded"] or len(told["items"]) != 5:
                failures.append((status, told))
            else:
                answers.append(told["model"])

    threads = [threading.Thread(target=ask, args=(place,)) for place in range(6)]
    for thread in threads:
        thread.start()
    known = ["covisit@1", "covisit@2", "popular@1"]
    until = time.monotonic() + 4
    rounds = 0
    while time.monotonic() < until or rounds < 6:
        name = known[rounds % 3]
        status, told, _ = call("POST", f"/v1/models/{name}:activate")
        assert (status, told["active"]) == (200, name)
        if told["before"] != "popular":
            assert call("POST", f"/v1/models/{told['before']}:unload")[0] == 200
        time.sleep(0.1)
        rounds += 1
    stop.set()
    for thread in threads:
        thread.join()
    assert not failures, failures[:3]
    assert set(answers) >= set(known)


def test_who_was_erased_stays_erased_in_models_that_are_loaded_later(call, models, shelf):
    user = models["covisit"].people.ids.series()[0]
    receipt = call("DELETE", f"/v1/users/{user}")[1]
    assert receipt["stale_models"] == ["popular", "covisit@1", "covisit@2", "popular@1"]
    call("POST", "/v1/models/covisit@1:activate")
    assert set(call("DELETE", f"/v1/users/{user}")[1]["stale_models"]) == set(
        receipt["stale_models"]
    )
    _, desk = call.shop.desk(None)
    assert user not in desk.model.people.ids
    assert call("GET", f"/v1/users/{user}/history")[1] == []
    assert user in load(shelf / "covisit" / "1").people.ids  # the folder on the disk is as it was


def test_a_service_without_a_models_folder_says_so(models, tmp_path):
    with serving(models, tmp_path / "events") as call:
        status, problem, _ = call("POST", "/v1/models:rollback")
        assert (status, problem["hint"]) == (409, "start it with --models FOLDER")
        assert call("POST", "/v1/models/popular:activate")[1]["active"] == "popular"
        assert call("POST", "/v1/models/other:load")[0] == 404
        for body in ({"kind": "train", "method": "popular"}, {"kind": "update"}):
            assert call("POST", "/v1/jobs", body)[1]["code"] == "setup"
