"""The packaged model."""

import numpy as np
import pytest
import torch

from penchant.backbones import MODELS
from penchant.core import Run, is_cached
from penchant.language import JsonShape, LocalLM, Prompt

NAME = "smollm2-135m-instruct"
pytestmark = pytest.mark.skipif(
    not is_cached(MODELS[NAME]), reason=f"{NAME} is not in the cache: penchant models get {NAME}"
)
RUN = Run()
TITLES = [f"{name} ({1990 + i})" for i, name in enumerate(["Heat", "Babe", "Casino", "Fargo"])]


@pytest.fixture(scope="module")
def model():
    return LocalLM(precision="float32").open(RUN)


def test_it_knows_the_capital_of_france(model):
    prompt = Prompt.chat("What is the capital of France?")
    reply = model.write([prompt], max_tokens=20, run=RUN)[0]
    assert (reply.text, reply.finish) == ("The capital of France is Paris.", "stop")
    found = model.score([prompt], [["Paris", "Rome", "a red car"]], run=RUN)
    assert found.log_probs.argmax() == 0


def test_scores_are_those_of_one_call_for_each_answer(model):
    prompts = [Prompt.chat(f"I watched {t}. Which film should I watch next?") for t in TITLES[:2]]
    found = model.score(prompts, [TITLES, TITLES], run=RUN).log_probs
    alone = []
    for prompt in prompts:
        for title in TITLES:
            told = model.texts.answer(title)
            tokens = np.concatenate([model.texts.prompt(prompt), told])
            with torch.no_grad():
                likely = model.model(torch.from_numpy(tokens)[None]).logits[0].log_softmax(1)
            rows = torch.arange(len(tokens) - len(told) - 1, len(tokens) - 1)
            alone.append(float(likely[rows, torch.from_numpy(told)].sum()))
    assert found == pytest.approx(alone, abs=1e-3)


def test_half_precision_is_near(model):
    half = LocalLM(precision="bfloat16").open(RUN)
    prompt = Prompt.chat("I watched Heat. Which film should I watch next?")
    near = half.score([prompt], [TITLES], run=RUN).log_probs
    assert near == pytest.approx(model.score([prompt], [TITLES], run=RUN).log_probs, abs=0.5)
    assert half.fingerprint != model.fingerprint


def test_a_choice_is_one_of_the_choices(model):
    shape = JsonShape.of("choice", {"enum": TITLES})
    reply = model.write([Prompt.chat("Which film?")], max_tokens=20, shape=shape, run=RUN)[0]
    assert reply.text.strip('"') in TITLES
