import re
import shutil
import urllib.parse
from contextlib import ExitStack

import numpy as np
import polars as pl
import pytest

import penchant as pn
from penchant.backbones import Decoder, HashedText
from penchant.core import Run
from penchant.data import write_dataset
from penchant.indexing import ResidualKMeans, TextVectors
from penchant.language import Ledger, ScriptedLM, opened
from penchant.prompting import prompt
from penchant.serve.cursors import cursor_at
from penchant.serve.looking import FEW
from penchant.train import Supervised
from tests.experiments.quick_runs import quick_run
from tests.serve.conftest import serving

TIGER = pn.Tiger(
    scheme=ResidualKMeans(vectors=TextVectors(encoder=HashedText(dimension=64))),
    model=Decoder(dimension=32, layers=1, feed_forward=64, dropout=0.0, head_dropout=0.0),
    training=Supervised(steps=20, batch_size=128, learning_rate=1e-2),
)


@pytest.fixture(scope="module")
def data():
    return pn.data.mini_world()


@pytest.fixture(scope="module")
def call(data, tmp_path_factory):
    folder = tmp_path_factory.mktemp("looking")
    models = {"tiger": pn.fit(TIGER, data, threads=1), "covisit": pn.fit(pn.CoVisit(), data)}
    quick_run(folder / "runs" / "one")
    shutil.copytree(folder / "runs" / "one", folder / "runs" / "two")
    write_dataset(data, folder / "data")
    books = folder / "books.sqlite"
    Ledger.open(books).close()
    places = {"runs": folder / "runs", "data": folder / "data", "books": books}
    with serving(models, folder / "events", **places) as client:
        yield client


def get(call, path, **asked):
    query = urllib.parse.urlencode(asked)
    status, told, _ = call("GET", f"/v1/{path}?{query}" if query else f"/v1/{path}")
    assert status == 200, told
    return told


def post(call, path, body):
    status, told, _ = call("POST", f"/v1/{path}", body)
    assert status == 200, told
    return told


def refused(call, method, path, body=None, *, raw=None):
    status, told, headers = call(method, f"/v1/{path}", body, raw=raw)
    assert headers["content-type"] == "application/problem+json"
    assert told["status"] == status
    return status, told["code"], told.get("pointer")


def pages(call, path, key, **asked):
    """All that a list has, a page at a time."""
    listed, cursor = [], None
    while True:
        page = get(call, path, **asked, **({"cursor": cursor} if cursor else {}))
        assert len(page[key]) <= asked["limit"]
        listed += page[key]
        cursor = page["cursor"]
        if cursor is None:
            return listed


def test_runs_are_listed_with_what_came_out(call):
    (new, _) = pages(call, "runs", "runs", limit=1)
    assert new["methods"] == new["measured"] == ["popular", "markov"]
    told = get(call, f"runs/{new['run']}")
    figures = {(one["model"], one["metric"]): one for one in told["figures"]}
    best = figures["markov", "ndcg@10"]
    assert best["low"] < best["value"] < best["high"]
    assert figures["markov", "coverage@10"]["low"] is None
    assert {one["name"] for one in told["audit"]} >= {"time", "overlap"}
    groups = {one["column"]: one for one in told["slices"]}["popularity"]
    assert {one["group"] for one in groups["figures"]} == set(groups["groups"])
    assert told["costs"][0]["fit_s"] > 0
    assert told["costs"][0]["money"] is None
    assert told["environment"]["penchant"]
    assert get(call, f"runs/{new['run']}/curves") == {"run": new["run"], "curves": []}


def test_runs_are_compared_pair_by_pair(call):
    told = post(call, "compare", {"runs": ["one"], "metric": "ndcg@10"})
    (pair,) = told["pairs"]
    values = {one["model"]: one["value"] for one in told["models"]}
    assert pair["difference"] == pytest.approx(values[pair["a"]] - values[pair["b"]])
    assert pair["low"] <= pair["difference"] <= pair["high"]
    assert pair["significant"] == (pair["p_holm"] < 0.05)
    both = post(call, "compare", {"runs": ["one", "two"], "against": "one/popular"})
    assert {pair["b"] for pair in both["pairs"]} == {"one/popular"}
    assert len(both["models"]) == 4


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"runs": ["nowhere"]}, (404, "run", "/runs")),
        ({"runs": ["one"], "metric": "ndgc@10"}, (422, "usage", "/metric")),
        ({"runs": ["one"], "metric": "coverage@10"}, (422, "usage", "/metric")),
        ({"runs": ["one"], "models": ["popular", "x"]}, (404, "model", "/models")),
        ({"runs": ["one"], "against": "x"}, (404, "model", "/against")),
        ({"runs": []}, (422, "invalid", "/runs")),
        ({"runs": ["one"] * 9}, (422, "invalid", "/runs")),
    ],
)
def test_a_comparison_that_cannot_be_is_refused(call, body, expected):
    assert refused(call, "POST", "compare", body) == expected


