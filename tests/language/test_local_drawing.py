"""Draws of single tokens."""

import numpy as np
import pytest
import torch

from penchant.language import Prompt, Sampling
from penchant.language.local.drawing import Drawing, draw_all

LOGITS = torch.tensor([1.0, 3.0, 2.0, -torch.inf, 0.0])


def counts(sampling, n=4_000):
    drawing = Drawing(Prompt.plain("x"), sampling, None)
    return np.bincount([drawing.draw(LOGITS) for _ in range(n)], minlength=5) / n


@pytest.mark.parametrize("temperature", [0.5, 1.0, 2.0])
def test_draws_follow_the_probabilities(temperature):
    wanted = (LOGITS.double() / temperature).softmax(0).numpy()
    assert counts(Sampling(temperature)) == pytest.approx(wanted, abs=0.03)


def test_the_unlikely_rest_is_left_out():
    likely = LOGITS.double().softmax(0).numpy()
    order = np.argsort(-likely)
    assert likely[order[:2]].sum() > 0.8 > likely[order[:1]].sum()
    drawn = counts(Sampling(1.0, 0.8))
    kept = np.where(np.isin(np.arange(5), order[:2]), likely, 0)
    assert drawn == pytest.approx(kept / kept.sum(), abs=0.03)


def test_greedy_is_the_likeliest_and_nothing_possible_is_said():
    greedy = Drawing(Prompt.plain("x"), Sampling(), None)
    assert draw_all([greedy, greedy], torch.stack([LOGITS, LOGITS.flip(0)])) == [1, 3]
    assert greedy.draw(torch.full((5,), -torch.inf)) == -1
    assert greedy.draw(torch.full((5,), torch.nan)) == -1
