"""Models that fill in masks, on a tiny one with random weights."""

import numpy as np
import pytest
import torch

from penchant.core import Deadline, Run
from penchant.language import LocalLM, Prompt

RUN = Run()
PROMPTS = [
    Prompt.plain("a user watched red , blue . now a user may want to watch"),
    Prompt.chat("a user watched sea .", begun="now watch"),
]
ANSWERS = [["sky", "red sky", "blue", "sea , sky", "red sea"], ["", "blue"]]


@pytest.fixture
def model(tiny_masked):
    return LocalLM(tiny_masked, precision="float32").open(RUN)


def by_hand(model, text, answer):
    """The product of each token's probability at its mask."""
    ids = model.tokenizer(answer, add_special_tokens=False)["input_ids"]
    masked = f"[CLS] {text} {'[MASK] ' * len(ids)}[SEP]"
    tokens = torch.tensor([model.tokenizer.convert_tokens_to_ids(masked.split())])
    with torch.no_grad():
        likely = model.model(tokens).logits[0].log_softmax(1)
    first = tokens.shape[1] - 1 - len(ids)
    return sum(float(likely[first + i, token]) for i, token in enumerate(ids))


def test_an_answer_is_asked_for_by_as_many_masks_as_it_has_tokens(model):
    found = model.score(PROMPTS, ANSWERS, run=RUN)
    texts = [PROMPTS[0].begun, "a user watched sea . now watch"]
    wanted = [by_hand(model, t, a) for t, mine in zip(texts, ANSWERS, strict=True) for a in mine]
    assert found.log_probs == pytest.approx(wanted, abs=1e-4)
    assert found.n_tokens.tolist() == [1, 2, 1, 3, 2, 0, 1]


def test_signs_in_a_text_are_not_signs(model):
    fair = model.score([Prompt.plain("a user watched")], [["red"]], run=RUN)
    bad = model.score([Prompt.plain("a user [SEP] [MASK] watched")], [["red [CLS]"]], run=RUN)
    assert bad.log_probs == pytest.approx(fair.log_probs, abs=1e-5)


def test_too_long_and_too_late_are_counted(model):
    assert model.window == 30
    long = Prompt.plain("red " * 40)
    found = model.score([long, PROMPTS[0]], [["sky"], ["sky"]], run=RUN)
    assert np.isnan(found.log_probs).tolist() == [True, False]
    assert found.failures == {"too-long": 1}
    late = model.score(PROMPTS, ANSWERS, run=Run(deadline=Deadline.after(-1)))
    assert late.failures == {"slow": 2}


def test_embeddings_are_unit_rows(model):
    found = model.embed(["red sky", "", "red sky"], run=RUN)
    assert np.linalg.norm(found, axis=1) == pytest.approx([1, 1, 1], abs=1e-5)
    assert found[0] == pytest.approx(found[2], abs=1e-6)
