"""What the books hold, answer, and count."""

import re
import sqlite3
import stat
from dataclasses import replace

import pytest

from penchant.core import Run, StorageError, UnknownName, UsageError
from penchant.language import (
    Budget,
    JsonShape,
    Ledger,
    LedgerOptions,
    Prompt,
    Reply,
    Sampling,
    ScriptedLM,
    Usage,
    opened,
)
from penchant.language.books.calls import call_to_write
from penchant.language.books.file import explained

RUN = Run()
FILMS = [Prompt.chat(f"Which film after {title}?") for title in ("Alien", "Heat", "Alien")]


class Steps:
    """A model that answers, or fails, step by step; kept here since failures must come and go."""

    def __init__(self, *steps):
        self.steps, self.asked = list(steps), []

    def open(self, run):
        return self

    name, fingerprint, window = "steps", "steps-1", None

    def count(self, text):
        return len(text.split())

    def write(self, prompts, *, max_tokens, shape=None, sampling=None, run):
        replies = []
        for prompt in prompts:
            step = self.steps[len(self.asked) % len(self.steps)]
            self.asked.append(prompt.text())
            usage = Usage(3, 2, seconds=0.5)
            failed = step in ("down", "slow")
            replies.append(Reply.failed(step, "why") if failed else Reply(step, usage))
        return replies


def ask(books, model, prompts=FILMS, **how):
    run = Run(books=books)
    return opened(model, run).write(prompts, max_tokens=9, run=run, **how)


def texts(replies):
    return [reply.text or reply.failure for reply in replies]


def test_a_cache_asks_once(tmp_path):
    model = Steps("a", "b", "c")
    with Ledger.open(tmp_path / "b.sqlite") as books:
        assert texts(ask(books, model)) == ["a", "b", "a"]
        assert texts(ask(books, model)) == ["a", "b", "a"]
    with Ledger.open(tmp_path / "b.sqlite") as books:
        replies = ask(books, model)
    assert texts(replies) == ["a", "b", "a"]
    assert all(reply.cached for reply in replies)
    assert len(model.asked) == 2
    assert replies[0].usage == Usage(3, 2, seconds=0.5)


def test_a_cache_asks_again_what_failed(tmp_path):
    model = Steps("down", "b", "c")
    with Ledger.open(tmp_path / "b.sqlite") as books:
        assert texts(ask(books, model, FILMS[:1])) == ["down"]
        assert texts(ask(books, model, FILMS[:1])) == ["b"]
        assert texts(ask(books, model, FILMS[:1])) == ["b"]


def test_live_asks_everything_and_answers_nothing_from_the_books(tmp_path):
    model = Steps("a", "b", "c", "d")
    with Ledger.open(tmp_path / "b.sqlite", mode="live") as books:
        assert texts(ask(books, model)) == ["a", "b", "c"]
        assert texts(ask(books, model, FILMS[:1])) == ["d"]
        assert books.figures()["calls"] == 4
    with Ledger.open(tmp_path / "b.sqlite", mode="replay") as books:
        assert texts(ask(books, model, FILMS[:1])) == ["missing"]


def test_a_replay_comes_out_as_it_was_recorded_failures_and_repetitions_too(tmp_path):
    model = Steps("a", "slow", "b", "down", "c")
    with Ledger.open(tmp_path / "b.sqlite", mode="record") as books:
        recorded = [ask(books, model), ask(books, model, FILMS[:2])]
    with Ledger.open(tmp_path / "b.sqlite", mode="replay") as books:
        again = [ask(books, Steps("never")), ask(books, Steps("never"), FILMS[:2])]
    assert [texts(replies) for replies in recorded] == [["a", "slow", "b"], ["down", "c"]]
    assert again == [[replace(reply, cached=True) for reply in replies] for replies in recorded]
    assert books.figures()["spent_tokens"] == 0


def test_a_recording_that_was_stopped_goes_on(tmp_path):
    with Ledger.open(tmp_path / "b.sqlite", mode="record") as books:
        ask(books, Steps("a"), FILMS[:1])
    model = Steps("b", "c")
    with Ledger.open(tmp_path / "b.sqlite", mode="record") as books:
        assert texts(ask(books, model)) == ["a", "b", "c"]


def test_a_dry_run_asks_nothing_and_counts_what_it_would_take(tmp_path):
    model = Steps("a")
    file = tmp_path / "b.sqlite"
    with Ledger.open(file) as books:
        ask(books, model, FILMS[:1])
    with Ledger.open(file, mode="estimate") as books:
        assert texts(ask(books, model)) == ["a", "missing", "a"]
        figures = books.figures()
    assert len(model.asked) == 1
    # "user: Which film after Heat?" is 5 words; a chat's form is given 8 tokens a turn, and 32
    # for a system's turn that it may add.
    assert figures["estimated_tokens"] == 5 + 2 * 8 + 32 + 9
    assert figures["calls"] == 3


