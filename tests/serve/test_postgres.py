import signal
import threading

import pytest

from penchant.core import StorageError
from penchant.serve.events import Busy, Event, EventStore
from tests.serve import database
from tests.serve.conftest import serving
from tests.serve.writers import HEARD, killed

psycopg = pytest.importorskip("psycopg", reason="needs psycopg: pip install 'penchant[postgres]'")
pytestmark = pytest.mark.skipif(
    database.programs() is None, reason="needs PostgreSQL's server: apt-get install postgresql"
)
NOW = 1_750_000_000_000_000


def event(number, user="u1", **options):
    return Event(user, f"i{number}", time=NOW + number, id=f"e{number}", **options)


@pytest.fixture(scope="module")
def server():
    with database.running() as found:
        yield found


@pytest.fixture
def address(server):
    with psycopg.connect(server.address, autocommit=True) as connection:
        names = "penchant_events, penchant_erased, penchant_format"
        connection.execute(f"DROP TABLE IF EXISTS {names}")
    return server.address


@pytest.fixture
def store(address):
    from penchant.serve.events.postgres import PostgresStore

    with PostgresStore(address) as opened:
        yield opened


def same(store, other):
    """Does something with a store, and tells all that can be seen."""
    answers = [
        store.append([event(2), event(1, value=4.5, recommendation="r1", kind="rate")]),
        store.append([event(1, value=4.5, recommendation="r1", kind="rate"), event(3, user="u2")]),
        store.append([Event("u9", "i", time=NOW, id="e1"), event(4), event(4)]),
        store.append([Event("ü\n'\\\"%s", "i\t", time=0, id="$1")]),
        store.append([]),
    ]
    seen = [len(store), store.frame(), store.frame(after=2), store.of_user("u1")]
    answers += [
        store.items_of("u1"),
        store.items_of("u1", after=store.frame()["seq"][0]),
        store.erased(),
    ]
    erased = store.erase("u1")
    assert store.erased() == {erased.user_sha256: erased.at}
    answers += [erased.user_sha256, erased.events, store.append([event(1)])]
    return [*answers, store.of_user("ü\n'\\\"%s")["id"].to_list()], [*seen, store.frame()]


def test_it_does_what_the_store_of_files_does(store, tmp_path):
    with EventStore(tmp_path) as files:
        answers, seen = same(files, store)
        answers_here, seen_here = same(store, files)
    assert answers_here == answers
    assert seen_here[0] == seen[0]
    assert all(seen_here[place]["seq"].is_sorted() for place in (1, 2, 4))
    for here, there in zip(seen_here[1:], seen[1:], strict=True):
        told = ["id", "user", "item", "time", "kind", "value", "recommendation"]
        assert here.select(told).equals(there.select(told))
        assert here.schema == there.schema


def test_it_is_there_when_opened_again(store, address):
    from penchant.serve.events.postgres import PostgresStore

    store.append([event(1)])
    with PostgresStore(address) as again:
        assert again.of_user("u1")["id"].to_list() == ["e1"]
        assert again.append([event(1)]).duplicate == 1


