import os
import shutil
import sqlite3
import threading

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from penchant.core import StorageError, UsageError
from penchant.serve.events import Busy, Event, EventStore, check_events, new_event_id
from penchant.serve.events import writer as writing
from tests.serve.writers import HEARD, killed

NOW = 1_750_000_000_000_000


def event(number, user="u1", **options):
    return Event(user, f"i{number}", time=NOW + number, id=f"e{number}", **options)


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "events"


def test_what_was_answered_is_read_back_in_the_order_of_its_times(folder):
    with EventStore(folder) as store:
        first = store.append([event(2), event(1, value=4.5, recommendation="r1", kind="rate")])
        assert (first.accepted, first.duplicate, first.refused) == (2, 0, ())
        store.append([event(3, user="u2")])
        mine = store.of_user("u1")
        assert mine["item"].to_list() == store.items_of("u1") == ["i1", "i2"]
        assert mine.row(0, named=True)["value"] == 4.5
        assert mine.row(0, named=True)["recommendation"] == "r1"
        assert store.frame()["user"].to_list() == ["u1", "u1", "u2"]
        assert store.frame(after=2)["item"].to_list() == ["i3"]
        assert len(store) == 3


def test_it_is_there_when_opened_again(folder):
    with EventStore(folder) as store:
        store.append([event(1)])
    with EventStore(folder) as store:
        assert store.of_user("u1")["id"].to_list() == ["e1"]
        assert store.append([event(1)]).duplicate == 1


def test_an_event_is_written_once_however_often_it_is_sent(folder):
    with EventStore(folder) as store:
        assert store.append([event(1), event(1)]).duplicate == 1
        store.seal()
        again = store.append([event(1), event(2)])
        assert (again.accepted, again.duplicate) == (1, 1)
        assert len(store) == 2


def test_an_id_that_says_something_else_is_refused_and_the_others_are_taken(folder):
    with EventStore(folder) as store:
        store.append([event(1)])
        other = Event("u9", "i1", time=NOW, id="e1")
        answer = store.append([event(2), other])
        assert answer.accepted == 1
        assert answer.refused[0].place == 1
        assert "'e1'" in answer.refused[0].reason
        assert store.of_user("u9").is_empty()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"user": ""}, "user=''"),
        ({"item": "x" * 513}, "512 characters"),
        ({"user": "a\0b"}, "user="),
        ({"time": -1}, "time=-1"),
        ({"time": 1 << 62}, "before 2100"),
        ({"kind": ""}, "kind=''"),
        ({"value": float("nan")}, "finite"),
        ({"recommendation": ""}, "recommendation"),
    ],
)
def test_an_event_that_cannot_be_is_refused(options, said):
    with pytest.raises(UsageError, match=said):
        Event(**{"user": "u", "item": "i", "time": NOW, **options})


def test_new_ids_are_different_and_ordered_by_time():
    ids = [new_event_id() for _ in range(1_000)]
    assert len(set(ids)) == 1_000
    assert [one[:8] for one in ids] == sorted(one[:8] for one in ids)
    assert all(one[14] == "7" and one[19] in "89ab" for one in ids)


def test_sealed_and_live_events_are_one_story(folder):
    with EventStore(folder) as store:
        store.append([event(n, user=f"u{n % 3}") for n in range(10)])
        before = store.frame()
        assert store.seal(4) == 4
        assert store.seal(3) == 3
        assert store.frame().equals(before)
        assert store.of_user("u1").equals(before.filter(pl.col("user") == "u1"))
        assert len(store) == 10
        assert len(list((folder / "segments").glob("*.parquet"))) == 2
    assert check_events(folder) == []


def test_older_events_are_sealed_when_there_are_many(folder):
    with EventStore(folder, seal_after=100) as store:
        for first in range(0, 300, 10):
            store.append([event(n) for n in range(first, first + 10)])
        assert store.frame()["item"].to_list() == [f"i{n}" for n in range(300)]
    assert list((folder / "segments").glob("*.parquet"))
    assert check_events(folder) == []