def test_two_processes_that_record_the_same_call_go_on_with_one_answer(tmp_path):
    first = Ledger.open(tmp_path / "b.sqlite", mode="record")
    second = Ledger.open(tmp_path / "b.sqlite", mode="record")

    class Overtaken(Steps):
        def write(self, prompts, **how):
            ask(first, Steps("a"), FILMS[:1])
            return super().write(prompts, **how)

    assert texts(ask(second, Overtaken("b"), FILMS[:1])) == ["a"]
    first.close(), second.close()


CALL = {"max_tokens": 9, "sampling": Sampling(0.7, seed=1), "shape": None}
OTHERS = {
    "words": (Prompt.chat("Which book?"), {}),
    "role": (Prompt.chat("Which film?", system="You know films."), {}),
    "beginning": (Prompt.chat("Which film?", begun="1."), {}),
    "template": (Prompt.chat("Which film?", template="ask@2#ff"), {}),
    "length": (Prompt.chat("Which film?"), {"max_tokens": 10}),
    "temperature": (Prompt.chat("Which film?"), {"sampling": Sampling(0.8, seed=1)}),
    "seed": (Prompt.chat("Which film?"), {"sampling": Sampling(0.7, seed=2)}),
    "shape": (Prompt.chat("Which film?"), {"shape": JsonShape.of("n", {"type": "integer"})}),
}


@pytest.mark.parametrize("what", OTHERS)
def test_whatever_may_change_an_answer_makes_another_call(what):
    prompt, changed = OTHERS[what]
    model = Steps("a")
    mine = call_to_write(model, Prompt.chat("Which film?"), **CALL)
    assert call_to_write(model, prompt, **{**CALL, **changed}).key != mine.key
    assert call_to_write(model, Prompt.chat("Which film?"), **CALL).key == mine.key


def test_another_model_is_another_call_and_a_seed_without_draws_is_not():
    model, other = Steps("a"), Steps("a")
    other.fingerprint = "steps-2"
    assert call_to_write(model, FILMS[0], max_tokens=9).key != (
        call_to_write(other, FILMS[0], max_tokens=9).key
    )
    seeded = call_to_write(model, FILMS[0], max_tokens=9, sampling=Sampling(0.0, seed=5))
    assert seeded.key == call_to_write(model, FILMS[0], max_tokens=9).key


MISSES = {
    "another version of the prompt, rank@1 (aa)": Prompt.chat("new", template="rank@2#bb"),
    "filled with other words": Prompt.chat("new", template="rank@1#aa"),
    "with other prompts (rank@1 (aa))": Prompt.chat("new", template="judge@1#cc"),
    "with the prompt rank@1 (aa), now rank@2 (bb)": Prompt.chat("old", template="rank@2#bb"),
    "nothing like it was asked": Prompt.chat("new"),
}


@pytest.mark.parametrize("said", MISSES)
def test_a_replay_says_what_differs_from_the_recording(tmp_path, said):
    with Ledger.open(tmp_path / "tape.sqlite", mode="record") as books:
        ask(books, Steps("a"), [Prompt.chat("old", template="rank@1#aa")])
    with Ledger.open(tmp_path / "tape.sqlite", mode="replay") as books:
        (reply,) = ask(books, Steps("a"), [MISSES[said]])
    assert reply.failure == "missing"
    assert said in reply.detail
    assert reply.detail.startswith("tape.sqlite has no such call of steps")
    assert reply.detail.endswith("record again, or ask with --calls cache")


def test_a_replay_says_that_another_model_or_length_was_recorded(tmp_path):
    with Ledger.open(tmp_path / "tape.sqlite", mode="record") as books:
        ask(books, Steps("a"))
    other = Steps("a")
    other.fingerprint = "steps-2"
    with Ledger.open(tmp_path / "tape.sqlite", mode="replay") as books:
        (reply,) = ask(books, other, FILMS[:1])
        assert "asked of another model (steps, steps-1)" in reply.detail
        run = Run(books=books)
        (reply,) = opened(Steps("a"), run).write(FILMS[:1], max_tokens=10, run=run)
        assert "but max_tokens was 9, now 10" in reply.detail


def test_the_books_keep_no_prompts_and_no_keys(tmp_path):
    class Telling(Steps):
        def write(self, prompts, **how):
            told = "401: Bearer abcdef123456 for https://ann:pass1234@host.org, key sk-abc123def"
            return [Reply.failed("refused", told)]

    with Ledger.open(tmp_path / "b.sqlite", mode="record") as books:
        (reply,) = ask(books, Telling("a"), [Prompt.chat("my secret taste")])
    assert reply.detail == "401: Bearer *** for https://***@host.org, key ***"
    held = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert b"secret taste" not in held
    assert re.search(rb"abcdef123456|pass1234|abc123def", held) is None


