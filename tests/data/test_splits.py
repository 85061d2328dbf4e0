from datetime import UTC, date, datetime, timedelta

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from penchant.core import DataError, UsageError
from penchant.data import (
    leave_last_out,
    mini_world,
    split_cold_items,
    split_cold_users,
    split_ratio,
    split_time,
)
from penchant.data.assemble import assemble

SECOND = 1_000_000


def log(lines, *, timed=True):
    """A data set of lines such as ``"u a 3"``: person, item, second."""
    parts = [line.split() for line in lines]
    columns = {"user": [p[0] for p in parts], "item": [p[1] for p in parts]}
    if timed:
        columns["time"] = [int(p[2]) * SECOND for p in parts]
    return assemble(pl.DataFrame(columns), name="log")


def asked(cases, data):
    """Person, history, answers of each query, in people's own ids."""
    items = data.catalog.ids
    return [
        (
            data.people.ids.names([int(cases.queries.users[row])])[0],
            "".join(items.names(cases.queries.histories.items[row])),
            "".join(items.names(cases.relevant[row])),
        )
        for row in range(len(cases))
    ]


def learned(part, data):
    return [
        (data.people.ids.names([u])[0], data.catalog.ids.names([i])[0])
        for u, i in part.events.select("user", "item").iter_rows()
    ]


def test_a_time_split_asks_once_for_each_person_and_instant():
    data = log(["u a 1", "v b 2", "u b 3", "u c 10", "u d 10", "u a 11", "v a 12", "v c 14"])
    split = split_time(data, valid=0.0, test=datetime(1970, 1, 1, 0, 0, 10, tzinfo=UTC))
    assert learned(split.train, data) == [("u", "a"), ("u", "b"), ("v", "b")]
    # u's second a repeats the history and is not asked; v's last history holds what was asked.
    assert asked(split.test, data) == [("u", "ab", "cd"), ("v", "b", "a"), ("v", "ba", "c")]
    assert split.test.queries.now.tolist() == [10 * SECOND, 12 * SECOND, 14 * SECOND]
    assert len(split.valid) == 0
    assert split.test.slices["cold_item"].to_list() == [True, False, True]


def test_histories_hold_only_what_is_strictly_earlier():
    data = log(["u a 1", "u b 5", "u c 5", "v a 1"])
    split = split_time(data, valid=0.0, test=0.5)
    assert asked(split.test, data) == [("u", "a", "bc")]


def test_an_item_twice_in_one_instant_is_asked_for_once():
    data = log(["u a 1", "u b 5", "u b 5"])
    assert asked(split_time(data, valid=0.0, test=0.5).test, data) == [("u", "a", "b")]


def test_a_person_without_training_events_is_cold_and_still_asked():
    data = log(["u a 1", "u b 2", "v a 8", "v b 9"])
    slices = split_time(data, valid=0.0, test=0.5).test.slices
    assert slices.select("user", "history_length", "warm_user").rows() == [
        (1, 0, False),
        (1, 1, False),
    ]


def test_events_of_the_boundary_instant_all_go_to_the_test():
    data = log(["u a 1", "u b 2", "v b 2", "w b 2"])
    split = split_time(data, valid=0.0, test=0.25)
    assert split.train.events["time"].max() == SECOND
    assert len(split.test) == 3


@pytest.mark.parametrize(
    "window", ["7d", timedelta(days=7), "2022-12-24T23:59:59", date(2022, 12, 25)]
)
def test_windows_are_shares_durations_or_instants(window):
    days = [datetime(2022, 12, day) for day in range(1, 32)]
    frame = pl.DataFrame(
        {
            "user": ["u"] * 31,
            "item": [str(day.day) for day in days],
            "time": [int(day.replace(tzinfo=UTC).timestamp()) * SECOND for day in days],
        }
    )
    split = split_time(assemble(frame, name="days"), valid="3d", test=window)
    assert len(split.test) == 7
    assert len(split.valid) == 3


def test_more_queries_than_wanted_are_drawn_from():
    data = mini_world()
    few = split_time(data, max_queries=50).test
    again = split_time(data, max_queries=50).test
    other = split_time(data, max_queries=50, seed=1).test
    assert len(few) == 50
    assert few.slices.equals(again.slices)
    assert not few.slices.equals(other.slices)


def test_leave_last_out_shows_the_validation_event_to_the_test():
    data = log(["u a 0", "u b 0", "u c 0", "v a 0", "v b 0", "w c 0"], timed=False)
    split = leave_last_out(data)
    assert learned(split.train, data) == [("u", "a"), ("v", "a"), ("v", "b"), ("w", "c")]
    assert asked(split.valid, data) == [("u", "a", "b")]
    assert asked(split.test, data) == [("u", "ab", "c")]
    assert len(split.train_and_valid.events) == 5
    assert "Leaks" in split.claim


