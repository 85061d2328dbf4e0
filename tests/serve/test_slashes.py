from urllib.parse import quote

import pytest

from penchant.serve.guard.slashes import MARK, marked, with_slashes

ODD = ["auth0|1/2", "/", "a//b/", "../../etc", f"{MARK}1/{MARK}0", "50%2F50", "é/ü"]


def in_path(text):
    return quote(text, safe="")


@pytest.mark.parametrize("text", [*ODD, "plain", MARK, f"{MARK}1"])
def test_an_id_stays_within_its_step_and_comes_out_as_it_was(text):
    before, after, step, last = marked(f"/users/{in_path(text)}/history".encode()).split("/")
    assert (before, after, last) == ("", "users", "history")
    assert with_slashes(step) == text


def test_a_slash_that_parts_a_path_is_no_other(call):
    assert call("GET", "/v1%2Fitems")[0] == 404
    assert call("GET", "/v1/users/a/b/history")[0] == 404


@pytest.mark.parametrize("user", ODD)
def test_whoever_can_be_told_of_can_be_read_and_erased(call, models, user):
    item = models["covisit"].catalog.ids.series()[0]
    call("POST", "/v1/events", {"user_id": user, "item_id": item})
    step = in_path(user)
    assert call("GET", f"/v1/users/{step}/history")[1] == [item]
    assert call("GET", f"/v1/people/{step}")[1]["user_id"] == user
    answer = call("GET", f"/v1/recommend/{step}?k=1000")
    asked = call("POST", "/v1/recommend", {"user_id": user, "k": 1_000})
    assert answer[1]["items"] == asked[1]["items"]
    assert call("DELETE", f"/v1/users/{step}")[1]["events"] == 1
    assert call("GET", f"/v1/users/{step}/history")[1] == []
    assert len(call.shop.store) == 0


def test_an_item_with_a_slash_comes_changes_and_leaves(call):
    path = f"/v1/items/{in_path('SKU/1')}"
    assert call("PUT", path, {"title": "One"})[1]["item_id"] == "SKU/1"
    assert call("PATCH", path, {"title": "Another"})[1]["fate"] == "changed"
    assert call("GET", path)[1]["title"] == "Another"
    assert call("DELETE", path)[1]["fate"] == "deleted"
    assert call("GET", path)[0] == 404


@pytest.mark.parametrize("path", ["models/{}", "runs/{}", "conversations/{}", "items/{}"])
def test_what_is_not_there_is_told_as_it_was_asked_for(call, path):
    status, problem, _ = call("GET", "/v1/" + path.format(in_path("../x")))
    assert status == 404
    assert "'../x'" in problem["detail"]
