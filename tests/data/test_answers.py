"""Held-out events as ratings and texts to foretell."""

from dataclasses import replace

import numpy as np
import polars as pl
import pytest

import penchant as pn
from penchant.core import DataError, Ragged, UsageError
from penchant.data import (
    History,
    Queries,
    Rated,
    Written,
    event_texts,
    rated_cases,
    written_cases,
)

DATA = pn.data.mini_world()
SPLIT = pn.data.split_time(DATA)


def test_each_row_has_the_rating_that_its_person_gave_its_item_then():
    rated = rated_cases(SPLIT.test, DATA)
    given = {
        (user, item, time): rating
        for user, item, time, rating in DATA.events.select(
            "user", "item", "time", "rating"
        ).iter_rows()
    }
    queries = rated.queries
    assert queries.users is not None
    assert queries.now is not None
    keys = zip(queries.users.tolist(), rated.items.tolist(), queries.now.tolist(), strict=True)
    assert [given[key] for key in keys] == rated.ratings.tolist()
    assert rated.slices is not None
    assert rated.slices["user"].to_list() == queries.users.tolist()


def test_nothing_of_the_answer_is_in_the_question():
    rated = rated_cases(SPLIT.test, DATA)
    history = rated.queries.histories
    assert history.times is not None
    assert rated.queries.now is not None
    assert (history.times < rated.queries.now[history.items.rows()]).all()
    assert rated.queries.texts is None


def test_a_query_with_two_answers_gives_two_rows():
    split = pn.data.split_ratio(DATA)
    rated = rated_cases(split.test, DATA)
    assert len(rated) == len(split.test.relevant.values)
    assert np.array_equal(rated.items, split.test.relevant.values)


def test_events_without_a_rating_are_no_cases():
    hidden = DATA.events.with_columns(
        rating=pl.when(pl.col("rating") < 4).then(pl.col("rating")).otherwise(None)
    )
    rated = rated_cases(SPLIT.test, replace(DATA, events=hidden))
    assert 0 < len(rated) < len(SPLIT.test)
    assert rated.ratings.max() < 4


def test_of_the_same_item_twice_the_event_at_the_time_of_asking_counts():
    case = SPLIT.test.take(np.array([0]))
    users, now, item = case.queries.users, case.queries.now, int(case.relevant.values[0])
    assert users is not None
    assert now is not None
    again = DATA.events.filter(user=int(users[0]), item=item, time=int(now[0])).with_columns(
        time=pl.lit(int(now[0]) + 1, pl.Int64), rating=pl.lit(1.0, pl.Float32)
    )
    both = pl.concat([DATA.events, again]).sort("user", "time", maintain_order=True)
    before = rated_cases(case, DATA).ratings
    assert rated_cases(case, replace(DATA, events=both)).ratings.tolist() == before.tolist()


def test_texts_are_those_that_were_written():
    written = written_cases(SPLIT.test, DATA)
    assert 0 < len(written) < len(SPLIT.test)
    said = set(DATA.events["review"].drop_nulls())
    assert set(written.references) <= said


@pytest.mark.parametrize(
    ("review", "sentence"),
    [
        ("Great plot. Bad end.", "Great plot."),
        ("  Dull!  So dull", "Dull!"),
        ("one line\nanother", "one line"),
        ("v2.5 is out", "v2.5 is out"),
        ("Why? Because.", "Why?"),
        ("no end", "no end"),
        (None, None),
    ],
)
def test_the_first_sentence_of_a_review_explains(review, sentence):
    events = DATA.events.head(1).with_columns(review=pl.lit(review, pl.String))
    found = event_texts(replace(DATA, events=events), "explanation")
    assert found is not None
    assert found[0] == sentence


def test_an_explanation_that_was_written_comes_before_the_review():
    events = DATA.events.with_columns(explanation=pl.lit("the plot"))
    found = event_texts(replace(DATA, events=events), "explanation")
    assert found is not None
    assert set(found) == {"the plot"}
    written = written_cases(SPLIT.test, replace(DATA, events=events), "explanation")
    assert set(written.references) == {"the plot"}
    assert (
        event_texts(replace(DATA, events=events.drop("explanation", "review")), "explanation")
        is None
    )


def test_a_summary_is_asked_for_with_its_review():
    events = DATA.events.with_columns(summary=pl.col("review").str.slice(0, 8))
    written = written_cases(SPLIT.test, replace(DATA, events=events), "summary", about="review")
    assert written.queries.texts is not None
    pairs = zip(written.references, written.queries.texts, strict=True)
    assert all(text[:8] == summary for summary, text in pairs)


def test_what_is_not_there_is_refused_with_what_there_is():
    with pytest.raises(DataError, match=r"no 'headline'[\s\S]*review"):
        written_cases(SPLIT.test, DATA, "headline")
    bare = replace(DATA, events=DATA.events.with_columns(rating=pl.lit(None, pl.Float32)))
    with pytest.raises(DataError, match="has a rating"):
        rated_cases(SPLIT.test, bare)


def test_rows_that_do_not_fit_are_refused():
    queries = Queries(History(Ragged.of([[0], [1]])))
    items = np.array([0, 1], np.int32)
    with pytest.raises(UsageError, match="1 ratings for 2 queries"):
        Rated(queries, items, np.ones(1, np.float32))
    with pytest.raises(UsageError, match="a rating is missing"):
        Rated(queries, items, np.array([1, np.nan], np.float32))
    with pytest.raises(UsageError, match="3 references for 2 queries"):
        Written(queries, items, ["a", "b", "c"])


def test_rows_can_be_taken():
    rated, written = rated_cases(SPLIT.test, DATA), written_cases(SPLIT.test, DATA)
    rows = np.array([3, 0])
    assert rated.take(rows).ratings.tolist() == rated.ratings[rows].tolist()
    assert list(written.take(rows).references) == [written.references[3], written.references[0]]
    assert len(written.take(rows).queries) == 2