def test_a_last_event_that_repeats_the_history_is_not_asked_and_said_so():
    data = log(["u a 0", "u b 0", "u a 0", "v a 0", "v b 0", "v c 0"], timed=False)
    split = leave_last_out(data)
    assert asked(split.test, data) == [("v", "ab", "c")]
    assert "1 held-out events repeat" in split.claim


def test_a_ratio_split_asks_for_all_that_is_held_out_at_once():
    data = log([f"u {item} {t}" for t, item in enumerate("abcdefghij")])
    split = split_ratio(data, valid=0.1, test=0.3)
    assert asked(split.valid, data) == [("u", "abcdef", "g")]
    assert asked(split.test, data) == [("u", "abcdefg", "hij")]


def test_a_shuffled_ratio_split_says_that_it_knows_the_future():
    data = mini_world()
    split = split_ratio(data, shuffled=True, seed=3)
    assert "later than what is asked" in split.claim
    assert split_ratio(data, shuffled=True, seed=3).train.events.equals(split.train.events)
    assert not split_ratio(data, shuffled=True, seed=4).train.events.equals(split.train.events)


def test_cold_people_are_never_learned_from():
    data = mini_world()
    split = split_cold_users(data, shown=0.5)
    strangers = set(split.test.slices["user"])
    assert len(strangers) == 40
    assert strangers.isdisjoint(split.train_and_valid.events["user"])
    assert not split.test.slices["warm_user"].any()
    assert split.test.queries.histories.items.lengths.min() > 0


def test_cold_people_can_be_asked_with_nothing_to_go_by():
    split = split_cold_users(mini_world(), shown=0.0)
    assert split.test.queries.histories.items.lengths.max() == 0


def test_cold_items_are_never_learned_from_and_all_that_is_asked():
    data = mini_world()
    split = split_cold_items(data)
    items = set(split.test.relevant.values.tolist())
    assert items.isdisjoint(split.train_and_valid.events["item"])
    assert items.isdisjoint(split.test.queries.histories.items.values.tolist())
    assert split.test.slices["cold_item"].all()
    narrowed = split_cold_items(data, among_cold=True).test
    assert narrowed.queries.allowed.sum() == 30
    assert narrowed.queries.allowed[narrowed.relevant.values].all()


def test_splits_keep_one_catalogue_and_one_people_table():
    data = mini_world()
    for split in (split_time(data), leave_last_out(data), split_cold_items(data)):
        for part in (split.train, split.train_and_valid):
            assert part.catalog is data.catalog
            assert part.people is data.people


def test_a_time_split_of_data_without_times_says_what_to_use_instead():
    data = log(["u a 0", "u b 0", "u c 0"], timed=False)
    with pytest.raises(DataError, match=r"3 of 3 events.*no time(.|\n)*leave_last_out"):
        split_time(data)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"test": 1.0}, "need a share"),
        ({"test": "soon"}, "wanted a duration"),
        ({"test": "2099-01-01"}, "nothing to test on"),
        ({"valid": 0.9, "test": 0.5}, "more than what is left"),
        ({"valid": "1990-01-01"}, "no event.*to learn from"),
        ({"valid": "2099-01-01"}, "after its end"),
    ],
)
def test_windows_that_cannot_be_are_refused(options, message):
    with pytest.raises((UsageError, DataError), match=message):
        split_time(mini_world(), **options)


def test_splits_of_nothing_are_refused():
    data = mini_world()
    empty = type(data)(data.catalog, data.people, data.events.clear())
    for split in (split_time, leave_last_out, split_ratio, split_cold_items, split_cold_users):
        with pytest.raises(DataError, match="no events"):
            split(empty)


def test_people_with_too_few_events_are_refused_where_nobody_has_enough():
    with pytest.raises(DataError, match="three events"):
        leave_last_out(log(["u a 1", "v b 2", "v c 3"]))


@pytest.mark.parametrize("split", [split_ratio, split_cold_users, split_cold_items])
@pytest.mark.parametrize("shares", [(0.5, 0.5), (-0.1, 0.2), (0.1, 0.0)])
def test_shares_must_leave_something(split, shares):
    with pytest.raises(UsageError, match="shares"):
        split(mini_world(), valid=shares[0], test=shares[1])


