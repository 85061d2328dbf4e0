"""Items told of at greater length: four families of prompts, and who their neighbours are."""

import numpy as np
import polars as pl
import pytest

import penchant as pn
from penchant.backbones import HashedText
from penchant.core import Run, UsageError
from penchant.language import ScriptedLM
from penchant.prompting import ENRICHMENTS, enrich_items, important_neighbours, prompt, prompts
from penchant.prompting.enriching import FAMILIES, descriptions

DATA = pn.data.mini_world()


def test_the_families_are_those_of_the_paper():
    assert sorted(name for names in FAMILIES.values() for name in names) == sorted(ENRICHMENTS)
    assert {made.name for made in prompts("enrich")} == {f"enrich-{name}" for name in ENRICHMENTS}
    told = {"description": "A red shoe"}
    assert prompt("enrich-paraphrase").fill(**told).messages[0].content == (
        'The description of an item is as follows: "A red shoe", paraphrase it.'
    )
    both = prompt("enrich-both").fill(**told, neighbours=["A hat"]).messages[0].content
    assert both.endswith(
        "what else should I say if I want to recommend it to others? This content is considered "
        'to hold some similar attractive characteristics as the following descriptions: "A hat".'
    )
    assert prompt("enrich-engage").fill(**told, neighbours=["A hat", "A sock"]).messages[
        0
    ].content == (
        'Summarize the commonalities among the following descriptions: "A red shoe"; "A hat"; '
        '"A sock".'
    )


def test_each_item_gets_a_text_of_each_prompt():
    model = ScriptedLM(answers=("A text of its own.",))
    made = enrich_items(model, DATA, [3, 5], run=Run())
    assert made.frame.columns == ["item", "prompt", "text"]
    assert made.frame.height == 2 * len(ENRICHMENTS)
    assert made.failures == {}
    described = descriptions(DATA.catalog)
    told = made.texts(described, ["paraphrase"])
    assert told[3] == f"{described[3]} A text of its own."
    assert told[4] == described[4]


def test_vectors_stand_side_by_side():
    made = enrich_items(ScriptedLM(answers=("warm lamp",)), DATA, [3], run=Run(), which=["both"])
    encoder = HashedText(dimension=32).open(Run())
    described = descriptions(DATA.catalog)
    plain = made.vectors(described, [], encoder)
    np.testing.assert_allclose(plain, encoder.embed(described), atol=1e-6)
    wide = made.vectors(described, ["both"], encoder)
    assert wide.shape == (len(described), 64)
    np.testing.assert_allclose(np.linalg.norm(wide, axis=1), 1, atol=1e-5)
    # Both halves tell the same of an item that has no new text.
    np.testing.assert_allclose(wide[4, :32], wide[4, 32:])
    assert not np.allclose(wide[3, :32], wide[3, 32:])


@pytest.mark.parametrize(
    ("answer", "failures"),
    [("", {"unreadable": 2}), ("...", {"unreadable": 2}), (None, {"down": 2})],
)
def test_what_tells_nothing_is_counted(answer, failures):
    model = ScriptedLM(behaviour="down") if answer is None else ScriptedLM(answers=(answer,))
    made = enrich_items(model, DATA, [3, 5], run=Run(), which=["recommend"])
    assert (made.frame.height, made.failures) == (0, failures)


def test_a_text_that_says_the_same_again_is_no_text():
    described = descriptions(DATA.catalog)[3]
    model = ScriptedLM(answers=(described.upper(),))
    made = enrich_items(model, DATA, [3], run=Run(), which=["paraphrase"])
    assert (made.frame.height, made.failures) == (0, {"copied": 1})


def dataset(chosen):
    users, items = zip(*chosen, strict=True)
    events = pl.DataFrame({"user": users, "item": items, "time": range(len(users))})
    return pn.data.read(events=events)


def test_neighbours_are_what_the_same_people_choose():
    data = dataset([("a", "i"), ("a", "j"), ("b", "i"), ("b", "j"), ("c", "k"), ("c", "l")])
    rows = data.catalog.ids.rows(pl.Series(["i", "j", "k", "l"])).tolist()
    i, j, k, other = rows
    assert important_neighbours(data, [i, k], 2) == [[j], [other]]
    assert important_neighbours(data, [], 2) == []


def test_neighbours_stand_in_the_prompt(tmp_path):
    heard = tmp_path / "heard.jsonl"
    model = ScriptedLM(answers=("x y",), heard=str(heard))
    enrich_items(model, DATA, [3], run=Run(), which=["engage"], neighbours=2)
    near = important_neighbours(DATA, [3], 2)[0]
    titles = DATA.catalog.titles()
    assert len(near) == 2
    assert all(titles[one] in heard.read_text() for one in near)


def test_what_cannot_be_is_refused():
    with pytest.raises(UsageError, match="no item -1"):
        enrich_items(ScriptedLM(), DATA, [-1], run=Run())
    with pytest.raises(UsageError, match="no prompt 'poem'"):
        enrich_items(ScriptedLM(), DATA, [1], run=Run(), which=["poem"])  # type: ignore[list-item]