def test_two_services_share_it_and_write_each_event_once(store, address):
    from penchant.serve.events.postgres import PostgresStore

    accepted = []
    with PostgresStore(address) as other:

        def work(mine, first):
            numbers = range(first, first + 40)
            accepted.extend(mine.append([event(number)]).accepted for number in numbers)

        threads = [
            threading.Thread(target=work, args=(mine, first))
            for mine in (store, other)
            for first in (0, 20, 40)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert sum(accepted) == len(store) == 80
    assert sorted(store.frame()["id"]) == sorted(f"e{n}" for n in range(80))


def test_who_reads_on_misses_nothing(store, address):
    from penchant.serve.events.postgres import PostgresStore

    seen, last, done = [], 0, threading.Event()
    with PostgresStore(address) as other:

        def work(mine, first):
            for number in range(first, first + 50):
                mine.append([event(number)])

        threads = [
            threading.Thread(target=work, args=(mine, 100 * n))
            for n, mine in enumerate((store, other, store, other))
        ]
        for thread in threads:
            thread.start()
        while not done.is_set():
            if not any(thread.is_alive() for thread in threads):
                done.set()
            frame = store.frame(after=last)
            seen += frame["id"].to_list()
            last = frame["seq"][-1] if len(frame) else last
    assert sorted(seen) == sorted(store.frame()["id"])


def test_a_person_who_is_erased_is_in_no_table(store, address):
    random = "a4f1c0ffee5e4d3b8a7690817263544f"
    store.append([event(1, user=random), event(2)])
    assert store.erase(random).events == 1
    with psycopg.connect(address) as connection:
        for table in ("penchant_events", "penchant_erased"):
            rows = connection.execute(f"SELECT t::text FROM {table} t").fetchall()
            assert random not in str(rows)
    assert len(store) == 1
    assert store.append([event(1, user="other")]).accepted == 1


def test_a_database_that_goes_away_is_told_and_comes_back(server, store):
    store.append([event(1)])
    server.stop(signal.SIGQUIT)
    try:
        with pytest.raises(Busy, match="PostgreSQL"):
            store.append([event(2)])
        with pytest.raises(Busy, match="PostgreSQL"):
            store.of_user("u1")
    finally:
        server.start()
    assert store.of_user("u1")["id"].to_list() == ["e1"]
    assert store.append([event(1), event(2)]).duplicate == 1
    assert len(store) == 2


def test_a_kill_loses_nothing_that_was_answered(store, address, server):
    answered = killed(address, 0)
    # The database first, then the service.
    answered += killed(address, 1, before=lambda: server.stop(signal.SIGQUIT))
    server.start()
    there = store.frame()["id"].to_list()
    assert len(answered) >= HEARD
    assert set(answered) <= set(there)
    assert len(there) == len(set(there))


@pytest.mark.parametrize(
    "address",
    ["postgresql://nobody:secret@/none?host=/nowhere", "postgresql://u:secret@localhost:1/x"],
)
def test_a_database_that_cannot_be_is_told_without_its_password(address):
    from penchant.serve.events.postgres import PostgresStore

    with pytest.raises(StorageError, match="check the address") as told:
        PostgresStore(address)
    assert "secret" not in str(told.value)


def test_tables_of_a_newer_version_are_refused(store, address):
    from penchant.serve.events.postgres import PostgresStore

    with psycopg.connect(address) as connection:
        connection.execute("INSERT INTO penchant_format VALUES (9)")
    with pytest.raises(StorageError, match="newer penchant"):
        PostgresStore(address)


def test_a_service_keeps_its_events_there(models, tmp_path, address):
    with serving(models, tmp_path, database=address) as client:
        sent = {"user_id": "new", "item_id": "i1", "event_id": "e1"}
        assert client("POST", "/v1/events", sent)[1]["accepted"] == 1
        assert client("POST", "/v1/events", sent)[1]["duplicate"] == 1
        assert client("GET", "/v1/users/new/history")[1] == ["i1"]
        assert client("DELETE", "/v1/users/new")[1]["events"] == 1
        assert client("GET", "/v1/users/new/history")[1] == []
    assert not (tmp_path / "events.sqlite").exists()


def test_recommendations_go_on_without_the_database(server, address, models, tmp_path):
    with serving(models, tmp_path, database=address) as client:
        user = models["covisit"].people.ids.series()[0]
        server.stop(signal.SIGQUIT)
        try:
            status, answer, _ = client("POST", "/v1/recommend", {"user_id": user, "k": 3})
            event = {"user_id": user, "item_id": "i", "event_id": "e1"}
            refused, problem, headers = client("POST", "/v1/events", event)
        finally:
            server.start()
        assert (status, answer["degraded"], len(answer["items"])) == (200, True, 3)
        assert (refused, problem["code"]) == (503, "busy")
        assert headers["retry-after"]
        assert client("POST", "/v1/events", event)[1]["accepted"] == 1
        assert not client("POST", "/v1/recommend", {"user_id": user, "k": 3})[1]["degraded"]
