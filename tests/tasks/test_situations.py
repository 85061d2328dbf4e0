"""The scale of ratings, and situations put into words."""

import pytest

from penchant.tasks import Names, Scale, numbered_item, template
from penchant.tasks.situations import Filler, Situation


@pytest.mark.parametrize(
    ("ratings", "scale"),
    [
        ([2.0, None, 5.0, 3.0], Scale(2, 5)),
        ([0.5, 4.5], Scale(0.5, 4.5)),
        ([None, None], Scale(1, 5)),
        ([3.0, 3.0], Scale(0, 3)),
        ([0.0], Scale(0, 1)),
        ([-2.0], Scale(-2, 1)),
        ([float("nan"), 1.0, 2.0], Scale(1, 2)),
    ],
)
def test_the_scale_of_the_data(make_log, ratings, scale):
    data = make_log([(0, item, rating, None) for item, rating in enumerate(ratings)])
    assert Scale.of(data) == scale


def test_more_than_the_middle_is_good():
    assert Scale(1, 5).middle == 3
    assert Scale(0, 1).middle == 0.5


def test_a_text_is_fenced_where_it_is_asked_about_and_not_where_it_is_the_answer():
    situation = Situation(user=1, item=2, texts={"explanation": 'so "good"', "feature": "plot"})
    filler = Filler(Names(numbered_item))
    asked = filler.ask(template("explanation-10"), situation)
    assert asked == 'task: explain | person: user_1 | item: item_2 | about: "plot"'
    assert filler.reply(template("explanation-10"), situation) == 'so "good"'
