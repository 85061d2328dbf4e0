"""Pages that compare, measure, look into codes, train and talk, in a real browser."""

import pytest

import penchant as pn
from penchant.backbones import Decoder, HashedText
from penchant.indexing import ResidualKMeans, TextVectors
from penchant.train import Supervised
from tests.experiments.quick_runs import quick_run
from tests.serve.conftest import serving
from tests.serve.test_page import AXE, Tab

LM = '{"lm": "scripted", "answers": ["Take this one [1]. And this one [2]."]}'

TIGER = pn.Tiger(
    scheme=ResidualKMeans(vectors=TextVectors(encoder=HashedText(dimension=64))),
    model=Decoder(dimension=32, layers=1, feed_forward=64, dropout=0.0, head_dropout=0.0),
    training=Supervised(steps=20, batch_size=128, learning_rate=1e-2),
)


@pytest.fixture(scope="module")
def served(models, tmp_path_factory):
    folder = tmp_path_factory.mktemp("views")
    data = pn.data.mini_world()
    several = {**models, "tiger": pn.fit(TIGER, data, threads=1)}
    quick_run(folder / "runs" / "first")
    with serving(
        several,
        folder / "events",
        models=folder / "models",
        data=pn.data.write_dataset(data, folder / "data"),
        runs=folder / "runs",
        books=folder / "books.sqlite",
        lm=LM,
    ) as client:
        yield client


@pytest.fixture
def tab(browser, served):
    tab = Tab(browser, served.address)
    yield tab
    assert tab.errors == []
    if AXE.exists():
        assert tab.serious() == []
    tab.context.close()


@pytest.fixture(scope="module")
def somebody(models):
    return models["covisit"].people.ids.series()[0]


def test_lines_join_what_two_models_share(tab, served, somebody):
    lists = [
        {item["item_id"] for item in answer["items"]}
        for model in ("covisit", "popular")
        for answer in [served("POST", "/v1/recommend", {"user_id": somebody, "model": model})[1]]
    ]
    tab.open(f"/compare?user={somebody}&models=covisit,popular")
    tab.page.wait_for_selector(".compare-item")
    assert tab.page.locator(".compare-joined path").count() == len(lists[0] & lists[1])
    tab.page.locator(".compare-item").first.click()
    tab.page.get_by_text("rank 1, score").first.wait_for()
    assert "item=" in tab.page.url


def test_overlap_of_two_orders_is_that_of_the_formula(tab, served, somebody):
    first, second = (
        [item["item_id"] for item in answer["items"]]
        for model in ("covisit", "popular")
        for answer in [served("POST", "/v1/recommend", {"user_id": somebody, "model": model})[1]]
    )
    weights = [0.9**depth for depth in range(10)]
    shared = [len({*first[: n + 1]} & {*second[: n + 1]}) / (n + 1) for n in range(10)]
    expected = sum(w * s for w, s in zip(weights, shared, strict=True)) / sum(weights)
    tab.open(f"/compare?user={somebody}&models=covisit,popular")
    table = tab.page.get_by_role("table", name="Each two models")
    told = float(table.locator("tbody td").last.inner_text())
    assert told == pytest.approx(expected, rel=2e-3)


def test_the_matrix_says_what_the_comparison_says(tab, served):
    report = served("GET", "/v1/runs/first")[1]
    metric = report["metrics"][0]
    found = served("POST", "/v1/compare", {"runs": ["first"], "metric": metric})[1]
    best, second = (figure["model"] for figure in found["models"][:2])
    tab.open("/results?run=first&tab=significance")
    tab.page.get_by_role("button", name=f"{best} less {second}").click()
    sentence = tab.page.get_by_text(f"{best} less {second} in {metric}").inner_text()
    pair = next(p for p in found["pairs"] if {p["a"], p["b"]} == {best, second})
    assert f"{abs(pair['difference']):.4f}" in sentence


@pytest.mark.parametrize("name", ["Metrics", "Slices", "Trade-off", "Costs", "Audit and spec"])
def test_results_are_drawn_and_exported(tab, name):
    tab.open("/results?run=first")
    tab.page.get_by_role("tab", name=name).click()
    tab.settle()
    panel = tab.page.get_by_role("tabpanel")
    if name in {"Metrics", "Slices", "Trade-off"}:
        assert panel.locator("svg[role=img]").count() >= 1
    if name != "Audit and spec":
        with tab.page.expect_download():
            panel.get_by_role("button", name="Export CSV").first.click()


def test_the_tree_opens_at_the_codes_of_an_item(tab, served, models):
    item = models["covisit"].catalog.ids.series()[7]
    codes = served("GET", f"/v1/ids/items/{item}?model=tiger")[1]["codes"]
    tab.open(f"/ids?item={item}")
    tab.page.wait_for_selector(".ids-branch.leaf.on-path")
    assert tab.page.locator(".ids-branch.on-path").count() == len(codes)


