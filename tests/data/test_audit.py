from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import polars as pl
import pytest

from penchant.core import DataError, Ragged, UnknownName
from penchant.data import (
    CHECKS,
    Catalog,
    Ids,
    People,
    audit,
    leave_last_out,
    mini_world,
    split_ratio,
    split_time,
    tied_events,
)
from penchant.data.assemble import assemble
from penchant.data.audit_checks import id_order_probe


@pytest.fixture(scope="module")
def world():
    return mini_world()


@pytest.fixture(scope="module")
def clean(world):
    return split_time(world)


def with_items(split, **columns):
    table = split.train.catalog.table.with_columns(**columns)
    return replace(split, train=replace(split.train, catalog=Catalog(Ids(table["id"]), table)))


def with_people(split, **columns):
    table = split.train.people.table.with_columns(**columns)
    return replace(split, train=replace(split.train, people=People(Ids(table["id"]), table)))


def test_a_time_split_of_the_mini_world_passes_everything(clean, world):
    found = audit(clean, data=world)
    assert tuple(check.name for check in found.checks) == CHECKS
    assert {check.outcome for check in found.checks} == {"passed"}
    assert found.require() is found
    assert clean.claim in str(found)


def test_the_probe_of_ids_is_worked_by_hand():
    def probe(history, answer):
        lines = [("u", str(item)) for item in [*history, answer]]
        # Everybody else makes sure that the ids 0 to 19 are rows 0 to 19.
        others = [("o", str(item)) for item in range(20)]
        frame = pl.DataFrame(others + lines, ["user", "item"], orient="row")
        split = leave_last_out(assemble(frame, name="probe"))
        rows = np.flatnonzero(split.test.slices["user"].to_numpy() == 1)
        return id_order_probe(split.test.take(rows), np.arange(20))

    assert probe([3, 4], 5) == 1.0
    assert probe([3, 4], 6) == pytest.approx(1 / np.log2(3))
    assert probe([6, 5, 4], 7) == 1.0  # 5 and 6 are in the history, so 7 is answered first
    assert probe([6, 6, 5, 5, 4], 7) == 1.0  # however often
    assert probe([3, 4], 15) == 0.0
    assert probe([3, 4], 2) == 0.0


def test_ids_given_along_the_sequences_are_found():
    rng = np.random.default_rng(0)
    sequences = [(str(u), str(5 * u + place)) for u in range(40) for place in range(5)]
    frame = pl.DataFrame(sequences, ["user", "item"], orient="row")
    check = audit(leave_last_out(assemble(frame, name="in order")))["id-order"]
    assert (check.outcome, check.figure) == ("failed", 1.0)
    names = rng.permutation(10_000)[:200].astype(str)
    shuffled = frame.with_columns(item=pl.Series(names[frame["item"].cast(pl.Int64)]))
    items = pl.DataFrame({"id": rng.permutation(names)})
    data = assemble(shuffled, items=items, name="shuffled")
    assert audit(leave_last_out(data))["id-order"].outcome == "passed"


def test_learning_from_later_events_is_told_and_from_ones_own_fails(world):
    last = audit(leave_last_out(world))["time"]
    assert last.outcome == "warned"
    assert 0.05 < last.figure < 0.9
    shuffled = audit(split_ratio(world, shuffled=True))
    assert shuffled["time"].outcome == "failed"
    assert shuffled.failed == ("time",)


def test_without_times_leaks_through_time_cannot_be_told(world):
    untimed = replace(world, events=world.events.with_columns(time=pl.lit(None, pl.Int64)))
    found = audit(leave_last_out(untimed))
    for name in ("time", "ties"):
        assert (found[name].outcome, found[name].figure) == ("warned", None)


def test_test_answers_among_the_training_events_fail(clean, world):
    leaky = replace(clean, train_and_valid=world)
    check = audit(leaky)["overlap"]
    assert (check.outcome, check.figure) == ("failed", 1.0)