@pytest.mark.parametrize("name", ["nowhere", "..", "..~..", "%00", "x" * 600])
def test_no_name_leads_out_of_the_folder_of_runs(call, name):
    for path in (f"runs/{name}", f"runs/{name}/curves"):
        status, _, _ = call("GET", f"/v1/{path}")
        assert status in {404, 422}


def test_the_tree_is_walked_from_the_root_to_an_item(call, data):
    item = data.catalog.ids.names([9])[0]
    path = get(call, f"ids/items/{item}")["path"]
    prefix, left = "", len(data.catalog)
    for branch in path:
        children = pages(call, "ids/tree", "children", prefix=prefix, limit=7)
        assert sum(child["items"] for child in children) == left
        (mine,) = [child for child in children if child["prefix"] == branch["prefix"]]
        assert mine == branch
        prefix, left = branch["prefix"], branch["items"]
    assert path[-1]["leaf"]
    assert path[-1]["examples"][0]["item_id"] == item
    (scheme,) = get(call, "ids")
    assert (scheme["model"], scheme["items"], scheme["beams"]) == ("tiger", 150, True)


def test_an_id_with_a_slash_is_looked_for_as_it_is(call):
    status, problem, _ = call("GET", "/v1/ids/items/SKU%2F1")
    assert (status, problem["detail"]) == (404, "no item 'SKU/1'")


def test_the_map_places_items(call):
    told = get(call, "ids/map", limit=100)
    assert (told["made_of"], len(told["points"]), told["items"]) == ("vectors", 100, 150)
    assert np.mean([one["x"] for one in told["points"]]) == pytest.approx(0, abs=1e-4)


def test_beams_end_at_what_is_recommended(call, data):
    user = data.people.ids.names([2])[0]
    asked = {"user_id": user, "k": 5, "where": "year > 2000", "beams": 20}
    told = post(call, "ids/beams", asked)
    same = post(call, "recommend", {"user_id": user, "k": 5, "where": "year > 2000"})
    ids = [[one["item_id"] for one in answer["items"]] for answer in (told, same)]
    assert ids[0] == ids[1]
    for before, level in zip(told["levels"], told["levels"][1:], strict=False):
        alive = {one["prefix"] for one in before["beams"] if one["lived"]}
        assert {one["parent"] for one in level["beams"]} <= alive


@pytest.mark.parametrize(
    ("method", "path", "body", "expected"),
    [
        ("GET", "ids/tree?model=covisit", None, (422, "cannot", "#/model")),
        ("GET", "ids/map?model=covisit", None, (422, "usage", "#/model")),
        ("GET", "ids/tree?prefix=1.x", None, (422, "invalid", "#/prefix")),
        ("GET", "ids/tree?prefix=999999999", None, (404, "prefix", "#/prefix")),
        ("GET", "ids/tree?cursor=AAAA", None, (422, "cursor", "#/cursor")),
        ("GET", "ids/items/nothing", None, (404, "item", "#/item_id")),
        ("GET", "ids/map?limit=2001", None, (422, "invalid", "#/limit")),
        ("POST", "ids/beams", {"history": [], "model": "covisit"}, (422, "cannot", "/model")),
        ("POST", "ids/beams", {"history": [], "where": "x"}, (422, "usage", "/where")),
        ("POST", "ids/beams", {"history": [], "beams": 101}, (422, "invalid", "/beams")),
        (
            "POST",
            "why-not",
            {"history": [], "item_id": "x", "where": "?"},
            (422, "usage", "/where"),
        ),
        ("GET", "ids/tree?model=nothing", None, (404, "model", "#/model")),
        ("GET", "models/nothing", None, (404, "model", "#/name")),
        ("POST", "models/nothing:activate", None, (404, "model", "#/name")),
        ("GET", "conversations/nothing", None, (404, "conversation", "#/conversation_id")),
        ("GET", "items/nothing", None, (404, "item", "#/item_id")),
        ("DELETE", "items/nothing", None, (404, "item", "#/item_id")),
        ("GET", "jobs/0-0", None, (404, "job", "#/job_id")),
        ("POST", "similar", {"item_id": "x"}, (404, "item", "/item_id")),
        ("POST", "jobs", {"kind": "evaluate", "models": ["x"]}, (404, "model", "/models")),
        ("GET", "items?where=year", None, (422, "invalid", "#/where")),
        ("GET", "people?sort=events", None, (422, "invalid", "#/sort")),
        ("POST", "recommend?k=3", {"history": []}, (422, "invalid", "#/k")),
        ("POST", "data:check?roles=user", None, (422, "invalid", "#/roles")),
        ("GET", "people/nobody", None, (404, "person", "#/user_id")),
        ("GET", "prompts/nothing", None, (404, "prompt", "#/name")),
        ("GET", "data?bins=0", None, (422, "invalid", "#/bins")),
        ("POST", "recommend", {"history": [], "diversity": 2}, (422, "invalid", "/diversity")),
        (
            "POST",
            "recommend",
            {"history": [], "quotas": [{"column": "x", "most": 1}]},
            (422, "usage", "/quotas"),
        ),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(call, method, path, body, expected):
    assert refused(call, method, path, body) == expected


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "items/nothing", None),
        ("POST", "score", {"history": [], "items": ["nothing"]}),
        ("POST", "recommend", {"history": [], "where": "yeer > 3"}),
        ("POST", "why-not", {"history": [], "item_id": "x", "where": "?"}),
        ("GET", "models/nothing", None),
        ("POST", "recommend", {"history": [], "model": "nothing"}),
        ("GET", "ids/map?model=covisit", None),
        ("GET", "nowhere", None),
        ("POST", "models/tiger:fly", None),
        ("PATCH", "recommend", None),
    ],
)
def test_it_says_what_to_do(call, method, path, body):
    assert call(method, f"/v1/{path}", body)[1]["hint"]


