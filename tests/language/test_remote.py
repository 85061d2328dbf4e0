import json
import time

import numpy as np
import pytest

from penchant.core import Deadline, PenchantError, Run, UsageError, read_options, write_options
from penchant.language import (
    GREEDY,
    LANGUAGE_MODEL,
    Embedder,
    JsonShape,
    Prices,
    Prompt,
    RemoteLM,
    Reranker,
    Sampling,
    Scorer,
    ScriptedLM,
    Streamer,
    Writer,
)
from penchant.testing import serve_model
from tests.notes import Notes

RUN = Run()
ORDERLY = ScriptedLM()
NUMBERED = """The person has watched:
1. Alien

Candidates:
[1] Heat
[2] Up
[3] Alien Nation

Answer with the numbers of all candidates, the best first."""
ORDER = JsonShape.of(
    "order",
    {
        "type": "object",
        "properties": {"order": {"type": "array", "items": {"type": "integer"}}},
        "required": ["order"],
    },
)


@pytest.fixture(autouse=True)
def own_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("PENCHANT_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)


def serve(options=ORDERLY, **served):
    return serve_model(options.open(RUN), **served)


def remote(server, **options):
    value = RemoteLM(
        base_url=server.base_url, model="scripted", **{"pause_s": 0.001, "retries": 1, **options}
    )
    return value.open(RUN)


def write(model, text="Hello", *, run=RUN, **options):
    return model.write([Prompt.chat(text)], **{"max_tokens": 50, **options}, run=run)[0]


def test_it_can_everything_that_a_language_model_can():
    model = RemoteLM(base_url="http://localhost:1/v1", model="m").open(RUN)
    for verb in (Writer, Streamer, Scorer, Embedder, Reranker):
        assert isinstance(model, verb)


def test_its_options_are_written_and_read_and_hold_no_secret(monkeypatch):
    monkeypatch.setenv("OWN_KEY", "sk-secret")
    value = RemoteLM(
        base_url="http://localhost:1/v1", model="m", key_env="OWN_KEY", prices=Prices(prompt=1.0)
    )
    written = json.dumps(write_options(value, [LANGUAGE_MODEL]))
    assert "sk-secret" not in written
    assert read_options(json.loads(written), LANGUAGE_MODEL, [LANGUAGE_MODEL]) == value
    assert "sk-secret" not in value.open(RUN).fingerprint + repr(value)


def test_an_empty_model_is_refused():
    with pytest.raises(UsageError, match="model is empty"):
        RemoteLM(base_url="http://localhost:1/v1", model="")


def test_opening_asks_nothing():
    RemoteLM(base_url="http://localhost:1/v1", model="m").open(RUN)


def test_replies_come_in_order_with_what_they_took():
    with serve() as server:
        model = remote(server, prices=Prices(prompt=2.0, completion=10.0))
        texts = [f"Tell me of {word}" for word in ("Alien", "Heat", "Up", "Big", "Jaws")]
        replies = model.write([Prompt.chat(text) for text in texts], max_tokens=50, run=RUN)
        local = ScriptedLM().open(RUN)
        expected = local.write([Prompt.chat(text) for text in texts], max_tokens=50, run=RUN)
        assert [reply.text for reply in replies] == [reply.text for reply in expected]
        for reply, own in zip(replies, expected, strict=True):
            assert reply.usage.prompt_tokens == own.usage.prompt_tokens
            assert reply.usage.completion_tokens == own.usage.completion_tokens
            assert reply.usage.seconds > 0
            asked, written = own.usage.prompt_tokens, own.usage.completion_tokens
            assert reply.usage.cost == pytest.approx((2 * asked + 10 * written) / 1e6)
            assert not reply.usage.estimated


def test_a_limit_and_a_sampling_are_passed_on():
    with serve(ScriptedLM(answers=("one two three",))) as server:
        model = remote(server)
        reply = write(model, max_tokens=2, sampling=Sampling(0.7, 0.9, 5))
        assert (reply.text, reply.finish) == ("one two", "length")
        body = server.asked[0].body
        assert (body["temperature"], body["top_p"], body["seed"]) == (0.7, 0.9, 5)
        assert body["max_tokens"] == 2
        write(model, sampling=GREEDY)
        assert server.asked[1].body["temperature"] == 0
        assert "seed" not in server.asked[1].body


def test_tokens_are_estimated_where_nobody_tells_them():
    with serve(abilities=["chat", "max_tokens"]) as server:
        reply = write(remote(server))
        assert reply.usage.estimated
        assert reply.usage.prompt_tokens > 0


FAILURES = [
    ("429", "limited"),
    ("429-quota", "limited"),
    ("500", "down"),
    ("502-html", "down"),
    ("close", "down"),
    ("content-type", "garbled"),
    ("cut", "cut"),
    ("drip", "slow"),
    ("empty-body", "garbled"),
    ("empty-choices", "garbled"),
    ("error-200", "down"),
    ("garbled", "garbled"),
    ("hang", "slow"),
    ("refusal", "refused"),
    ("too-long", "too-long"),
]


@pytest.mark.parametrize(("fault", "failure"), FAILURES)
def test_every_way_to_break_is_told_and_not_raised(fault, failure):
    with serve(always=fault) as server:
        model = remote(server, timeout_s=0.3)
        replies = model.write([Prompt.chat("a"), Prompt.chat("b")], max_tokens=5, run=RUN)
        assert [reply.failure for reply in replies] == [failure, failure]
        assert all(reply.detail and reply.text == "" for reply in replies)
        assert all(reply.finish == "failed" for reply in replies)
        likely = model.score([Prompt.chat("a")], [["1", "2"]], run=RUN)
        if fault != "refusal":
            assert np.isnan(likely.log_probs).all()
            assert likely.failures == {failure: 1}


@pytest.mark.parametrize("fault", ["429", "500", "close", "cut", "empty-choices", "garbled"])
def test_what_passes_costs_nothing(fault):
    with serve(ScriptedLM(answers=("Hi.",)), faults=[fault]) as server:
        assert write(remote(server)).text == "Hi."


def test_null_for_a_text_is_a_failure_that_was_paid_for():
    with serve(always="null-content") as server:
        reply = write(remote(server))
        assert (reply.text, reply.failure) == ("", "garbled")
        assert reply.usage.prompt_tokens > 0


def test_a_failing_model_behind_the_server_fails_here_the_same():
    for behaviour in ("down", "limited", "refused"):
        with serve(ScriptedLM(behaviour=behaviour)) as server:
            assert write(remote(server)).failure == behaviour
    with serve(ScriptedLM(window=5)) as server:
        model = remote(server)
        assert write(model, "a long text of many words").failure == "too-long"
        assert model.window == 5


def test_what_a_person_can_mend_is_raised():
    with serve(key="right") as server:
        with pytest.raises(PenchantError, match="OPENAI_API_KEY is not set"):
            write(remote(server))
    with serve(name="large") as server:
        with pytest.raises(PenchantError, match=r"no model 'scripted'.*\n.*large"):
            write(remote(server))
    with pytest.raises(PenchantError, match="nothing answers"):
        write(remote(server))


def test_a_deadline_that_passed_is_told_at_once():
    with serve() as server:
        began = time.monotonic()
        reply = write(remote(server), run=Run(deadline=Deadline.after(-1)))
        assert reply.failure == "slow"
        assert time.monotonic() - began < 5
        assert server.asked == []


RUNGS = [
    (["schema"], "refuse", "schema"),
    (["tools"], "refuse", "tool"),
    (["tools"], "ignore", "tool"),
    (["json"], "refuse", "json"),
    (["json"], "ignore", "json"),
    ([], "refuse", "text"),
]


@pytest.mark.parametrize(("offers", "unable", "rung"), RUNGS)
def test_a_shape_is_asked_for_on_the_strictest_rung_that_holds(offers, unable, rung):
    abilities = ["chat", "max_tokens", "models", *offers]
    with serve(abilities=abilities, unable=unable) as server:
        model = remote(server)
        reply = write(model, NUMBERED, shape=ORDER)
        assert json.loads(reply.text)["order"][0] == 3
        assert model.abilities.rung == rung
        tries = len(server.asked)
        # What was found out holds for other openings, and nothing is tried again.
        again = write(remote(server), NUMBERED, shape=ORDER)
        assert again.text == reply.text
        assert len(server.asked) == tries + 1


def test_a_batch_finds_the_rung_out_once():
    with serve(abilities=["chat", "max_tokens", "json"]) as server:
        model = remote(server, concurrency=6)
        prompts = [Prompt.chat(f"{NUMBERED} {n}") for n in range(12)]
        replies = model.write(prompts, max_tokens=50, shape=ORDER, run=RUN)
        assert all(json.loads(reply.text)["order"] for reply in replies)
        assert len(server.asked) == 12 + 2


def test_who_answers_in_prose_is_asked_again_and_then_given_up():
    with serve(ScriptedLM(behaviour="prose")) as server:
        reply = write(remote(server), shape=ORDER)
        assert reply.failure == "garbled"
        assert "asked for twice" in reply.detail
        assert len(server.asked) == 5
        assert reply.usage.completion_tokens > 100
    wild = ScriptedLM(answers=("Well...", "Hm.", "Let me see", "So", 'Sure: {"order": [2, 1],}'))
    with serve(wild) as server:
        assert write(remote(server), shape=ORDER).text == '{"order": [2, 1]}'


def test_json_that_ends_in_the_middle_says_so():
    with serve(ScriptedLM(answers=('{"order": ["a long text without an end',))) as server:
        reply = write(remote(server), shape=ORDER, max_tokens=4)
        assert reply.failure == "cut"
        assert "max_tokens" in reply.detail


def test_the_beginning_of_an_answer_is_asked_for_and_not_repeated():
    prompt = Prompt.chat("What?", begun="The answer is")
    for answer in ("The answer is 42.", " 42."):
        with serve(ScriptedLM(answers=(answer,))) as server:
            reply = remote(server).write([prompt], max_tokens=20, run=RUN)[0]
            assert reply.text == " 42."
            last = server.asked[0].body["messages"][-1]
            assert last == {"role": "assistant", "content": "The answer is"}
            streamed = remote(server).stream(prompt, max_tokens=20, run=RUN)
            assert "".join(streamed) == " 42."


def test_a_plain_text_is_gone_on_with_or_asked_as_a_chat():
    with serve(ScriptedLM(answers=(" upon a time",))) as server:
        model = remote(server)
        reply = model.write([Prompt.plain("Once")], max_tokens=20, run=RUN)[0]
        assert reply.text == " upon a time"
        assert server.asked[0].path == "/v1/completions"
        assert model.abilities.completes is True
    with serve(abilities=["chat", "max_tokens"]) as server:
        model = remote(server)
        assert model.write([Prompt.plain("Once")], max_tokens=20, run=RUN)[0].text
        assert model.abilities.completes is False
        model.write([Prompt.plain("Twice")], max_tokens=20, run=RUN)
        paths = [asked.path for asked in server.asked]
        assert paths == ["/v1/completions", "/v1/chat/completions", "/v1/chat/completions"]


def test_an_option_that_is_refused_is_left_out_from_then_on():
    with serve(abilities=["chat", "stream", "usage"]) as server:
        model = remote(server)
        assert write(model).text
        assert "max_completion_tokens" in server.asked[1].body
        assert write(model).text
        assert len(server.asked) == 3
        assert "".join(model.stream(Prompt.chat("Hi"), max_tokens=50, run=RUN))


def last_of(generator):
    pieces = []
    while True:
        try:
            pieces.append(next(generator))
        except StopIteration as end:
            return pieces, end.value


def test_a_stream_comes_in_pieces_and_says_what_it_took():
    with serve(ScriptedLM(answers=("one two three four",))) as server:
        pieces, reply = last_of(remote(server).stream(Prompt.chat("Hi"), max_tokens=50, run=RUN))
        assert pieces == ["one", " two", " three", " four"]
        assert reply.text == "one two three four"
        assert reply.usage.completion_tokens == 4
        assert not reply.usage.estimated


@pytest.mark.parametrize(
    ("fault", "failure"), [("cut", "cut"), ("garbled", "garbled"), ("drip", "slow")]
)
def test_a_stream_that_breaks_off_ends_early_and_says_why(fault, failure):
    with serve(ScriptedLM(answers=("one two three four",)), always=fault) as server:
        model = remote(server, timeout_s=0.3)
        pieces, reply = last_of(model.stream(Prompt.chat("Hi"), max_tokens=50, run=RUN))
        assert 0 < len(pieces) < 4
        assert reply.failure == failure
        assert reply.usage.estimated


def test_a_stream_whose_answer_ended_is_whole():
    with serve(ScriptedLM(answers=("one two three four",)), always="no-done") as server:
        pieces, reply = last_of(remote(server).stream(Prompt.chat("Hi"), max_tokens=50, run=RUN))
        assert "".join(pieces) == reply.text == "one two three four"
        assert (reply.failure, reply.usage.completion_tokens) == ("", 4)


def test_likelihoods_of_a_chat_come_from_its_likeliest_tokens():
    with serve() as server:
        model = remote(server)
        likely = model.score([Prompt.chat(NUMBERED)], [["1", "2", "3", "x"]], run=RUN)
        assert int(np.nanargmax(likely.log_probs)) == 2
        assert np.isnan(likely.log_probs[3])
        assert len(server.asked) == 1
        with pytest.raises(PenchantError, match="tells no likelihoods"):
            model.score([Prompt.chat(NUMBERED)], [["some words", "other words"]], run=RUN)


def test_answers_that_share_their_first_token_are_not_told_apart():
    from penchant.language.remote.scoring import _first_tokens

    likely = {"1": -0.5, "2": -1.5, "No": -3.0, " no": -4.0}
    values = _first_tokens(likely, ["1", "12", "2", "No"])
    assert np.isnan(values[0])
    assert np.isnan(values[1])
    assert values[2] == -1.5
    assert values[3] == pytest.approx(np.logaddexp(-3.0, -4.0))


def test_likelihoods_of_a_plain_text_come_from_its_echo():
    local = ScriptedLM().open(RUN)
    with serve() as server:
        model = remote(server)
        prompt = Prompt.plain("Once upon a")
        likely = model.score([prompt], [[" time", " midnight hour"]], run=RUN)
        own = local.score(
            [prompt, Prompt.plain("Once upon a midnight")], [[" time"], [" hour"]], run=RUN
        )
        assert likely.log_probs[0] == pytest.approx(own.log_probs[0], abs=1e-5)
        assert list(likely.n_tokens) == [1, 2]
        assert model.abilities.echoes is True
    with serve(abilities=["chat", "completions", "max_tokens"], unable="ignore") as server:
        model = remote(server)
        with pytest.raises(PenchantError, match="tells no likelihoods"):
            model.score([prompt], [[" time", " midnight hour"]], run=RUN)
        assert model.abilities.echoes is False


def test_vectors_come_back_in_order_as_unit_rows():
    texts = [f"word{n} thing{n % 7}" for n in range(150)]
    with serve() as server:
        vectors = remote(server).embed(texts, run=RUN)
        own = ScriptedLM().open(RUN).embed(texts, run=RUN)
        assert np.allclose(vectors, own, atol=1e-6)
        assert len(server.asked) == 3
        assert remote(server).embed([], run=RUN).shape[0] == 0
    with serve(abilities=["chat"]) as server, pytest.raises(PenchantError, match="no vectors"):
        remote(server).embed(["a"], run=RUN)


def test_relevances_come_back_in_the_order_of_the_documents():
    with serve() as server:
        model = remote(server)
        found = model.rerank(["star wars", "heat"], [["x", "wars", "star wars"], ["heat"]], run=RUN)
        assert found[0].tolist() == [0.0, 0.5, 1.0]
        assert found[1].tolist() == [1.0]
    with serve(always="500") as server:
        assert np.isnan(remote(server).rerank(["a"], [["b", "c"]], run=RUN)[0]).all()
    with serve(abilities=["chat"]) as server, pytest.raises(PenchantError, match="no /rerank"):
        remote(server).rerank(["a"], [["b"]], run=RUN)


THOUGHTS = [
    ("<think>1 or 2? 2, 1.</think>\n\n2, 1", "2, 1"),
    ("\n<think>\n</think>2, 1", "2, 1"),
    ("<think>it never ends", ""),
    ("<thing> 2", "<thing> 2"),
    ("2 <think>", "2 <think>"),
]


@pytest.mark.parametrize(("said", "answer"), THOUGHTS)
def test_thoughts_are_no_answer(said, answer):
    with serve(ScriptedLM(answers=(said,))) as server:
        model = remote(server)
        assert write(model).text == answer
        assert "".join(model.stream(Prompt.chat("Hi"), max_tokens=50, run=RUN)).strip() == answer


def test_a_recorded_run_is_replayed_without_the_endpoint(tmp_path):
    from penchant.language import Ledger, opened

    prompts = [Prompt.chat(f"{NUMBERED} {n}") for n in range(5)]
    with serve() as server:
        value = RemoteLM(base_url=server.base_url, model="scripted", pause_s=0.001, retries=0)
        with Ledger.open(tmp_path / "books.sqlite", mode="record") as books:
            run = Run(books=books)
            told = opened(value, run).write(prompts, max_tokens=50, shape=ORDER, run=run)
        assert len(server.asked) == 5
    with Ledger.open(tmp_path / "books.sqlite", mode="replay") as books:
        run = Run(books=books)
        again = opened(value, run).write(prompts, max_tokens=50, shape=ORDER, run=run)
        assert [reply.text for reply in again] == [reply.text for reply in told]
        assert all(reply.cached for reply in again)


def test_calls_through_the_books_are_asked_side_by_side():
    from penchant.language import opened

    with serve(ScriptedLM(latency_s=0.05)) as server:
        value = RemoteLM(base_url=server.base_url, model="scripted", concurrency=4)
        prompts = [Prompt.chat(f"{NUMBERED} {n}") for n in range(9)]
        replies = opened(value, RUN).write(prompts, max_tokens=50, run=RUN)
        assert all(reply.text for reply in replies)
        assert 2 <= server.most_at_once <= 4
        assert len(server.asked) == 9


def test_the_books_know_what_a_stream_took_and_that_it_broke_off():
    from penchant.language import Ledger, opened

    notes = Notes()
    with serve(ScriptedLM(answers=("one two three four",)), faults=[None, "cut"]) as server:
        value = RemoteLM(base_url=server.base_url, model="scripted", retries=0)
        with Ledger.open(None, mode="live") as books:
            run = Run(books=books, watch=notes)
            model = opened(value, run)
            assert "".join(model.stream(Prompt.chat("Hi"), max_tokens=50, run=run))
            local = ScriptedLM().open(RUN)
            assert books.figures()["completion_tokens"] == 4
            assert books.figures()["prompt_tokens"] == local.count(Prompt.chat("Hi").text())
            assert notes.said == []
            assert "".join(model.stream(Prompt.chat("Hi"), max_tokens=50, run=run)) == "one two"
            assert len(notes.said) == 1
            assert "broke off" in notes.said[0]
