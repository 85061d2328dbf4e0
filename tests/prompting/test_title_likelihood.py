"""Titles by their likelihood: length and liking without any past are taken away."""

from dataclasses import dataclass, field

import numpy as np
import pytest

from penchant.core import Run, offsets_of
from penchant.language import Likelihoods
from penchant.prompting import Question, TitleLikelihood, Wording

TITLES = ["Up", "Up up away", "Heat", "Heat two"]
LIKED = {"up": -1.0, "away": -1.0, "heat": -4.0, "two": -4.0}


@dataclass
class Words:
    """Each word of an answer has a likelihood of its own, one more if the past has it."""

    name: str = "words"
    fingerprint: str = "words-1"
    window: int | None = None
    asked: list = field(default_factory=list)

    def count(self, text):
        return len(text.split())

    def score(self, prompts, answers, *, run):
        values, tokens = [], []
        for prompt, given in zip(prompts, answers, strict=True):
            self.asked.append((prompt.text(), tuple(given)))
            past = prompt.text().lower()
            for answer in given:
                words = answer.strip(" .").lower().split()
                values.append(sum(LIKED[word] + (word in past) for word in words))
                tokens.append(len(words))
        lengths = np.array([len(given) for given in answers])
        return Likelihoods(
            np.array(values, np.float32), np.array(tokens, np.int32), offsets_of(lengths)
        )


def told(history, **options):
    asks = TitleLikelihood(Wording(TITLES), **options)
    asked = [Question(np.array(history, np.int32), np.arange(4, dtype=np.int32))]
    return asks.ask(Words(), asked, Run()).values[0].tolist()


@pytest.mark.parametrize(
    ("length", "prior", "expected"),
    [
        # The past is "Heat": its word gains 1. Sums like what is short and common.
        ("sum", 0.0, [-1, -3, -3, -7]),
        ("mean", 0.0, [-1, -1, -3, -3.5]),
        ("sum", 1.0, [0, 0, 1, 1]),
        ("mean", 1.0, [0, 0, 1, 0.5]),
        ("sum", 0.5, [-0.5, -1.5, -1, -3]),
    ],
)
def test_likelihoods_by_hand(length, prior, expected):
    assert told([2], length=length, prior=prior) == pytest.approx(expected)


def test_a_title_ends_with_a_full_stop_and_is_asked_about_alone_once():
    model, asks = Words(), TitleLikelihood(Wording(TITLES), prior=1.0)
    asked = [Question(np.array([2], np.int32), np.array([0, 3], np.int32))]
    asks.ask(model, asked, Run())
    asks.ask(model, asked, Run())
    alone = [given for text, given in model.asked if "A user has" not in text]
    assert alone == [(" Up.",), (" Heat two.",)]
    assert model.asked[0][1] == (" Up.", " Heat two.")


def test_the_past_is_told_as_a_sentence():
    model = Words()
    wording = Wording(TITLES, noun="film", chosen="watched")
    asked = [Question(np.array([2, 0], np.int32), np.array([1, 3], np.int32))]
    TitleLikelihood(wording).ask(model, asked, Run())
    assert model.asked[0][0] == "A user has watched Heat, Up. Now the user may want the film"
