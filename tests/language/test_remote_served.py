"""A model of this machine behind the server for tests: the client says what the model says."""

import json

import numpy as np
import pytest

from penchant.core import Run
from penchant.language import JsonShape, LocalLM, Prompt, RemoteLM, Sampling
from penchant.testing import serve_model

RUN = Run()
PROMPTS = [
    Prompt.chat("a comedy with a talking pig"),
    Prompt.chat("an old detective", system="a red car"),
    Prompt.plain("the film that she watched"),
]


@pytest.fixture
def both(tiny, tmp_path, monkeypatch):
    monkeypatch.setenv("PENCHANT_CACHE", str(tmp_path))
    local = LocalLM(tiny(), precision="float32").open(RUN)
    with serve_model(local, name="tiny") as server:
        yield local, RemoteLM(base_url=server.base_url, model="tiny").open(RUN)


def test_words_tokens_and_endings_are_the_same(both):
    local, remote = both
    for sampling in (Sampling(), Sampling(1.0, 0.9, 4)):
        here = local.write(PROMPTS, max_tokens=12, sampling=sampling, run=RUN)
        there = remote.write(PROMPTS, max_tokens=12, sampling=sampling, run=RUN)
        for one, other in zip(here, there, strict=True):
            assert (one.text, one.finish) == (other.text, other.finish)
            assert one.usage.prompt_tokens == other.usage.prompt_tokens
            assert one.usage.completion_tokens == other.usage.completion_tokens
    assert remote.window == local.window


def test_a_shape_is_passed_on(both):
    shape = JsonShape.of(
        "stars",
        {
            "type": "object",
            "properties": {"stars": {"type": "integer", "minimum": 1, "maximum": 5}},
            "required": ["stars"],
            "additionalProperties": False,
        },
    )
    reply = both[1].write(PROMPTS[:1], max_tokens=30, shape=shape, run=RUN)[0]
    assert 1 <= json.loads(reply.text)["stars"] <= 5
    assert both[1].abilities.rung == "schema"


def test_a_stream_says_what_writing_says(both):
    local, remote = both
    whole = local.write(PROMPTS[:1], max_tokens=12, run=RUN)[0].text
    assert "".join(remote.stream(PROMPTS[0], max_tokens=12, run=RUN)) == whole


def test_vectors_are_the_same(both):
    local, remote = both
    texts = ["a red car", "the sea", "an old detective, a red car and the sea"]
    assert np.allclose(local.embed(texts, run=RUN), remote.embed(texts, run=RUN), atol=1e-5)


def test_a_prompt_that_is_too_long_says_so_there_and_here(both):
    long = Prompt.chat("the sea " * 2000)
    here, there = (model.write([long], max_tokens=4, run=RUN)[0] for model in both)
    assert here.failure == there.failure == "too-long"
