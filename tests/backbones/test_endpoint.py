import sys
import threading
import time

import pytest

from penchant.backbones.endpoint import Endpoint
from penchant.backbones.endpoint_abilities import (
    Abilities,
    Learning,
    forget_abilities,
    read_abilities,
)
from penchant.backbones.endpoint_address import Address
from penchant.backbones.endpoint_errors import CallFailed, failed_status, pause_of
from penchant.core import Deadline, MissingExtra, PenchantError, Run, UsageError
from penchant.testing import ScriptedLM, serve_model

RUN = Run()
BODY = {"model": "scripted", "messages": [{"role": "user", "content": "Hello"}]}


@pytest.fixture(autouse=True)
def own_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("PENCHANT_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)


def endpoint_of(server, **options):
    return Endpoint(Address(server.base_url, "scripted", **{"pause_s": 0.001, **options}))


def said(answer):
    return answer["choices"][0]["message"]["content"]


def ask(endpoint, run=RUN):
    return endpoint.ask("/chat/completions", BODY, said, run)


def serve(**options):
    return serve_model(ScriptedLM(answers=("Hi.",)).open(RUN), **options)


PASSING = ["429", "429-after", "500", "502-html", "close", "content-type", "cut", "empty-body"]


@pytest.mark.parametrize("fault", [*PASSING, "error-200", "garbled"])
def test_what_passes_is_tried_again(fault):
    with serve(faults=[fault, fault]) as server:
        endpoint = endpoint_of(server)
        assert ask(endpoint) == "Hi."
        assert len(server.asked) == 3


CAUSES = [
    ("429", "limited", 3),
    ("429-quota", "limited", 1),
    ("500", "down", 3),
    ("502-html", "down", 3),
    ("close", "down", 3),
    ("content-type", "garbled", 3),
    ("cut", "cut", 3),
    ("empty-body", "garbled", 3),
    ("error-200", "down", 3),
    ("garbled", "garbled", 3),
    ("too-long", "too-long", 1),
]


@pytest.mark.parametrize(("fault", "cause", "tries"), CAUSES)
def test_what_does_not_pass_has_a_cause(fault, cause, tries):
    with serve(always=fault) as server:
        with pytest.raises(CallFailed) as failed:
            ask(endpoint_of(server, retries=2))
        assert failed.value.cause == cause
        assert failed.value.detail
        assert len(server.asked) == tries


@pytest.mark.parametrize("fault", ["hang", "drip"])
@pytest.mark.parametrize("by", ["timeout", "deadline"])
def test_the_whole_of_a_call_has_a_limit_of_time(fault, by):
    with serve(always=fault) as server:
        options = {"timeout_s": 0.2 if by == "timeout" else 60.0, "retries": 0}
        run = Run(deadline=Deadline.after(0.2)) if by == "deadline" else RUN
        began = time.monotonic()
        with pytest.raises(CallFailed) as failed:
            ask(endpoint_of(server, **options), run)
        assert failed.value.cause == "slow"
        assert time.monotonic() - began < 10


def test_after_the_deadline_nothing_is_asked():
    with serve() as server:
        with pytest.raises(CallFailed, match="before the call"):
            ask(endpoint_of(server), Run(deadline=Deadline.after(-1)))
        assert server.asked == []


def test_a_pause_that_the_endpoint_asks_for_is_kept_by_all():
    with serve(faults=["429-after"]) as server:
        endpoint = endpoint_of(server)
        began = time.monotonic()
        assert ask(endpoint) == "Hi."
        assert time.monotonic() - began >= 0.05
    with serve(faults=["429-minute"]) as server:
        endpoint = endpoint_of(server)
        with pytest.raises(CallFailed, match="Too many"):
            ask(endpoint, Run(deadline=Deadline.after(20)))
        # The next call knows of the pause, and that its own deadline is before its end.
        with pytest.raises(CallFailed, match="asks to wait"):
            ask(endpoint, Run(deadline=Deadline.after(20)))
        assert len(server.asked) == 1


@pytest.mark.parametrize("answered", [False, True])
def test_nobody_waits_for_others_beyond_their_own_deadline(answered):
    faults = [None, "hang"] if answered else ["hang"]
    with serve(faults=faults) as server:
        endpoint = endpoint_of(server, concurrency=1, timeout_s=30.0, retries=0)
        if answered:
            ask(endpoint)
        began = threading.Event()

        def wait_long():
            began.set()
            with pytest.raises(CallFailed):
                ask(endpoint, Run(deadline=Deadline.after(4)))

        patient = threading.Thread(target=wait_long)
        patient.start()
        began.wait()
        while len(server.asked) < len(faults):
            time.sleep(0.005)
        start = time.monotonic()
        with pytest.raises(CallFailed, match="while others were asking"):
            ask(endpoint, Run(deadline=Deadline.after(0.1)))
        assert time.monotonic() - start < 3
        server.stopped.set()
        patient.join()


def test_a_pause_that_is_too_long_is_not_made():
    with serve(faults=["429-minute"]) as server:
        with pytest.raises(CallFailed, match="it asks to wait 60 s"):
            ask(endpoint_of(server, pause_most_s=5.0))
        assert len(server.asked) == 1


def test_no_more_calls_at_once_than_allowed():
    with serve_model(ScriptedLM(latency_s=0.02).open(RUN)) as server:
        endpoint = endpoint_of(server, concurrency=3)
        endpoint.side_by_side(lambda _: ask(endpoint), list(range(12)))
        assert len(server.asked) == 12
        assert server.most_at_once == 3


def test_an_endpoint_that_is_not_there_is_asked_once_for_all_who_wait():
    with serve(key="right") as server:
        endpoint = endpoint_of(server, concurrency=6)
        barrier, problems = threading.Barrier(6), []

        def call():
            barrier.wait()
            with pytest.raises(PenchantError) as problem:
                ask(endpoint)
            problems.append(str(problem.value))

        threads = [threading.Thread(target=call) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(set(problems)) == 1
        assert len(server.asked) < 6


def test_nothing_listens():
    with serve() as server:
        address = Address(server.base_url, "scripted", retries=1, pause_s=0.001)
    with pytest.raises(PenchantError, match="nothing answers for scripted at http") as problem:
        ask(Endpoint(address))
    assert "start the server" in str(problem.value)


def test_once_it_has_answered_its_end_is_a_failure_and_no_error():
    with serve() as server:
        endpoint = endpoint_of(server, retries=1)
        assert ask(endpoint) == "Hi."
    with pytest.raises(CallFailed) as failed:
        ask(endpoint)
    assert failed.value.cause == "down"


def test_a_wrong_key_is_told_without_the_key(monkeypatch):
    monkeypatch.setenv("OWN_KEY", "sk-wrong-secret")
    with serve(key="right") as server:
        with pytest.raises(PenchantError, match=r"\$OWN_KEY was refused") as problem:
            ask(endpoint_of(server, key_env="OWN_KEY"))
        assert "sk-wrong-secret" not in str(problem.value)
        assert "export OWN_KEY" in str(problem.value)
        with pytest.raises(PenchantError, match=r"\$OTHER_KEY is not set"):
            ask(endpoint_of(server, key_env="OTHER_KEY"))
        monkeypatch.setenv("OWN_KEY", "right")
        assert ask(endpoint_of(server, key_env="OWN_KEY")) == "Hi."


def test_an_address_without_its_version_is_told():
    with serve() as server:
        address = Address(server.base_url.removesuffix("/v1"), "scripted")
        with pytest.raises(PenchantError, match="no such path") as problem:
            ask(Endpoint(address))
        assert "/v1" in str(problem.value)


def test_an_unknown_model_is_told_with_those_that_are_there():
    with serve(name="scripted-large") as server:
        with pytest.raises(PenchantError, match="did you mean 'scripted-large'"):
            ask(endpoint_of(server))


BAD = [
    ({"base_url": "localhost:8080"}, "need an address"),
    ({"base_url": "ftp://host/v1"}, "need an address"),
    ({"base_url": "http://me:secret@host/v1"}, "environment"),
    ({"base_url": "http://host/v1?key=secret"}, "environment"),
    ({"retries": -1}, "retries"),
    ({"concurrency": 0}, "concurrency"),
    ({"timeout_s": 0.0}, "timeout_s"),
]


@pytest.mark.parametrize(("options", "says"), BAD)
def test_an_address_that_cannot_be_is_refused(options, says):
    with pytest.raises(UsageError, match=says) as problem:
        Address(**{"base_url": "http://localhost/v1", "model": "m", **options})
    assert "secret" not in str(problem.value)


def test_streams_come_in_order_and_break_off_with_a_cause():
    body = {**BODY, "stream": True}

    def words(events):
        return "".join(one["choices"][0]["delta"].get("content") or "" for one in events)

    def serving(**options):
        return serve_model(ScriptedLM(answers=("one two three four",)).open(RUN), **options)

    with serving(abilities=["chat", "stream", "max_tokens"]) as server:
        came = list(endpoint_of(server).stream("/chat/completions", body, RUN))
        assert words(came) == "one two three four"
    for fault, cause in (("cut", "cut"), ("garbled", "garbled"), ("drip", "slow")):
        with serving(always=fault) as server:
            endpoint, came = endpoint_of(server, timeout_s=0.3), []
            with pytest.raises(CallFailed) as failed:
                came.extend(endpoint.stream("/chat/completions", body, RUN))
            with pytest.raises(CallFailed):
                for event in endpoint.stream("/chat/completions", body, RUN):
                    came.append(event)
            assert failed.value.cause == cause
            assert 0 < len(words(came)) < len("one two three four")
    with serving(faults=["500", "429"]) as server:
        assert len(list(endpoint_of(server).stream("/chat/completions", body, RUN))) > 3
        assert len(server.asked) == 3


def test_what_statuses_mean():
    assert failed_status(402, {}, "", {"error": "no credit"}).cause == "limited"
    large = {"error": {"message": "the prompt is too long for this model"}}
    assert failed_status(413, {}, "", large).cause == "too-long"
    long = {"error": {"type": "exceed_context_size_error", "message": "request (9 tokens)"}}
    assert failed_status(400, {}, "", long).cause == "too-long"
    filtered = {"error": {"code": "content_filter", "message": "management policy"}}
    assert failed_status(400, {}, "", filtered).cause == "refused"
    assert failed_status(400, {}, "", {"error": {"message": "no 'tools'"}}).unsupported
    assert failed_status(501, {}, "", {"error": {"message": "start it with"}}).unsupported
    moved = failed_status(302, {"location": "https://host/v1"}, "", None)
    assert (moved.mend, moved.detail) == ("moved", "302: to https://host/v1")
    invalid = {"error": {"message": "scripted is not a valid model ID"}}
    assert failed_status(400, {}, "", invalid).mend == "model"
    missing = {"error": {"message": "No endpoints found that support tool use"}}
    assert failed_status(404, {}, "", missing).mend == ""
    assert failed_status(404, {}, "", {"error": {"message": "model not found"}}).mend == "model"
    assert failed_status(404, {}, "", {"error": {"message": "no such path"}}).unsupported
    assert failed_status(429, {"retry-after": "900"}, "", None).after_s == 900


def test_pauses_are_read_in_each_form():
    assert pause_of({"retry-after": "2"}) == 2
    assert pause_of({"retry-after-ms": "1500"}) == 1.5
    assert pause_of({"retry-after": "Thu, 01 Jan 1970 00:00:00 GMT"}) == 0
    assert pause_of({"retry-after": "soon"}) is None
    assert pause_of({}) is None


def test_what_was_found_out_is_kept(tmp_path, monkeypatch):
    address = Address("http://localhost:1/v1", "m")
    assert read_abilities(address) == Abilities()
    learning = Learning(address)
    learning.learn(rung="tool", window=99)
    learning.refuse("seed")
    kept = Learning(address).known
    assert (kept.rung, kept.window, kept.refuses) == ("tool", 99, ("seed",))
    assert read_abilities(Address("http://localhost:1/v1", "other")) == Abilities()
    later = time.time() + 8 * 24 * 3600
    monkeypatch.setattr(time, "time", lambda: later)
    assert read_abilities(address) == Abilities()
    forget_abilities(address)


@pytest.mark.parametrize("kept", ["", "{}", "[]", '{"at": 1}', '{"at": "x", "abilities": {}}'])
def test_a_cache_that_was_spoilt_is_no_cache(kept, tmp_path):
    address = Address("http://localhost:1/v1", "m")
    Learning(address).learn(rung="tool")
    next((tmp_path / "cache" / "endpoints").iterdir()).write_text(kept)
    assert read_abilities(address) == Abilities()


def test_a_cache_that_cannot_be_written_costs_nothing(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("PENCHANT_CACHE", str(tmp_path / "file"))
    learning = Learning(Address("http://localhost:1/v1", "m"))
    learning.learn(rung="tool")
    assert learning.known.rung == "tool"


def test_what_cannot_be_a_key_is_said(monkeypatch):
    for key in ("gehe\u00efm", "two\nlines"):
        monkeypatch.setenv("OPENAI_API_KEY", key)
        with serve() as server:
            with pytest.raises(PenchantError, match=r"\$OPENAI_API_KEY holds is no key") as problem:
                ask(endpoint_of(server))
            assert key not in str(problem.value)
            assert server.asked == []


def test_the_package_that_is_needed_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "httpx2", None)
    with serve() as server, pytest.raises(MissingExtra, match=r"penchant\[remote\]"):
        ask(endpoint_of(server))


def test_texts_that_have_no_bytes_are_sent():
    body = {"model": "scripted", "messages": [{"role": "user", "content": "half \ud83c of it"}]}
    with serve() as server:
        assert endpoint_of(server).ask("/chat/completions", body, said, RUN) == "Hi."
        assert server.asked[0].body == body
