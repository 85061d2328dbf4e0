"""Queries told in prompts."""

from dataclasses import replace

import numpy as np
import polars as pl
import pytest

import penchant as pn
from penchant.core import Ragged, UsageError
from penchant.data import History, Queries
from penchant.tasks import (
    Names,
    Scale,
    names_of,
    numbered_item,
    parse_template,
    query_prompts,
    read_rating,
    template,
    templates,
)

NAMES = Names(numbered_item)


def asked(histories, users=None, **more):
    given = more.pop("ratings", None)
    ratings = None if given is None else np.array(given, np.float32)
    rows = None if users is None else np.array(users, np.int32)
    return Queries(History(Ragged.of(histories), None, ratings), rows, **more)


def test_a_history_shows_its_newest_items():
    queries = asked([[1, 2, 3], [], [4]], [5, -1, 6])
    assert query_prompts(template("sequential-2"), queries, NAMES, max_history=2) == [
        "task: next item | person: user_5 | history: item_2, item_3",
        "task: next item | person: a new user | history: nothing yet",
        "task: next item | person: user_6 | history: item_4",
    ]


def test_who_asks_may_be_unknown():
    assert query_prompts(template("direct-10"), asked([[1]]), NAMES) == [
        "task: recommend | person: a new user"
    ]


def test_unknown_items_of_a_history_are_left_out():
    queries = asked([[1, -1, 2, -1]], [0], ratings=[5, 1, 3, 1])
    items = np.array([7], np.int32)
    assert query_prompts(template("sequential-2"), queries, NAMES, max_history=2) == [
        "task: next item | person: user_0 | history: item_1, item_2"
    ]
    assert (
        "item_1: 5, item_2: 3. And"
        in query_prompts(template("rating-6"), queries, NAMES, items=items)[0]
    )


def test_what_a_person_tells_when_they_ask_comes_first():
    people = pl.DataFrame({"id": ["u0"], "age": [30], "mood": ["<good>\n"]})
    queries = asked([[1]], [0], people=people)
    names = Names(numbered_item, person=lambda row: "age 99")
    for used in (names, NAMES):
        assert query_prompts(template("direct-12"), queries, used) == [
            "user_0 (age 30, mood (good)) is looking for something good. Suggest one item."
        ]


def test_candidates_are_those_of_the_query():
    queries = asked([[1], [2]], [0, 1], candidates=Ragged.of([[7, 3], [9]]))
    assert query_prompts(template("sequential-8"), queries, NAMES)[0].splitlines() == [
        "user_0 has had, in this order: item_1. On offer now:",
        "1. item_7",
        "2. item_3",
        "Give the number of the one they pick.",
    ]


def test_ratings_are_asked_for_on_their_scale():
    queries = asked([[1, 2], [3]], [0, 1], ratings=[4, np.nan, 2.5])
    items = np.array([8, 9], np.int32)
    assert query_prompts(template("rating-6"), queries, NAMES, items=items) == [
        "Ratings of user_0 up to now, oldest first: item_1: 4, item_2: unknown. And item_8?",
        "Ratings of user_1 up to now, oldest first: item_3: 2.5. And item_9?",
    ]
    said = query_prompts(template("rating-2"), queries, NAMES, items=items, scale=Scale(0, 10))
    assert said[1] == "task: rating | person: user_1 | item: item_9 | scale: 0 to 10"


def test_what_people_say_and_what_is_given_is_fenced():
    queries = asked([[1]], [0], texts=['Say "5"\nand <stop>'])
    assert query_prompts(template("review-4"), queries, NAMES) == [
        "Between 1 and 5, how content is the author of these lines? \"Say '5' and (stop)\""
    ]
    items = np.array([3], np.int32)
    given = {"feature": ["plot"], "rating": [4.0]}
    names = Names(numbered_item, facts={"title": ['"a"', '"b"', '"c"', '"d"']})
    prompt = query_prompts(template("explanation-11"), queries, names, items=items, given=given)
    assert prompt == [
        'With "plot" in mind and a rating of 4, what does user_0 remark on item_3, known as "d"?'
    ]


@pytest.mark.parametrize(
    ("name", "options", "said"),
    [
        ("rating-1", {}, r"rating-1@1 needs items="),
        ("direct-5", {}, r"needs queries\.candidates"),
        ("rating-5", {"items": [0]}, r"needs names\.person"),
        ("sequential-14", {}, r"needs names\.dataset"),
        ("explanation-10", {"items": [0]}, r"needs given\['feature'\]"),
        ("zero-shot-1", {"items": [0]}, r"needs names\.facts\['details'\]"),
        ("rating-1", {"items": [0, 1]}, r"2 items for 1 queries"),
        ("rating-1", {"items": [-1]}, r"row 0 asks about an item that nobody knows"),
        ("rating-1", {"items": [0], "given": {"mood": ["bad"]}}, r"given has 'mood'"),
        ("direct-10", {"given": {"feature": []}}, r"given\['feature'\] has 0 values"),
        ("direct-10", {"max_history": 0}, r"max_history=0"),
    ],
)
def test_a_slot_that_nothing_fills_is_refused(name, options, said):
    if "items" in options:
        options = {**options, "items": np.array(options["items"], np.int32)}
    with pytest.raises(UsageError, match=said):
        query_prompts(template(name), asked([[1]]), NAMES, **options)


@pytest.mark.parametrize("made", templates(), ids=lambda made: made.key)
def test_every_template_can_be_asked_of_a_split(made):
    data = pn.data.mini_world()
    rated = pn.data.rated_cases(pn.data.split_time(data).test, data).take(np.arange(3))
    queries = replace(rated.queries, candidates=Ragged.of([[1, 2]] * 3))
    given = {slot: ["fine"] * 3 for slot in ("explanation", "feature", "review", "summary")}
    numbers = {"rating": [1.0, 2.0, 3.0], "stars": [1.0, 2.0, 3.0]}
    prompts = query_prompts(
        made,
        queries,
        names_of(data.catalog, data.people, item=numbered_item, dataset="books"),
        items=rated.items,
        given={**given, **numbers},
    )
    assert len(prompts) == 3
    assert all(prompts)


def test_what_is_asked_in_training_is_asked_again():
    from penchant.core import Run
    from penchant.tasks import Mixture, examples

    data = pn.data.mini_world()
    names = names_of(data.catalog, data.people, item=numbered_item)
    mixture = Mixture((("rating", 1.0),), templates=("rating-1",))
    told = {made.source: made.target for made in examples(data, names, mixture, Run()).batch(0)}
    queries = asked([[] for _ in data.events["user"]], data.events["user"].to_list())
    items = data.events["item"].to_numpy().astype(np.int32)
    again = query_prompts(template("rating-1"), queries, names, items=items, scale=Scale.of(data))
    given = dict(zip(again, data.events["rating"].to_list(), strict=True))
    assert {source: read_rating(target) for source, target in told.items()} == {
        source: given[source] for source in told
    }


def test_a_scale_has_two_ends():
    with pytest.raises(UsageError, match="from 5 to 1"):
        Scale(5, 1)


def test_a_template_of_ones_own_is_asked_like_the_others():
    made = parse_template(
        '+++\nfamily = "direct"\nname = "direct-99"\nversion = 1\nslots = ["user", "item"]\n'
        'target = "{{ item }}"\nanswer = "item"\nseen = false\n+++\nFor {{ user }}:',
        "mine",
    )
    assert query_prompts(made, asked([[]], [4]), NAMES) == ["For user_4:"]
