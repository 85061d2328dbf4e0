"""Tools for agents, asked by the official client: over HTTP and over standard input and output."""

import asyncio
import json
import sys
from contextlib import asynccontextmanager, nullcontext

import httpx2
import pytest
from mcp import Client, MCPError, StdioServerParameters
from mcp.client.streamable_http import streamable_http_client

from penchant.models import save
from penchant.serve.events import EventStore
from penchant.serve.guard.keys import new_secret, read_keys
from tests.serve.conftest import serving

READING = ["explain", "recommend", "search_items", "similar_items"]


class Agent:
    """An agent that connects anew for every question."""

    def __init__(self, target):
        self.target = target

    def ask(self, what):
        async def work():
            async with self.target() as target, Client(target) as client:
                return await what(client)

        return asyncio.run(work())

    def tools(self):
        return sorted(tool.name for tool in self.ask(lambda client: client.list_tools()).tools)

    def call(self, name, **arguments):
        """The answer, or what is wrong as a string."""
        answer = self.ask(lambda client: client.call_tool(name, arguments))
        return answer.content[0].text if answer.is_error else answer.structured_content

    def read(self, uri):
        """The text of a resource; ``None``: there is none."""

        async def work(client):
            try:
                return (await client.read_resource(uri)).contents[0].text
            except MCPError:
                return None

        return self.ask(work)


def over_http(call, **headers):
    @asynccontextmanager
    async def target():
        async with httpx2.AsyncClient(headers=headers) as client:
            yield streamable_http_client(f"{call.address}/mcp", http_client=client)

    return Agent(target)


@pytest.fixture(scope="module")
def service(models, tmp_path_factory):
    with serving(models, tmp_path_factory.mktemp("agents")) as call:
        yield call


@pytest.fixture(scope="module")
def http(service):
    return over_http(service)


@pytest.fixture(scope="module")
def folder(models, tmp_path_factory):
    return save(models["covisit"], tmp_path_factory.mktemp("agents") / "shop")


def over_stdio(folder, *options):
    command = ["-c", "from penchant.cli import main; main()", "mcp", str(folder), *options]
    return Agent(lambda: nullcontext(StdioServerParameters(command=sys.executable, args=command)))


def test_the_tools_answer_as_the_service_does(http, service, models):
    assert http.tools() == sorted([*READING, "record_feedback"])
    user = models["covisit"].people.ids.series()[0]
    answer = http.call("recommend", user_id=user, k=3, where="year > 2010")
    told = service("POST", "/v1/recommend", {"user_id": user, "k": 3, "where": "year > 2010"})[1]
    assert [item["item_id"] for item in answer["items"]] == [i["item_id"] for i in told["items"]]
    first = answer["items"][0]["item_id"]
    alike = http.call("similar_items", item_id=first, k=2)
    told = service("POST", "/v1/similar", {"item_id": first, "k": 2})[1]
    assert [item["item_id"] for item in alike["items"]] == [i["item_id"] for i in told["items"]]
    reason = http.call("explain", item_id=first, user_id=user)
    past = service("GET", f"/v1/users/{user}/history")[1]
    assert {item["item_id"] for item in reason["because"]} <= {*past}
    assert reason["because"]
    assert answer["items"][0]["title"] in reason["text"]


def test_items_are_found_by_words_alone(http):
    found = http.call("search_items", query="a starship under 12 euros", k=5)
    assert found["filter"] == "(price < 12)"
    assert len(found["items"]) == 5
    assert all("space" in item["about"] for item in found["items"])
    assert http.call("search_items", query="qwertzuiop")["items"] == []


def test_what_is_recorded_is_known_at_once(http, service, models):
    item = models["covisit"].catalog.ids.series()[3]
    event = {"user_id": "agent-user", "item_id": item, "event_id": "agent-1"}
    assert http.call("record_feedback", **event) == {"accepted": 1, "duplicate": 0}
    assert http.call("record_feedback", **event) == {"accepted": 0, "duplicate": 1}
    assert service("GET", "/v1/users/agent-user/history")[1] == [item]


def test_resources_tell_of_items_and_the_model(http, models):
    item = models["covisit"].catalog.ids.series()[0]
    told = json.loads(http.read(f"item://{item}"))
    assert told["id"] == item
    assert told["title"] == models["covisit"].catalog.titles()[0]
    assert http.read("card://model").startswith("# ")
    for bad in ("item://nothing", "item://..%2F..%2Fetc%2Fpasswd", "card://secret"):
        assert http.read(bad) is None