def test_many_writers_lose_nothing(folder):
    with EventStore(folder) as store:

        def work(me):
            for n in range(20):
                store.append([event(1_000 * me + n, user=f"u{me}")])
                assert len(store.of_user(f"u{me}")) == n + 1  # what one wrote, one reads

        threads = [threading.Thread(target=work, args=(me,)) for me in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(store) == 160


def test_too_much_that_waits_is_refused(folder, monkeypatch):
    monkeypatch.setattr(writing, "WAITING", 2)
    with EventStore(folder) as store:
        held, go = threading.Event(), threading.Event()

        def hold():
            held.set()
            go.wait(10)

        holder = threading.Thread(target=store._writer.alone, args=(hold,))
        holder.start()
        held.wait(10)
        waiting = [
            threading.Thread(target=store.append, args=([event(n)],), daemon=True) for n in (1, 2)
        ]
        for thread in waiting:
            thread.start()
        while store._writer._queue.qsize() < 2:
            pass
        with pytest.raises(Busy, match="try again"):
            store.append([event(3)])
        go.set()
        for thread in [*waiting, holder]:
            thread.join()
        assert sorted(store.frame()["id"]) == ["e1", "e2"]


def bytes_with(folder, text):
    return [p.name for p in folder.rglob("*") if p.is_file() and text.encode() in p.read_bytes()]


def test_a_person_who_is_erased_is_nowhere(folder):
    person = "p" + os.urandom(16).hex()
    with EventStore(folder) as store:
        store.append([event(n, user=person if n % 2 else "u1") for n in range(40)])
        store.seal(20)
        store.append([Event(person, "i1", time=NOW, id=f"{person}-1")])
        receipt = store.erase(person)
        assert (receipt.events, receipt.segments) == (21, 1)
        assert person not in str(receipt)
        assert store.of_user(person).is_empty()
        assert len(store) == 20
        assert bytes_with(folder, person) == []
        for path in (folder / "segments").glob("*.parquet"):
            assert person not in pl.read_parquet(path)["user"].to_list()
        assert store.erase(person).events == 0
    assert check_events(folder) == []


def test_a_segment_of_one_person_goes_when_the_person_goes(folder):
    with EventStore(folder) as store:
        store.append([event(n) for n in range(5)])
        store.seal()
        assert store.erase("u1").events == 5
        assert len(store) == 0
        assert list((folder / "segments").iterdir()) == []


def test_an_erasure_that_was_cut_off_is_finished_later(folder):
    with EventStore(folder) as store:
        store.append([event(n) for n in range(4)])
        store.append([event(9, user="u2")])
        store.seal(2)
    connection = sqlite3.connect(folder / "events.sqlite")
    connection.execute("INSERT INTO erasing VALUES ('u1')")
    connection.commit()
    connection.close()
    with EventStore(folder) as store:
        assert store.frame()["user"].to_list() == ["u2"]


def test_one_process_writes(folder):
    with EventStore(folder), pytest.raises(StorageError, match="another process"):
        EventStore(folder)
    EventStore(folder).close()


def test_a_full_disk_loses_nothing_and_is_told(folder):
    with EventStore(folder) as store:
        store.append([event(n) for n in range(10)])
        store._alone(lambda c: c.execute("PRAGMA max_page_count = 1"))
        with pytest.raises(StorageError, match="disk is full"):
            store.append([event(n, recommendation="r" * 400) for n in range(100, 400)])
        assert len(store) == 10
        store._alone(lambda c: c.execute("PRAGMA max_page_count = 1000000"))
        assert store.append([event(n) for n in range(100, 400)]).accepted == 300
    assert check_events(folder) == []


def test_a_file_that_is_no_store_is_told(folder):
    folder.mkdir()
    (folder / "events.sqlite").write_text("hello, this is not a database at all " * 50)
    with pytest.raises(StorageError, match="no event store"):
        EventStore(folder)


def test_a_newer_format_is_told(folder):
    EventStore(folder).close()
    connection = sqlite3.connect(folder / "events.sqlite")
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(StorageError, match="install a newer"):
        EventStore(folder)


def test_what_is_wrong_is_found(folder):
    with EventStore(folder) as store:
        store.append([event(n) for n in range(30)])
        store.seal(10)
        store.seal(10)
    first, second = sorted((folder / "segments").glob("*.parquet"))
    shutil.copy(first, folder / "segments" / "000000000900-000000000901-0.parquet")
    first.write_bytes(first.read_bytes()[:-100])
    second.unlink()
    problems = {finding.place: finding.problem for finding in check_events(folder)}
    assert "changed" in problems[first.name]
    assert "gone" in problems[second.name]
    assert "no table" in problems["000000000900-000000000901-0.parquet"]
    with EventStore(folder) as store:
        with pytest.raises(StorageError, match="put it back from a backup"):
            store.frame()
        assert store.append([event(99)]).accepted == 1


def test_what_a_crash_left_is_taken_away_and_nothing_else(folder):
    with EventStore(folder) as store:
        store.append([event(n) for n in range(10)])
        store.seal(5)
    segments = folder / "segments"
    (sealed,) = segments.glob("*.parquet")
    left = segments / "000000000006-000000000008-0.parquet"
    shutil.copy(sealed, left)
    foreign = segments / "mine.parquet"
    shutil.copy(sealed, foreign)
    with EventStore(folder) as store:
        assert len(store) == 10
    assert not left.exists()
    assert foreign.exists()


def test_there_must_be_a_store_to_check(tmp_path):
    with pytest.raises(StorageError, match="data folder"):
        check_events(tmp_path)


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from("abc"), st.integers(0, 30), st.sampled_from("wse")), max_size=40
    )
)
def test_it_keeps_what_a_list_would_keep(tmp_path_factory, steps):
    kept: dict[str, str] = {}
    with EventStore(tmp_path_factory.mktemp("store")) as store:
        for user, number, what in steps:
            if what == "w":
                store.append([Event(user, "i", time=NOW, id=f"{user}{number}")])
                kept.setdefault(f"{user}{number}", user)
            elif what == "s":
                store.seal(number)
            else:
                store.erase(user)
                kept = {key: value for key, value in kept.items() if value != user}
        assert sorted(store.frame()["id"]) == sorted(kept)
        assert len(store) == len(kept)