def test_ties_are_counted():
    frame = pl.DataFrame(
        {
            "user": ["u"] * 5 + ["v"] * 3,
            "item": list("abcde") + list("abc"),
            "time": [1, 1, 2, 3, 3, 3, 4, 5],
        }
    )
    data = assemble(frame, name="ties")
    assert tied_events(data) == 4
    check = audit(leave_last_out(data))["ties"]
    assert (check.outcome, check.figure) == ("warned", 0.5)  # u's last two share their time


def test_profiles_that_name_the_answers_fail(clean, world):
    titles = np.array(world.catalog.titles(), object)
    likes = [""] * len(world.people)
    users = clean.test.slices["user"].to_numpy()[clean.test.relevant.rows()]
    for user, item in zip(users, clean.test.relevant.values, strict=True):
        likes[user] += f" {titles[item]}"
    assert audit(with_people(clean, profile=pl.Series(likes)))["texts"].outcome == "failed"
    past = [""] * len(world.people)
    known = clean.train_and_valid.events
    for user, item in known.select("user", "item").iter_rows():
        past[user] += f" {titles[item]}"
    assert audit(with_people(clean, profile=pl.Series(past)))["texts"].outcome == "passed"


def test_descriptions_that_quote_held_out_reviews_fail(clean, world):
    held = world.events.join(clean.train_and_valid.events, on=["user", "item"], how="anti")
    quoted = [""] * len(world.catalog)
    for item, review in held.select("item", "review").drop_nulls().iter_rows():
        quoted[item] += f" {review}"
    leaky = with_items(clean, summary=pl.Series(quoted))
    assert audit(leaky, data=world)["texts"].outcome == "failed"
    assert audit(leaky)["texts"].outcome == "passed"  # without the reviews nobody can tell


def test_counts_made_with_the_test_events_fail(clean, world):
    n = len(world.catalog)
    known = np.bincount(clean.train_and_valid.events["item"], minlength=n)
    everything = known + np.bincount(clean.test.relevant.values, minlength=n)
    check = audit(with_items(clean, n_ratings=pl.Series(everything)))["counts"]
    assert (check.outcome, check.figure) == ("failed", 1.0)
    assert "items.n_ratings" in check.explanation
    assert audit(with_items(clean, n_ratings=pl.Series(known)))["counts"].outcome == "passed"


def candidates_for(split, place):
    """Ten candidates a query, the answer at a given place, or anywhere."""
    rng = np.random.default_rng(0)
    n = len(split.train.catalog)
    rows = []
    for row in range(len(split.test)):
        answer = split.test.relevant[row][0]
        others = rng.permutation(np.delete(np.arange(n), answer))[:9]
        rows.append(np.insert(others, rng.integers(10) if place is None else place, answer))
    queries = replace(split.test.queries, candidates=Ragged.of(rows))
    return replace(split, test=replace(split.test, queries=queries))


def test_candidate_lists_with_the_answer_in_one_place_fail(clean):
    for place in (0, 9):
        check = audit(candidates_for(clean, place))["candidates"]
        assert (check.outcome, check.figure) == ("failed", 1.0)
    assert audit(candidates_for(clean, None))["candidates"].outcome != "failed"


def test_dates_from_after_the_query_fail_for_people_and_warn_for_items(clean):
    late = datetime(2030, 1, 1, tzinfo=UTC)
    early = datetime(2000, 1, 1, tzinfo=UTC)
    check = audit(with_people(clean, last_seen=pl.lit(late)))["dates"]
    assert (check.outcome, check.figure) == ("failed", 1.0)
    assert audit(with_people(clean, joined=pl.lit(early)))["dates"].outcome == "passed"
    assert audit(with_items(clean, changed=pl.lit(late.date())))["dates"].outcome == "warned"


def test_a_failed_check_stops_unless_overridden_by_name(world):
    found = audit(split_ratio(world, shuffled=True))
    with pytest.raises(DataError, match=r"audit failed:\n  failed: time(.|\n)*override.*time"):
        found.require()
    assert found.require(override=["time"]) is found
    with pytest.raises(UnknownName, match="tme"):
        found.require(override=["tme"])
    table = found.table()
    assert table.columns == ["name", "outcome", "figure", "explanation"]
    assert len(table) == len(found.checks)
