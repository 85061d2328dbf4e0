import asyncio
import json

import pytest

from penchant.core import UsageError
from penchant.serve.guard.gate import Gate
from penchant.serve.guard.keys import new_secret, read_keys
from penchant.serve.meters import Meters
from penchant.serve.settings import Settings


async def fine(scope, receive, send):
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"{}"})


def gate(folder, **options):
    return Gate(fine, Settings(folder=folder, **options), Meters())


def asked(gate, method="GET", address="192.0.2.1", **headers):
    """Status, headers and body of the answer to a request from an address."""
    given = {"host": "127.0.0.1", **headers}
    scope = {
        "type": "http",
        "method": method,
        "path": "/v1/items",
        "headers": [(k.replace("_", "-").encode(), v.encode()) for k, v in given.items()],
        "client": (address, 1),
    }
    told = []

    async def receive():
        return {"type": "http.request", "body": b""}

    async def send(message):
        told.append(message)

    asyncio.run(gate(scope, receive, send))
    names = {k.decode(): v.decode() for k, v in told[0]["headers"]}
    assert len(names) == len(told[0]["headers"])
    return told[0]["status"], names, told[1].get("body", b"")


@pytest.mark.parametrize("header", ["x_api_key", "authorization"])
@pytest.mark.parametrize("keys", ["", "page:read:" + "k" * 30])
def test_a_word_that_opens_nothing_makes_nobody_another_caller(tmp_path, header, keys):
    service = gate(tmp_path, requests_per_s=2.0, keys=read_keys(keys, "test"))
    many = [asked(service, **{header: f"Bearer {at}"})[0] for at in range(5)]
    assert many == [200, 200, 429, 429, 429]
    assert asked(service, address="192.0.2.2")[0] == 200


def test_a_key_is_one_caller_however_it_is_shown_and_from_wherever(tmp_path):
    one, other = new_secret(), new_secret()
    keys = read_keys(f"one:read:{one}\nother:read:{other}", "test")
    service = gate(tmp_path, requests_per_s=2.0, keys=keys)
    shown = [
        {"x_api_key": one, "authorization": "Basic x1"},
        {"x_api_key": one, "authorization": "Basic x2"},
        {"x_api_key": one},
        {"authorization": f"Bearer {one}"},
        {"authorization": f"bearer {one}", "address": "192.0.2.2"},
    ]
    assert [asked(service, **how)[0] for how in shown] == [200, 200, 429, 429, 429]
    assert asked(service, x_api_key=other)[0] == 200
    assert asked(service)[0] == 200


SHOP = "http://shop.example"
ASKS = {"access_control_request_method": "POST", "access_control_request_headers": "x-api-key"}


def test_a_browser_hears_that_a_page_may_call_and_read_the_answer(tmp_path):
    keys = read_keys("page:read:" + "k" * 30, "test")
    service = gate(tmp_path, origins=(SHOP,), keys=keys)
    status, told, body = asked(service, "OPTIONS", origin=SHOP, **ASKS)
    assert (status, body) == (204, b"")
    assert "POST" in told["access-control-allow-methods"].split(", ")
    assert told["access-control-allow-headers"] == "x-api-key"
    for answer in (told, asked(service, "POST", origin=SHOP)[1]):
        assert answer["access-control-allow-origin"] == SHOP
        assert answer["vary"] == "Origin"
        assert "access-control-allow-credentials" not in answer


def test_a_page_may_read_what_is_wrong(tmp_path):
    service = gate(tmp_path, origins=(SHOP,), body_bytes=1)
    status, told, body = asked(service, "POST", origin=SHOP, content_length="2")
    assert (status, json.loads(body)["status"]) == (413, 413)
    assert told["access-control-allow-origin"] == SHOP
    assert "X-Request-Id" in told["access-control-expose-headers"].split(", ")


@pytest.mark.parametrize("origins", [(), (SHOP,)])
@pytest.mark.parametrize("origin", ["https://evil.example", f"{SHOP}.evil.example", "null", "//["])
def test_pages_of_others_are_told_nothing_of_the_kind(tmp_path, origins, origin):
    for method in ("OPTIONS", "POST"):
        service = gate(tmp_path, origins=origins)
        status, told, body = asked(service, method, origin=origin, **ASKS)
        assert status == 403
        assert json.loads(body)["title"].startswith("Pages of this origin")
        assert not any(name.startswith("access-control") for name in told)
        assert ("vary" in told) == bool(origins)


def test_who_is_no_page_hears_of_no_origin(tmp_path):
    status, told, _ = asked(gate(tmp_path, origins=(SHOP,)))
    assert (status, "access-control-allow-origin" in told) == (200, False)
    assert told["vary"] == "Origin"  # the next one may be a page
    assert "vary" not in asked(gate(tmp_path))[1]
    assert asked(gate(tmp_path), host="[")[0] == 421


@pytest.mark.parametrize(
    ("origin", "said"),
    [
        ("https://x.example/", "alone: https://x.example$"),
        ("https://X.example", "alone: https://x.example$"),
        ("https://x.example/shop?a=1", "alone: https://x.example$"),
        ("*", "name each one whole"),
        ("https://*.example", "name each one whole"),
        ("x.example", "name each one whole"),
        ("", "name each one whole"),
    ],
)
def test_an_origin_that_no_browser_sends_is_refused(tmp_path, origin, said):
    with pytest.raises(UsageError, match=said):
        gate(tmp_path, origins=(origin,))
