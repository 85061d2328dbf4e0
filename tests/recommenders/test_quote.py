"""Quote: what others said of an item."""

from dataclasses import replace

import numpy as np
import polars as pl
import pytest

import penchant as pn
from penchant.core import Run, UsageError
from penchant.recommenders.quote import Quote
from tests.notes import Notes


@pytest.fixture
def fitted(make_data):
    """Three people on items 0 and 1; nobody speaks of item 2."""

    def make(texts, run=None, **options):
        data = make_data([[0, 1], [0, 1], [0, 1]], n_items=3)
        reviews = pl.Series("review", texts, dtype=pl.String)
        told = replace(data, events=data.events.with_columns(reviews))
        return Quote(**options).fit(told, run or Run())

    return make


def quotes(fitted, ask, items):
    queries = ask([[] for _ in items])
    return fitted.write(queries, np.array(items, np.int32), Run())


def test_the_text_that_speaks_for_most_is_quoted(fitted, ask):
    model = fitted(["a good plot", "dull", "a good plot twist", "dull book", "odd", "dull book"])
    assert quotes(model, ask, [0, 1]) == ["a good plot", "dull book"]


def test_of_equally_near_texts_the_first_is_quoted(fitted, ask):
    model = fitted(["one", None, "two", None, "three", None])
    assert quotes(model, ask, [0]) == ["one"]


def test_where_nobody_spoke_all_texts_are_quoted(fitted, ask):
    model = fitted(["fine", "fine", "fine", "bad", None, "  "])
    assert quotes(model, ask, [2, -1, 99]) == ["fine"] * 3


def test_without_texts_there_is_nothing_to_say(fitted, ask):
    notes = Notes()
    model = fitted([None] * 6, run=Run(watch=notes))
    assert quotes(model, ask, [0]) == [""]
    assert notes.said == ["data has no 'review': there is nothing to quote"]


def test_another_column_may_be_quoted(fitted, ask):
    model = fitted(["Good. Long story.", None, None, None, None, None], column="explanation")
    assert quotes(model, ask, [0]) == ["Good."]
    with pytest.raises(UsageError, match="column=''"):
        Quote(column="")


def test_it_quotes_from_training_alone():
    data = pn.data.mini_world()
    split = pn.data.split_time(data)
    model = Quote().fit(split.train, Run())
    said = set(split.train.events["review"].drop_nulls())
    assert set(model.quotes) - {""} <= said


def test_everything_may_have_the_same_quote(fitted, ask):
    model = fitted(["a good plot", "dull", "a good plot", "dull", "odd", "dull"], items=False)
    assert quotes(model, ask, [0, 1, 2]) == ["dull"] * 3