def test_why_not_says_what_would_help(call, data):
    history = data.catalog.ids.names(data.histories().items[0][:3])
    asked = {"history": history, "model": "covisit"}
    whole = post(call, "recommend", {**asked, "k": 150})["items"]
    told = post(call, "why-not", {**asked, "item_id": whole[40]["item_id"]})
    assert told["reason"] == "ranked"
    assert told["rank"] == pytest.approx(41, abs=3)
    enough = post(call, "recommend", {**asked, "k": told["rank"] + 3})["items"]
    assert whole[40]["item_id"] in {one["item_id"] for one in enough}
    assert post(call, "why-not", {**asked, "item_id": history[0]})["reason"] == "seen"
    filtered = post(call, "why-not", {**asked, "item_id": whole[0]["item_id"], "where": "year < 0"})
    assert filtered["clauses"][0]["values"].keys() == {"year"}
    assert post(call, "why-not", {**asked, "item_id": "nowhere"})["reason"] == "unknown"


def test_the_data_are_pictured(call, data):
    told = get(call, "data", bins=12)
    assert told["source"] == "data"
    assert sum(one["events"] for one in told["timeline"]) == len(data.events)
    assert told["tail"][-1]["share_of_events"] == pytest.approx(1)
    leaks = {one["split"]: one["leak"] for one in told["splits"]}
    assert leaks["time"] is None
    assert 0 < leaks["last"]["share"] < 1


def test_a_file_is_checked_cell_by_cell(call):
    rows = b"user,item,time\nu1,i1,2020-01-01\nu2,,2020-01-02\nu3,i3,yesterday\n"
    status, told, _ = call("POST", "/v1/data:check", raw=rows)
    assert status == 200
    faults = [(one["row"], one["column"], one["value"]) for one in told["findings"]]
    assert not told["ok"]
    assert faults == [(3, "item", None), (4, "time", "yesterday")]
    assert told["preview"][2]["time"] == "yesterday"
    good = rows.replace(b"yesterday", b"2020-01-03").replace(b"u2,,", b"u2,i1,")
    _, told, _ = call("POST", "/v1/data:check", raw=good)
    assert (told["ok"], told["counts"]["events"]) == (True, 3)
    assert told["understood"]["roles"] == {"user": "user", "item": "item", "time": "time"}


def test_errors_are_counted_once_and_told_without_python(call):
    rows = b"user,item,ts\nann,i1,2024-05-01T10:00:00\nbob,,2024-05-01\n,i2,x"
    told = call("POST", "/v1/data:check", raw=rows)[1]
    assert told["counts"]["errors"] == told["errors"] == len(told["findings"])
    sent = [b"just words", b"a,b\n1,2\n", b"user,item\n\xff,i\n", b'user,item\n"u,i\n']
    for raw in [*sent, b"user,item,time\nu,i,\n", b"user,item\nu,i,j\n"]:
        for fault in call("POST", "/v1/data:check", raw=raw)[1]["findings"]:
            assert fault["hint"]
            assert not re.search(r"mapping|Layout|[{}]", fault["hint"])


