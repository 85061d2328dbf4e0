"""Streams on the books: how they ended, what they took, and what a cache keeps of them."""

import typing

import pytest

from penchant.core import PenchantError, Run
from penchant.language import Ledger, LocalLM, Prompt, RemoteLM, ScriptedLM, opened
from penchant.testing import serve_model
from penchant.testing.model_answers import Ability
from tests.notes import Notes

ASKED = Prompt.chat("Which film is next?")
UNSTREAMED = [one for one in typing.get_args(Ability) if one != "stream"]


def hear(value, *, times=1):
    """What came, what is on the books of it, and what the run was told."""
    notes, books = Notes(), Ledger.open(None)
    run = Run(books=books, watch=notes)
    model = opened(value, run)
    texts = ["".join(model.stream(ASKED, max_tokens=20, run=run)) for _ in range(times)]
    return texts, books.figures(), notes.said


def hear_remote(*, behaviour="orderly", times=1, **served):
    model = ScriptedLM(behaviour=behaviour, answers=("one two three",)).open(Run())
    with serve_model(model, **served) as server:
        value = RemoteLM(base_url=server.base_url, model="scripted", retries=0)
        return *hear(value, times=times), len(server.asked)


@pytest.mark.parametrize("behaviour", ["down", "limited", "refused", "garbled", "cut"])
def test_a_scripted_stream_fails_as_its_kind(behaviour):
    _, figures, notes = hear(ScriptedLM(behaviour=behaviour))
    assert figures[f"failed_{behaviour}"] == figures["failed"] == 1
    assert (figures["spent_tokens"] == 0) == (behaviour in ("down", "limited"))
    assert len(notes) == 1
    assert behaviour in notes[0] or "broke off" in notes[0]


def test_a_local_stream_tells_what_it_took_and_that_a_prompt_was_too_long(tiny):
    texts, figures, notes = hear(LocalLM(tiny(), window=200), times=2)
    assert texts[0] == texts[1] != ""
    assert (figures["failed"], figures["from_books"], notes) == (0, 1, [])
    texts, figures, notes = hear(LocalLM(tiny(), window=20))
    assert (texts, figures["failed_too-long"], figures["spent_tokens"]) == ([""], 1, 0)
    assert "shorten the prompt" in notes[-1]


@pytest.mark.parametrize(
    ("fault", "failure", "step"),
    [
        ("429-quota", "limited", "top it up"),
        ("500", "down", "ask again later"),
        ("too-long", "too-long", "shorten the prompt"),
        ("refusal", "refused", "declined"),
    ],
)
def test_a_stream_that_never_began_costs_nothing_and_says_what_to_do(fault, failure, step):
    texts, figures, notes, _ = hear_remote(always=fault)
    assert (texts, figures[f"failed_{failure}"], figures["spent_tokens"]) == ([""], 1, 0)
    assert step in notes[0]


@pytest.mark.parametrize("fault", ["null-content", "empty-choices"])
def test_a_stream_without_a_word_is_a_failure_and_asked_again(fault):
    texts, figures, notes, asked = hear_remote(faults=[fault], times=2)
    assert texts == ["", "one two three"]
    assert (figures["failed_garbled"], figures["from_books"], asked) == (1, 0, 2)
    assert "more max_tokens" in notes[0]


def test_a_cache_does_not_keep_a_stream_without_a_word():
    model = ScriptedLM(answers=("", "one"))
    assert hear(model, times=2)[0] == ["", "one"]


def test_what_a_person_can_mend_is_raised_and_not_booked():
    books = Ledger.open(None)
    run = Run(books=books)
    model = opened(ScriptedLM(behaviour="wrong-key"), run)
    with pytest.raises(PenchantError, match="the key was refused"):
        list(model.stream(ASKED, max_tokens=20, run=run))
    assert (books.figures()["calls"], books.spent().tokens) == (0, 0)


def test_a_server_that_knows_no_streams_is_heard_all_the_same():
    texts, figures, notes, asked = hear_remote(abilities=UNSTREAMED, times=2)
    assert (texts, asked, notes) == (["one two three"] * 2, 1, [])
    assert (figures["completion_tokens"], figures["from_books"]) == (6, 1)
