"""The real client against a real server: llama.cpp's, with SmolLM2 inside."""

import json

import numpy as np
import pytest

from penchant.backbones import MODELS, get_model
from penchant.core import PenchantError, Run, is_cached
from penchant.language import JsonShape, LocalLM, Message, Prompt, RemoteLM, Sampling

RUN = Run()
GGUF = "smollm2-135m-instruct-gguf"
PROMPTS = [
    Prompt.chat("What is the capital of France?"),
    Prompt.chat("Which film next?", system="You recommend films."),
    Prompt.chat("Größe 42, 日本語, 🎬 — «Le Fabuleux Destin d'Amélie Poulain»\n\n1. a\n2. b"),
    Prompt((Message("user", "Hi"), Message("assistant", "Hello."), Message("user", "Bye"))),
]


def serve(**options):
    xllamacpp = pytest.importorskip("xllamacpp")
    if not is_cached(MODELS[GGUF]):
        pytest.skip(f"{GGUF} is not in the cache: penchant models get {GGUF}")
    settings = xllamacpp.CommonParams()
    settings.model.path = str(next(get_model(GGUF).glob("*.gguf")))
    settings.n_ctx, settings.n_parallel, settings.cpuparams.n_threads = 2048, 2, 1
    settings.verbosity = -1
    for name, value in options.items():
        setattr(settings, name, value)
    return xllamacpp.Server(settings)


@pytest.fixture(scope="module")
def server():
    return serve()


@pytest.fixture
def model(server, tmp_path, monkeypatch):
    monkeypatch.setenv("PENCHANT_CACHE", str(tmp_path))
    return RemoteLM(base_url=f"{server.listening_address}/v1", model="smollm2").open(RUN)


@pytest.fixture(scope="module")
def local():
    if not is_cached(MODELS["smollm2-135m-instruct"]):
        pytest.skip("smollm2-135m-instruct is not in the cache: penchant models get it")
    pytest.importorskip("transformers")
    return LocalLM(precision="float32").open(RUN)


def test_tokens_counted_here_are_those_that_the_server_reports(model, local):
    remote = model.write(PROMPTS, max_tokens=3, run=RUN)
    own = local.write(PROMPTS, max_tokens=3, run=RUN)
    assert [reply.failure for reply in remote] == [""] * len(PROMPTS)
    for there, here in zip(remote, own, strict=True):
        assert there.usage.prompt_tokens == here.usage.prompt_tokens
        assert there.usage.completion_tokens == here.usage.completion_tokens
        assert not there.usage.estimated


def test_a_batch_is_answered_in_order_and_a_limit_holds(model):
    prompts = [Prompt.chat(f"Say the number {n}.") for n in range(6)]
    replies = model.write(prompts, max_tokens=4, run=RUN)
    again = [model.write([prompt], max_tokens=4, run=RUN)[0] for prompt in prompts]
    # A slot that was used before computes in other batches: words agree, the last bits may not.
    assert sum(a.text == b.text for a, b in zip(replies, again, strict=True)) >= 4
    assert {reply.finish for reply in replies} <= {"length", "stop"}
    assert all(reply.usage.completion_tokens <= 4 for reply in replies)


def test_what_it_is_told_about_itself(model):
    model.write(PROMPTS[:1], max_tokens=1, run=RUN)
    assert model.abilities.server == "llamacpp"
    assert model.window == 1024


def test_a_shape_holds(model):
    shape = JsonShape.of(
        "film",
        {
            "type": "object",
            "properties": {
                "title": {"type": "string", "maxLength": 20},
                "stars": {"type": "integer", "minimum": 1, "maximum": 5},
            },
            "required": ["title", "stars"],
        },
    )
    reply = model.write(PROMPTS[1:2], max_tokens=80, shape=shape, run=RUN)[0]
    read = json.loads(reply.text)
    assert 1 <= read["stars"] <= 5
    assert model.abilities.rung == "schema"