def test_the_columns_of_a_file_may_be_named(call):
    rows = b"who,what,stars\nann,i1,3\nbob,i2,4\n"
    told = call("POST", "/v1/data:check", raw=rows)[1]
    assert not told["ok"]
    assert told["findings"][0]["hint"] == "name it: map=user=who"
    assert told["understood"]["playable"][:2] == ["user", "item"]
    named = "/v1/data:check?map=user=who&map=item=what"
    told = call("POST", named, raw=rows)[1]
    assert (told["ok"], told["understood"]["roles"]) == (
        True,
        {"user": "who", "item": "what", "rating": "stars"},
    )
    assert told["next"].startswith("penchant up FOLDER --map user=who --map item=what makes")
    told = call("POST", f"{named}&table=items", raw=rows)[1]
    assert (told["ok"], told["counts"]["items"]) == (True, 2)
    told = call("POST", "/v1/data:check?map=user=whom", raw=rows)[1]
    assert told["findings"][0]["hint"] == "name an existing column in map=user=COLUMN"
    for wrong in ("map=who", "map=uesr=who"):
        assert refused(call, "POST", f"data:check?{wrong}", raw=rows) == (422, "usage", "#/map")


def test_any_bytes_are_a_report_and_never_an_error(call):
    for raw in (b"PAR1" * 9, b"\0\xff" * 99, b"{", b"\n\n\n", b",", b'{"user": 1}\n['):
        for kind in ("csv", "tsv", "jsonl", "parquet"):
            for table in ("events", "items", "people"):
                asked = f"/v1/data:check?format={kind}&table={table}"
                status, told, _ = call("POST", asked, raw=raw)
                assert (status, told["ok"]) == (200, False), (raw, kind, table)
    assert refused(call, "POST", "data:check", raw=b"") == (422, "empty", "")


def test_a_parquet_file_is_checked(call, tmp_path):
    path = tmp_path / "log.parquet"
    pl.DataFrame({"user": ["a"], "item": ["x"], "other": [1]}).write_parquet(path)
    status, told, _ = call("POST", "/v1/data:check?format=parquet", raw=path.read_bytes())
    assert (status, told["ok"], told["preview"]) == (200, True, [{"user": "a", "item": "x"}])


def test_an_upload_may_be_longer_than_other_bodies(call):
    rows = b"user,item\n" + b"u1,i1\n" * 300_000
    status, told, _ = call("POST", "/v1/data:check", raw=rows)
    assert (status, told["bytes"]) == (200, len(rows))


def test_people_are_found_and_their_past_is_told(call, data):
    listed = pages(call, "people", "people", limit=37)
    lengths = data.histories().items.lengths
    assert len(listed) == (lengths > 0).sum()
    user = listed[4]["user_id"]
    assert user in {one["user_id"] for one in get(call, "people", contains=user[1:])["people"]}
    past = pages(call, f"people/{user}", "history", limit=3)
    assert len(past) == listed[4]["events"]
    assert [one["title"] for one in past[:3]] == listed[4]["newest"]
    times = [one["ts"] for one in past]
    assert times == sorted(times, reverse=True)
    event = {"user_id": "somebody-new", "item_id": past[0]["item_id"]}
    call("POST", "/v1/events", event)
    told = get(call, "people/somebody-new")
    assert (told["known"], told["events"], told["history"][0]["live"]) == (False, 1, True)
    events = [
        {"user_id": "late", "item_id": one["item_id"], "ts": one["ts"]}
        for one in reversed(past[:2])
    ]
    assert call("POST", "/v1/events", events[::-1])[1]["accepted"] == 2
    assert get(call, "users/late/history") == [one["item_id"] for one in events]
    newest = get(call, "people/late")["history"]
    assert [one["ts"] for one in newest] == [one["ts"] for one in past[:2]]


def test_somebody_with_new_events_alone_has_a_card_and_is_in_no_list(call, data):
    hint = call("GET", "/v1/people/stranger")[1]["hint"]
    assert "whom the active model learned from" in hint
    event = {"user_id": "stranger", "item_id": data.catalog.ids.names([0])[0]}
    assert post(call, "events", event)["accepted"] == 1
    assert get(call, "people/stranger")["events"] == 1
    assert get(call, "people", contains="stranger")["people"] == []