logs = st.lists(
    st.tuples(st.sampled_from("uvwx"), st.sampled_from("abcdefg"), st.integers(0, 12)),
    min_size=6,
    max_size=40,
)


def pairs(part):
    return part.events.select("user", "item", "time").rows()


@settings(max_examples=60, deadline=None)
@given(events=logs, valid=st.sampled_from([0.0, 0.2]), test=st.sampled_from([0.2, 0.4]))
def test_nothing_learned_is_as_late_as_a_query_and_nothing_shown_either(events, valid, test):
    data = log([f"{u} {i} {t}" for u, i, t in events])
    try:
        split = split_time(data, valid=valid, test=test)
    except DataError:
        return
    for cases, part in ((split.valid, split.train), (split.test, split.train_and_valid)):
        queries = cases.queries
        if len(cases):
            assert part.events["time"].max() < queries.now.min()
        assert (queries.histories.times < queries.now[queries.histories.items.rows()]).all()
        for row in range(len(cases)):
            person = data.events.filter(pl.col("user") == int(queries.users[row]))
            earlier = person.filter(pl.col("time") < int(queries.now[row]))
            now = person.filter(pl.col("time") == int(queries.now[row]))
            assert queries.histories.items[row].tolist() == earlier["item"].to_list()
            assert set(cases.relevant[row]) == set(now["item"]) - set(earlier["item"])
            assert len(cases.relevant[row]) == len(set(cases.relevant[row].tolist())) > 0


@settings(max_examples=60, deadline=None)
@given(events=logs, seed=st.integers(0, 3))
def test_the_parts_of_every_split_are_disjoint(events, seed):
    data = log([f"{u} {i} {t}" for u, i, t in events])
    splits = (
        leave_last_out,
        lambda d: split_ratio(d, valid=0.2, test=0.3, shuffled=True, seed=seed),
        lambda d: split_cold_items(d, valid=0.2, test=0.3, seed=seed),
        lambda d: split_cold_users(d, valid=0.25, test=0.25, seed=seed),
    )
    for make in splits:
        try:
            split = make(data)
        except DataError:
            continue
        for cases, part in ((split.valid, split.train), (split.test, split.train_and_valid)):
            seen = {(u, i) for u, i, _ in pairs(part)}
            rows = cases.relevant.rows()
            answers = set(zip(cases.queries.users[rows], cases.relevant.values, strict=True))
            assert answers.isdisjoint(seen)
            shown = cases.queries.histories.items
            known = set(zip(cases.queries.users[shown.rows()], shown.values, strict=True))
            assert answers.isdisjoint(known) or make is leave_last_out
        assert len(split.train.events) <= len(split.train_and_valid.events) < len(data.events)


def test_a_split_of_200_000_events_takes_less_than_arrays_need_not_loops():
    """Counts operations, not seconds: no Python-level work grows with the events."""
    import sys

    def calls(n):
        rng = np.random.default_rng(0)
        frame = pl.DataFrame(
            {
                "user": rng.integers(0, 200, n).astype(str),
                "item": rng.integers(0, 300, n).astype(str),
                "time": rng.integers(0, 10**9, n) * SECOND,
            }
        )
        data = assemble(frame, name="many")
        count = 0

        def watch(*_):
            nonlocal count
            count += 1

        sys.setprofile(watch)
        try:
            split_time(data)
            leave_last_out(data)
        finally:
            sys.setprofile(None)
        return count

    assert calls(20_000) < 1.2 * calls(2_000)


@pytest.mark.parametrize(
    "split", [split_time, leave_last_out, split_ratio, split_cold_users, split_cold_items]
)
def test_people_and_items_without_events_are_kept_and_never_asked_about(split):
    lines = [
        f"{user} {item} {10 * place + row}"
        for row, user in enumerate("uvwxyz")
        for place, item in enumerate("abcdefgh")
    ]
    parts = [line.split() for line in lines]
    data = assemble(
        pl.DataFrame(
            {
                "user": [p[0] for p in parts],
                "item": [p[1] for p in parts],
                "time": [int(p[2]) * SECOND for p in parts],
            }
        ),
        name="with strangers",
        people=pl.DataFrame({"id": ["nobody", *"uvwxyz", "nemo"]}),
        items=pl.DataFrame({"id": ["nothing", *"abcdefgh"]}),
    )
    made = split(data, **({} if split is leave_last_out else {"valid": 0.2, "test": 0.2}))
    assert len(made.train.people) == 8
    assert len(made.train.catalog) == 9
    assert {0, 7}.isdisjoint(made.test.slices["user"])
    assert 0 not in made.test.relevant.values
