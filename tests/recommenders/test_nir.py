"""NIR: the next item in three questions."""

from dataclasses import replace

import pytest

import penchant as pn
from penchant.core import PenchantError, Ragged, Run, UsageError
from penchant.data import Flag
from penchant.language import ScriptedLM
from penchant.recommenders.nir import NIR


@pytest.fixture
def queries(ask):
    return replace(ask([[0, 1], []]).unseen(), candidates=Ragged.of([[4, 2, 3, 7], [5, 6]]))


def script(tmp_path, **options):
    return ScriptedLM(
        replies=(
            ("Step 1", "Quiet films about space."),
            ("Step 2", "2"),
            ("Step 3", "3, 1"),
        ),
        heard=str(tmp_path / "heard"),
        **options,
    )


def test_each_answer_is_part_of_the_next_question(films, queries, tmp_path, heard):
    fitted = NIR(lm=script(tmp_path)).fit(films, Run())
    answer = fitted.recommend(queries, 3, Run())
    first, second, third = heard()
    assert "1. Up\n2. Aliens\n3. Toy Story\n4. Ran" in first
    assert "1. Heat\n2. Alien" in first
    assert "Quiet films about space." in second
    assert "Quiet films about space." in third
    assert "stand for my preferences best:\n1. Alien" in third
    assert answer.items[0].tolist() == [3, 4, 2]
    assert answer.flags[0] == 0


@pytest.mark.parametrize("steps", [1, 2, 3])
def test_it_asks_as_many_questions_as_it_has_steps(films, queries, tmp_path, heard, steps):
    NIR(lm=script(tmp_path), steps=steps).fit(films, Run()).recommend(queries, 2, Run())
    assert len(heard()) == steps
    assert ("stand for my preferences" in heard()[-1]) == (steps != 2)


def test_nobody_without_history_is_asked_about(films, queries, tmp_path):
    fitted = NIR(lm=script(tmp_path)).fit(films, Run())
    answer = fitted.recommend(queries, 2, Run())
    assert answer.items[1].tolist() == [5, 6]
    assert not answer.flags[1] & Flag.DEGRADED


@pytest.mark.parametrize("behaviour", ["prose", "foreign", "silent", "down", "garbled"])
def test_rows_without_an_answer_stay_as_proposed(films, queries, behaviour, notes):
    fitted = NIR(lm=ScriptedLM(behaviour=behaviour)).fit(films, Run())
    answer = fitted.recommend(queries, 4, Run(watch=notes))
    assert answer.items[0].tolist() == [4, 2, 3, 7]
    assert answer.flags[0] & Flag.DEGRADED
    assert "rows without an answer stay as proposed" in notes.said[-1]


def test_representatives_that_cannot_be_read_are_the_newest(films, queries, tmp_path, heard):
    lm = replace(script(tmp_path), replies=(("Step 2", "None of them."), ("Step 3", "1")))
    NIR(lm=lm, representatives=1).fit(films, Run()).recommend(queries, 1, Run())
    assert "stand for my preferences best:\n1. Alien\n" in heard()[-1]


def test_the_held_out_item_is_in_no_prompt(films, ask, tmp_path, heard):
    lm = script(tmp_path)
    queries = replace(ask([[0, 1]]).unseen(), candidates=Ragged.of([[4, 2]]))
    NIR(lm=lm).fit(films, Run()).recommend(queries, 2, Run())
    assert not any("Solaris" in text for text in heard())


def test_a_model_that_cannot_be_used_is_told_when_fitting(films):
    class Closed(ScriptedLM):
        def open(self, run):
            raise PenchantError("nothing listens at http://localhost:1; start a server")

    with pytest.raises(PenchantError, match="start a server"):
        NIR(lm=Closed()).fit(films, Run())


def test_it_orders_what_another_method_proposes():
    data = pn.data.mini_world()
    method = pn.Cascade(first=pn.CoVisit(), second=NIR(lm=ScriptedLM()), pool=8)
    model = pn.fit(method, data)
    proposed = pn.fit(pn.CoVisit(), data).recommend(users=["u907258"], k=8)["item"].to_list()
    assert {*model.recommend(users=["u907258"], k=5)["item"]} <= {*proposed}


@pytest.mark.parametrize("options", [{"steps": 4}, {"pool": 0}, {"representatives": 0}])
def test_what_cannot_be_is_refused(options):
    with pytest.raises(UsageError, match=next(iter(options))):
        NIR(**options)


SHAPES: list = []


class Shapes(ScriptedLM):
    """Adds the shapes that it is asked for to :data:`SHAPES`."""

    def open(self, run):
        model = super().open(run)
        write = model.write

        def told(prompts, *, shape=None, **options):
            SHAPES.append(shape)
            return write(prompts, shape=shape, **options)

        model.write = told
        return model


def test_answers_can_be_held_to_numbers_in_range(films, queries):
    SHAPES.clear()
    lm = Shapes()
    answer = NIR(lm=lm, constrained=True).fit(films, Run()).recommend(queries, 4, Run())
    assert answer.flags[0] == 0
    assert sorted(answer.items[0].tolist()) == [2, 3, 4, 7]
    preferences, representatives, last = SHAPES
    assert preferences is None
    assert representatives.as_json()["items"] == {"type": "integer", "minimum": 1, "maximum": 2}
    assert last.as_json()["items"]["maximum"] == 4
    assert last.as_json()["maxItems"] == 4
