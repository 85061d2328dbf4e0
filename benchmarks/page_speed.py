"""How soon each page can be used, with 100,000 items: from the request to an answer to a click.

    python benchmarks/page_speed.py

A page can be used when its heading is there, what it asked the service has come, and a key that is
pressed is answered by the next frame. Nothing is in the browser's cache: each page gets a new one.
"""

import argparse
import re
import shutil
import tempfile
import threading
from pathlib import Path
from statistics import median

import uvicorn
from playwright.sync_api import Browser, sync_playwright
from record import write_record

import penchant as pn
from penchant.serve.app import application
from penchant.serve.events import EventStore
from penchant.serve.settings import Settings
from penchant.serve.shop import Shop

PAGES = Path(__file__).parents[1] / "web" / "src" / "pages.ts"
BOUND_MS = 1_000
USABLE = """
async () => {
  await new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)));
  return performance.now();
}
"""


def usable_ms(browser: Browser, address: str, path: str) -> float:
    """Milliseconds from the navigation to a page that answers."""
    context = browser.new_context(base_url=address)
    page = context.new_page()
    page.goto(path, wait_until="commit")
    page.wait_for_selector("main h1")
    page.wait_for_selector("main [role=status].loading", state="detached")
    page.keyboard.press("Tab")
    took = float(page.evaluate(USABLE))
    context.close()
    return took


def measured(address: str, user: str, repeats: int) -> dict[str, float]:
    """Path -> median milliseconds."""
    paths = re.findall(r'page\("[^"]*", "(/[^"]*)"', PAGES.read_text(encoding="utf-8"))
    found = {}
    with sync_playwright() as running:
        browser = running.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        for path in paths:
            asked = f"{path}?user={user}" if path in ("/explorer", "/compare", "/ids") else path
            usable_ms(browser, address, asked)
            found[path] = median(usable_ms(browser, address, asked) for _ in range(repeats))
        browser.close()
    return found


def main() -> None:
    """Serves a large mini world and looks at every page."""
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("--items", type=int, default=100_500)
    reader.add_argument("--repeats", type=int, default=5)
    given = reader.parse_args()
    data = pn.data.mini_world(scale=given.items / 150, n_users=2_000)
    model = pn.fit(pn.Popular(), data)
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(folder=Path(folder))
        shop = Shop({"popular": model}, EventStore(settings.folder), settings)
        config = uvicorn.Config(application(shop), port=0, log_level="error", access_log=False)
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run)
        thread.start()
        while not server.started:
            thread.join(0.01)
        port = server.servers[0].sockets[0].getsockname()[1]
        try:
            address = f"http://127.0.0.1:{port}"
            found = measured(address, str(model.people.ids.series()[0]), given.repeats)
        finally:
            server.should_exit = True
            thread.join()
            shop.close()
    figures = {
        "items": len(data.catalog),
        "usable_ms": found,
        "slowest_ms": max(found.values()),
        "pages_within_bound": sum(took <= BOUND_MS for took in found.values()),
        "pages": len(found),
    }
    write_record("page_speed", figures, note="median over visits, each with an empty cache")


if __name__ == "__main__":
    main()
