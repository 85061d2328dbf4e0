import threading

import pytest

from penchant.core import StorageError
from penchant.serve.guard.keys import new_secret, read_keys
from penchant.serve.guard.replies import NAME, Replies, Reply
from penchant.serve.problems import Problem
from tests.serve.conftest import serving

EVENT = {"user_id": "u1", "item_id": "i1"}


def key(name):
    return {"idempotency-key": name}


def test_what_is_sent_again_is_answered_again_and_not_done(call):
    first = call("POST", "/v1/events", EVENT, headers=key("k1"))
    again = call("POST", "/v1/events", EVENT, headers=key("k1"))
    assert first[1] == again[1] == {"accepted": 1, "duplicate": 0, "rejected": []}
    assert "idempotent-replayed" not in first[2]
    assert again[2]["idempotent-replayed"] == "true"
    assert again[2]["x-request-id"] != first[2]["x-request-id"]
    assert len(call.shop.store) == 1
    assert call("POST", "/v1/events", EVENT, headers=key("k2"))[1]["accepted"] == 1
    assert call("POST", "/v1/events", EVENT)[1]["accepted"] == 1
    assert len(call.shop.store) == 3


def test_another_body_under_the_same_key_is_refused(call):
    call("POST", "/v1/events", EVENT, headers=key("k1"))
    other = {**EVENT, "item_id": "i2"}
    status, problem, _ = call("POST", "/v1/events", other, headers=key("k1"))
    assert (status, problem["code"]) == (422, "idempotency")
    assert problem["pointer"] == "#/Idempotency-Key"
    assert len(call.shop.store) == 1


def test_another_route_may_use_the_same_key(call):
    call("POST", "/v1/events", EVENT, headers=key("k1"))
    assert call("POST", "/v1/models/popular:activate", headers=key("k1"))[0] == 200
    assert call.shop.active == "popular"
    call("POST", "/v1/models/covisit:activate")
    call("POST", "/v1/models/popular:activate", headers=key("k1"))
    assert call.shop.active == "covisit"


def test_an_erasure_is_done_each_time_it_is_asked_for(call):
    for _ in range(2):
        call("POST", "/v1/events", EVENT)
        _, receipt, headers = call("DELETE", "/v1/users/u1", headers=key("k"))
        assert (receipt["events"], len(call.shop.store)) == (1, 0)
        assert "idempotent-replayed" not in headers


def test_a_refusal_is_kept_too(call):
    broken = {"user_id": "u"}
    first = call("POST", "/v1/events", broken, headers=key("k"))
    again = call("POST", "/v1/events", broken, headers=key("k"))
    assert first[0] == again[0] == 422
    assert again[2]["content-type"] == "application/problem+json"


def test_it_is_answered_again_after_a_restart_and_done_once_without_the_answer(models, tmp_path):
    with serving(models, tmp_path) as client:
        client("POST", "/v1/events", [EVENT, EVENT], headers=key("k"))
    with serving(models, tmp_path) as client:
        headers = client("POST", "/v1/events", [EVENT, EVENT], headers=key("k"))[2]
        assert headers["idempotent-replayed"] == "true"
    (tmp_path / NAME).unlink()  # as if the process were killed between the events and the answer
    with serving(models, tmp_path) as client:
        answer = client("POST", "/v1/events", [EVENT, EVENT], headers=key("k"))[1]
        assert (answer["accepted"], answer["duplicate"]) == (0, 2)
        assert len(client.shop.store) == 2


@pytest.mark.parametrize("name", ["", "x" * 256, "a b"])
def test_a_key_that_cannot_be_is_refused(call, name):
    status, problem, _ = call("POST", "/v1/events", EVENT, headers=key(name))
    assert (status, problem["pointer"]) == (422, "#/idempotency-key")
    assert len(call.shop.store) == 0


def test_nobody_gets_the_answer_to_another_caller(models, tmp_path):
    secrets = {name: new_secret() for name in ("a", "b", "c")}
    scopes = {"a": "write", "b": "write", "c": "read"}
    keys = read_keys("\n".join(f"{n}:{scopes[n]}:{s}" for n, s in secrets.items()), "test")
    with serving(models, tmp_path, keys=keys) as client:

        def post(name):
            headers = {**key("k"), "x-api-key": secrets[name]}
            return client("POST", "/v1/events", EVENT, headers=headers)

        assert post("a")[0] == 200
        assert "idempotent-replayed" not in post("b")[2]
        assert post("c")[0] == 403
        assert client("POST", "/v1/events", EVENT, headers=key("k"))[0] == 401
        assert "idempotent-replayed" in post("a")[2]


def test_a_request_under_way_is_not_begun_again(tmp_path):
    replies = Replies(tmp_path)
    assert replies.begin(b"p", b"a") is None
    with pytest.raises(Problem, match="under way"):
        replies.begin(b"p", b"a")
    replies.release(b"p")
    assert replies.begin(b"p", b"a") is None
    replies.close()


def test_of_many_at_once_one_is_done(call):
    found = []

    def work():
        found.append(call("POST", "/v1/events", EVENT, headers=key("k")))

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {status for status, _, _ in found} <= {200, 409}
    assert sum(status == 200 for status, _, _ in found) >= 1
    assert len(call.shop.store) == 1


def test_answers_are_kept_for_a_time_and_not_too_many(tmp_path):
    replies = Replies(tmp_path, kept_s=-1.0)
    replies.keep(b"p", b"a", Reply(200, "", b""))
    assert replies.begin(b"p", b"other") is None
    replies.close()
    replies = Replies(tmp_path, most=5)
    for number in range(10):
        replies.keep(bytes([number]), b"a", Reply(200, "", b""))
    replies.close()
    replies = Replies(tmp_path, most=5)
    assert len(replies) == 5
    assert replies.begin(bytes([9]), b"a") == Reply(200, "", b"")
    assert replies.begin(bytes([0]), b"a") is None
    replies.close()


def test_who_is_erased_stands_in_no_answer(call, tmp_path):
    person = 'a "person" ü 8f3a6c'
    call("POST", "/v1/events", {**EVENT, "event_id": person})
    body = [{"user_id": "u2", "item_id": "i1", "event_id": person}]
    call("POST", "/v1/events", body, headers=key("k"))
    assert len(call.shop.replies) == 1
    call.shop.erase(person)
    assert len(call.shop.replies) == 0
    for path in (tmp_path / "events").glob(f"{NAME}*"):
        assert b"8f3a6c" not in path.read_bytes()


def test_a_torn_file_is_told(tmp_path):
    (tmp_path / NAME).write_bytes(b"nothing like a database" * 100)
    with pytest.raises(StorageError, match="remove this file"):
        Replies(tmp_path)
