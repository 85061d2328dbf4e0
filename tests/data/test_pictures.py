import numpy as np
import polars as pl
import pytest

import penchant as pn
from penchant.core import UsageError
from penchant.data import long_tail, picture_split, timeline

DAY = 86_400_000_000


@pytest.fixture(scope="module")
def world():
    return pn.data.mini_world()


def test_every_event_and_person_is_in_the_timeline_once(world):
    found = timeline(world, 17)
    times = world.events["time"]
    assert found["events"].sum() == len(world.events)
    assert found["new_people"].sum() == world.events["user"].n_unique()
    assert found["new_items"].sum() == world.events["item"].n_unique()
    assert found["begins"][0] == times.min()
    assert found["ends"][-1] == times.max() + 1
    assert (found["begins"][1:] == found["ends"][:-1]).all()
    third = world.events.filter(times.is_between(found["begins"][3], found["ends"][3] - 1))
    assert found["people"][3] == third["user"].n_unique()


def test_one_instant_fits_into_any_number_of_bins():
    log = pl.DataFrame({"user": ["a", "b"], "item": ["x", "x"], "time": [5, 5]})
    assert timeline(pn.data.read(log), 60)["events"].sum() == 2


def test_the_long_tail_by_hand():
    log = pl.DataFrame({"user": list("abcd"), "item": ["x", "x", "x", "y"]})
    items = pl.DataFrame({"item": ["x", "y", "z"]})
    found = long_tail(pn.data.read(log, items=items), 10)
    assert found["items"].to_list() == [1, 2, 3]
    assert found["share_of_events"].to_list() == [0.75, 1.0, 1.0]
    assert found["events"].to_list() == [3, 1, 0]


def test_a_split_by_time_learns_nothing_from_the_future(world):
    found = picture_split(world, "time", 20)
    assert found.leak is None
    first, last = found.parts["first"].to_list(), found.parts["last"].to_list()
    assert last[0] < first[1] <= last[1] < first[2]
    for part, events in found.parts.select("part", "events").iter_rows():
        assert found.by_bin[part].sum() == events


def test_last_out_leaks_what_came_after_the_first_query():
    # Of a the last event is on day 2; b goes on to day 9: days 3 to 7 of b are learned from.
    days = [0, 1, 2, *range(10)]
    log = pl.DataFrame(
        {
            "user": ["a"] * 3 + ["b"] * 10,
            "item": [f"i{n}" for n in range(13)],
            "time": [1_500_000_000_000_000 + DAY * day for day in days],
        }
    )
    found = picture_split(pn.data.read(log), "last", 10)
    begins, ends, events = found.leak
    assert (ends - begins) // DAY == 5
    assert events == 6
    assert found.by_bin["test"].tolist() == [0, 0, 1, 0, 0, 0, 0, 0, 0, 1]


def test_data_without_times_have_no_timeline():
    data = pn.data.read(pl.DataFrame({"user": ["a"], "item": ["x"]}))
    for ask in (timeline, lambda of: picture_split(of, "time")):
        with pytest.raises(UsageError, match="no times"):
            ask(data)


@pytest.mark.parametrize("bins", [0, 501])
def test_bins_have_bounds(world, bins):
    with pytest.raises(UsageError, match="1 to 500"):
        timeline(world, bins)
    with pytest.raises(UsageError, match="at least 2"):
        long_tail(world, 1)


def test_the_tail_ends_at_all_items_and_never_falls(world):
    found = long_tail(world, 40)
    assert found["items"][-1] == len(world.catalog)
    assert found["share_of_events"][-1] == pytest.approx(1.0)
    assert (np.diff(found["share_of_events"].to_numpy()) >= 0).all()
