import pytest

from penchant.core import Breaker, PenchantError, Run
from penchant.language import (
    Attended,
    Embedder,
    Prompt,
    RemoteLM,
    Scorer,
    ScriptedLM,
    Streamer,
    Writer,
    opened,
)
from penchant.testing import serve_model

ASKED = Prompt.chat("Which film?")


def remote(server):
    return RemoteLM(base_url=server.base_url, model="scripted", retries=0, timeout_s=5.0)


def write(lm, n=1):
    return opened(lm, Run()).write([ASKED] * n, max_tokens=5, run=Run())


def test_an_endpoint_that_fails_is_asked_no_more():
    script = ScriptedLM(answers=("Heat",)).open(Run())
    with serve_model(script, always="500") as server:
        lm = Attended(remote(server), Breaker(failures=2, rest_s=60))
        assert {reply.failure for _ in range(2) for reply in write(lm)} == {"down"}
        asked = len(server.asked)
        reply = write(lm)[0]
        assert (reply.failure, len(server.asked)) == ("down", asked)
        assert "left alone" in reply.detail
        assert list(opened(lm, Run()).stream(ASKED, max_tokens=5, run=Run())) == []
        assert len(server.asked) == asked


def test_it_is_asked_again_once_a_probe_was_well():
    script = ScriptedLM(answers=("Heat",)).open(Run())
    with serve_model(script, faults=["500"]) as server:
        lm = Attended(remote(server), Breaker(failures=1, rest_s=0.0))
        assert write(lm)[0].failure
        assert lm.breaker.is_open
        assert write(lm)[0].text == "Heat"
        assert not lm.breaker.is_open


def test_a_stream_that_is_cut_counts_as_a_failure():
    script = ScriptedLM(answers=("one two three four",)).open(Run())
    with serve_model(script, always="cut") as server:
        lm = Attended(remote(server), Breaker(failures=1, rest_s=60))
        list(opened(lm, Run()).stream(ASKED, max_tokens=9, run=Run()))
        assert lm.breaker.is_open


def test_who_stops_listening_breaks_nothing():
    lm = Attended(ScriptedLM(answers=("one two three four",)), Breaker(failures=1))
    pieces = opened(lm, Run()).stream(ASKED, max_tokens=9, run=Run())
    next(pieces)
    pieces.close()
    assert not lm.breaker.is_open


def test_a_refusal_says_nothing_of_the_endpoint():
    lm = Attended(ScriptedLM(behaviour="refused"), Breaker(failures=1))
    assert write(lm)[0].failure == "refused"
    assert not lm.breaker.is_open


def test_it_can_what_its_model_can():
    attended = Attended(ScriptedLM()).open(Run())
    own = ScriptedLM().open(Run())
    for verb in (Writer, Streamer, Scorer, Embedder):
        assert isinstance(attended, verb) == (isinstance(own, verb) and verb is not Embedder)


def test_a_tape_is_of_one_asker():
    lm = Attended(ScriptedLM(answers=("Heat",)))
    taped, other = lm.taping(), lm.taping()
    write(taped)
    assert [(call.prompt, call.reply) for call in taped.tape] == [(ASKED.text(), "Heat")]
    assert other.tape == []
    assert lm.tape is None


def test_what_cannot_be_opened_is_left_alone_too():
    class Broken(ScriptedLM):
        def open(self, run):
            raise PenchantError("no such model")

    lm = Attended(Broken(), Breaker(failures=1, rest_s=60))
    with pytest.raises(PenchantError, match="no such model"):
        opened(lm, Run())
    with pytest.raises(PenchantError, match="left alone"):
        opened(lm, Run())
