"""Examples most like what is asked, the nearest last."""

import numpy as np
import pytest

from penchant.backbones import HashedText
from penchant.core import Run, UsageError
from penchant.prompting import Demonstrations, prompt

TEXTS = ["a red leather shoe", "a blue shoe", "the sky at night", "night trains of Europe"]
ROWS = [{"title": text, "rating": place} for place, text in enumerate(TEXTS)]


@pytest.fixture
def pool() -> Demonstrations:
    return Demonstrations.of(TEXTS, ROWS, encoder=HashedText(dimension=64).open(Run()))


def titles(found) -> list[list[str]]:
    return [[row["title"] for row in rows] for rows in found]


@pytest.mark.parametrize("by", ["words", "vectors", "both"])
def test_the_nearest_stands_last(pool, by):
    found = titles(pool.nearest(["a red shoe", "trains at night"], 2, run=Run(), by=by))
    assert found[0] == ["a blue shoe", "a red leather shoe"]
    assert found[1][-1] == "night trains of Europe"
    assert [len(rows) for rows in found] == [2, 2]


def test_random_examples_change_with_the_seed_and_not_without(pool):
    drawn = [titles(pool.nearest(["x"], 2, run=Run(seed=s), by="random")) for s in (0, 0, 1, 2, 3)]
    assert drawn[0] == drawn[1]
    assert len({str(one) for one in drawn}) > 1


def test_a_question_never_sees_what_is_barred(pool):
    barred = np.array([[True, False, False, False]])
    found = titles(pool.nearest(["a red shoe"], 4, run=Run(), barred=barred))
    assert "a red leather shoe" not in found[0]
    assert len(found[0]) == 3


def test_examples_fill_a_prompt(pool):
    rows = pool.nearest(["a red shoe"], 1, run=Run())[0]
    text = prompt("rate-few-shot").fill(rated=rows, title="a green shoe").text()
    assert "1. a red leather shoe, 0;" in text


def test_few_or_no_examples():
    none = Demonstrations.of([], [])
    assert none.nearest(["x", "y"], 3, run=Run()) == [[], []]
    one = Demonstrations.of(TEXTS[:1], ROWS[:1])
    assert titles(one.nearest(["x"], 3, run=Run())) == [["a red leather shoe"]]
    assert one.nearest(["x"], 0, run=Run()) == [[]]


def test_what_cannot_be_is_refused():
    with pytest.raises(UsageError, match="1 texts for 2 examples"):
        Demonstrations.of(TEXTS[:1], ROWS[:2])
    one = Demonstrations.of(TEXTS[:1], ROWS[:1])
    with pytest.raises(UsageError, match="by='vectors' needs vectors"):
        one.nearest(["x"], 1, run=Run(), by="vectors")
    with pytest.raises(UsageError, match="by='near'"):
        one.nearest(["x"], 1, run=Run(), by="near")  # type: ignore[arg-type]