def test_items_are_found_by_words_and_paged(call, data):
    titles = data.catalog.titles()
    found = get(call, "items", query=titles[3])["items"]
    assert titles[3] in {one["title"] for one in found}
    listed = pages(call, "items", "items", limit=40)
    assert [one["item_id"] for one in listed] == data.catalog.ids.series().to_list()
    assert refused(call, "GET", f"items?cursor={cursor_at(3, 'items')}") == (
        422,
        "cursor",
        "#/cursor",
    )


def test_every_cursor_that_was_altered_is_refused(call):
    cursor = get(call, "people", limit=2)["cursor"]
    for at in range(len(cursor)):
        other = "A" if cursor[at] != "A" else "B"
        changed = cursor[:at] + other + cursor[at + 1 :]
        status, _, _ = call("GET", f"/v1/people?limit=2&cursor={changed}")
        assert status == 422
    assert refused(call, "GET", f"people?contains=u&cursor={cursor}") == (422, "cursor", "#/cursor")


def test_prompts_are_shown_word_for_word(call):
    listed = pages(call, "prompts", "prompts", limit=30)
    assert len(listed) == len({one["prompt"] for one in listed}) > 30
    told = get(call, "prompts/rank-yes-no@1")
    assert set(told["needs"]) == {"candidate", "history"}
    assert "{{ candidate" in told["text"]


def test_spend_is_summed_from_the_books(call):
    before = get(call, "spend")
    assert before["kept"]
    with Ledger.open(call.shop.settings.books, mode="live") as books:
        run = Run(books=books)
        lm = opened(ScriptedLM(answers=("yes",)), run)
        asked = prompt("rank-yes-no").fill(history=["Heat"], candidate="Ronin")
        for _ in range(2):
            lm.write([asked], max_tokens=4, run=run)
    told = get(call, "spend")
    assert told["total"]["calls"] == before["total"]["calls"] + 2
    assert told["total"]["prompt_tokens"] > before["total"]["prompt_tokens"]
    (mine,) = [one for one in told["by_prompt"] if one["name"] == "rank-yes-no@1"]
    assert mine["calls"] == 2
    assert sum(one["calls"] for one in told["by_day"]) == told["total"]["calls"]
    assert get(call, f"prompts/{mine['name']}")["version"] == 1


def test_lists_keep_quotas_and_get_more_different(call, data):
    asked = {"history": [], "model": "covisit", "k": 10}
    quota = {"quotas": [{"column": "author", "most": 1}]}
    found = post(call, "recommend", {**asked, **quota, "diversity": 0.4})["items"]
    authors = data.catalog.table.select("id", "author")
    told = authors.filter(pl.col("id").is_in([one["item_id"] for one in found]))
    assert len(found) == told["author"].n_unique() == 10


def test_few_look_at_the_same_time_and_others_are_told_to_wait(call):
    looking, route = call.shop.looking, "/v1/why-not"
    asked = {"history": [], "item_id": "x"}
    with ExitStack() as others:
        for _ in range(FEW):
            others.enter_context(looking.among_few(route))
        status, told, headers = call("POST", route, asked)
        assert (status, told["code"], headers["retry-after"]) == (503, "busy", "1")
        assert post(call, "recommend", {"history": [], "k": 1})["items"]
    # Whoever is refused, or fails, takes no place.
    for _ in range(2 * FEW):
        assert refused(call, "POST", "why-not", {**asked, "where": "?"})[0] == 422
    assert post(call, "why-not", asked)["reason"] == "unknown"


def test_a_torn_run_is_told_and_the_others_stay(call):
    path = call.shop.settings.runs / "two" / "entries" / "markov" / "metrics.parquet"
    kept = path.read_bytes()
    path.write_bytes(kept[:100])
    call.shop.looking.forget()
    try:
        assert refused(call, "GET", "runs/two")[:2] == (500, "torn")
        assert get(call, "runs/one")["figures"]
    finally:
        path.write_bytes(kept)


def test_an_erased_person_is_in_no_list(data, tmp_path):
    with serving({"covisit": pn.fit(pn.CoVisit(), data)}, tmp_path) as call:
        user = get(call, "people", limit=1)["people"][0]["user_id"]
        assert get(call, "data")["source"] == "model"
        call("DELETE", f"/v1/users/{user}")
        assert user not in {one["user_id"] for one in pages(call, "people", "people", limit=200)}
        assert refused(call, "GET", f"people/{user}") == (404, "person", "#/user_id")
        assert get(call, "data")["counts"]["events"] < len(data.events)
