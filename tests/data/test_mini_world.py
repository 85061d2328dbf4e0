import numpy as np
import pytest

from penchant.core import UsageError
from penchant.data import leave_last_out, mini_world, split_time


def ndcg(scores, cases):
    """nDCG@10 over one-answer queries; histories are left out."""
    gains = []
    for row in range(len(cases)):
        mine = scores[row].copy()
        mine[cases.queries.histories.items[row]] = -np.inf
        rank = (mine > mine[cases.relevant[row][0]]).sum()
        gains.append(1 / np.log2(rank + 2) if rank < 10 else 0.0)
    return np.mean(gains)


@pytest.fixture(scope="module")
def split():
    return leave_last_out(mini_world())


def popularity(split):
    return np.bincount(split.train.events["item"], minlength=len(split.train.catalog)) + 0.0


def test_it_is_the_same_for_the_same_seed_and_another_for_another():
    one, again, other = mini_world(), mini_world(), mini_world(seed=1)
    assert one.events.equals(again.events)
    assert one.catalog.table.equals(again.catalog.table)
    assert one.people.table.equals(again.people.table)
    assert not one.events.equals(other.events)


def test_it_has_what_methods_ask_for():
    data = mini_world()
    assert (len(data.people), len(data.catalog)) == (200, 150)
    assert data.has_times
    assert data.events["rating"].is_between(1, 5).all()
    assert data.events["user"].is_sorted()
    assert 0.5 < data.events["review"].is_not_null().mean() < 0.8
    for column in ("title", "description", "categories", "price", "year"):
        assert data.catalog.table[column].null_count() == 0
    assert data.catalog.table["title"].n_unique() == 150
    assert {"age", "gender", "locale"} <= set(data.people.table.columns)
    assert set(data.tables) == {"triples", "entities", "ties"}
    assert not data.events.select("user", "item").is_duplicated().any()


@pytest.mark.parametrize(
    ("options", "sizes"),
    [({"scale": 3.0}, (600, 450)), ({"n_users": 1}, (1, 150)), ({"scale": 0.01}, (2, 30))],
)
def test_it_comes_in_other_sizes(options, sizes):
    data = mini_world(**options)
    assert (len(data.people), len(data.catalog)) == sizes
    assert data.catalog.table["title"].n_unique() == sizes[1]


def test_worlds_without_anybody_are_refused():
    with pytest.raises(UsageError, match="scale=0"):
        mini_world(scale=0)


def test_the_order_of_series_can_be_learned(split):
    n = len(split.train.catalog)
    follows = np.zeros((n, n))
    histories = split.train.histories().items
    for row in range(len(histories)):
        np.add.at(follows, (histories[row][:-1], histories[row][1:]), 1)
    shown = split.test.queries.histories.items
    last = np.array([shown[row][-1] for row in range(len(shown))])
    popular = popularity(split)
    markov = ndcg(follows[last] + 1e-3 * popular, split.test)
    assert markov > 3 * ndcg(np.tile(popular, (len(split.test), 1)), split.test)


def test_tastes_can_be_learned(split):
    genres = np.array([names[1] for names in split.train.catalog.table["categories"]])
    popular = popularity(split)
    shown = split.test.queries.histories.items
    taste = np.array(
        [[(genres[shown[row]] == genre).sum() for genre in genres] for row in range(len(shown))]
    )
    plain = ndcg(np.tile(popular, (len(shown), 1)), split.test)
    assert ndcg(taste * popular, split.test) > 1.5 * plain


def test_seasons_and_ages_show_in_the_events():
    data = mini_world(scale=5.0)
    genres = np.array([names[1] for names in data.catalog.table["categories"]])
    of_event = genres[data.events["item"]]
    month = (data.events["time"].to_numpy() / 86_400e6 / 365.25 * 12) % 12
    cooking = of_event == "cooking"
    assert (
        cooking[(month > 10) | (month < 1)].mean() > 1.5 * cooking[(month > 4) & (month < 7)].mean()
    )
    age = data.people.table["age"].to_numpy()[data.events["user"]]
    space = of_event == "space"
    assert space[age < 30].mean() > 1.5 * space[age > 60].mean()


def test_ids_and_the_order_of_the_catalogue_give_nothing_away():
    data = mini_world()
    first_seen = data.events["item"].unique(maintain_order=True).to_numpy()
    numbers = np.array([int(name[1:]) for name in data.catalog.ids.series()])
    part = data.catalog.table["part"].to_numpy()
    assert abs(np.corrcoef(np.arange(len(first_seen)), first_seen)[0, 1]) < 0.25
    assert abs(np.corrcoef(numbers, part)[0, 1]) < 0.2
    assert len(split_time(data).test) > 500


def test_a_hundred_thousand_items():
    data = mini_world(scale=667, n_users=1)
    assert len(data.catalog) > 100_000
    assert data.catalog.ids.series().n_unique() == len(data.catalog)
