import pytest

from penchant.core import Run, UsageError
from penchant.language import ScriptedLM
from penchant.models import order_texts

TEXTS = ["the sky", "red shoes", "a shoe, red", "a red red shoe of the sky"]


class Unable(ScriptedLM):
    """Writes, but does not rerank."""

    def open(self, run):
        opened = super().open(run)

        class Writes:
            name, fingerprint, window = opened.name, opened.fingerprint, opened.window
            count, write = opened.count, opened.write

        return Writes()


def test_words_decide_without_a_model():
    told = order_texts("red shoe", TEXTS, Run())
    assert told.order.tolist()[-1] == 0
    assert sorted(told.order.tolist()) == [0, 1, 2, 3]
    assert told.relevances[0] == 1.0
    assert (told.relevances[:-1] >= told.relevances[1:]).all()
    assert not told.degraded


def test_no_common_word_keeps_the_order():
    assert order_texts("zzz", TEXTS, Run()).order.tolist() == [0, 1, 2, 3]


def test_a_model_that_writes_gives_an_order_of_what_it_was_told():
    # It is told texts by their words: the best first.
    by_words = order_texts("red shoe", TEXTS, Run()).order.tolist()
    told = order_texts("red shoe", TEXTS, Run(), lm=Unable(answers=("3, 1",)))
    assert told.order.tolist()[:2] == [by_words[2], by_words[0]]
    assert sorted(told.order.tolist()) == [0, 1, 2, 3]
    assert not told.degraded


@pytest.mark.parametrize("behaviour", ["prose", "down", "hostile"])
def test_every_text_comes_back_whatever_is_answered(behaviour):
    lm = Unable(behaviour=behaviour)
    told = order_texts("red shoe", TEXTS, Run(), lm=lm)
    assert sorted(told.order.tolist()) == [0, 1, 2, 3]
    if told.degraded:
        assert told.order.tolist() == order_texts("red shoe", TEXTS, Run()).order.tolist()


def test_what_the_model_did_not_see_follows():
    texts = [f"shoe {'red ' * (n % 3)}{n}" for n in range(60)]
    told = order_texts("red shoe", texts, Run(), lm=Unable(answers=("2, 1",)))
    assert sorted(told.order.tolist()) == list(range(60))
    assert told.relevances[0] <= 1.0
    assert told.relevances[-1] >= 0.0


def test_no_texts_are_refused():
    with pytest.raises(UsageError, match="at least one"):
        order_texts("x", [], Run())
