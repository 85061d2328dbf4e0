import json
import shutil
import threading
import urllib.error
import urllib.request
from contextlib import contextmanager

import pytest
import uvicorn

import penchant as pn
from penchant.serve.events import open_events
from penchant.serve.running import configured
from penchant.serve.settings import Settings
from penchant.serve.shop import Shop


class Client:
    """Speaks to a real server; gives status, JSON and headers."""

    def __init__(self, address, shop):
        self.address, self.shop = address, shop

    def __call__(self, method, path, body=None, *, headers=None, raw=None):
        data = raw if body is None else json.dumps(body).encode()
        told = {"content-type": "application/json", **(headers or {})}
        request = urllib.request.Request(
            self.address + path, data=data, headers=told, method=method
        )
        try:
            with urllib.request.urlopen(request, timeout=20) as reply:
                return reply.status, _read(reply), dict(reply.headers)
        except urllib.error.HTTPError as error:
            with error:
                return error.code, _read(error), {k.lower(): v for k, v in error.headers.items()}


def _read(reply):
    text = reply.read()
    kind = reply.headers.get("content-type", "")
    return json.loads(text) if "json" in kind else text.decode()


@contextmanager
def serving(models, folder, /, **options):
    settings = Settings(folder=folder, port=0, **options)
    shop = Shop(models, open_events(folder, settings.database), settings)
    server = uvicorn.Server(configured(shop))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            assert thread.is_alive()
        port = server.servers[0].sockets[0].getsockname()[1]
        yield Client(f"http://127.0.0.1:{port}", shop)
    finally:
        server.should_exit = True
        thread.join()
        shop.close()


@pytest.fixture(scope="session")
def models():
    data = pn.data.mini_world()
    return {"covisit": pn.fit(pn.CoVisit(), data), "popular": pn.fit(pn.Popular(), data)}


@pytest.fixture
def call(models, tmp_path):
    with serving(models, tmp_path / "events") as client:
        yield client


@pytest.fixture(scope="module")
def browser():
    driver = pytest.importorskip("playwright.sync_api", reason="needs: pip install playwright")
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.skip("needs Chromium: apt-get install chromium")
    with driver.sync_playwright() as running:
        launched = running.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield launched
        launched.close()
