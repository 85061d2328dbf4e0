"""Ratings and texts by people's own ids."""

from dataclasses import dataclass, replace

import numpy as np
import polars as pl
import pytest

import penchant as pn
from penchant.core import UsageError
from tests.notes import Notes

DATA = pn.data.mini_world()
MODEL = pn.fit(pn.RatingBias(), DATA)
ITEM, OTHER = DATA.catalog.ids.series()[:2].to_list()
USER = DATA.people.ids.series()[0]


@dataclass(frozen=True)
class Echo:
    """Writes who asks about what; rates nothing that it can read."""

    method: object = None

    def write(self, queries, items, run):
        return [f"{user}:{item}" for user, item in zip(queries.users, items, strict=True)]

    def rate(self, queries, items, run):
        return np.full(len(items), np.nan, np.float32)

    def recommend(self, queries, k, run):
        raise NotImplementedError

    def state(self):
        raise NotImplementedError


def pairs(*rows):
    return pl.DataFrame(rows, schema={"user": pl.String, "item": pl.String}, orient="row")


def test_ratings_come_row_for_row_with_what_is_unknown_left_empty():
    notes = Notes()
    model = replace(MODEL, run=replace(MODEL.run, watch=notes))
    frame = model.rate(pairs((USER, ITEM), (USER, "nothing"), ("nobody", ITEM), (USER, OTHER)))
    assert frame.columns == ["user", "item", "title", "rating"]
    assert frame["user"].to_list() == [USER, USER, "nobody", USER]
    assert frame["title"].to_list() == [
        "The Royal Crown, part 4",
        None,
        "The Royal Crown, part 4",
        "The Frozen Comet, part 1",
    ]
    assert frame["rating"].is_null().to_list() == [False, True, False, False]
    assert frame["rating"].drop_nulls().is_between(1, 5).all()
    assert ["nobody" in note for note in notes.said] == [True, False]
    assert ["nothing" in note for note in notes.said] == [False, True]


def test_a_rating_is_that_of_the_recommender():
    asked = MODEL.ask(users=[USER])
    rows = np.array([1], np.int32)
    wanted = MODEL.recommender.rate(asked.queries, rows, MODEL.run)
    assert MODEL.rate(pairs((USER, OTHER)))["rating"].to_list() == wanted.tolist()


def test_texts_come_row_for_row():
    model = replace(MODEL, recommender=Echo())
    frame = model.write(pairs((USER, OTHER), (USER, "nothing"), ("nobody", ITEM)))
    assert frame["text"].to_list() == ["0:1", None, "-1:0"]


def test_what_cannot_be_read_is_empty():
    model = replace(MODEL, recommender=Echo())
    assert model.rate(pairs((USER, ITEM)))["rating"].to_list() == [None]


def test_no_pairs_give_no_rows():
    assert len(MODEL.rate(pairs())) == 0


def test_what_cannot_be_done_is_said():
    popular = pn.fit(pn.Popular(), DATA)
    with pytest.raises(UsageError, match="Popular cannot foretell ratings"):
        popular.rate(pairs((USER, ITEM)))
    with pytest.raises(UsageError, match="Popular cannot write"):
        popular.write(pairs((USER, ITEM)))
    with pytest.raises(UsageError, match="need 'user' and 'item'"):
        MODEL.rate(pl.DataFrame({"user": [USER]}))