def test_a_stream_says_what_writing_says(model):
    whole = model.write(PROMPTS[:1], max_tokens=12, run=RUN)[0]
    stream, pieces = model.stream(PROMPTS[0], max_tokens=12, run=RUN), []
    while True:
        try:
            pieces.append(next(stream))
        except StopIteration as end:
            reply = end.value
            break
    assert len(pieces) > 3
    assert "".join(pieces) == whole.text == reply.text
    assert reply.usage.prompt_tokens == whole.usage.prompt_tokens
    assert reply.usage.completion_tokens == whole.usage.completion_tokens


def test_an_answer_that_is_begun_is_gone_on_with(model):
    prompt = Prompt.chat("What is the capital of France?", begun="The capital of France is")
    reply = model.write([prompt], max_tokens=4, run=RUN)[0]
    assert reply.text.lstrip().startswith("Paris")
    streamed = "".join(model.stream(prompt, max_tokens=4, run=RUN))
    assert streamed == reply.text


def test_a_plain_text_is_gone_on_with(model):
    reply = model.write([Prompt.plain("The capital of France is")], max_tokens=1, run=RUN)[0]
    assert reply.text == " Paris"
    assert reply.usage.prompt_tokens == 5


def test_what_is_drawn_follows_its_seed(model):
    def drawn(seed):
        sampling = Sampling(1.0, 0.9, seed)
        return model.write(PROMPTS[:1], max_tokens=8, sampling=sampling, run=RUN)[0].text

    assert drawn(1) == drawn(1)
    assert len({drawn(seed) for seed in range(4)}) > 1


def test_a_prompt_that_is_too_long_says_so(model):
    reply = model.write([Prompt.chat("film " * 3000)], max_tokens=4, run=RUN)[0]
    assert reply.failure == "too-long"
    assert "1024" in reply.detail


def test_likelihoods_agree_with_those_computed_here(model, local):
    prompts = [
        Prompt.chat("What is the capital of France?", begun="It is"),
        Prompt.plain("I watched Alien, Heat and Up. Next I want to watch"),
    ]
    answers = [[" Paris", " London", " a small town"], [" Jaws", " the sea", " Alien: Romulus"]]
    there = model.score(prompts, answers, run=RUN)
    here = local.score(prompts, answers, run=RUN)
    assert there.n_tokens.tolist() == here.n_tokens.tolist()
    # The server computes products in 8 bits, and together whatever is asked at the same time.
    assert np.allclose(there.log_probs, here.log_probs, atol=1.0, rtol=0.05)
    for start in (0, 3):
        order = [np.argsort(one.log_probs[start : start + 3]).tolist() for one in (there, here)]
        assert order[0] == order[1]


def test_what_it_was_not_started_for_is_said(model):
    with pytest.raises(PenchantError, match=r"--embeddings"):
        model.embed(["a"], run=RUN)
    with pytest.raises(PenchantError, match="orders no texts"):
        model.rerank(["a"], [["b"]], run=RUN)


def test_vectors_are_those_computed_here(local, tmp_path, monkeypatch):
    xllamacpp = pytest.importorskip("xllamacpp")
    mean = xllamacpp.llama_pooling_type.LLAMA_POOLING_TYPE_MEAN
    server = serve(embedding=True, pooling_type=mean)
    monkeypatch.setenv("PENCHANT_CACHE", str(tmp_path))
    model = RemoteLM(base_url=f"{server.listening_address}/v1", model="smollm2").open(RUN)
    texts = ["red shoes", "blue suede shoes for dancing", "the sky over Berlin"]
    # One by one: of texts that it computes side by side, this server mixes up what is pooled.
    there = np.concatenate([model.embed([text], run=RUN) for text in texts])
    here = local.embed(texts, run=RUN)
    assert there.shape == here.shape
    assert (np.sum(there * here, axis=1) > 0.99).all()


def test_estimates_are_rather_too_high(model, local):
    for prompt in PROMPTS:
        text = prompt.text()
        assert 0.95 * local.count(text) < model.count(text) < 2 * local.count(text)