def test_an_item_whose_id_holds_a_slash_is_read_either_way(http, service):
    service("PUT", "/v1/items/SKU%2F1", {"title": "A slash"})
    for address in ("item://SKU%2F1", "item://SKU/1"):
        assert json.loads(http.read(address))["id"] == "SKU/1"


@pytest.mark.parametrize(
    ("tool", "arguments", "said"),
    [
        ("recommend", {}, "either user_id or history"),
        ("recommend", {"history": [], "k": 51}, "less than or equal to 50"),
        ("recommend", {"history": [], "where": "yeer > 3"}, "did you mean 'year'"),
        ("recommend", {"history": ["x"] * 1_001}, "at most 1000"),
        ("similar_items", {"item_id": "nothing"}, "no item 'nothing'"),
        ("explain", {"item_id": "nothing", "history": []}, "no item 'nothing'"),
        ("search_items", {"query": "x" * 601}, "at most 600"),
        ("record_feedback", {"item_id": "b14104"}, "whose event"),
        ("recommend", {}, "recommend: give either user_id or history"),
        ("recommend", {"history": [], "k": "many"}, "k: input should be a valid integer"),
        ("recommend", {"history": [], "foo": 1}, "no argument 'foo'"),
        ("search_items", {"query": "x", "wher": "x"}, "did you mean 'where'"),
        ("delete_everything", {}, "Unknown tool"),
    ],
)
def test_what_cannot_be_is_told_to_the_agent(http, tool, arguments, said):
    told = http.call(tool, **arguments)
    assert said in told
    assert not any(words in told.lower() for words in ("pydantic", "value error", "arguments\n"))


def test_the_tools_say_that_they_take_nothing_else(http):
    tools = http.ask(lambda client: client.list_tools()).tools
    assert {tool.input_schema["additionalProperties"] for tool in tools} == {False}


def test_a_key_that_reads_does_not_write(models, tmp_path):
    reads, writes = new_secret(), new_secret()
    keys = read_keys(f"reads:read:{reads}\nwrites:write:{writes}", "here")
    with serving(models, tmp_path / "e", keys=keys) as call:
        event = {"user_id": "u1", "item_id": "b14104"}
        agent = over_http(call, authorization=f"Bearer {reads}")
        assert len(agent.call("recommend", history=[], k=3)["items"]) == 3
        assert "may not write" in agent.call("record_feedback", **event)
        bearing = {"authorization": f"Bearer {reads}"}
        assert call("GET", "/v1/users/u1/history", headers=bearing)[1] == []
        agent = over_http(call, **{"x-api-key": writes})
        assert agent.call("record_feedback", **event) == {"accepted": 1, "duplicate": 0}
        assert call("POST", "/mcp", {})[0] == 401


def test_pages_and_names_of_others_are_refused(service):
    for header, status in (("origin", 403), ("host", 421)):
        told = service("POST", "/mcp", {}, headers={header: "http://evil.example"})
        assert told[0] == status
        assert told[1]["code"] == header


def test_over_stdio_an_agent_of_one_person_speaks_of_nobody_else_and_writes_nothing(folder, models):
    one, other = models["covisit"].people.ids.series()[:2]
    wanted = models["covisit"].recommend([one], k=3)["item"].to_list()

    async def work(client):
        tools = sorted(tool.name for tool in (await client.list_tools()).tools)
        own = await client.call_tool("recommend", {"k": 3})
        asked = {"user_id": other, "item_id": "b14104"}
        refused = [await client.call_tool("recommend", {"user_id": other})]
        refused += [await client.call_tool("explain", asked)]
        return tools, own, refused, await client.call_tool("record_feedback", asked)

    tools, own, refused, written = over_stdio(folder, "--user", one).ask(work)
    assert tools == READING
    assert [item["item_id"] for item in own.structured_content["items"]] == wanted
    assert all("another person" in answer.content[0].text for answer in refused)
    assert "Unknown tool" in written.content[0].text


def test_over_stdio_events_are_kept_where_it_is_said(folder, tmp_path):
    agent = over_stdio(folder, "--store", str(tmp_path / "events"))
    event = {"user_id": "u1", "item_id": "b14104"}
    assert agent.call("record_feedback", **event) == {"accepted": 1, "duplicate": 0}
    with EventStore(tmp_path / "events") as store:
        assert store.of_user("u1")["item"].to_list() == ["b14104"]
