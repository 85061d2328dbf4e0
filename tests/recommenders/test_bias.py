"""RatingBias: the mean, more or less for an item and a person."""

from dataclasses import replace

import numpy as np
import polars as pl
import pytest

import penchant as pn
from penchant.core import DataError, Ragged, Run, UsageError
from penchant.data import History, Queries
from penchant.recommenders.bias import RatingBias


@pytest.fixture
def rated(make_data):
    """``rated([[0, 1]], [[5, 3]], n_items=2)``: histories with their ratings."""

    def make(sequences, ratings, *, n_items):
        data = make_data(sequences, n_items=n_items)
        values = [rating for row in ratings for rating in row]
        column = pl.Series("rating", values, dtype=pl.Float32)
        return replace(data, events=data.events.with_columns(column))

    return make


def asked(users, histories=None, ratings=None):
    items = Ragged.of(histories if histories is not None else [[] for _ in users])
    given = None if ratings is None else np.array(ratings, np.float32)
    return Queries(History(items, None, given), np.array(users, np.int32))


def rates(fitted, queries, items):
    return fitted.rate(queries, np.array(items, np.int32), Run()).tolist()


def test_without_deviations_everybody_gets_the_mean(rated):
    data = rated([[0, 1], [0]], [[5, 3], [1]], n_items=2)
    fitted = RatingBias(items=False, people=False).fit(data, Run())
    assert rates(fitted, asked([0, -1]), [0, 1]) == [3, 3]


def test_an_item_deviates_as_far_as_its_ratings_allow(rated):
    data = rated([[0, 1], [0, 1]], [[5, 3], [5, 3]], n_items=3)
    fitted = RatingBias(people=False, item_regularization=2.0).fit(data, Run())
    # The mean is 4; two ratings one star away, and two imagined ones at the mean: half a star.
    assert rates(fitted, asked([0, 0, 0]), [0, 1, 2]) == [4.5, 3.5, 4.0]


def test_people_and_items_are_told_apart(rated):
    # Person 0 is two stars kinder than person 1, item 0 one star better than item 1.
    data = rated([[0, 1], [0, 1]], [[5, 4], [3, 2]], n_items=2)
    fitted = RatingBias(item_regularization=0, people_regularization=0).fit(data, Run())
    assert rates(fitted, asked([0, 0, 1, 1]), [0, 1, 0, 1]) == pytest.approx([5, 4, 3, 2])


def test_the_ratings_of_the_history_speak_for_somebody_new(rated):
    data = rated([[0, 1], [0, 1]], [[5, 4], [3, 2]], n_items=2)
    fitted = RatingBias(item_regularization=0, people_regularization=0).fit(data, Run())
    queries = asked([-1, -1], [[0], []], [3.0])
    assert rates(fitted, queries, [1, 1]) == pytest.approx([2.0, 3.0])


def test_answers_stay_on_the_scale(rated):
    data = rated([[0, 1], [0, 1]], [[5, 5], [5, 1]], n_items=2)
    fitted = RatingBias(item_regularization=0, people_regularization=0).fit(data, Run())
    ratings = rates(fitted, asked([0, 1]), [0, 1])
    assert 1 <= min(ratings) <= max(ratings) <= 5


def test_the_median_answers_a_step_with_the_smallest_absolute_error(rated):
    data = rated([[0, 1, 2], [0, 1, 2]], [[5, 1, 4], [5, 2, 1]], n_items=3)
    constant = RatingBias(items=False, people=False, answer="median").fit(data, Run())
    assert rates(constant, asked([0]), [0])[0] in {2.0, 4.0}  # the two in the middle
    by_item = RatingBias(people=False, answer="median").fit(data, Run())
    given = data.events["rating"].to_numpy()
    said = np.array(rates(by_item, asked([0] * 6), data.events["item"].to_list()))
    assert set(said) <= set(given)
    best = min(
        np.abs(np.array([a, b, c, a, b, c]) - given).sum()
        for a in given
        for b in given
        for c in given
    )
    assert np.abs(said - given).sum() == best


def test_the_mode_is_the_most_common_rating(rated):
    data = rated([[0, 1, 2]], [[1, 1, 5]], n_items=3)
    fitted = RatingBias(items=False, people=False, answer="mode").fit(data, Run())
    assert rates(fitted, asked([0]), [2]) == [1]


def test_unknown_items_and_people_get_the_mean(rated):
    data = rated([[0, 1]], [[5, 3]], n_items=2)
    fitted = RatingBias().fit(data, Run())
    assert rates(fitted, asked([-1, 99]), [-1, 99]) == [4, 4]


def test_ratings_must_be_there(make_data):
    with pytest.raises(DataError, match="no event of data has a rating"):
        RatingBias().fit(make_data([[0, 1]], n_items=2), Run())


def test_a_median_among_too_many_steps_is_refused(rated):
    n = 300
    data = rated([list(range(n))], [[1 + row / n for row in range(n)]], n_items=n)
    with pytest.raises(DataError, match="300 different ratings"):
        RatingBias(answer="median").fit(data, Run())


@pytest.mark.parametrize(
    "options", [{"answer": "mode"}, {"rounds": 0}, {"item_regularization": -1.0}]
)
def test_options_that_cannot_be_are_refused(options):
    with pytest.raises(UsageError, match=next(iter(options))):
        RatingBias(**options)


def test_deviations_make_the_penalised_squared_error_smallest():
    data = pn.data.mini_world()
    method = RatingBias(item_regularization=3.0, people_regularization=7.0, rounds=200)
    fitted = method.fit(data, Run())
    users, items = data.events["user"].to_numpy(), data.events["item"].to_numpy()
    given = data.events["rating"].to_numpy().astype(np.float64)
    left = given - fitted.middle - fitted.of_item[items] - fitted.of_person[users]
    # Where the error is smallest, what is left of each adds up to the pull towards 0.
    assert np.bincount(items, left, len(data.catalog)) == pytest.approx(3 * fitted.of_item)
    assert np.bincount(users, left, len(data.people)) == pytest.approx(7 * fitted.of_person)


def test_each_answer_is_best_at_its_own_error():
    data = pn.data.mini_world()
    split = pn.data.split_time(data)
    run = Run()
    models = {
        answer: RatingBias(answer=answer).fit(split.train, run) for answer in ("mean", "median")
    }
    summary = pn.evaluate(models, pn.data.rated_cases(split.test, data), run=run).summary()
    value = {(row["model"], row["metric"]): row["value"] for row in summary.to_dicts()}
    assert value["mean", "rmse"] < value["median", "rmse"]
    assert value["median", "mae"] < value["mean", "mae"]
