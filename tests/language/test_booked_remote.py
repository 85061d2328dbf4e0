"""The books around the real client, against a real server; replayed once the server is gone."""

import threading

import numpy as np
import pytest

from penchant.core import PenchantError, Run
from penchant.language import (
    Budget,
    JsonShape,
    Ledger,
    Prices,
    Prompt,
    RemoteLM,
    ScriptedLM,
    forget_open_models,
    opened,
)
from penchant.testing import serve_model

PROMPTS = [Prompt.chat(f"I saw film {n}. Which next? Answer with a title.") for n in range(12)]
SHAPE = JsonShape.of("stars", {"type": "integer", "minimum": 1, "maximum": 5})
KEY = "sk-very-secret-key-0123456789"


@pytest.fixture(autouse=True)
def own_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("PENCHANT_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    yield
    forget_open_models()


def value_of(server, **options):
    how = {"pause_s": 0.001, "retries": 1, "window": 4096, **options}
    return RemoteLM(base_url=server.base_url, model="scripted", **how)


def all_verbs(value, books):
    """What every verb says, as plain values."""
    run = Run(books=books)
    model = opened(value, run)
    scores = model.score(PROMPTS[:3], [["Alien", "Heat"]] * 3, run=run)
    written = model.write(PROMPTS, max_tokens=12, run=run)
    shaped = model.write(PROMPTS[:2], max_tokens=12, shape=SHAPE, run=run)
    return {
        "write": [(reply.text, reply.failure, reply.usage) for reply in written + shaped],
        "stream": "".join(model.stream(PROMPTS[0], max_tokens=12, run=run)),
        "score": (scores.log_probs.tobytes(), scores.n_tokens.tobytes()),
        "embed": model.embed(["Alien", "Heat"], run=run).tobytes(),
        "rerank": [r.tobytes() for r in model.rerank(["space"], [["space", "sea"]], run=run)],
    }


def test_a_recording_of_a_server_is_replayed_without_it(tmp_path):
    tape = tmp_path / "tape.sqlite"
    with serve_model(ScriptedLM().open(Run()), key=KEY, faults=["429", "429", "500"]) as server:
        value = value_of(server, retries=0)
        with Ledger.open(tape, mode="record") as books:
            recorded = all_verbs(value, books)
            figures = books.figures()
        requests = len(server.asked)
    assert figures["failed"] > 0  # the faults are on the tape too
    forget_open_models()
    with Ledger.open(tape, mode="replay") as books:
        assert all_verbs(value, books) == recorded
        again = books.figures()
    assert again["from_books"] == again["calls"] == figures["calls"]
    assert again["spent_tokens"] == 0
    assert len(server.asked) == requests
    held = b"".join(path.read_bytes() for path in tmp_path.glob("tape*"))
    assert KEY.encode() not in held


def test_a_stream_that_ended_well_is_not_asked_again_and_one_that_broke_off_is(tmp_path):
    def streamed(server, books):
        run = Run(books=books)
        return "".join(opened(value_of(server), run).stream(PROMPTS[0], max_tokens=12, run=run))

    with serve_model(ScriptedLM().open(Run()), faults=["cut"]) as server:
        with Ledger.open(tmp_path / "b.sqlite") as books:
            half = streamed(server, books)
            asked = [len(server.asked)]
            whole = [streamed(server, books)]
            asked.append(len(server.asked))
            whole.append(streamed(server, books))
            asked.append(len(server.asked))
            figures = books.figures()
    assert len(half) < len(whole[0])
    assert whole[0] == whole[1]
    assert asked[0] < asked[1] == asked[2]
    assert (figures["failed_cut"], figures["from_books"]) == (1, 1)


def test_tokens_and_money_on_the_books_are_those_that_the_server_told(tmp_path):
    with serve_model(ScriptedLM().open(Run())) as server:
        prices = Prices(prompt=1.0, completion=2.0)
        run = Run(books=Ledger.open(tmp_path / "b.sqlite", budget=Budget(cost=1.0)))
        replies = opened(value_of(server, prices=prices), run).write(PROMPTS, max_tokens=9, run=run)
        script = server.model
    prompt = sum(script.count(p.text()) for p in script.seen)
    completion = sum(script.count(reply.text) for reply in replies)
    figures = run.books.figures()
    assert (figures["prompt_tokens"], figures["completion_tokens"]) == (prompt, completion)
    assert figures["spent_cost"] == pytest.approx((prompt + 2 * completion) / 1e6)


def test_what_names_a_person_does_not_reach_the_server(tmp_path):
    with serve_model(ScriptedLM().open(Run())) as server:
        run = Run(books=Ledger.open(tmp_path / "b.sqlite"))
        model = opened(value_of(server), run)
        model.write([Prompt.chat("I am ann@example.org.")], max_tokens=5, run=run)
        model.embed(["ann@example.org"], run=run)
        model.rerank(["ann@example.org"], [["bob@example.org"]], run=run)
        list(model.stream(Prompt.chat("ann@example.org"), max_tokens=5, run=run))
        asked = repr(server.asked)
    assert "@example.org" not in asked
    assert asked.count("[email]") >= 5


def test_a_wrong_key_is_raised_and_what_came_before_is_kept(tmp_path, monkeypatch):
    with serve_model(ScriptedLM().open(Run()), key=KEY) as server:
        with Ledger.open(tmp_path / "b.sqlite") as books:
            run = Run(books=books)
            opened(value_of(server), run).write(PROMPTS[:3], max_tokens=9, run=run)
            forget_open_models()
            monkeypatch.setenv("OPENAI_API_KEY", "sk-wrong-key-000000000")
            with pytest.raises(PenchantError) as raised:
                opened(value_of(server), run).write(PROMPTS[:5], max_tokens=9, run=run)
            assert "sk-wrong-key" not in str(raised.value)
            assert books.figures()["calls"] == 3
            monkeypatch.setenv("OPENAI_API_KEY", KEY)
            forget_open_models()
            replies = opened(value_of(server), run).write(PROMPTS[:5], max_tokens=9, run=run)
    assert [reply.cached for reply in replies] == [True] * 3 + [False] * 2


def test_threads_of_one_run_share_the_budget_and_never_overrun_it(tmp_path):
    with serve_model(ScriptedLM(latency_s=0.002).open(Run())) as server:
        books = Ledger.open(tmp_path / "b.sqlite", budget=Budget(tokens=300))
        run = Run(books=books)
        model = opened(value_of(server), run)
        parts = [PROMPTS[n::3] for n in range(3)]
        told = [
            threading.Thread(target=model.write, args=(part,), kwargs={"max_tokens": 9, "run": run})
            for part in parts
        ]
        for thread in told:
            thread.start()
        for thread in told:
            thread.join()
    assert 150 < books.spent().tokens <= 300
    assert books.figures()["failed_budget"] > 0
    assert np.isclose(books.figures()["spent_tokens"], books.spent().tokens)
