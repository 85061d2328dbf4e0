import json
import re
import shutil
import subprocess
import time
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

import penchant as pn
from penchant.serve.guard.keys import read_keys
from penchant.serve.routes.page import BUILT, PATHS, POLICY
from tests.serve.conftest import serving

WEB = Path(__file__).parents[2] / "web"
AXE = WEB / "node_modules" / "axe-core" / "axe.min.js"
SERIOUS = """
async () => {
  const found = await axe.run(document, {resultTypes: ["violations"]});
  return found.violations
    .filter((one) => ["serious", "critical"].includes(one.impact))
    .map((one) => `${one.id}: ${one.nodes.map((node) => node.html).join(" | ").slice(0, 600)}`);
}
"""
SECRET = "0123456789abcdefghijklmnop"
BUSY_S = 4.0
"""A page is there in a second (benchmarks/page_speed.py); a busy machine gets more."""


def test_the_built_page_is_what_its_policy_allows(call):
    for path in PATHS:
        status, page, headers = call("GET", path)
        assert status == 200
        assert headers["content-security-policy"] == POLICY
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["cache-control"] == "no-cache"
        assert "<style" not in page
        assert all("src=" in tag for tag in re.findall("<script[^>]*>", page))
    for name in re.findall(r'"/assets/([^"]+)"', page):
        status, text, headers = call("GET", f"/assets/{name}")
        assert status == 200
        assert text
        assert headers["cache-control"].endswith("immutable")


@pytest.mark.parametrize(
    "name", ["none.js", "..%2findex.html", "%2e%2e%2findex.html", "index.html"]
)
def test_only_files_of_the_build_are_given_out(call, name):
    assert call("GET", f"/assets/{name}")[0] == 404


def test_nothing_of_other_origins_is_in_the_build():
    allowed = ("http://www.w3.org/", "https://react.dev/errors/", "http://127.0.0.1", "about:blank")
    for file in BUILT.rglob("*"):
        if file.is_file():
            text = file.read_text(encoding="utf-8")
            addresses = re.findall(r"https?://[^\s\"'`)]+", text)
            assert [one for one in addresses if not one.startswith(allowed)] == []


def test_the_service_and_the_page_name_the_same_paths():
    assert set(page_paths()) == set(PATHS)


@pytest.fixture(scope="module")
def built_with():
    if not (WEB / "node_modules").is_dir() or shutil.which("node") is None:
        pytest.skip("needs node and the packages of the page: cd web && npm ci")


@pytest.mark.usefixtures("built_with")
def test_what_is_built_is_what_would_be_built_now():
    ended = subprocess.run([WEB / "check.sh"], capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stdout + ended.stderr


@pytest.mark.slow
@pytest.mark.usefixtures("built_with")
def test_the_types_of_the_page_hold():
    compiler = WEB / "node_modules" / ".bin" / "tsc"
    ended = subprocess.run([compiler, "--noEmit"], cwd=WEB, capture_output=True, text=True)
    assert ended.returncode == 0, ended.stdout


def page_paths():
    return re.findall(r'page\("[^"]*", "(/[^"]*)"', (WEB / "src" / "pages.ts").read_text())


@pytest.fixture(scope="module")
def served(models, tmp_path_factory):
    with serving(models, tmp_path_factory.mktemp("page")) as client:
        yield client


class Tab:
    """A page in a browser that remembers what went wrong in its console."""

    def __init__(self, browser, address, scheme="light"):
        self.context = browser.new_context(
            base_url=address, color_scheme=scheme, viewport={"width": 1280, "height": 900}
        )
        self.page = self.context.new_page()
        self.errors = []
        self.page.on("console", self._said)
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))

    def _said(self, message):
        if message.type in ("error", "warning"):
            self.errors.append(f"{message.text} {message.location.get('url', '')}")

    def open(self, path):
        begun = time.perf_counter()
        self.page.goto(path)
        self.page.wait_for_selector("main h1")
        took_s = time.perf_counter() - begun
        self.settle()
        return took_s

    def settle(self):
        self.page.wait_for_load_state("networkidle")

    def serious(self):
        self.page.evaluate(AXE.read_text(encoding="utf-8"))
        return self.page.evaluate(SERIOUS)


@pytest.fixture
def tab(browser, served):
    tab = Tab(browser, served.address)
    yield tab
    tab.context.close()


@pytest.fixture(scope="module")
def somebody(models):
    return models["covisit"].people.ids.series()[0]


@pytest.mark.parametrize("path", page_paths())
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_opens_soon_without_errors_and_for_everybody(browser, served, path, scheme):
    if not AXE.exists():
        pytest.skip("needs axe-core: cd web && npm ci")
    tab = Tab(browser, served.address, scheme)
    assert tab.open(path) < BUSY_S
    assert tab.errors == []
    assert tab.serious() == []
    tab.context.close()


def test_evidence_lights_up_in_the_history(tab, somebody):
    tab.open(f"/explorer?user={somebody}")
    assert tab.page.locator(".past-item.lit").count() == 0
    tab.page.locator(".ranked-title").first.click()
    because = tab.page.locator(".ranked.chosen .chip.evidence").first.inner_text()
    tab.page.wait_for_selector(".past-item.lit")
    lit = tab.page.locator(".past-item.lit .past-title").all_inner_texts()
    assert because in lit
    assert "item=" in tab.page.url
    assert tab.errors == []
    if AXE.exists():
        assert tab.serious() == []


