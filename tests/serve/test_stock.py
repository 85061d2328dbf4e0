import pytest

import penchant as pn
from penchant.indexing import RandomCodes
from penchant.models.stocking import Change
from penchant.serve.stock import Stock
from tests.serve.conftest import serving

NEW = {"title": "A Locked Room", "columns": {"year": 2042, "categories": ["books", "mystery"]}}


def listed(call, **asked):
    body = {"history": [], "k": 1_000, **asked}
    return [item["item_id"] for item in call("POST", "/v1/recommend", body)[1]["items"]]


def test_a_new_item_is_recommended_at_once(call):
    assert call("PUT", "/v1/items/new", NEW)[1] == {
        "item_id": "new",
        "fate": "created",
        "models": {"covisit": "beside its nearest", "popular": "beside its nearest"},
    }
    for model in ("covisit", "popular"):
        assert listed(call, where="year = 2042", model=model) == ["new"]
        assert "new" in listed(call, model=model)
    told = call("GET", "/v1/items/new")[1]
    assert (told["title"], told["columns"]["year"]) == ("A Locked Room", 2042)
    assert call("PUT", "/v1/items/new", NEW)[1]["fate"] == "same"
    assert call("POST", "/v1/similar", {"item_id": "new", "k": 3})[0] == 200
    reasons = call("POST", "/v1/explain", {"history": listed(call)[:3], "items": ["new"]})
    assert reasons[0] == 200
    event = {"user_id": "somebody", "item_id": "new"}
    assert call("POST", "/v1/events", event)[1]["accepted"] == 1
    after = call("POST", "/v1/recommend", {"user_id": "somebody", "k": 100})[1]
    assert "new" not in [item["item_id"] for item in after["items"]]
    assert after["notes"] == []


def test_what_an_item_is_counts_for_filters_at_once(call):
    first = listed(call)[0]
    before = call("GET", f"/v1/items/{first}")[1]
    assert call("PATCH", f"/v1/items/{first}", {"columns": {"year": 2050}})[1]["fate"] == "changed"
    assert listed(call, where="year = 2050") == [first]
    after = call("GET", f"/v1/items/{first}")[1]
    assert after["title"] == before["title"]
    assert after["columns"] == {**before["columns"], "year": 2050}
    call("PUT", f"/v1/items/{first}", {"title": "Another"})
    assert call("GET", f"/v1/items/{first}")[1]["columns"]["year"] is None
    assert call("PATCH", f"/v1/items/{first}", {"columns": {"shelf": "b"}})[0] == 200
    assert listed(call, where="shelf = 'b'") == [first]


def test_an_item_that_left_is_never_recommended_and_may_come_back(call):
    gone = listed(call)[:3]
    for item in gone:
        assert call("DELETE", f"/v1/items/{item}")[1]["fate"] == "deleted"
    assert not set(listed(call)) & set(gone)
    assert not set(listed(call, model="popular")) & set(gone)
    assert not set(listed(call, where="year > 0")) & set(gone)
    near = call("POST", "/v1/similar", {"item_id": gone[0], "k": 1_000})[1]["items"]
    assert near
    assert not {item["item_id"] for item in near} & set(gone)
    assert call("POST", "/v1/score", {"history": [], "items": gone})[1]["items"] == []
    assert call("DELETE", f"/v1/items/{gone[0]}")[1]["fate"] == "same"
    assert call("PATCH", f"/v1/items/{gone[0]}", {"title": "x"})[0] == 404
    assert call("PUT", f"/v1/items/{gone[0]}", {"title": "x"})[1]["fate"] == "created"
    assert gone[0] in listed(call)
    assert call("DELETE", "/v1/items/never-there")[0] == 404


def test_many_at_once_and_some_that_cannot_be(call):
    gone = listed(call)[0]
    rows = [
        {"item_id": "n1", **NEW},
        {"item_id": "n2", "title": "x", "columns": {"year": "soon"}},
        {"item_id": gone, "delete": True},
        {"item_id": "n1", "title": "again"},
        {"item_id": "n3", "columns": {"title": "x"}},
    ]
    _, told, _ = call("POST", "/v1/items:bulk", {"items": rows})
    assert (told["created"], told["changed"], told["deleted"]) == (1, 0, 1)
    assert [one["line"] for one in told["rejected"]] == [2, 4, 5]
    assert "is no number" in told["rejected"][0]["message"]
    assert "n1" in listed(call)
    assert gone not in listed(call)


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"columns": {"year": "soon"}}, "/columns/year"),
        ({"columns": {"year": 1.5}}, "/columns/year"),
        ({"columns": {"year": True}}, "/columns/year"),
        ({"columns": {"categories": "x"}}, "/columns/categories"),
        ({"columns": {"id": "x"}}, "/columns/id"),
        ({"columns": {"title": "x"}}, "/columns/title"),
        ({"title": "x" * 5_000}, "/title"),
        ({"columns": {f"c{n}": 1 for n in range(60)}}, "/columns"),
        ({"titel": "x"}, "/titel"),
    ],
)
def test_an_item_that_cannot_be_is_refused(call, body, pointer):
    status, problem, _ = call("PUT", "/v1/items/new", body)
    assert (status, problem["pointer"]) == (422, pointer)
    assert call("GET", "/v1/items/new")[0] == 404


def test_items_outlive_the_service(models, tmp_path):
    folder = tmp_path / "events"
    with serving(models, folder) as call:
        first = listed(call)[0]
        call("PUT", "/v1/items/new", NEW)
        call("PATCH", "/v1/items/new", {"columns": {"year": 2043}})
        call("DELETE", f"/v1/items/{first}")
    with serving(models, folder) as call:
        assert listed(call, where="year = 2043") == ["new"]
        assert first not in listed(call)


def test_items_keep_the_order_in_which_they_came(tmp_path):
    came = ["z", "a", "m"]
    first = Stock(tmp_path)
    for item in [*came, "a"]:
        first.write([Change(item, {"title": item}, whole=True, gone=False)])
    first.close()
    again = Stock(tmp_path)
    assert [change.item for change in first.all()] == came
    assert [change.item for change in again.all()] == came
    again.close()


def test_a_model_that_grows_takes_new_items_itself(models, tmp_path):
    quick = pn.Tiger(scheme=RandomCodes(), training=pn.Supervised(steps=2, batch_size=16))
    tiger = pn.fit(quick, pn.data.mini_world())
    with serving({"tiger": tiger}, tmp_path / "events") as call:
        assert call("PUT", "/v1/items/new", NEW)[1]["models"] == {"tiger": "grows"}
        assert listed(call, where="year = 2042", k=5) == ["new"]