@pytest.mark.parametrize(
    "text", ["half \ud83c of a pair", "a\x00b", "", "é日\u202e🎬", "x" * 10**6]
)
def test_any_text_that_a_model_may_give_comes_back_as_it_was_handed_on(tmp_path, text):
    asked = [Prompt.chat(f"odd {text[:30]}")]
    with Ledger.open(tmp_path / "b.sqlite", mode="record") as books:
        (before,) = ask(books, Steps(text), asked)
    with Ledger.open(tmp_path / "b.sqlite", mode="replay") as books:
        (after,) = ask(books, Steps("never"), asked)
    assert after.text == before.text == text.replace("\ud83c", "?")


def test_figures_tell_what_was_needed_and_what_was_spent(tmp_path):
    with Ledger.open(tmp_path / "b.sqlite") as books:
        ask(books, Steps("a", "down"), FILMS[:2])
        ask(books, Steps("b"), FILMS[:1])
        figures = books.figures()
    assert figures["calls"] == 3
    assert figures["from_books"] == 1
    assert figures["failed"] == figures["failed_down"] == 1
    assert figures["prompt_tokens"] == 6
    assert figures["spent_tokens"] == 5


def test_books_in_memory_that_answer_nothing_hold_nothing():
    with Ledger.open(None, mode="live") as books:
        ask(books, Steps("a"))
        assert books._connection.execute("SELECT count(*) FROM calls").fetchone() == (0,)
        assert books.spent().tokens == 15


def test_what_is_no_books_is_refused(tmp_path):
    text = tmp_path / "text.sqlite"
    text.write_text("no database, but long enough to have a header of one hundred bytes" * 9)
    with pytest.raises(StorageError, match="holds no books, or torn ones"):
        Ledger.open(text)
    other = tmp_path / "other.sqlite"
    with sqlite3.connect(other) as connection:
        connection.execute("CREATE TABLE mine (a)")
    connection.close()
    with pytest.raises(StorageError, match="another program's SQLite file"):
        Ledger.open(other)
    newer = tmp_path / "newer.sqlite"
    Ledger.open(newer).close()
    with sqlite3.connect(newer) as connection:
        connection.execute("PRAGMA user_version=99")
    connection.close()
    with pytest.raises(StorageError, match="written by a newer Penchant"):
        Ledger.open(newer)


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        ("attempt to write a readonly database", "change its rights.*--calls replay"),
        ("unable to open database file", "change the rights of its folder"),
        ("database or disk is full", "free some space, or name another file"),
    ],
)
def test_books_that_cannot_be_written_say_why(tmp_path, said, wanted):
    file = tmp_path / "b.sqlite"
    file.touch()
    with pytest.raises(StorageError, match=f"b.sqlite could not be written: .*{wanted}"):
        with explained(file):
            raise sqlite3.OperationalError(said)


def test_books_cannot_be_a_folder(tmp_path):
    with pytest.raises(StorageError, match="it is a folder; name a file in it"):
        Ledger.open(tmp_path)


def test_a_replay_needs_a_recording(tmp_path):
    with pytest.raises(StorageError, match=r"no such books; name a file .* a replay"):
        Ledger.open(tmp_path / "none.sqlite", mode="replay")
    with pytest.raises(UsageError, match="to replay calls, name a file"):
        LedgerOptions(mode="replay")
    with pytest.raises(UnknownName, match="did you mean 'replay'"):
        Ledger.open(None, mode="reply")


def test_a_recording_is_replayed_where_nothing_can_be_written(tmp_path):
    folder = tmp_path / "sealed"
    with Ledger.open(folder / "b.sqlite", mode="record") as books:
        ask(books, Steps("a"))
    folder.chmod(stat.S_IRUSR | stat.S_IXUSR)
    try:
        with Ledger.open(folder / "b.sqlite", mode="replay") as books:
            assert texts(ask(books, Steps("never"))) == ["a", "a", "a"]
    finally:
        folder.chmod(stat.S_IRWXU)
    assert [path.name for path in folder.iterdir()] == ["b.sqlite"]


def test_books_that_no_ledger_keeps_are_refused():
    class Notebook:
        def figures(self):
            return {}

    with pytest.raises(UsageError, match="Notebook: wanted a Ledger"):
        opened(ScriptedLM(), Run(books=Notebook()))


def test_a_budget_cannot_be_negative():
    with pytest.raises(UsageError, match="a budget of -1 tokens"):
        Budget(tokens=-1)