def test_a_history_is_built_with_the_keyboard_alone(tab, models):
    tab.open("/explorer")
    title = models["covisit"].catalog.titles()[0]
    field = tab.page.get_by_role("combobox", name="… or items of a history")
    field.focus()
    tab.page.keyboard.type(title)
    tab.page.get_by_role("option", name=title).first.wait_for()
    tab.page.keyboard.press("Enter")
    tab.page.wait_for_selector(".ranked")
    assert tab.page.locator(".past-title").all_inner_texts() == [title]
    tab.page.reload()
    tab.page.wait_for_selector(".ranked")
    assert tab.page.locator(".past-title").all_inner_texts() == [title]


def test_a_filter_that_cannot_be_read_is_told_with_its_place(tab, somebody):
    tab.open(f"/explorer?user={somebody}&where=year%20%3E")
    told = tab.page.get_by_role("alert")
    told.wait_for()
    assert "/where" in told.inner_text()


def test_diversity_moves_items_and_arrows_show_it(tab, somebody):
    tab.open(f"/explorer?user={somebody}&diversity=0.8&tab=moves")
    tab.page.wait_for_selector(".moves-arrows .arrow")
    assert tab.page.locator(".arrow").count() == 10
    assert tab.page.locator(".arrow.up").count() > 0


def test_why_not_says_where_an_item_stands(tab, served, somebody):
    listed = served("POST", "/v1/recommend", {"user_id": somebody, "k": 100})[1]["items"]
    missed = listed[60]
    tab.open(f"/explorer?user={somebody}&tab=why-not&why={missed['item_id']}")
    tab.page.locator(".place", has_text=f"Rank {missed['rank']} of").wait_for()


def test_titles_are_text_and_exported_cells_no_formulas(browser, tmp_path):
    data = pn.data.mini_world()
    evil = "=1+1<img src=x onerror=alert(1)><script>alert(2)</script>"
    table = data.catalog.table.with_columns(title=pl.lit(evil))
    model = pn.fit(pn.CoVisit(), replace(data, catalog=pn.data.Catalog(data.catalog.ids, table)))
    with serving({"covisit": model}, tmp_path / "events") as client:
        tab = Tab(browser, client.address)
        tab.open(f"/explorer?user={model.people.ids.series()[0]}")
        tab.page.wait_for_selector(".ranked")
        assert tab.page.locator(".ranked-title").first.inner_text() == evil
        assert tab.page.locator("main img").count() == 0
        with tab.page.expect_download() as started:
            tab.page.get_by_role("button", name="Export CSV").click()
        row = Path(started.value.path()).read_text(encoding="utf-8").splitlines()[1]
        assert row.split(",")[2] == f"'{evil}"
        assert tab.errors == []
        tab.context.close()


def test_a_file_is_checked_cell_by_cell(tab, tmp_path):
    file = tmp_path / "events.csv"
    file.write_text("user,item,ts\nu1,i1,12\nu2,,13\n", encoding="utf-8")
    tab.open("/data?tab=check")
    tab.page.set_input_files("input[type=file]", file)
    tab.page.wait_for_selector("td.wrong")
    assert tab.page.locator("td.wrong .wrong-why").inner_text() == "no item id"
    other = tmp_path / "other.csv"
    other.write_text("who,what,stars\nann,i1,3\n", encoding="utf-8")
    tab.page.set_input_files("input[type=file]", other)
    for role, column in (("user", "who"), ("item", "what")):
        tab.page.get_by_role("combobox", name=role).select_option(column)
    tab.page.get_by_text("can be used", exact=True).wait_for()
    assert tab.errors == []


def test_the_playground_sends_what_its_code_says(tab, served, somebody):
    tab.open("/playground?do=GET%20%2Fv1%2Frecommend%2F%7Buser_id%7D")
    tab.page.get_by_label("user_id").fill(somebody)
    tab.page.get_by_role("button", name="Send").click()
    tab.page.wait_for_selector(".code pre")
    assert json.loads(tab.page.locator(".code pre").inner_text())["items"]
    tab.page.get_by_role("tab", name="curl").click()
    line = tab.page.locator(".code pre").inner_text()
    ended = subprocess.run(line, shell=True, capture_output=True, text=True, check=True)
    assert json.loads(ended.stdout)["items"]


def test_a_service_with_keys_asks_for_one_and_keeps_it_for_the_tab(browser, models, tmp_path):
    keys = read_keys(f"page:read:{SECRET}", "test")
    with serving(models, tmp_path / "events", keys=keys) as client:
        tab = Tab(browser, client.address)
        tab.page.goto("/")
        field = tab.page.get_by_label("Key", exact=True)
        field.wait_for()
        field.fill(SECRET)
        tab.page.get_by_role("button", name="Use this key").click()
        tab.page.get_by_role("heading", name="covisit answers").wait_for()
        tab.page.reload()
        tab.page.get_by_role("heading", name="covisit answers").wait_for()
        assert SECRET not in tab.page.url
        assert tab.page.evaluate("localStorage.length") == 0
        tab.context.close()


def test_another_model_is_let_to_answer(browser, models, tmp_path):
    with serving(models, tmp_path / "events") as client:
        tab = Tab(browser, client.address)
        tab.open("/")
        tab.page.get_by_role("button", name="Let it answer: popular").click()
        tab.page.get_by_role("heading", name="popular answers").wait_for()
        assert client.shop.active == "popular"
        tab.context.close()


def test_tables_are_exported(tab):
    tab.open("/")
    with tab.page.expect_download() as started:
        tab.page.get_by_role("button", name="Export CSV").click()
    text = Path(started.value.path()).read_text(encoding="utf-8")
    assert text.splitlines()[0] == "Model,Method,Items,People,Learned from"
