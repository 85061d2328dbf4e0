from concurrent.futures import ThreadPoolExecutor

import pytest

from penchant.serve.events import Event
from penchant.serve.guard.keys import new_secret, read_keys
from penchant.serve.guard.remembered import Kept, Remembered
from tests.serve.conftest import serving

ASKED = {"user_id": "somebody", "k": 5}


def ids(answer):
    return [item["item_id"] for item in answer["items"]]


def test_a_question_that_comes_again_is_answered_as_before_under_another_id(call):
    first = call("POST", "/v1/recommend", ASKED)[1]
    second = call("POST", "/v1/recommend", ASKED)[1]
    assert (first["cached"], second["cached"]) == (False, True)
    same = ("items", "model", "notes", "degraded")
    assert all(first[name] == second[name] for name in same)
    assert first["recommendation_id"] != second["recommendation_id"]
    assert call("POST", "/v1/recommend", {**ASKED, "k": 4})[1]["cached"] is False


def test_what_a_person_does_is_seen_by_their_next_question(call):
    for _ in range(2):
        before = call("POST", "/v1/recommend", ASKED)[1]
    seen = ids(before)[0]
    call("POST", "/v1/events", {"user_id": "somebody", "item_id": seen})
    after = call("POST", "/v1/recommend", ASKED)[1]
    assert after["cached"] is False
    assert seen not in ids(after)


def test_what_others_do_leaves_an_answer_as_it_is(call):
    call("POST", "/v1/recommend", ASKED)
    call("POST", "/v1/events", {"user_id": "else", "item_id": "b14104"})
    assert call("POST", "/v1/recommend", ASKED)[1]["cached"] is True


def test_another_active_model_answers_anew(call):
    call("POST", "/v1/recommend", ASKED)
    call("POST", "/v1/models/popular:activate")
    after = call("POST", "/v1/recommend", ASKED)[1]
    assert (after["model"], after["cached"]) == ("popular", False)


def test_an_item_that_leaves_is_in_no_answer(call):
    gone = ids(call("POST", "/v1/recommend", ASKED)[1])[0]
    assert call("DELETE", f"/v1/items/{gone}")[0] < 300
    after = call("POST", "/v1/recommend", ASKED)[1]
    assert after["cached"] is False
    assert gone not in ids(after)


def test_nothing_is_kept_of_an_erased_person(call):
    call("POST", "/v1/recommend", {**ASKED, "user_id": "a-very-particular-person"})
    call("POST", "/v1/recommend", ASKED)
    call("DELETE", "/v1/users/a-very-particular-person")
    assert "particular" not in repr(call.shop.remembered._kept)
    assert call("POST", "/v1/recommend", ASKED)[1]["cached"] is False


def test_a_key_is_needed_for_what_is_remembered_too(models, tmp_path):
    secret = new_secret()
    keys = read_keys(f"page:read:{secret}", "here")
    with serving(models, tmp_path, keys=keys) as call:
        given = {"authorization": f"Bearer {secret}"}
        for cached in (False, True):
            status, answer, _ = call("POST", "/v1/recommend", ASKED, headers=given)
            assert (status, answer["cached"]) == (200, cached)
        assert call("POST", "/v1/recommend", ASKED)[0] == 401
        wrong = {"authorization": f"Bearer {new_secret()}"}
        assert call("POST", "/v1/recommend", ASKED, headers=wrong)[0] == 401


@pytest.mark.parametrize("body", [b"{", b"[1]", b'{"user_id": 3}', b"\xff", b""])
def test_what_is_no_question_is_refused_as_ever(call, body):
    for _ in range(2):
        status, answer, _ = call("POST", "/v1/recommend", raw=body)
        assert status in {400, 422}
        assert answer["request_id"]


def test_a_refused_question_is_not_remembered(call):
    for _ in range(2):
        assert call("POST", "/v1/recommend", {**ASKED, "where": "nonsense >"})[0] == 422


def test_the_longest_unasked_is_forgotten_first():
    remembered = Remembered(3_000)
    kept = Kept((1, 0), None, None, None, b"x" * 900, b"")
    for number in range(3):
        remembered.keep(("/", b"", str(number).encode()), kept)
        remembered.get(("/", b"", b"0"))
    assert [remembered.get(("/", b"", one)) is not None for one in (b"0", b"1", b"2")] == [
        True,
        False,
        True,
    ]
    Remembered(0).keep(("/", b"", b""), kept)


def test_titles_that_look_like_the_end_of_an_answer_change_nothing(call):
    strange = '","cached":false,"took_ms":1'
    item = {"title": strange, "columns": {"categories": ["strange"]}}
    assert call("PUT", "/v1/items/strange", item)[0] < 300
    asked = {"history": [], "k": 1, "exclude_seen": False, "where": "categories has 'strange'"}
    answers = [call("POST", "/v1/recommend", asked) for _ in range(2)]
    assert [status for status, _, _ in answers] == [200, 200]
    assert answers[0][1]["items"] == answers[1][1]["items"]
    assert answers[1][1]["cached"] is True


def test_nobody_hears_an_old_answer_while_events_come(call):
    """Each writer asks after each of its events: its item must be gone from its answer."""

    def write_and_ask(me):
        for _ in range(15):
            asked = {"user_id": f"w{me}", "k": 3}
            best = ids(call("POST", "/v1/recommend", asked)[1])[0]
            call.shop.store.append([Event(f"w{me}", best, time=1)])
            assert best not in ids(call("POST", "/v1/recommend", asked)[1])

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(write_and_ask, range(4)))
