import asyncio

import pytest

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
