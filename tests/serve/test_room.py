import asyncio
import json

import pytest

from penchant.serve.desk import TOGETHER
from penchant.serve.guard.gate import Gate
from penchant.serve.meters import Meters
from penchant.serve.settings import Settings

HEADERS = [(b"host", b"127.0.0.1")]


class Slow:
    """An application that reads and answers when it is told to go on."""

    def __init__(self):
        self.go, self.inside = asyncio.Event(), 0

    async def __call__(self, scope, receive, send):
        self.inside += 1
        await self.go.wait()
        self.inside -= 1
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"{}"})


async def asked(gate, path):
    told = []

    async def receive():
        raise AssertionError("a request that is refused is not read")

    async def send(message):
        told.append(message)

    await gate({"type": "http", "method": "POST", "path": path, "headers": HEADERS}, receive, send)
    return told[0]["status"], dict(told[0]["headers"]), told[1]["body"]


@pytest.mark.parametrize("waiting", [1, 8])
def test_more_than_may_wait_are_refused_unread_and_the_place_is_given_back(tmp_path, waiting):
    async def story():
        app = Slow()
        gate = Gate(app, Settings(folder=tmp_path, waiting=waiting), Meters())
        most = waiting + TOGETHER
        waits = [asyncio.create_task(asked(gate, "/v1/recommend")) for _ in range(most)]
        while app.inside < most:
            await asyncio.sleep(0)
        status, headers, body = await asked(gate, "/v1/score")
        assert status == 503
        assert headers[b"retry-after"] == b"1"
        assert json.loads(body)["code"] == "busy"
        other = asyncio.create_task(asked(gate, "/v1/events"))  # no model answers these
        app.go.set()
        assert {status for status, _, _ in await asyncio.gather(*waits, other)} == {200}
        assert (await asked(gate, "/v1/recommend"))[0] == 200

    asyncio.run(story())
