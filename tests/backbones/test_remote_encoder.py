import json

import numpy as np
import pytest

from penchant.backbones import ENCODER, RemoteEncoder
from penchant.core import PenchantError, Run, UsageError, read_options, write_options
from penchant.language import Budget, Ledger
from penchant.testing import ScriptedLM, serve_model

RUN = Run()
TEXTS = ["red shoes", "red shoe", "blue sky", ""]


@pytest.fixture(autouse=True)
def own_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("PENCHANT_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)


def encoder_of(server, **options):
    options = {"pause_s": 0.001, "retries": 1, **options}
    return RemoteEncoder(base_url=server.base_url, model="scripted", **options)


def test_texts_are_embedded_once():
    with serve_model(ScriptedLM().open(RUN)) as server:
        encoder = encoder_of(server, batch_size=2)
        first = encoder.open(RUN).embed(TEXTS)
        assert first.shape == (4, 256)
        assert np.allclose(np.linalg.norm(first[:3], axis=1), 1)
        calls = len(server.asked)
        assert calls == 2
        again = encoder.open(RUN)
        assert (again.embed(TEXTS) == first).all()
        assert again.dimension == 256
        assert len(server.asked) == calls
        assert "" not in server.asked[-1].body["input"]


def test_its_dimension_is_asked_for_once():
    with serve_model(ScriptedLM().open(RUN)) as server:
        encoder = encoder_of(server)
        assert encoder.open(RUN).dimension == 256
        assert encoder.open(RUN).dimension == 256
        assert len(server.asked) == 1


def test_its_options_are_written_and_read():
    value = RemoteEncoder(base_url="http://localhost:1/v1", model="m", batch_size=8)
    written = json.loads(json.dumps(write_options(value, [ENCODER])))
    assert read_options(written, ENCODER, [ENCODER]) == value
    assert value.assets() == {}


def test_another_endpoint_is_another_encoder():
    with serve_model(ScriptedLM().open(RUN)) as one, serve_model(ScriptedLM().open(RUN)) as two:
        prints = {encoder_of(server).open(RUN).fingerprint for server in (one, two)}
        assert len(prints) == 2


@pytest.mark.parametrize("fault", ["500", "garbled", "cut", "error-200"])
def test_half_of_the_vectors_are_of_no_use(fault):
    with serve_model(ScriptedLM().open(RUN), faults=[fault]) as server:
        assert encoder_of(server).open(RUN).embed(TEXTS).shape == (4, 256)
    with serve_model(ScriptedLM().open(RUN), always=fault) as server:
        with pytest.raises(PenchantError, match="no vectors from scripted"):
            encoder_of(server).open(RUN).embed(["another text"])


def test_vectors_that_are_none_are_refused():
    from penchant.backbones.endpoint_errors import CallFailed
    from penchant.backbones.remote_encoder import _vectors

    good = {"data": [{"index": 1, "embedding": [0, 1]}, {"index": 0, "embedding": [1, 0]}]}
    assert _vectors(good, 2).tolist() == [[1, 0], [0, 1]]
    for broken in (
        {},
        {"data": None},
        {"data": good["data"][:1]},
        {"data": [{"index": 0, "embedding": [0, 1]}, {"index": 1, "embedding": [1]}]},
        {"data": [{"index": 0, "embedding": [0, float("nan")]}, good["data"][0]]},
        {"data": [{"index": 0, "embedding": "AAAA"}, good["data"][0]]},
    ):
        with pytest.raises(CallFailed):
            _vectors(broken, 2)


def booked(mode="cache", file=None, **options):
    return Ledger.open(file, mode=mode, **options)


def test_every_text_is_on_the_books_and_is_asked_without_personal_data():
    texts = ["red shoes", "write to ann@example.org"]
    with serve_model(ScriptedLM().open(RUN)) as server, booked() as books:
        encoder = encoder_of(server).open(Run(books=books))
        vectors = encoder.embed(texts)
        assert encoder.embed(texts).tolist() == vectors.tolist()
        figures = books.figures()
        assert (figures["calls"], figures["redacted"]) == (2, 1)
        assert figures["spent_tokens"] > 0
        assert "example.org" not in json.dumps([one.body for one in server.asked])


def test_without_books_personal_data_stays_here_too():
    with serve_model(ScriptedLM().open(RUN)) as server:
        encoder_of(server).open(RUN).embed(["call ann@example.org"])
        assert "example.org" not in json.dumps([one.body for one in server.asked])


def test_a_recording_holds_what_a_cache_had_and_is_replayed_without_a_network(tmp_path):
    file = tmp_path / "books.sqlite"
    with serve_model(ScriptedLM().open(RUN)) as server:
        encoder = encoder_of(server)
        encoder.open(RUN).embed(TEXTS)
        with booked("record", file) as books:
            recorded = encoder.open(Run(books=books)).embed(TEXTS)
            assert books.figures()["calls"] == len(TEXTS)
    with booked("replay", file) as books:
        replayed = encoder.open(Run(books=books))
        assert (replayed.embed(TEXTS) == recorded).all()
        with pytest.raises(PenchantError, match="no vectors of 1 of 2 texts from scripted"):
            replayed.embed(["red shoes", "never asked"])


def test_a_dry_run_counts_texts_asks_nobody_and_leaves_nothing_behind():
    with serve_model(ScriptedLM().open(RUN)) as server:
        encoder = encoder_of(server, price=2.0)
        with booked("estimate") as books:
            found = encoder.open(Run(books=books)).embed(TEXTS)
            assert found.shape[0] == len(TEXTS)
            assert np.allclose(np.linalg.norm(found, axis=1), 1)
            figures = books.figures()
            assert figures["calls"] == len(TEXTS)
            assert figures["estimated_cost"] == pytest.approx(2e-6 * figures["estimated_tokens"])
        assert not server.asked
        encoder.open(RUN).embed(TEXTS)
        assert server.asked


def test_a_budget_ends_embedding_with_what_to_do():
    with serve_model(ScriptedLM().open(RUN)) as server:
        with booked(budget=Budget(tokens=0)) as books:
            with pytest.raises(PenchantError, match="the budget is spent"):
                encoder_of(server).open(Run(books=books)).embed(TEXTS)
        assert not server.asked
        with booked(budget=Budget(cost=1.0)) as books:
            with pytest.raises(UsageError, match="no prices of scripted"):
                encoder_of(server).open(Run(books=books)).embed(TEXTS)


def test_a_price_below_zero_is_refused():
    with pytest.raises(UsageError, match="price=-1"):
        RemoteEncoder(base_url="http://localhost:1/v1", model="m", price=-1)