def test_a_kill_loses_nothing_that_was_answered(folder):
    answered = [key for trial in range(3) for key in killed(str(folder), trial)]
    with EventStore(folder) as store:
        there = store.frame()["id"].to_list()
    assert len(answered) >= 3 * HEARD
    assert set(answered) <= set(there)
    assert len(there) == len(set(there))
    assert check_events(folder) == []


def test_items_of_a_person_behind_a_number_live_and_sealed(tmp_path):
    with EventStore(tmp_path) as store:
        store.append([Event(f"u{n % 7}", f"i{n}", time=n) for n in range(70)])
        for sealed in (0, 35, 70):
            store.seal(sealed - store_sealed(store))
            events = store.of_user("u3")
            assert store.items_of("u3") == [f"i{n}" for n in range(3, 70, 7)]
            behind = int(events["seq"][4])
            assert store.items_of("u3", after=behind) == events["item"].to_list()[5:]
        assert store.items_of("nobody") == []


def store_sealed(store):
    with store._readers.one() as reader:
        return 70 - reader.execute("SELECT count(*) FROM events").fetchone()[0]


def test_threads_that_come_and_go_leave_no_open_files_behind(tmp_path):
    with EventStore(tmp_path) as store:
        store.append([Event("u", "i", time=1)])
        for _ in range(30):
            reader = threading.Thread(target=store.items_of, args=("u",))
            reader.start()
            reader.join()
        assert store._readers._idle.qsize() == 1


def test_a_mark_moves_when_something_becomes_known_or_forgotten(tmp_path):
    with EventStore(tmp_path) as store:
        marks = [store.mark("u")]
        store.append([Event("u", "i", time=1)])
        marks.append(store.mark("u"))
        store.append([Event("another", "i", time=1)])
        assert store.mark("u") == marks[-1]
        store.erase("u")
        marks.append(store.mark("u"))
        assert len(set(marks)) == 3
