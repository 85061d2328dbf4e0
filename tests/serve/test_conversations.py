"""What was said: on the disk, within bounds, gone when it is forgotten."""

import threading

import pytest

from penchant.core import StorageError, UsageError
from penchant.serve.talk import conversations
from penchant.serve.talk.conversations import MOST_SAID, Conversations, Said


@pytest.fixture
def kept(tmp_path):
    kept = Conversations(tmp_path / "c.sqlite")
    yield kept
    kept.close()


def test_they_are_there_after_a_restart(kept):
    name = kept.begin("key", user="u1")
    kept.add(name, [Said("user", "a detective"), Said("assistant", "Take [1].", ("i1", "i2"))])
    kept.close()
    again = Conversations(kept.file)
    told = again.of(name, "key")
    again.close()
    assert [one.content for one in told.said] == ["a detective", "Take [1]."]
    assert told.said[1].items == ("i1", "i2")
    assert told.user == "u1"


def test_only_who_began_one_is_told_of_it(kept):
    name = kept.begin("one")
    assert kept.of(name, "other") is None
    assert kept.forget(name, "other") is None
    assert kept.forget(name, "one") == 0
    assert kept.forget(name, "one") is None


def test_one_of_nobody_becomes_that_of_who_speaks(kept):
    name = kept.begin("")
    kept.add(name, [Said("user", "hello")], user="u1")
    kept.add(name, [Said("user", "hello")], user="u2")
    assert kept.of(name, "").user == "u1"
    assert (kept.erase("u2"), kept.erase("u1"), kept.of(name, "")) == (0, 1, None)


def test_it_ends_when_it_is_full(kept):
    name = kept.begin("")
    kept.add(name, [Said("user", "x")] * MOST_SAID)
    with pytest.raises(UsageError, match="begin another"):
        kept.add(name, [Said("user", "x")])
    assert len(kept.of(name, "").said) == MOST_SAID


def test_what_was_forgotten_meanwhile_is_not_written(kept):
    kept.add("c-gone", [Said("user", "x")])
    assert kept.of("c-gone", "") is None


def test_the_quietest_make_room(kept, monkeypatch):
    monkeypatch.setattr(conversations, "MOST_KEPT", 3)
    names = [kept.begin("") for _ in range(3)]
    kept.add(names[0], [Said("user", "still here")])
    names.append(kept.begin(""))
    assert [kept.of(name, "") is not None for name in names] == [True, False, True, True]


def test_the_old_are_forgotten(kept, monkeypatch):
    old = kept.begin("")
    monkeypatch.setattr(conversations, "KEPT_US", -1)
    kept.begin("")
    assert kept.of(old, "") is None


def test_what_is_forgotten_is_not_in_the_file(kept):
    name, word = kept.begin("", user="u-77aa"), "zyxwvu" * 400
    kept.add(name, [Said("user", word)])
    assert b"zyxwvu" in kept.file.read_bytes()
    kept.erase("u-77aa")
    assert b"zyxwvu" not in kept.file.read_bytes()
    assert b"u-77aa" not in kept.file.read_bytes()


def test_many_may_speak_at_once(kept):
    name = kept.begin("")
    threads = [
        threading.Thread(target=kept.add, args=(name, [Said("user", str(n))])) for n in range(40)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {one.content for one in kept.of(name, "").said} == {str(n) for n in range(40)}


def test_a_file_that_is_none_is_told(tmp_path):
    (tmp_path / "c.sqlite").write_bytes(b"no database" * 100)
    with pytest.raises(StorageError, match=r"c\.sqlite"):
        Conversations(tmp_path / "c.sqlite")
