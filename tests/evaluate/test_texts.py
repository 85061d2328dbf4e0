"""BLEU and ROUGE: worked by hand, and beside the packages that others use."""

import builtins
import string

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from penchant.core import MissingExtra, Ragged, UsageError
from penchant.data import History, Queries, Written
from penchant.evaluate import bleu, evaluate, rouge
from penchant.evaluate.texts import longest_common

WORDS = st.lists(st.sampled_from(["a", "b", "c", "The", "cat", "it's", "5", "-"]), max_size=12)
TEXTS = WORDS.map(" ".join) | st.text(string.printable, max_size=40)


@pytest.mark.parametrize(
    ("text", "reference", "name", "expected"),
    [
        ("the cat sat", "the cat ran", "rouge_1", 2 / 3),
        ("the cat sat", "the cat ran", "rouge_2", 1 / 2),
        ("cat the sat", "the cat sat", "rouge_l", 2 / 3),
        ("The CAT!", "the cat", "rouge_2", 1),
        ("", "the cat", "rouge_1", 0),
        ("the cat", "...", "rouge_1", np.nan),
        ("one", "one", "rouge_2", 0),
        ("the the the", "the", "rouge_1", 1 / 2),
        ("schöne Grüße", "Schöne Grüße", "rouge_2", 1),
    ],
)
def test_rouge_worked_by_hand(text, reference, name, expected):
    assert rouge([text], [reference], name).tolist() == pytest.approx([expected], nan_ok=True)


PEERS = {"rouge1": "rouge_1", "rouge2": "rouge_2", "rougeL": "rouge_l"}


@pytest.fixture(scope="module")
def peer():
    scorer = pytest.importorskip("rouge_score.rouge_scorer", reason="rouge-score is not installed")
    return scorer.RougeScorer(list(PEERS))


@given(TEXTS, TEXTS)
def test_rouge_is_that_of_rouge_score(peer, text, reference):
    theirs = peer.score(reference, text)
    for name, mine in PEERS.items():
        value = rouge([text], [reference], mine)[0]
        assert theirs[name].fmeasure == pytest.approx(0.0 if np.isnan(value) else value, abs=1e-12)


@given(WORDS, WORDS)
def test_the_longest_common_subsequence_is_that_of_the_table(first, second):
    table = np.zeros((len(first) + 1, len(second) + 1), int)
    for i, left in enumerate(first):
        for j, right in enumerate(second):
            longer = max(table[i, j + 1], table[i + 1, j])
            table[i + 1, j + 1] = table[i, j] + 1 if left == right else longer
    assert longest_common(first, second) == table[-1, -1]


def test_bleu_worked_by_hand():
    pytest.importorskip("sacrebleu", reason="sacrebleu is not installed")
    # Of 5, 4, 3 and 2 runs of one to four words all are shared; 5 words for 6: exp(1 - 6 / 5).
    assert bleu(["a b c d e"], ["a b c d e f"]) == pytest.approx(np.exp(-0.2))
    assert np.isnan(bleu([], []))


@given(st.lists(st.tuples(TEXTS, TEXTS), min_size=1, max_size=5))
def test_bleu_is_that_of_sacrebleu(pairs):
    sacrebleu = pytest.importorskip("sacrebleu", reason="sacrebleu is not installed")
    texts, references = [list(side) for side in zip(*pairs, strict=True)]
    theirs = sacrebleu.corpus_bleu(texts, [references]).score / 100
    mine = bleu(texts, references)
    assert theirs == (pytest.approx(mine, abs=1e-12) if np.isfinite(mine) else 0)


def test_bleu_without_its_package_says_what_to_install(monkeypatch):
    real = builtins.__import__

    def without(name, *rest, **more):
        if name == "sacrebleu":
            raise ImportError(name)
        return real(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(MissingExtra, match=r"penchant\[text\]"):
        bleu(["a"], ["a"])

    class Unasked:
        def write(self, queries, items, run):
            raise AssertionError("it wrote before anybody knew that it can be measured")

    cases = Written(Queries(History(Ragged.of([[]]))), np.zeros(1, np.int32), ["a"])
    with pytest.raises(MissingExtra):
        evaluate(Unasked(), cases)


def test_texts_and_references_go_in_pairs():
    with pytest.raises(UsageError, match="1 texts for 2 references"):
        rouge(["a"], ["a", "b"], "rouge_1")