def test_beams_live_and_die_level_by_level(tab, served, somebody):
    tab.open(f"/ids?tab=beams&user={somebody}&beams=5")
    tab.page.wait_for_selector(".ids-beam")
    asked = {"user_id": somebody, "model": "tiger", "k": 5, "beams": 5, "died": 8}
    levels = served("POST", "/v1/ids/beams", asked)[1]["levels"]
    for lived in (True, False):
        beams = [beam for level in levels for beam in level["beams"] if beam["lived"] is lived]
        look = "lived" if lived else "died"
        assert tab.page.locator(f".ids-beam.{look}").count() == len(beams)


def test_a_point_of_the_map_is_an_item(tab):
    tab.open("/ids?tab=map")
    tab.page.locator(".mark.open").first.dispatch_event("click")
    tab.page.wait_for_selector(".ids-way")
    assert "item=" in tab.page.url


def test_an_item_of_the_map_is_chosen_with_the_keyboard(tab, models):
    tab.open("/ids?tab=map")
    tab.page.get_by_text("As a table").press("Enter")
    chosen = tab.page.locator("details td button").nth(3)
    title = chosen.inner_text()
    chosen.press("Enter")
    tab.page.wait_for_selector(".ids-way")
    assert title in models["covisit"].catalog.titles()
    tab.page.locator(".ids-finder strong", has_text=title).wait_for()


def test_a_training_is_begun_and_followed_to_its_end(tab):
    tab.open("/training")
    tab.page.get_by_label("Method").fill("covisit")
    tab.page.get_by_role("button", name="Train", exact=True).click()
    tab.page.get_by_text("Left the model").wait_for(timeout=60_000)
    assert "job=" in tab.page.url


@pytest.mark.slow
def test_a_training_is_stopped_and_resumed_where_it_was(tab):
    tab.open("/training")
    tab.page.get_by_label("Method").fill("sasrec")
    tab.page.get_by_label("Options, as JSON").fill('{"training": {"steps": 200000}}')
    tab.page.get_by_role("button", name="Train", exact=True).click()
    tab.page.wait_for_selector(".training-curves path.line", timeout=90_000)
    tab.page.get_by_role("button", name="Stop").click()
    tab.page.get_by_role("button", name="Resume").click(timeout=60_000)
    tab.page.get_by_text("attempt 2").wait_for(timeout=60_000)
    tab.page.get_by_role("button", name="Stop").click()
    tab.page.get_by_role("button", name="Resume").wait_for(timeout=60_000)


def test_options_that_are_no_json_are_not_sent(tab):
    tab.open("/training")
    tab.page.get_by_label("Method").fill("covisit")
    tab.page.get_by_label("Options, as JSON").fill("{levels: 3}")
    tab.page.get_by_role("button", name="Train", exact=True).click()
    assert "no JSON" in tab.page.get_by_role("alert").inner_text()


def test_trainings_of_an_experiment_have_curves_or_say_why_not(tab, served):
    curves = served("GET", "/v1/runs/first/curves")[1]["curves"]
    tab.open("/training?tab=runs&run=first")
    told = tab.page.locator("svg[role=img]" if curves else ".empty-title")
    told.first.wait_for()


def test_a_conversation_shows_what_it_speaks_of_and_is_forgotten(tab, served, somebody):
    tab.open(f"/chat?user={somebody}")
    tab.page.get_by_label("Your message").fill("something about space")
    tab.page.keyboard.press("Enter")
    tab.page.wait_for_selector(".chat-item.cited")
    assert tab.page.locator(".chat-item.cited").count() == 2
    tab.page.wait_for_url("**conversation=*")
    tab.page.reload()
    tab.page.get_by_text("Take this one").wait_for()
    kept = tab.page.url.split("conversation=")[1].split("&")[0]
    tab.page.get_by_role("button", name="Forget this one").click()
    tab.page.get_by_text("Nothing was said yet").wait_for()
    assert served("GET", f"/v1/conversations/{kept}")[0] == 404


def test_a_prompt_is_shown_word_for_word_and_found_by_name(tab, served):
    prompt = served("GET", "/v1/prompts?limit=1")[1]["prompts"][0]["prompt"]
    text = served("GET", f"/v1/prompts/{prompt}")[1]["text"]
    tab.open(f"/prompts?tab=prompts&prompt={prompt}")
    tab.page.get_by_label("Find a prompt").fill(prompt)
    assert tab.page.get_by_label("Text", exact=True).inner_text().strip() == text.strip()
    assert tab.page.locator(".prompts-list button").count() == 1


def test_a_difference_holds_both_prompts(tab, served):
    before, after = (
        served("GET", f"/v1/prompts/{card['prompt']}")[1]
        for card in served("GET", "/v1/prompts?task=next")[1]["prompts"][:2]
    )
    tab.open(f"/prompts?tab=prompts&prompt={after['prompt']}&against={before['prompt']}")
    tab.page.wait_for_selector(".prompts-diff")
    for prompt, mine in ((before, ".same, .out"), (after, ".same, .in")):
        whole = "\n\n".join(filter(None, (prompt["system"], prompt["text"], prompt["begun"])))
        lines = tab.page.locator(".prompts-diff").locator(mine).locator("code").all_text_contents()
        assert [line.strip() for line in lines] == [line.strip() for line in whole.split("\n")]
