"""54 planted secrets of 18 kinds: in no prompt, log, account, cache or file of a conversation."""

import io
import json
import logging
from dataclasses import replace

import pytest

from penchant.core import Run
from penchant.language import ScriptedLM
from penchant.testing import serve_model
from tests.core.test_redaction import PLANTED
from tests.serve.conftest import serving

HEADERS = {"idempotency-key": "k"}


@pytest.fixture
def log():
    """All that is logged, at every level."""
    stream, root = io.StringIO(), logging.getLogger()
    handler, before = logging.StreamHandler(stream), root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield stream
    root.removeHandler(handler)
    root.setLevel(before)


def forms(secret):
    """As it stands, and as JSON writes it."""
    return {secret, json.dumps(secret)[1:-1]}


def found_in(text, secrets):
    return [secret for secret in secrets if any(form in text for form in forms(secret))]


def test_there_are_fifty():
    assert len({secret for _, _, secret in PLANTED}) >= 50


def test_what_names_a_person_reaches_no_model_log_or_file(models, tmp_path, log):
    secrets = [secret for _, _, secret in PLANTED]
    said = [f"a mystery. {sentence.format(secret)}" for _, sentence, secret in PLANTED]
    with serve_model(ScriptedLM(answers=("Take [1].",)).open(Run())) as server:
        lm = json.dumps({"lm": "remote", "base_url": server.base_url, "model": "scripted"})
        books = tmp_path / "books.sqlite"
        with serving(models, tmp_path / "state", lm=lm, books=books) as call:
            talk = call("POST", "/v1/conversations", {}, headers=HEADERS)[1]["id"]
            for number, one in enumerate(said):
                turn = {"messages": [{"role": "user", "content": one}], "deadline_ms": 20_000}
                status, answer, _ = call("POST", "/v1/chat/completions", {**turn, "k": 3})
                assert (status, answer["degraded"]) == (200, False)
                assert call("POST", "/v1/rerank", {"query": one, "documents": [one, "b"]})[0] == 200
                assert call("POST", "/v1/recommend", {"query": one, "history": []})[0] == 200
                refused = {"history": [], "where": f"title == {one}"}
                assert call("POST", "/v1/recommend", refused)[0] == 422
                key = {"idempotency-key": str(number)}
                assert call("POST", "/v1/events", raw=one.encode(), headers=key)[0] == 400
            turn["conversation_id"] = talk
            assert call("POST", "/v1/chat/completions", {**turn, "stream": True})[0] == 200
            asked = json.dumps([one.body for one in server.asked])
            metrics = call("GET", "/metrics")[1]
            spent = json.dumps(call("GET", "/v1/spend")[1])
    assert "a mystery" in asked
    assert found_in(asked, secrets) == []
    assert found_in(log.getvalue() + metrics + spent, secrets) == []
    for file in tmp_path.rglob("*"):
        if file.is_file():
            assert found_in(file.read_bytes().decode("latin-1"), secrets) == [], file


class Broken:
    """Says in its error whatever it was asked with."""

    def __init__(self, inner, said):
        self.inner, self.method, self.said = inner, inner.method, said

    def recommend(self, queries, k, run):
        raise RuntimeError(self.said)

    def state(self):
        return self.inner.state()


def test_a_failure_is_logged_without_its_words(models, tmp_path, log):
    said = " ".join(secret for _, _, secret in PLANTED)
    popular = models["popular"]
    broken = replace(popular, recommender=Broken(popular.recommender, said))
    with serving({"broken": broken}, tmp_path) as call:
        assert call("POST", "/v1/recommend", {"history": [], "k": 3})[1]["degraded"]
    assert "RuntimeError" in log.getvalue()
    assert found_in(log.getvalue(), [said]) == []
