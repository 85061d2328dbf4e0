import json

import numpy as np
import pytest

from penchant.backbones import ENCODER, RemoteEncoder
from penchant.core import PenchantError, Run, read_options, write_options
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
