"""Pictures of every page, light and dark, for the documentation.

    penchant serve models/covisit models/sasrec models/tiger --data DATA --runs RUNS &
    python benchmarks/page_pictures.py http://127.0.0.1:8000 docs/pictures --user ID --missed ID

Needs Chromium, the packages playwright and pillow, and a service to look at.
"""

import argparse
import io
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from PIL import Image
from playwright.sync_api import Browser, sync_playwright

WIDTH, HEIGHT = 1320, 900
SAID = "A mystery, newer than 2010"
COLOURS = 128
LARGEST = 150_000


@dataclass(frozen=True)
class View:
    """What is looked at: a picture's name, an address, and what is clicked there."""

    name: str
    path: str
    clicks: tuple[str, ...] = ()
    types: str = ""
    """Written into the text field of the page before anything is clicked."""
    whole: bool = False


def views(user: str, missed: str) -> Iterator[View]:
    """Every page, in the state in which it says most."""
    person = quote(user)
    yield View("home", "/")
    yield View("explorer", f"/explorer?user={person}", (".ranked-title >> nth=1",))
    yield View("before-and-after", f"/explorer?user={person}&diversity=0.4&tab=moves")
    yield View("prompt-and-reply", f"/explorer?user={person}&rerank=listwise&tab=asked")
    yield View("why-not", f"/explorer?user={person}&tab=why-not&why={quote(missed)}")
    yield View("compare", f"/compare?user={person}")
    yield View("chat", f"/chat?user={person}", ("button.primary",), SAID)
    yield View("results", "/results", whole=True)
    yield View("trade-off", "/results?tab=trade-off")
    yield View("significance", "/results?tab=significance")
    yield View("training", "/training?tab=runs")
    yield View("spend", "/prompts")
    yield View("prompts", "/prompts?tab=prompts")
    yield View("data", "/data?split=last", whole=True)
    yield View("ids", "/ids")
    yield View("beams", f"/ids?tab=beams&user={person}")
    yield View("map", "/ids?tab=map")
    yield View("playground", "/playground", ("button.primary",))


def take(browser: Browser, address: str, view: View, scheme: str) -> bytes:
    """A picture as PNG; an error in the console ends it all."""
    context = browser.new_context(
        base_url=address,
        color_scheme="dark" if scheme == "dark" else "light",
        viewport={"width": WIDTH, "height": HEIGHT},
    )
    page = context.new_page()
    errors: list[str] = []
    page.on("console", lambda told: errors.append(told.text) if told.type == "error" else None)
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(view.path)
    page.wait_for_selector("main h1")
    page.wait_for_load_state("networkidle")
    if view.types:
        page.fill("main textarea", view.types)
    for target in view.clicks:
        page.click(target)
        page.wait_for_load_state("networkidle")
    page.mouse.move(0, 0)
    page.wait_for_timeout(300)
    taken = page.screenshot(full_page=view.whole)
    context.close()
    if errors:
        raise SystemExit(f"{view.name}, {scheme}: {errors}")
    return taken


def smaller(png: bytes) -> bytes:
    """The same with fewer colours, as large as the documentation can bear."""
    picture = Image.open(io.BytesIO(png)).convert("RGB")
    for colours in (COLOURS, COLOURS // 2, COLOURS // 4):
        found = io.BytesIO()
        reduced = picture.quantize(colours, dither=Image.Dither.NONE)
        reduced.save(found, "PNG", optimize=True)
        if found.tell() <= LARGEST:
            break
    return found.getvalue()


def main() -> None:
    """Takes them all."""
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("address")
    reader.add_argument("folder", type=Path)
    reader.add_argument("--user", required=True, help="somebody with a history")
    reader.add_argument("--missed", required=True, help="an item that is asked about")
    reader.add_argument("--only", nargs="*", default=None, help="names of views")
    given = reader.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as running:
        browser = running.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        for view in views(given.user, given.missed):
            if given.only and view.name not in given.only:
                continue
            for scheme in ("light", "dark"):
                png = smaller(take(browser, given.address, view, scheme))
                (given.folder / f"{view.name}-{scheme}.png").write_bytes(png)
                print(f"{view.name}-{scheme}.png  {len(png):,} bytes")
        browser.close()


if __name__ == "__main__":
    main()
